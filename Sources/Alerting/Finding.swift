// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// What the rules find of a person: a condition begins or is over. Whether and how anybody hears of it is another matter
/// (``EpisodeBook``).
package struct Finding: Sendable, Equatable {
  package enum Change: Sendable, Equatable {
    case began(Onset)
    /// By the last reading that cleared it; nil where the rule or what it was about is gone.
    case ended(by: Evidence?)
    /// Readings of before, proven older than 15 minutes when they came: a notice, never an urgent alert.
    case late(Onset)
  }

  package let rule: Rule
  package let change: Change

  package init(_ rule: Rule, _ change: Change) {
    self.rule = rule
    self.change = change
  }
}

/// How a condition began.
package struct Onset: Sendable, Equatable {
  package var priority: Alert.Priority
  /// Those that were crossed.
  package var limits: [Limit]
  /// The first reading first; at most 8.
  package var evidence: [Evidence]
  /// What is shown as the value: of the deciding reading, or a mean.
  package var decisive: Evidence
  /// How the decisive value was got, where it is no single reading's.
  package var figure: Figure?
  /// What the person's own past was, where a limit goes by it.
  package var past: Past?
  /// The value of another quantity that makes it worse.
  package var aggravation: Quantity?
  package var isUnconfirmed: Bool
  /// The best link of the evidence.
  package var link: LinkSecurity
  /// Rules that were on and are this one's lesser.
  package var superseded: [String]

  package enum Figure: Sendable, Equatable {
    case meanOf(readings: Int)
    case homeAverage(days: Int, readings: Int)
    case sessions(Int)
    /// How many readings of a device's memory crossed the limit.
    case stored(Int)
  }

  /// A figure of the person's own past.
  package struct Past: Sendable, Equatable {
    package let past: Rule.Past
    package let kind: ObservationKind
    package let value: ExactDecimal

    package init(_ past: Rule.Past, _ kind: ObservationKind, _ value: ExactDecimal) {
      self.past = past
      self.kind = kind
      self.value = value
    }
  }

  package init(
    priority: Alert.Priority, limits: [Limit], evidence: [Evidence], decisive: Evidence, figure: Figure? = nil,
    past: Past? = nil, aggravation: Quantity? = nil, isUnconfirmed: Bool = false, link: LinkSecurity,
    superseded: [String] = []
  ) {
    self.priority = priority
    self.limits = limits
    self.evidence = evidence
    self.decisive = decisive
    self.figure = figure
    self.past = past
    self.aggravation = aggravation
    self.isUnconfirmed = isUnconfirmed
    self.link = link
    self.superseded = superseded
  }
}
