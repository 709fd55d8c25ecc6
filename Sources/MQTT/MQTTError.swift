// SPDX-License-Identifier: GPL-3.0-or-later
import CMosquitto

/// Why the client did not take an order. Nothing of it names a payload or a secret.
package enum MQTTError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no session with the broker; nothing was queued.
  case notConnected
  /// Beyond what the broker or MQTT takes: sending it again is useless.
  case tooLarge
  /// A topic to publish to with a wildcard, a NUL or nothing in it, or a bad filter: sending it again is useless.
  case invalidTopic
  /// ``Client/maximumInFlight`` messages are without acknowledgement already.
  case tooManyInFlight
  /// Credentials or a will that no broker could be asked with: which, and why.
  case invalid(String)
  /// Anything else that libmosquitto refused, by its code (`enum mosq_err_t`).
  case library(code: Int32)

  package var description: String {
    switch self {
    case .notConnected: "not connected to the broker"
    case .tooLarge: "the message is larger than the broker takes"
    case .invalidTopic: "the topic is not valid"
    case .tooManyInFlight: "too many messages wait for the broker's acknowledgement"
    case .invalid(let what): what
    case .library(let code): "libmosquitto error \(code): \(String(cString: mosquitto_strerror(code)))"
    }
  }
}
