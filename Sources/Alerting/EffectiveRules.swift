// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

extension RuleSet {
  /// The rules that concern a person, with her own limits in them. What depends on age and conditions is decided: of a
  /// rule's priority cases only those by another quantity are left, and a stream has one time to hold.
  ///
  /// A looser limit needs a reason and an end, and counts while the wall clock is known and before that end; a stricter one
  /// always counts. A limit's deadband moves with it.
  func rules(for settings: PersonSettings, at occasion: Occasion) -> [Rule] {
    let age = settings.age(at: occasion)
    return rules.filter { $0.applies.concerns(age: age, settings.conditions) }.map { rule in
      var own = rule.adopting(settings.limits.filter { $0.counts(for: rule, nowWallMs: occasion.now.wallMs) })
      own.decidePriority(age: age, settings.conditions)
      if settings.conditions.contains(.resting), let atRest = own.confirmation.streamAtRest {
        own.confirmation.stream = atRest
      }
      own.confirmation.streamAtRest = nil
      return own
    }
  }
}

extension PersonSettings {
  /// In years, as if everybody were born on the first of January; nil while the year of birth or the calendar is unknown.
  package func age(at occasion: Occasion) -> Int? {
    guard let born, let year = occasion.local?.year, (0...150).contains(year &- born) else { return nil }
    return year &- born
  }
}

extension LocalTime {
  /// nil beyond the years of a ``CivilTime``.
  package var year: Int? {
    guard (0..<4_000_000).contains(day) else { return nil }
    return CivilTime(seconds: Int64(day) * 86_400, sinceYear: 1970)?.year
  }
}

extension Rule.Applicability {
  /// - Parameter age: nil where it is not known, which keeps no rule from anybody.
  func concerns(age: Int?, _ conditions: Set<PersonSettings.Condition>) -> Bool {
    if let age, let ages, !ages.contains(age) { return false }
    return needs.isSubset(of: conditions) && not.isDisjoint(with: conditions)
  }
}

extension Rule {
  /// The first case that holds ends the list; those before it that depend on another quantity still come first.
  fileprivate mutating func decidePriority(age: Int?, _ conditions: Set<PersonSettings.Condition>) {
    let decided = priorityCases.firstIndex { priorityCase in
      switch priorityCase {
      case .age(let least, let orUnknown, _): age.map { $0 >= least } ?? orUnknown
      case .condition(let condition, _): conditions.contains(condition)
      case .with: false
      }
    }
    if let decided { priority = priorityCases[decided].priority }
    priorityCases = priorityCases.prefix(decided ?? priorityCases.count).filter { priorityCase in
      if case .with = priorityCase { true } else { false }
    }
  }
}
