// SPDX-License-Identifier: GPL-3.0-or-later

/// An acknowledgement that this desk has sent, and what has become of it.
package struct SentCommand: Sendable, Equatable {
  package enum Fate: Sendable, Equatable {
    /// On its way; nothing is known yet.
    case sent
    /// The gateway has not answered in ``PendingCommands/patienceMs``. It may still.
    case unanswered
    /// It expired without an answer.
    case expired
    /// The broker did not take it, by MQTT's reason code: 16 where nobody listens there, from 128 on refused.
    case undeliverable(code: UInt8)
    case done(ResultMessage)
    case refused(ResultMessage)
  }

  /// A UUID in lower case.
  package let request: String
  package let gateway: String
  package let alert: String
  package let resident: String
  package let rule: String
  /// Of the alert, as who acknowledged it saw it.
  package let version: Int64
  package var fate: Fate

  /// - Parameter version: nil for the alert's present one.
  package init(request: String, of alert: DeskAlert, version: Int64? = nil) {
    self.request = request
    gateway = alert.gateway
    self.alert = alert.facts.alert
    resident = alert.facts.resident
    rule = alert.facts.rule
    self.version = version ?? alert.facts.version
    fate = .sent
  }
}
