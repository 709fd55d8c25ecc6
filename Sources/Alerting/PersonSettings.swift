// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What the clinic has said of a person: the rules follow it.
package struct PersonSettings: Sendable, Equatable {
  /// What the tables ask for and a clinician decides; never the software.
  package enum Condition: String, Sendable, CaseIterable {
    /// Confirmed hypercapnic failure with a prescribed 88–92 % target (NEWS2 scale 2).
    case scale2 = "scale-2"
    /// Breathes oxygen.
    case oxygen
    case covidPathway = "covid-pathway"
    case heartFailure = "heart-failure"
    /// Is known to sit or lie while a stream is measured: heart rates are at rest.
    case resting
  }

  /// A limit of the person's own in place of the rule's.
  package struct OwnLimit: Sendable, Equatable {
    package let rule: String
    package let kind: ObservationKind
    /// Which of the rule's limits: the one with this comparison.
    package let op: Comparison
    package let value: ExactDecimal
    /// Who set it, by the clinic's id.
    package let by: String
    /// Why, and until when (milliseconds since 1970): a looser limit has both.
    package let why: String?
    package let untilWallMs: Int64?

    package init(
      rule: String, kind: ObservationKind, op: Comparison, value: ExactDecimal, by: String, why: String? = nil,
      untilWallMs: Int64? = nil
    ) {
      self.rule = rule
      self.kind = kind
      self.op = op
      self.value = value
      self.by = by
      self.why = why
      self.untilWallMs = untilWallMs
    }
  }

  /// What is to be measured, and when.
  package struct PlanItem: Sendable, Equatable {
    package enum When: Sendable, Equatable {
      /// Minutes of the day, each 0 to 1439, in order; and how many minutes early or late still counts.
      case times([Int], tolerance: Int)
      /// A stream from one minute of the day to another, over midnight too; the whole day where they are the same.
      case continuous(from: Int, to: Int)
    }

    /// Any of them will do: a strap's heart rate or a cuff's pulse rate.
    package let kinds: [ObservationKind]
    package let when: When

    package init(kinds: [ObservationKind], when: When) {
      self.kinds = kinds
      self.when = when
    }
  }

  /// 0 while the clinic has said nothing; then it counts the commands that changed something.
  package var version = 0
  /// The year of birth.
  package var born: Int?
  package var conditions: Set<Condition> = []
  package var limits: [OwnLimit] = []
  package var plan: [PlanItem] = []

  package init() {}
}
