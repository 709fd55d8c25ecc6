// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Somebody authorised does not want to hear of something for a while. It is evaluated all the same.
///
/// It serves for a short pause (the person is being washed), for shelving a rule, and for taking a person or a rule out of
/// service.
package struct Pause: Sendable, Equatable {
  package enum Scope: Sendable, Hashable {
    /// Everything about the person; for the gateway itself its technical alerts.
    case resident
    case rule(String)
    case alert(StableID)
  }

  /// Names it: hashed from the request that asked for it.
  package let id: StableID
  package let scope: Scope
  /// In the words of whoever asked for it.
  package let reason: String
  package let by: String
  package let from: Moment
  /// nil for out of service: until somebody ends it.
  package let milliseconds: Int64?

  package init(id: StableID, scope: Scope, reason: String, by: String, from: Moment, milliseconds: Int64?) {
    self.id = id
    self.scope = scope
    self.reason = reason
    self.by = by
    self.from = from
    self.milliseconds = milliseconds
  }

  /// When it ends, in milliseconds since 1970; nil for out of service, and while the wall clock was unknown.
  package var untilWallMs: Int64? {
    guard let milliseconds, let wall = from.wallMs else { return nil }
    return wall &+ milliseconds
  }

  func concerns(rule: String, alert: StableID) -> Bool {
    switch scope {
    case .resident: true
    case .rule(let paused): paused == rule
    case .alert(let paused): paused == alert
    }
  }
}
