// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// What an episode is of. At most one is open of each.
enum EpisodeKey: Sendable, Hashable {
  case rule(String)
  case condition(TechnicalCondition)
}

/// A condition that begins and wants to be said: of a person's values, or of the box.
struct Opening: Sendable, Equatable {
  let key: EpisodeKey
  var alert: StableID
  let resident: ResidentID
  let rule: String
  let ruleVersion: Int
  let name: Text
  let category: Alert.Category
  let priority: Alert.Priority
  let limits: [Limit]
  let evidence: [Evidence]
  let link: LinkSecurity
  let text: Text
  let raised: Moment
  /// Milder ones of the same family: those that are on end with it.
  let superseding: [EpisodeKey]

  init(_ rule: Rule, _ onset: Onset, of resident: ResidentID, at occasion: Occasion) {
    key = .rule(rule.id)
    let first = onset.evidence.first ?? onset.decisive
    alert = StableID(hashing: ["alert", resident.description, rule.id, first.reading.description])
    self.resident = resident
    self.rule = rule.id
    ruleVersion = rule.version
    name = rule.name
    category = rule.category
    priority = onset.priority
    limits = onset.limits
    evidence = onset.evidence
    link = onset.link
    text = AlertText.start(rule, onset, at: occasion)
    raised = occasion.now
    superseding = onset.superseded.map(EpisodeKey.rule)
  }

  init(
    _ condition: TechnicalCondition, name: Text, text: Text, evidence: [Evidence], superseding: [TechnicalCondition],
    raised: Moment
  ) {
    key = .condition(condition)
    alert = condition.alert(raised: raised)
    resident = condition.resident
    rule = condition.rule
    ruleVersion = 1
    self.name = name
    category = .technical
    priority = condition.priority
    limits = []
    self.evidence = evidence
    link = .advert
    self.text = text
    self.raised = raised
    self.superseding = superseding.map(EpisodeKey.condition)
  }

  /// A small matter of a device: it is said when it begins, and counted in the day's digest.
  var isSmallTechnical: Bool {
    guard case .condition = key else { return false }
    return priority == .low
  }
}
