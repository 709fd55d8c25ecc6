// SPDX-License-Identifier: GPL-3.0-or-later

/// What the broker publishes, at QoS 1, if this client goes away without a DISCONNECT (MQTT 5, 3.1.2.5).
package struct Will: Sendable {
  package let topic: String
  package let payload: [UInt8]
  /// How long the broker waits for the client to come back before it publishes.
  package let delaySeconds: UInt32
  package let retain: Bool

  package init(topic: String, payload: [UInt8], delaySeconds: UInt32, retain: Bool) {
    self.topic = topic
    self.payload = payload
    self.delaySeconds = delaySeconds
    self.retain = retain
  }
}
