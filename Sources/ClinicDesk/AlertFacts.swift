// SPDX-License-Identifier: GPL-3.0-or-later
import Texts

/// How an episode stands: what an alert message and the list of open alerts both say.
package struct AlertFacts: Sendable, Equatable, Decodable {
  /// As the message names it; an unknown state is kept, and is open.
  package struct State: Sendable, Hashable {
    package let name: String
    package static let active = State(name: "active")
    package static let acknowledged = State(name: "acknowledged")
    package static let clearedUnacknowledged = State(name: "cleared-unacknowledged")
    package static let paused = State(name: "paused")
    package static let ended = State(name: "ended")

    package init(name: String) { self.name = name }

    /// Nobody has taken care of it, as far as is known.
    package var isActive: Bool { ![.acknowledged, .clearedUnacknowledged, .paused, .ended].contains(self) }
    /// Nobody has answered it, whether or not its condition is there now.
    var isUnanswered: Bool { isActive || self == .clearedUnacknowledged }
  }

  /// An unknown one is high.
  package enum Priority: String, Sendable, CaseIterable {
    case high, medium, low
  }

  /// Names the episode, the same in all its transitions.
  package let alert: String
  /// 1, 2, 3… within the episode; the highest says how it stands.
  package let version: Int64
  package let resident: String
  package let rule: String
  package let state: State
  package let category: String
  package let priority: Priority
  /// How far it has been escalated.
  package let level: Int64
  /// Milliseconds since 1970 by the gateway's clock; nil while that was unknown.
  package let raisedMs: Int64?
  /// The clinic's id of the person.
  package private(set) var acknowledgedBy: String?
  /// As ``raisedMs``.
  package private(set) var acknowledgedMs: Int64?
  /// What the rule is called, by language (BCP 47); none from a gateway that does not say.
  package private(set) var ruleNames: [String: String]

  package init(
    alert: String, version: Int64, resident: String, rule: String, state: State, category: String = "physiological",
    priority: Priority, level: Int64 = 1, raisedMs: Int64?, acknowledgedBy: String? = nil, acknowledgedMs: Int64? = nil,
    ruleNames: [String: String] = [:]
  ) {
    self.alert = alert
    self.version = version
    self.resident = resident
    self.rule = rule
    self.state = state
    self.category = category
    self.priority = priority
    self.level = level
    self.raisedMs = raisedMs
    self.acknowledgedBy = acknowledgedBy
    self.acknowledgedMs = acknowledgedMs
    self.ruleNames = ruleNames
  }

  /// - Throws: ``Unreadable`` without the two fields that the list of open alerts stands on.
  package init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    guard let alert = fields.id("alert"), let version = fields.whole("version"), version >= 1 else {
      throw Unreadable()
    }
    self.alert = alert
    self.version = version
    resident = fields.id("resident") ?? "?"
    rule = fields.id("rule") ?? "?"
    state = State(name: fields.id("state") ?? "?")
    category = fields.id("category") ?? "?"
    priority = fields.id("priority").flatMap(Priority.init) ?? .high
    level = min(max(fields.whole("level") ?? 1, 1), 9)
    raisedMs = fields.instant("raisedAt")
    acknowledgedBy = fields.text("acknowledgedBy", limit: 64)
    acknowledgedMs = fields.instant("acknowledgedAt")
    ruleNames = fields.texts("ruleName", limit: AlertDetails.textLimit)
  }

  /// In that language, or in one that there is.
  package func ruleName(in language: Language) -> String? { language.pick(from: ruleNames) }

  /// Whether another says the same but for the names, which a list of an older gateway leaves out.
  func hasSameStanding(as other: AlertFacts) -> Bool { unnamed == other.unnamed }

  private var unnamed: AlertFacts {
    var copy = self
    (copy.acknowledgedBy, copy.acknowledgedMs, copy.ruleNames) = (nil, nil, [:])
    return copy
  }
}

/// A message without what it is about.
struct Unreadable: Error {}
