// SPDX-License-Identifier: GPL-3.0-or-later

/// The commands of contract.md.
package enum CommandName: String, Sendable, CaseIterable {
  case acknowledge, pause
  case setLimits = "set-limits"
  case setPlan = "set-plan"
  case sendHistory = "send-history"
  case diagnose
  // Reserved.
  case setRoster = "set-roster"
  case setConsent = "set-consent"
  case notify

  package var roles: Set<Role> {
    switch self {
    case .acknowledge: [.nurse, .doctor, .county]
    case .pause, .setLimits, .setPlan, .setRoster, .setConsent, .notify: [.nurse, .doctor]
    case .sendHistory, .diagnose: [.nurse, .doctor, .technician]
    }
  }

  /// While the clock is not synchronized nobody can say what has expired: only what does no harm when it comes late is taken.
  package var isTakenWithoutClock: Bool { [.acknowledge, .sendHistory, .diagnose].contains(self) }

  /// Who may write to the broker is not enough for these, which can make a gateway silent.
  package var needsSignature: Bool { [.pause, .setPlan].contains(self) }
}
