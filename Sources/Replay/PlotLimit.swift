// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// A limit on a lane of a picture, with all rules that have it.
struct PlotLimit: Equatable {
  let op: Comparison
  let value: ExactDecimal
  /// Of the most serious of them.
  let priority: Alert.Priority
  private(set) var rules: [String]

  /// The limits that count for these kinds, each once, from the top down. What depends on a person's past is no line.
  static func all(_ rules: [Rule], for kinds: [ObservationKind]) -> [PlotLimit] {
    var limits: [PlotLimit] = []
    for rule in rules where rule.category == .physiological {
      for condition in rule.conditions where condition.given == nil {
        guard case .value(let of, let bound) = condition.test, of.contains(where: kinds.contains) else { continue }
        if let known = limits.firstIndex(where: { $0.op == bound.comparison && $0.value == bound.value }) {
          if !limits[known].rules.contains(rule.id) { limits[known].rules.append(rule.id) }
        } else {
          limits.append(
            PlotLimit(op: bound.comparison, value: bound.value, priority: rule.priority, rules: [rule.id]))
        }
      }
    }
    return limits.sorted { $1.value < $0.value }
  }

  /// `≥180 BP-1 BP-2`
  var label: String {
    let sign =
      switch op {
      case .below: "<"
      case .atMost: "≤"
      case .above: ">"
      case .atLeast: "≥"
      }
    return sign + value.description + " " + rules.joined(separator: " ")
  }
}
