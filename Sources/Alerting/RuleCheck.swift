// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// A condition of a rule, made ready to be held against many readings.
struct RuleCheck: Sendable, Equatable {
  let condition: Rule.Condition
  let kinds: KindSet
  /// The minutes of the day that the past is of.
  private let hours: Range<Int>?
  /// The usual case, a number against a bound, without a look at the rest.
  private let plain: Bound?

  /// What values say to a condition.
  struct Outcome: Sendable, Equatable {
    /// They have what it looks at.
    var isJudged = false
    /// It holds of one of them.
    var holds = false
    /// It holds of each of them.
    var holdsOfAll = true

    mutating func note(_ holds: Bool) {
      isJudged = true
      self.holds = self.holds || holds
      holdsOfAll = holdsOfAll && holds
    }
  }

  init(_ condition: Rule.Condition, hours: Range<Int>? = nil) {
    self.condition = condition
    self.hours = hours
    kinds = KindSet(condition.test.kinds)
    if case .value(_, let bound) = condition.test { plain = bound } else { plain = nil }
  }

  /// - Parameter before: spot readings of the session that ran at this time are not the person's past yet.
  func outcome(_ values: [Quantity], _ status: [String], _ baseline: Baseline, before: Int64) -> Outcome {
    var outcome = Outcome()
    if let plain {
      for value in values where kinds.contains(value.kind) {
        if case .number(let number) = value.content { outcome.note(plain.holds(number)) }
      }
    } else {
      look(at: values, status, baseline, before, &outcome)
    }
    if outcome.holds, let given = condition.given,
      baseline.figure(given.past, of: given.kind, before: before, hours: hours).map({ given.bound.holds($0) }) != true
    {
      outcome.holds = false
      outcome.holdsOfAll = false
    }
    return outcome
  }

  private func look(
    at values: [Quantity], _ status: [String], _ baseline: Baseline, _ before: Int64, _ outcome: inout Outcome
  ) {
    switch condition.test {
    case .value: return
    case .change:
      for value in values where kinds.contains(value.kind) {
        guard let number = value.number, let bound = bound(for: value.kind, baseline, before: before) else { continue }
        outcome.note(bound.holds(number))
      }
    case .absent(_, let reason):
      for value in values where kinds.contains(value.kind) {
        let holds = value.content == .absent(reason)
        // A LO says that it was no HI. Where nothing was measured, nothing is said.
        if holds || value.isResult { outcome.note(holds) }
      }
    case .status(let word, _):
      if values.contains(where: { kinds.contains($0.kind) }) { outcome.note(status.contains(word)) }
    case .difference(let first, let second, let bound):
      guard let a = values.first(where: { $0.kind == first })?.number,
        let b = values.first(where: { $0.kind == second })?.number, let difference = a.subtracting(b)
      else { return }
      outcome.note(bound.holds(difference))
    }
  }

  /// The bound that a value of this kind is held against; nil where there is none, or not yet.
  func bound(for kind: ObservationKind, _ baseline: Baseline, before: Int64) -> Bound? {
    switch condition.test {
    case .value(_, let bound): return bound
    case .change(_, let comparison, let offset, let past):
      return baseline.figure(past, of: kind, before: before, hours: hours)?.adding(offset).map { Bound(comparison, $0) }
    case .absent, .status, .difference: return nil
    }
  }

  /// The limits that these values cross. What is no bound of one kind (a word, a difference) is no limit.
  func limits(crossedBy values: [Quantity], _ baseline: Baseline, before: Int64) -> [Limit] {
    let isChange = if case .change = condition.test { true } else { false }
    let basis = isChange && condition.basis == .default ? Limit.Basis.baseline : condition.basis
    return values.compactMap { value in
      guard kinds.contains(value.kind), let number = value.number,
        let bound = bound(for: value.kind, baseline, before: before), bound.holds(number)
      else { return nil }
      return Limit(
        kind: value.kind, op: bound.comparison, value: isChange ? bound.value.shown(as: value.kind) : bound.value,
        basis: basis)
    }
  }
}

extension ExactDecimal {
  /// The difference, exact; nil where it does not fit.
  func subtracting(_ other: ExactDecimal) -> ExactDecimal? {
    other.multiplied(by: ExactDecimal(-1)).flatMap { adding($0) }
  }
}
