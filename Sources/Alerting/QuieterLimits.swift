// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

extension RuleSet {
  /// Whether some reading that alerts with the old limits of a person would not with the new ones: a limit is looser, or one
  /// that was stricter than the rule's is left out.
  ///
  /// - Parameter nowWallMs: milliseconds since 1970; a looser limit counts until its end.
  package func isQuieter(
    with new: [PersonSettings.OwnLimit], than old: [PersonSettings.OwnLimit], nowWallMs: Int64?
  ) -> Bool {
    rules.contains { rule in
      func adopted(_ limits: [PersonSettings.OwnLimit]) -> [Rule.Condition] {
        rule.adopting(limits.filter { $0.counts(for: rule, nowWallMs: nowWallMs) }).conditions
      }
      return zip(adopted(old), adopted(new)).contains { before, after in
        guard case .value(_, let old) = before.test, case .value(_, let new) = after.test else { return false }
        return old.comparison.isUpper ? new.value > old.value : new.value < old.value
      }
    }
  }
}
