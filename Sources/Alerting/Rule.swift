// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// One row of the rule table: what alerts, whom it concerns, what confirms it, what clears it. Durations are milliseconds.
package struct Rule: Sendable, Equatable {
  package let id: String
  package let version: Int
  package let author: String
  /// When this version was written: `2026-11-22`.
  package let date: String
  /// What a nurse calls it: 血氧过低, low oxygen saturation.
  package let name: Text
  package let category: Alert.Category
  package var priority: Alert.Priority
  /// The first that applies counts in place of ``priority``.
  package var priorityCases: [PriorityCase]
  /// Rules of the same family that this one is the more serious of: while it is on they are silent.
  package var supersedes: [String]
  package let applies: Applicability
  /// Any of them offends.
  package var conditions: [Condition]
  package var confirmation: Confirmation
  package var clear: Clear
  /// Raised at most once in so long.
  package let onceIn: Int64?
  /// Where its numbers come from, in its author's words.
  package let source: Text?

  package init(
    id: String, version: Int, author: String, date: String, name: Text, category: Alert.Category,
    priority: Alert.Priority, priorityCases: [PriorityCase], supersedes: [String], applies: Applicability,
    conditions: [Condition], confirmation: Confirmation, clear: Clear, onceIn: Int64?, source: Text? = nil
  ) {
    self.id = id
    self.version = version
    self.author = author
    self.date = date
    self.name = name
    self.category = category
    self.priority = priority
    self.priorityCases = priorityCases
    self.supersedes = supersedes
    self.applies = applies
    self.conditions = conditions
    self.confirmation = confirmation
    self.clear = clear
    self.onceIn = onceIn
    self.source = source
  }

  /// The kinds that the conditions look at, each once.
  package var kinds: [ObservationKind] {
    conditions.flatMap(\.test.kinds).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Whether values over a worse link are kept from confirming and clearing: alerts that are or may become high.
  package var guardsLink: Bool { priority == .high || priorityCases.contains { $0.priority == .high } }
}

extension Rule {
  /// What a reading is held against.
  package struct Condition: Sendable, Equatable {
    package var test: Test
    /// Only where this holds of the person's own past as well.
    package var given: OwnBound?
    /// Where its limit comes from.
    package var basis: Limit.Basis

    package init(_ test: Test, given: OwnBound? = nil, basis: Limit.Basis = .default) {
      self.test = test
      self.given = given
      self.basis = basis
    }
  }

  package enum Test: Sendable, Equatable {
    /// `kinds` measure the same quantity (a strap's heart rate, an oximeter's pulse rate).
    case value([ObservationKind], Bound)
    /// Against the person's own past: the bound is `past` plus `offset`.
    case change([ObservationKind], Comparison, offset: ExactDecimal, of: Past)
    /// The meter says why there is no number: glucose "LO" is `ninf`, "HI" is `pinf`. It is as clean as a number.
    case absent([ObservationKind], AbsentReason)
    /// A status word of a reading that has one of these kinds.
    case status(String, [ObservationKind])
    /// The first kind minus the second: systolic minus diastolic is the pulse pressure.
    case difference(ObservationKind, ObservationKind, Bound)

    package var kinds: [ObservationKind] {
      switch self {
      case .value(let kinds, _), .change(let kinds, _, _, _), .absent(let kinds, _), .status(_, let kinds): kinds
      case .difference(let first, let second, _): [first, second]
      }
    }
  }

  /// A figure of the person's own past.
  package enum Past: Sendable, Hashable {
    /// Of 7 days at this hour of the day, or of all hours where there are fewer than three days of this one.
    case median
    /// Of the spot readings of 7 days.
    case mean
    /// The least of the last so many days.
    case least(days: Int)
  }

  package struct OwnBound: Sendable, Equatable {
    package let past: Past
    package let kind: ObservationKind
    package let bound: Bound

    package init(_ past: Past, _ kind: ObservationKind, _ bound: Bound) {
      self.past = past
      self.kind = kind
      self.bound = bound
    }
  }

  /// What makes a rule's priority another one.
  package enum PriorityCase: Sendable, Equatable {
    /// `orUnknown`: whoever's age nobody knows counts as that old.
    case age(atLeast: Int, orUnknown: Bool = false, Alert.Priority)
    case condition(PersonSettings.Condition, Alert.Priority)
    /// The latest value of another quantity, not older than ``aggravationWindow``.
    case with(Condition, Alert.Priority)

    package var priority: Alert.Priority {
      switch self {
      case .age(_, _, let priority), .condition(_, let priority), .with(_, let priority): priority
      }
    }
  }

  package static let aggravationWindow: Int64 = 5 * 60_000

  /// Whom it concerns. What is not known of a person does not keep a rule from them, but for `needs`.
  package struct Applicability: Sendable, Equatable {
    package var ages: ClosedRange<Int>?
    package var needs: Set<PersonSettings.Condition>
    package var not: Set<PersonSettings.Condition>
    /// Minutes of the site's day: what is measured at other times is no reading for the rule, nor of the past that it asks
    /// for (but for hourly medians). One whose time of day is not known is.
    package var hours: Range<Int>?

    package init(
      ages: ClosedRange<Int>? = nil, needs: Set<PersonSettings.Condition> = [],
      not: Set<PersonSettings.Condition> = [], hours: Range<Int>? = nil
    ) {
      self.ages = ages
      self.needs = needs
      self.not = not
      self.hours = hours
    }
  }

  /// What is needed beside one offending value.
  package struct Confirmation: Sendable, Equatable {
    /// How long a stream must stay offending; nil where streams do not raise it.
    package var stream: Int64?
    /// The same for a person who is known to rest.
    package var streamAtRest: Int64?
    /// nil where spot readings do not raise it.
    package var spot: Spot?

    package init(stream: Int64?, streamAtRest: Int64? = nil, spot: Spot?) {
      self.stream = stream
      self.streamAtRest = streamAtRest
      self.spot = spot
    }
  }

  package enum Spot: Sendable, Equatable {
    /// One is enough.
    case one
    case second(Second)
    /// The mean of the readings within `within`, once there are so many and the first and last are `apart`.
    case mean(readings: Int, apart: Int64, within: Int64)
    /// Of the last `of` sessions within `within`, so many offend by their means (a status word: by any reading). A
    /// session is what is measured within 10 minutes of its first reading, and judged when that is over.
    case sessions(Int, of: Int, within: Int64)
    /// The mean over days of home readings (NICE NG136): judged when a session is over.
    case average(days: Int, atLeastDays: Int, readings: Int, dropsFirstDay: Bool)
  }

  /// A second offending reading.
  package struct Second: Sendable, Equatable {
    /// The least and the longest time between the two.
    package var apart: Int64
    package var within: Int64
    /// A reading that the device calls fully qualified needs no second one (PLXS 1.0.1, measurement status bit 8).
    package var orFullyQualified: Bool
    /// With no second reading for so long the rule alerts all the same, and says so.
    package var unconfirmedAfter: Int64?

    package init(apart: Int64, within: Int64, orFullyQualified: Bool = false, unconfirmedAfter: Int64? = nil) {
      self.apart = apart
      self.within = within
      self.orFullyQualified = orFullyQualified
      self.unconfirmedAfter = unconfirmedAfter
    }
  }

  /// What ends the condition: a deadband inside the limits, all of it, held for a time or for a number of spot readings.
  package struct Clear: Sendable, Equatable {
    package var conditions: [Condition]
    /// nil where the quantity does not come as a stream.
    package var stream: Int64?
    package var readings: Int
    /// Cleared by nothing of the kind for so long. Where there are conditions as well, whichever is first.
    package var quiet: Int64?

    package init(conditions: [Condition], stream: Int64?, readings: Int, quiet: Int64? = nil) {
      self.conditions = conditions
      self.stream = stream
      self.readings = readings
      self.quiet = quiet
    }
  }

  /// How far readings may lie apart that are one session of measuring.
  package static let session: Int64 = 10 * 60_000
}
