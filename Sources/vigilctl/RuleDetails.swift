// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

/// A rule in a line of JSON.
struct RuleDetails: Encodable {
  struct Line: Encodable {
    let label: [String: String]
    let text: [String: String]
  }

  struct Limit: Encodable {
    let kinds: [String]
    let op: String
    /// As it is written, `39.1`: a number of JSON would be rounded.
    let value: String
    let unit: String
  }

  struct Clear: Encodable {
    let limits: [Limit]
    let heldSeconds: Int64?
    let readings: Int
    let quietSeconds: Int64?
  }

  let edition: String
  let id: String
  let version: Int
  let author: String
  let date: String
  let name: [String: String]
  let category: String
  let priority: String
  let kinds: [String]
  /// Those of its conditions that are plain numbers.
  let limits: [Limit]
  let streamSeconds: Int64?
  let clear: Clear
  let onceInSeconds: Int64?
  let supersedes: [String]
  let source: [String: String]?
  /// All of it, in words.
  let description: [Line]

  init(_ rule: Rule, in set: RuleSet) {
    edition = set.edition
    id = rule.id
    version = rule.version
    author = rule.author
    date = rule.date
    name = rule.name.byTag
    category = rule.category.rawValue
    priority = rule.priority.rawValue
    kinds = rule.kinds.map(\.rawValue)
    limits = Self.limits(rule.conditions)
    streamSeconds = rule.confirmation.stream.map { $0 / 1000 }
    clear = Clear(
      limits: Self.limits(rule.clear.conditions), heldSeconds: rule.clear.stream.map { $0 / 1000 },
      readings: rule.clear.readings, quietSeconds: rule.clear.quiet.map { $0 / 1000 })
    onceInSeconds = rule.onceIn.map { $0 / 1000 }
    supersedes = rule.supersedes
    source = rule.source?.byTag
    description = RuleDescription(rule, in: set).lines.map { Line(label: $0.label.byTag, text: $0.text.byTag) }
  }

  private static func limits(_ conditions: [Rule.Condition]) -> [Limit] {
    conditions.compactMap { condition in
      guard case .value(let kinds, let bound) = condition.test, let unit = kinds.first?.unit else { return nil }
      return Limit(
        kinds: kinds.map(\.rawValue), op: bound.comparison.rawValue, value: bound.value.description,
        unit: unit.rawValue)
    }
  }
}
