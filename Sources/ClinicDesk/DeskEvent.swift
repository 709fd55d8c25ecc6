// SPDX-License-Identifier: GPL-3.0-or-later

/// What has changed. Whoever keeps the alert of each ``alert(_:_:)`` by gateway and id, and forgets it with each
/// ``ended(_:_:)``, has the list of open alerts.
package enum DeskEvent: Sendable, Equatable {
  package enum Change: String, Sendable {
    /// It was not in the list before.
    case opened
    /// It stands differently: version, state, priority, whether it is followed.
    case changed
    /// Text and values have come.
    case detailed
  }

  package enum End: String, Sendable {
    /// Its message said so.
    case message
    /// It was not in the gateway's list any more: it ended while nobody listened.
    case list
    /// Nobody has followed it for ``Desk/unfollowedMs``.
    case expired
  }

  case alert(DeskAlert, Change)
  /// The alert as it was last; or as its end says.
  case ended(DeskAlert, End)
  /// Nobody has answered it in the time that ``SecondTier`` gives: its ``DeskAlert/tier`` says who is to be asked now. Once
  /// for each level. The gateway's own escalation is another matter: a dead box cannot escalate.
  case overdue(DeskAlert)
  /// A message to be read that opens nothing: a stored reading that came late, the digest of a day.
  case notice(DeskAlert)
  /// What has become of a command of this desk.
  case command(SentCommand)
  /// ``GatewayState/Presence/lost`` is the technical condition ND-4, of high priority: nobody watches over the residents
  /// there.
  case gateway(String, GatewayState.Presence)
  /// The gateway's retained status has been deleted at the broker: it is no more.
  case gone(String)

  /// Whether somebody has to look up now.
  package var isLoud: Bool {
    switch self {
    case .overdue, .gateway(_, .lost): true
    case .alert(let alert, .opened): alert.facts.state.isActive && alert.facts.priority == .high
    case .alert, .ended, .notice, .command, .gateway, .gone: false
    }
  }
}
