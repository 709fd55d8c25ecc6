// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts

/// A technical condition in a line of JSON. The keys that rules have too mean the same.
struct TechnicalDetails: Encodable {
  struct Way: Encodable {
    let priority: String
    let condition: [String: String]
  }

  let edition: String
  let id: String
  let version: Int
  let author: String
  let date: String
  let name: [String: String]
  let category = "technical"
  /// The most serious that it may be.
  let priority: String
  let ways: [Way]
  /// What of the edition it depends on.
  let numbers: [String: Int64]
  let over: [String: String]
  let toDo: [String: String]
  /// `gateway` or `desk`.
  let raisedBy: String
  let pausable: Bool
  /// All of it, in words.
  let description: [RuleDetails.Line]

  init(_ condition: TechnicalDescription, in set: RuleSet) {
    edition = set.edition
    id = condition.id
    version = set.version
    author = set.author
    date = set.date
    name = condition.name.byTag
    priority = condition.priorities.first?.rawValue ?? ""
    ways = condition.ways.map { Way(priority: $0.priority.rawValue, condition: $0.condition.byTag) }
    numbers = Dictionary(condition.numbers.map { ($0.name, $0.value) }) { first, _ in first }
    over = condition.over.byTag
    toDo = condition.toDo.byTag
    raisedBy = condition.isOfDesk ? "desk" : "gateway"
    pausable = condition.isPausable
    description = condition.words.lines.map { RuleDetails.Line(label: $0.label.byTag, text: $0.text.byTag) }
  }
}
