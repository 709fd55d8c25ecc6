// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// One transition of an episode, with the whole episode in it: what one alert message says (contract.md).
package struct Alert: Sendable, Equatable {
  package enum Category: String, Sendable, CaseIterable {
    case physiological
    case technical
  }

  /// The most serious first.
  package enum Priority: String, Sendable, CaseIterable {
    case high
    case medium
    case low
  }

  package enum Phase: String, Sendable, CaseIterable {
    /// The condition is there; of an episode that was over and not acknowledged, it is there again.
    case start
    /// Nobody has acknowledged it yet, or it is still there long after that.
    case `continue`
    /// Nobody has acknowledged it in time: it goes up to ``Alert/level``.
    case escalate
    case acknowledge
    case pause
    /// The pause is over and the condition is still there.
    case resume
    /// The condition is over and nobody has acknowledged it.
    case clear
    /// The condition is over, and somebody has acknowledged or paused it; or what it was about is gone.
    case end
    case supersede
  }

  package enum State: String, Sendable, CaseIterable {
    case active
    case acknowledged
    /// The condition is over and nobody has acknowledged it: high alerts latch.
    case clearedUnacknowledged = "cleared-unacknowledged"
    case paused
    case ended
  }

  /// Who has seen it.
  package struct Acknowledgement: Sendable, Equatable {
    /// The clinic's id of the person.
    package let by: String
    package let at: Moment

    package init(by: String, at: Moment) {
      self.by = by
      self.at = at
    }
  }

  /// Where an episode stands on its way. What a restart needs to go on from there is in it.
  package struct Course: Sendable, Equatable {
    /// When this transition was made.
    package var at: Moment
    /// Since when somebody's answer is awaited: it is escalated so long after this.
    package var since: Moment
    package var acknowledgement: Acknowledgement?
    /// Set while it is paused.
    package var pause: Pause?
    /// Nobody at the clinic has it yet, as far as the gateway knows.
    package var undelivered = false
    /// When the condition began, the last time: what was over and not acknowledged may begin again.
    package var began: Moment
    /// The version that asked for an answer last: a start, an escalation, a re-alarm. An older one is answered too late.
    package var asked = 1
    /// What the rule is called, by language as ``Alert/text``; empty where an older program wrote it.
    package var name: [String: String] = [:]
    /// What was said when it began, by language: later transitions say it again.
    package var start: [String: String] = [:]

    /// - Parameter began: nil for `since`.
    package init(at: Moment, since: Moment, began: Moment? = nil) {
      self.at = at
      self.since = since
      self.began = began ?? since
    }
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
  /// 1 is the clinic; it grows with each escalation.
  package let level: Int
  package let limits: [Limit]
  package let evidence: [Evidence]
  package let raised: Moment
  package let supersededBy: StableID?
  /// By language, keys `zh` and `en`.
  package let text: [String: String]
  /// The best link that the evidence came over. Not part of the message; needed to take the episode up again.
  package let link: LinkSecurity
  package internal(set) var course: Course

  /// - Parameter course: nil for one that was just raised.
  package init(
    alert: StableID, version: Int, resident: ResidentID, rule: String, ruleVersion: Int, phase: Phase, state: State,
    category: Category, priority: Priority, level: Int, limits: [Limit], evidence: [Evidence], raised: Moment,
    supersededBy: StableID?, text: [String: String], link: LinkSecurity, course: Course? = nil
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
    self.course = course ?? Course(at: raised, since: raised)
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
