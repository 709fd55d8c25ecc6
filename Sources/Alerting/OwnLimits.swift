// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Why a limit is not taken for a person.
package enum LimitRefusal: Error, Sendable, Equatable, CaseIterable {
  /// No such rule is in force.
  case unknownRule
  /// The rule has no limit of that kind with that comparison.
  case unknownLimit
  /// Looser than the rule's: it needs a reason and an end, at most 366 days ahead.
  case tooLoose
  /// No reading can be held against it, or nothing would ever be inside of the rule's limits again.
  case notPlausible
}

extension RuleSet {
  /// How a person's limit stands to the rule's own.
  package enum Deviation: Sendable, Equatable {
    /// Or the same.
    case stricter
    case looser
  }

  /// How far ahead a looser limit may end: a year, of 366 days where it is a leap year. That it has to end, and to say who set
  /// it, is the rule of the default thresholds (looser only with the clinician's id and an expiry date); how long is a decision
  /// of this project: limits are looked at again once a year.
  package static let longestLooseLimit: Int64 = 366 * 86_400_000

  /// Whether a limit may be set for a person.
  ///
  /// - Parameter nowWallMs: milliseconds since 1970; nil while the wall clock is unknown, when no looser limit is taken.
  @discardableResult
  package func judge(
    _ limit: PersonSettings.OwnLimit, nowWallMs: Int64?
  ) throws(LimitRefusal) -> Deviation {
    guard let rule = rules.first(where: { $0.id == limit.rule }) else { throw .unknownRule }
    guard let bound = rule.bound(of: limit) else { throw .unknownLimit }
    guard limit.kind.takesLimit(limit.value), rule.moving(limit) != nil else { throw .notPlausible }
    guard limit.isLooser(than: bound) else { return .stricter }
    guard let now = nowWallMs, limit.isJustified, let until = limit.untilWallMs, until > now else { throw .tooLoose }
    let (ahead, overflow) = until.subtractingReportingOverflow(now)
    guard !overflow, ahead <= Self.longestLooseLimit else { throw .tooLoose }
    return .looser
  }

  /// The same for all limits of a person together: two that are good alone may leave nothing between them.
  @discardableResult
  package func judge(
    _ limits: [PersonSettings.OwnLimit], nowWallMs: Int64?
  ) throws(LimitRefusal) -> Deviation {
    var deviation = Deviation.stricter
    for limit in limits where try judge(limit, nowWallMs: nowWallMs) == .looser { deviation = .looser }
    for var rule in rules {
      for limit in rule.strictest(of: limits) {
        guard let moved = rule.moving(limit) else { throw .notPlausible }
        rule = moved
      }
    }
    return deviation
  }
}

extension PersonSettings.OwnLimit {
  fileprivate var isJustified: Bool { why?.contains { !$0.isWhitespace } ?? false }

  fileprivate func isLooser(than bound: Bound) -> Bool { op.isUpper ? value > bound.value : value < bound.value }

  /// Whether it holds now, in place of the rule's.
  func counts(for rule: Rule, nowWallMs: Int64?) -> Bool {
    guard self.rule == rule.id, let bound = rule.bound(of: self) else { return false }
    guard isLooser(than: bound) else { return true }
    guard let nowWallMs, let untilWallMs else { return false }
    return isJustified && nowWallMs < untilWallMs
  }
}

extension Rule {
  /// With these limits in place of its own.
  ///
  /// - Parameter limits: of this rule. One that would leave nothing inside of the limits is left out.
  func adopting(_ limits: [PersonSettings.OwnLimit]) -> Rule {
    strictest(of: limits).reduce(self) { $0.moving($1) ?? $0 }
  }

  /// The limit that another takes the place of.
  fileprivate func bound(of limit: PersonSettings.OwnLimit) -> Bound? {
    for condition in conditions {
      guard case .value(let kinds, let bound) = condition.test, kinds.contains(limit.kind), bound.comparison == limit.op
      else { continue }
      return bound
    }
    return nil
  }

  /// One for each of the rule's limits.
  fileprivate func strictest(of limits: [PersonSettings.OwnLimit]) -> [PersonSettings.OwnLimit] {
    conditions.compactMap { condition in
      guard case .value(let kinds, let bound) = condition.test else { return nil }
      let own = limits.filter { $0.rule == id && kinds.contains($0.kind) && $0.op == bound.comparison }
      return bound.comparison.isUpper ? own.min { $0.value < $1.value } : own.max { $0.value < $1.value }
    }
  }

  /// With one limit moved, and its deadband by the same.
  ///
  /// - Returns: nil where no reading could clear the rule then.
  fileprivate func moving(_ limit: PersonSettings.OwnLimit) -> Rule? {
    var moved = self
    for index in conditions.indices {
      guard case .value(let kinds, let bound) = conditions[index].test, kinds.contains(limit.kind),
        bound.comparison == limit.op
      else { continue }
      guard let back = bound.value.multiplied(by: ExactDecimal(-1)), let difference = limit.value.adding(back) else {
        return nil
      }
      moved.conditions[index].test = .value(kinds, Bound(limit.op, limit.value))
      moved.conditions[index].basis = .own
      guard moved.moveDeadband(of: kinds, opposite: limit.op, by: difference) else { return nil }
    }
    return moved.canClear ? moved : nil
  }

  private mutating func moveDeadband(
    of kinds: [ObservationKind], opposite: Comparison, by difference: ExactDecimal
  ) -> Bool {
    for index in clear.conditions.indices {
      guard case .value(let cleared, let bound) = clear.conditions[index].test, cleared.contains(where: kinds.contains),
        bound.comparison.isUpper != opposite.isUpper
      else { continue }
      guard let value = bound.value.adding(difference) else { return false }
      clear.conditions[index].test = .value(cleared, Bound(bound.comparison, value))
    }
    return true
  }

  /// Whether some number is inside of all limits.
  private var canClear: Bool {
    let bounds: [([ObservationKind], Bound)] = clear.conditions.compactMap { condition in
      if case .value(let kinds, let bound) = condition.test { (kinds, bound) } else { nil }
    }
    for (kinds, bound) in bounds {
      guard kinds.allSatisfy({ $0.takesLimit(bound.value) }) else { return false }
      for (others, other) in bounds where kinds.contains(where: others.contains) && bound.isApart(from: other) {
        return false
      }
    }
    return true
  }
}
