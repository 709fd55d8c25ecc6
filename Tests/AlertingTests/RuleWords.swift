// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

@testable import Alerting

/// Rules in short words, to be compared with tables.
enum RuleWords {
  static func condition(_ condition: Rule.Condition) -> String {
    let words = test(condition.test)
    guard let given = condition.given else { return words }
    return "\(words) given \(past(given.past)) \(given.kind.rawValue) \(bound(given.bound))"
  }

  private static func test(_ test: Rule.Test) -> String {
    switch test {
    case .value(let kinds, let limit): "\(names(kinds)) \(bound(limit))"
    case .change(let kinds, let comparison, let offset, let of):
      "\(names(kinds)) \(comparison.rawValue) \(past(of)) \(offset)"
    case .absent(let kinds, let reason): "\(names(kinds)) \(reason.rawValue)"
    case .status(let word, let kinds): "\(word) on \(names(kinds))"
    case .difference(let first, let second, let limit): "\(first.rawValue) minus \(second.rawValue) \(bound(limit))"
    }
  }

  static func names(_ kinds: [ObservationKind]) -> String { kinds.map(\.rawValue).joined(separator: "/") }

  private static func bound(_ bound: Bound) -> String { "\(bound.comparison.rawValue) \(bound.value)" }

  private static func past(_ past: Rule.Past) -> String {
    switch past {
    case .median: "median"
    case .mean: "mean"
    case .least(let days): "least of \(days)"
    }
  }

  static func spot(_ spot: Rule.Spot?) -> String {
    switch spot {
    case nil: "none"
    case .one: "one"
    case .second(let second):
      "second \(second.apart / 1000) to \(second.within / 1000)" + (second.orFullyQualified ? " or qualified" : "")
        + (second.unconfirmedAfter.map { " alone after \($0 / 1000)" } ?? "")
    case .mean(let readings, let apart, let within): "mean of \(readings) \(apart / 1000) to \(within / 1000)"
    case .sessions(let count, let of, let within): "sessions \(count) of \(of) in \(within / 1000)"
    case .average(let days, let atLeastDays, let readings, let dropsFirstDay):
      "average of \(readings) on \(atLeastDays) of \(days) days" + (dropsFirstDay ? " without the first" : "")
    }
  }

  static func priority(_ rule: Rule) -> String {
    let cases = rule.priorityCases.map { priorityCase in
      switch priorityCase {
      case .age(let least, let orUnknown, let priority):
        "\(priority.rawValue) from \(least)\(orUnknown ? " or unknown" : "")"
      case .condition(let condition, let priority): "\(priority.rawValue) if \(condition.rawValue)"
      case .with(let condition, let priority): "\(priority.rawValue) with \(self.condition(condition))"
      }
    }
    return (cases + [rule.priority.rawValue]).joined(separator: ", ")
  }
}
