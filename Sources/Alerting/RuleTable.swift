// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// A person's rules, made ready for every sample of a stream: which kinds concern which rules is worked out once.
struct RuleTable: Sendable, Equatable {
  let source: [Rule]
  let rows: [Row]
  /// The kinds that each row looks at.
  let masks: [KindSet]
  /// Those that any rule wants to see.
  let mask: KindSet
  /// Kinds that make alerts of other kinds worse.
  let aggravating: KindSet
  /// Kinds whose hourly medians some rule asks for.
  let medians: KindSet
  /// Kinds whose spot readings of the last days some rule asks for.
  let history: KindSet

  /// - Parameter past: kinds whose past is remembered although none of these rules asks for it.
  init(_ rules: [Rule], remembering past: PastKinds = PastKinds()) {
    source = rules
    rows = rules.map { Row($0, among: rules) }
    masks = rows.map(\.mask)
    let aggravating = rows.flatMap(\.worse).reduce(into: KindSet()) { $0.formUnion($1.check.kinds) }
    var asked = PastKinds(askedBy: rules)
    asked.medians.formUnion(past.medians)
    asked.history.formUnion(past.history)
    self.aggravating = aggravating
    medians = asked.medians
    history = asked.history
    mask = (masks + [aggravating, medians, history]).reduce(into: KindSet()) { $0.formUnion($1) }
  }

  static func == (a: RuleTable, b: RuleTable) -> Bool { a.source == b.source }

  /// Whether a rule looks at what has these kinds.
  ///
  /// - Parameter minute: of the site's day, when it was measured; nil where that is not known.
  func concerns(_ index: Int, _ kinds: KindSet, atMinute minute: Int?) -> Bool {
    guard masks[index].intersects(kinds) else { return false }
    guard let hours = rows[index].rule.applies.hours, let minute else { return true }
    return hours.contains(minute)
  }

  func index(of rule: String) -> Int? { rows.firstIndex { $0.rule.id == rule } }
}

extension RuleTable {
  /// One rule. Its place is its place in the list. It never changes, and is an object so that a look at it copies nothing.
  final class Row: Sendable {
    let rule: Rule
    let kinds: [ObservationKind]
    let mask: KindSet
    let checks: [RuleCheck]
    let clears: [RuleCheck]
    let worse: [Worse]
    let guardsLink: Bool
    /// The places of the rules that silence it, and of those that it silences.
    let greater: [Int]
    let lesser: [Int]
    /// The conditions (by their bits) that are judged on stored readings too: those that need nothing but the reading.
    let lateBits: UInt64
    let sides: Sides

    /// What makes it another priority, once the rules are a person's: another quantity.
    struct Worse: Sendable, Equatable {
      let check: RuleCheck
      let priority: Alert.Priority
    }

    init(_ rule: Rule, among rules: [Rule]) {
      self.rule = rule
      kinds = rule.kinds
      checks = rule.conditions.map { RuleCheck($0, hours: rule.applies.hours) }
      clears = rule.clear.conditions.map { RuleCheck($0, hours: rule.applies.hours) }
      worse = rule.priorityCases.compactMap { worse in
        if case .with(let condition, let priority) = worse {
          Worse(check: RuleCheck(condition), priority: priority)
        } else {
          nil
        }
      }
      mask = (checks + clears).reduce(into: KindSet()) { $0.formUnion($1.kinds) }
      guardsLink = rule.guardsLink
      greater = rules.indices.filter { rules[$0].supersedes.contains(rule.id) }
      lesser = rules.indices.filter { rule.supersedes.contains(rules[$0].id) && rules[$0].id != rule.id }
      var (bits, bit) = (UInt64(0), UInt64(1))
      var sides = Sides()
      for check in checks {
        switch check.condition.test {
        case .value, .absent, .difference, .status: if check.condition.given == nil { bits |= bit }
        case .change: break
        }
        switch check.condition.test.isUpper {
        case true?: sides.high |= bit
        case false?: sides.low |= bit
        case nil: break
        }
        bit = Grade.next(bit)
      }
      lateBits = bits
      self.sides = sides
    }

    /// A meter's HI says nothing towards the end of a low one: neither that the value is back, nor that it is not.
    func hasNumber(_ values: [Quantity]) -> Bool {
      values.contains { mask.contains($0.kind) && $0.number != nil }
    }

    /// Whether it is of the rule's own quantities, not of one that makes it worse.
    func looks(at evidence: Evidence) -> Bool { evidence.values.contains { kinds.contains($0.kind) } }

    /// Rules about the measurement take readings that are no patient value as well.
    var isTechnical: Bool { rule.category == .technical }

    func grade(_ values: [Quantity], _ status: [String], _ baseline: Baseline, before: Int64) -> Grade {
      var grade = Grade()
      var bit: UInt64 = 1
      for index in checks.indices {
        let outcome = checks[index].outcome(values, status, baseline, before: before)
        if outcome.isJudged { grade.judged |= bit }
        if outcome.holds { grade.offends |= bit }
        bit = Grade.next(bit)
      }
      return grade
    }

    /// Whether values are inside the limits by the deadband: all of its conditions, each on a value that is there.
    func isClear(_ values: [Quantity], _ status: [String], _ baseline: Baseline, before: Int64) -> Bool {
      if clears.isEmpty { return false }
      for index in clears.indices {
        let outcome = clears[index].outcome(values, status, baseline, before: before)
        if !outcome.isJudged || !outcome.holdsOfAll { return false }
      }
      return true
    }

    func limits(crossedBy values: [Quantity], _ baseline: Baseline, before: Int64) -> [Limit] {
      checks.reduce(into: []) { limits, check in
        for limit in check.limits(crossedBy: values, baseline, before: before) where !limits.contains(limit) {
          limits.append(limit)
        }
      }
    }

    /// The person's own past, as far as the first condition asks for it that these values offend and that does.
    func past(of values: [Quantity], _ baseline: Baseline, before: Int64) -> Onset.Past? {
      for check in checks where check.outcome(values, [], baseline, before: before).holds {
        var asked: (past: Rule.Past, kind: ObservationKind)?
        if case .change(_, _, _, let past) = check.condition.test,
          let limit = check.limits(crossedBy: values, baseline, before: before).first
        {
          asked = (past, limit.kind)
        } else if let given = check.condition.given {
          asked = (given.past, given.kind)
        }
        guard let asked,
          let figure = baseline.figure(asked.past, of: asked.kind, before: before, hours: rule.applies.hours)
        else { continue }
        return Onset.Past(asked.past, asked.kind, figure.shown(as: asked.kind))
      }
      return nil
    }
  }

  /// Which of a rule's conditions (by their bits) are of too much, and which of too little.
  struct Sides: Sendable, Equatable {
    var low: UInt64 = 0
    var high: UInt64 = 0

    /// Whether of two readings one is too low only, and the other too high only: a pulse of 140 and then of 38.
    func contradict(_ a: UInt64, _ b: UInt64) -> Bool {
      isOnly(low, a) && isOnly(high, b) || isOnly(high, a) && isOnly(low, b)
    }

    private func isOnly(_ side: UInt64, _ offends: UInt64) -> Bool { offends != 0 && offends & ~side == 0 }
  }

  /// What a reading says to a rule, a bit for each of its conditions (those beyond 64 share the last).
  struct Grade: Sendable, Equatable {
    var offends: UInt64 = 0
    /// What the condition looks at is there.
    var judged: UInt64 = 0

    var isOffending: Bool { offends != 0 }
    var isUsable: Bool { judged != 0 }

    /// Whether it says of each of these conditions that it does not hold.
    func denies(_ conditions: UInt64) -> Bool { offends == 0 && judged != 0 && judged & conditions == conditions }

    static func next(_ bit: UInt64) -> UInt64 { bit == 1 << 63 ? bit : bit << 1 }
  }
}

extension Rule.Test {
  /// Whether it is of too much, or of too little; nil where it is of neither.
  fileprivate var isUpper: Bool? {
    switch self {
    case .value(_, let bound), .difference(_, _, let bound): bound.comparison.isUpper
    case .change(_, let comparison, _, _): comparison.isUpper
    case .absent(_, .pinf): true
    case .absent(_, .ninf): false
    case .absent, .status: nil
    }
  }
}
