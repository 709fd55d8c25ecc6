// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// How a value stands to a bound, written as in an alert message.
package enum Comparison: String, Sendable, CaseIterable {
  case below = "<"
  case atMost = "<="
  case above = ">"
  case atLeast = ">="
}

/// One side of a band of numbers. Values are compared as they are, unrounded: 92.4 is not `<= 92`.
package struct Bound: Sendable, Hashable {
  package let comparison: Comparison
  package let value: ExactDecimal

  package init(_ comparison: Comparison, _ value: Int) { self.init(comparison, ExactDecimal(value)) }

  package init(_ comparison: Comparison, _ value: ExactDecimal) {
    self.comparison = comparison
    self.value = value
  }

  package func holds(_ number: ExactDecimal) -> Bool {
    switch comparison {
    case .below: number < value
    case .atMost: number <= value
    case .above: number > value
    case .atLeast: number >= value
    }
  }
}

/// A limit that was crossed, as an alert message names it.
package struct Limit: Sendable, Hashable {
  /// Where the limit comes from.
  package enum Basis: String, Sendable, CaseIterable {
    case `default`
    /// The clinic set it for this person.
    case own
    /// Computed from the person's own past.
    case baseline
  }

  package let kind: ObservationKind
  package let op: Comparison
  package let value: ExactDecimal
  package let basis: Basis
  package var unit: Unit { kind.unit }

  package init(kind: ObservationKind, op: Comparison, value: ExactDecimal, basis: Basis) {
    self.kind = kind
    self.op = op
    self.value = value
    self.basis = basis
  }
}
