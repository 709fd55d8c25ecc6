// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// One transition of an episode, with the whole episode in it: what one alert message says (contract.md).
package struct Alert: Sendable, Equatable {
  package enum Category: String, Sendable, CaseIterable {
    case physiological
    case technical
  }

  package enum Priority: String, Sendable, CaseIterable {
    case high
    case medium
    case low
  }

  package enum Phase: String, Sendable, CaseIterable {
    case start
    case clear
    case supersede
  }

  package enum State: String, Sendable, CaseIterable {
    case active
    /// The condition is over and nobody has acknowledged it: high alerts latch.
    case clearedUnacknowledged = "cleared-unacknowledged"
    case ended
  }

  /// Names the episode, the same in all its transitions.
  package let alert: StableID
  /// 1, 2, 3… within the episode.
  package let version: Int
  package let resident: ResidentID
  package let rule: String
  package let ruleVersion: Int
  package let phase: Phase
  package let state: State
  package let category: Category
  package let priority: Priority
  package let level: Int
  package let limits: [Limit]
  package let evidence: [Evidence]
  package let raised: Moment
  package let supersededBy: StableID?
  /// By language, keys `zh` and `en`.
  package let text: [String: String]
  /// The best link that the evidence came over. Not part of the message; needed to take the episode up again.
  package let link: LinkSecurity

  package init(
    alert: StableID, version: Int, resident: ResidentID, rule: String, ruleVersion: Int, phase: Phase, state: State,
    category: Category, priority: Priority, level: Int, limits: [Limit], evidence: [Evidence], raised: Moment,
    supersededBy: StableID?, text: [String: String], link: LinkSecurity
  ) {
    self.alert = alert
    self.version = version
    self.resident = resident
    self.rule = rule
    self.ruleVersion = ruleVersion
    self.phase = phase
    self.state = state
    self.category = category
    self.priority = priority
    self.level = level
    self.limits = limits
    self.evidence = evidence
    self.raised = raised
    self.supersededBy = supersededBy
    self.text = text
    self.link = link
  }
}

extension Alert {
  /// Which transition of which episode this is.
  package struct Transition: Sendable, Hashable {
    package let alert: StableID
    package let version: Int
  }

  package var transition: Transition { Transition(alert: alert, version: version) }
}
