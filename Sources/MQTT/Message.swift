// SPDX-License-Identifier: GPL-3.0-or-later
import CMosquitto
import Glibc

/// What came from the broker.
package struct Message: Sendable, Equatable {
  package let topic: String
  package let payload: [UInt8]
  /// The broker had it stored, it was not sent just now; or, where a subscription asks for that, it was sent to be stored.
  package let retained: Bool
  /// MQTT 5, 3.3.2.3.6: to be given back with the answer.
  package let correlationData: [UInt8]?
  /// MQTT 5, 3.3.2.3.5.
  package let responseTopic: String?

  package init(
    topic: String, payload: [UInt8], retained: Bool, correlationData: [UInt8]? = nil, responseTopic: String? = nil
  ) {
    self.topic = topic
    self.payload = payload
    self.retained = retained
    self.correlationData = correlationData
    self.responseTopic = responseTopic
  }

  /// nil without a topic.
  init?(_ message: mosquitto_message, _ properties: OpaquePointer?) {
    guard let topic = message.topic else { return nil }
    self.topic = String(cString: topic)
    let count = max(0, Int(message.payloadlen))
    payload = message.payload.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: count)) } ?? []
    retained = message.retain
    var data: UnsafeMutableRawPointer?
    var length: UInt16 = 0
    mosquitto_property_read_binary(properties, Int32(MQTT_PROP_CORRELATION_DATA.rawValue), &data, &length, false)
    correlationData = data.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: Int(length))) }
    free(data)
    var text: UnsafeMutablePointer<CChar>?
    mosquitto_property_read_string(properties, Int32(MQTT_PROP_RESPONSE_TOPIC.rawValue), &text, false)
    responseTopic = text.map { String(cString: $0) }
    free(text)
  }
}
