// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// A rule as a nurse or a doctor reads it, from its data: what it says is what it does.
package struct RuleDescription: Sendable, Equatable {
  package struct Line: Sendable, Equatable {
    package let label: Text
    package let text: Text
  }

  /// `OX-1 血氧过低`
  package let heading: Text
  /// What alerts.
  package let condition: Text
  package let lines: [Line]

  init(heading: Text, condition: Text, lines: [Line]) {
    self.heading = heading
    self.condition = condition
    self.lines = lines
  }

  /// - Parameter rules: those that it is one of.
  package init(_ rule: Rule, in rules: RuleSet) {
    heading = RuleTexts.rule(rule.id, rule.name)
    condition = Self.joined(rule.conditions.map(ConditionWords.text), by: RuleTexts.or)
    var lines: [Line] = []
    func add(_ label: Text, _ text: Text?) {
      if let text { lines.append(Line(label: label, text: text)) }
    }
    add(RuleTexts.when, condition)
    add(RuleTexts.whom, Self.whom(rule.applies))
    add(RuleTexts.stream, Self.stream(rule.confirmation))
    add(RuleTexts.spot, rule.confirmation.spot.map(Self.spot))
    add(RuleTexts.priority, Self.priority(rule))
    add(RuleTexts.over, Self.over(rule.clear))
    add(RuleTexts.often, rule.onceIn.map { RuleTexts.onceIn(RuleTexts.duration($0)) })
    add(RuleTexts.silences, Self.names(rule.supersedes, in: rules))
    add(
      RuleTexts.silentWhile,
      Self.names(rules.rules.filter { $0.supersedes.contains(rule.id) }.map(\.id), in: rules))
    add(RuleTexts.unanswered, Self.manner(rules.manners, rule.category, rule.priority))
    add(RuleTexts.version, RuleTexts.written(version: rule.version, by: rule.author, on: rule.date))
    add(RuleTexts.source, rule.source)
    self.lines = lines
  }

  private static func joined(_ texts: [Text], by separator: Text) -> Text {
    ConditionWords.joined(texts, by: separator)
  }

  private static func names(_ ids: [String], in rules: RuleSet) -> Text? {
    let names = ids.compactMap { id in rules.rules.first { $0.id == id } }.map { RuleTexts.rule($0.id, $0.name) }
    return names.isEmpty ? nil : joined(names, by: RuleTexts.listSeparator)
  }

  // MARK: whom

  private static func whom(_ applies: Rule.Applicability) -> Text {
    var parts: [Text] = []
    if let ages = applies.ages {
      let years =
        ages.upperBound == RowLoader.ages.upperBound
        ? RuleTexts.from(age: ages.lowerBound)
        : ages.lowerBound == RowLoader.ages.lowerBound
          ? RuleTexts.upTo(age: ages.upperBound) : RuleTexts.ages(ages.lowerBound, ages.upperBound)
      parts.append(joined([years, RuleTexts.orUnknownAge], by: Text(zh: "", en: "")))
    }
    if let hours = applies.hours {
      parts.append(RuleTexts.measured(from: LocalTime.clock(hours.lowerBound), to: LocalTime.clock(hours.upperBound)))
    }
    parts += sorted(applies.needs).map(RuleTexts.only) + sorted(applies.not).map(RuleTexts.not)
    return parts.isEmpty ? RuleTexts.everybody : joined(parts, by: RuleTexts.clause)
  }

  private static func sorted(_ conditions: Set<PersonSettings.Condition>) -> [Text] {
    PersonSettings.Condition.allCases.filter(conditions.contains).map { RuleTexts.condition($0.rawValue) }
  }

  // MARK: confirmation

  private static func stream(_ confirmation: Rule.Confirmation) -> Text? {
    guard let stream = confirmation.stream else { return nil }
    let atRest = confirmation.streamAtRest.map { RuleTexts.heldAtRest(RuleTexts.duration($0)) }
    return joined([RuleTexts.held(RuleTexts.duration(stream))] + (atRest.map { [$0] } ?? []), by: RuleTexts.clause)
  }

  private static func spot(_ spot: Rule.Spot) -> Text {
    switch spot {
    case .one: return RuleTexts.one
    case .second(let second):
      let within = RuleTexts.duration(second.within)
      var parts = [
        second.apart == 0
          ? RuleTexts.second(within: within)
          : RuleTexts.second(after: RuleTexts.duration(second.apart), within: within)
      ]
      if second.orFullyQualified { parts.append(RuleTexts.orFullyQualified) }
      if let wait = second.unconfirmedAfter { parts.append(RuleTexts.alone(after: RuleTexts.duration(wait))) }
      return joined(parts, by: RuleTexts.listComma)
    case .mean(let readings, let apart, let within):
      let within = RuleTexts.duration(within)
      return apart == 0
        ? RuleTexts.mean(of: readings, within: within)
        : RuleTexts.mean(of: readings, apart: RuleTexts.duration(apart), within: within)
    case .sessions(let count, let of, let within):
      return RuleTexts.sessions(count, of: of, within: RuleTexts.duration(within))
    case .average(let days, let atLeastDays, let readings, let dropsFirstDay):
      let average = RuleTexts.average(days: days, atLeast: atLeastDays, readings: readings)
      return joined([average] + (dropsFirstDay ? [RuleTexts.withoutFirstDay] : []), by: RuleTexts.clause)
    }
  }

  // MARK: priority

  private static func priority(_ rule: Rule) -> Text {
    let usual = RuleTexts.priority(rule.priority.rawValue)
    var parts = rule.priorityCases.map { priorityCase in
      let priority = RuleTexts.priority(priorityCase.priority.rawValue)
      switch priorityCase {
      case .age(let least, let orUnknown, _):
        let from = joined(
          [RuleTexts.from(age: least)] + (orUnknown ? [RuleTexts.orUnknownAge] : []), by: Text(zh: "", en: ""))
        return RuleTexts.priority(priority, for: from)
      case .condition(let condition, _):
        return RuleTexts.priority(priority, for: RuleTexts.among(RuleTexts.condition(condition.rawValue)))
      case .with(let condition, _):
        return RuleTexts.priority(priority, for: RuleTexts.with(ConditionWords.text(condition)))
      }
    }
    parts.append(parts.isEmpty ? usual : RuleTexts.otherwise(usual))
    let priority = joined(parts, by: RuleTexts.listComma)
    return rule.category == .technical ? joined([priority, RuleTexts.technical], by: RuleTexts.clause) : priority
  }

  // MARK: the end

  private static func over(_ clear: Rule.Clear) -> Text {
    var ways: [Text] = []
    if !clear.conditions.isEmpty {
      var how = [RuleTexts.inARow(clear.readings)]
      if let stream = clear.stream { how.insert(RuleTexts.held(RuleTexts.duration(stream)), at: 0) }
      ways.append(
        RuleTexts.cleared(
          joined(clear.conditions.map(ConditionWords.text), by: RuleTexts.and), joined(how, by: RuleTexts.eitherKind)))
    }
    if let quiet = clear.quiet { ways.append(RuleTexts.quiet(RuleTexts.duration(quiet))) }
    return joined(ways, by: RuleTexts.eitherWay)
  }

  static func manner(_ manners: Manners, _ category: Alert.Category, _ priority: Alert.Priority) -> Text {
    // As ``Manners/manner(of:)`` has it.
    if category == .technical, priority == .low { return RuleTexts.saidOnce }
    let manner = manners[category, priority]
    var parts: [Text] = []
    if let again = manner.again { parts.append(RuleTexts.again(RuleTexts.duration(again))) }
    if !manner.escalate.isEmpty {
      parts.append(RuleTexts.escalates(joined(manner.escalate.map(RuleTexts.duration), by: RuleTexts.andThen)))
    }
    if manner.latches { parts.append(RuleTexts.latches) }
    return parts.isEmpty ? RuleTexts.saidOnce : joined(parts, by: RuleTexts.clause)
  }
}
