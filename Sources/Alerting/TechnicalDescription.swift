// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// What is raised about the box, its devices and its messages, as `vigilctl rules` shows it. The numbers are the edition's.
package struct TechnicalDescription: Sendable, Equatable {
  /// A way to begin.
  package struct Way: Sendable, Equatable {
    package let priority: Alert.Priority
    package let condition: Text
  }

  /// A number that the condition depends on, by the name that programs have for it: `silentSeconds`.
  package struct Number: Sendable, Equatable {
    package let name: String
    package let value: Int64
  }

  package let id: String
  package let name: Text
  package let ways: [Way]
  package let over: Text
  package let toDo: Text
  package let numbers: [Number]
  /// At the clinic's desk, not by the gateway.
  package let isOfDesk: Bool
  package let isPausable: Bool
  package let words: RuleDescription

  /// All that it may be, the most serious first.
  package var priorities: [Alert.Priority] {
    Alert.Priority.allCases.filter { priority in ways.contains { $0.priority == priority } }
  }

  /// As many as a desk waits for: no edition changes this.
  static let missedHealth = 3

  package static func all(in rules: RuleSet) -> [TechnicalDescription] {
    ofPlans(rules.technical, rules) + ofDevices(rules.technical, rules) + ofTheBox(rules)
  }

  private init(
    _ id: String, _ name: Text, _ ways: [(Alert.Priority, Text)], over: Text, toDo: Text, numbers: [(String, Int64)],
    isOfDesk: Bool = false, caps: Text? = nil, in rules: RuleSet
  ) {
    self.id = id
    self.name = name
    self.ways = ways.map(Way.init)
    self.over = over
    self.toDo = toDo
    self.numbers = numbers.map(Number.init)
    self.isOfDesk = isOfDesk
    let isPausable = !Pauses.unpausable.contains(id) && !isOfDesk && id != Digest.rule
    self.isPausable = isPausable
    let several = ways.count > 1
    let priorities = Alert.Priority.allCases.filter { priority in ways.contains { $0.0 == priority } }
    let priority = ConditionWords.joined(priorities.map { RuleTexts.priority($0.rawValue) }, by: RuleTexts.eitherKind)
    var lines: [RuleDescription.Line] = []
    func add(_ label: Text, _ text: Text?) {
      if let text { lines.append(RuleDescription.Line(label: label, text: text)) }
    }
    let conditions = ways.map { way in
      several ? TechnicalRuleTexts.way(way.1, RuleTexts.priority(way.0.rawValue)) : way.1
    }
    let condition = ConditionWords.joined(conditions, by: RuleTexts.or)
    add(RuleTexts.when, condition)
    // A person's digest is not technical.
    let category = id == Digest.rule ? [] : [RuleTexts.technical]
    add(RuleTexts.priority, ConditionWords.joined([priority] + category, by: RuleTexts.clause))
    add(RuleTexts.over, over)
    add(TechnicalRuleTexts.toDo, toDo)
    add(TechnicalRuleTexts.raisedBy, isOfDesk ? TechnicalRuleTexts.byTheDesk : nil)
    add(TechnicalRuleTexts.caps, caps)
    if !isOfDesk, id != Digest.rule {
      add(RuleTexts.unanswered, Self.manner(of: Set(ways.map(\.0)), rules.manners))
    }
    add(TechnicalRuleTexts.pause, Pauses.unpausable.contains(id) ? TechnicalRuleTexts.never : nil)
    add(RuleTexts.version, RuleTexts.written(version: rules.version, by: rules.author, on: rules.date))
    words = RuleDescription(heading: RuleTexts.rule(id, name), condition: condition, lines: lines)
  }

  /// By priority, where that makes a difference.
  private static func manner(of priorities: Set<Alert.Priority>, _ manners: Manners) -> Text {
    let all = Alert.Priority.allCases.filter(priorities.contains).map { priority in
      (priority, RuleDescription.manner(manners, .technical, priority))
    }
    guard let (_, first) = all.first, all.contains(where: { $0.1 != first }) else {
      return all.first?.1 ?? RuleTexts.saidOnce
    }
    return ConditionWords.joined(
      all.map { TechnicalRuleTexts.way($0.1, RuleTexts.priority($0.0.rawValue)) }, by: RuleTexts.listComma)
  }

  private static func ofPlans(_ limits: TechnicalLimits, _ rules: RuleSet) -> [TechnicalDescription] {
    [
      TechnicalDescription(
        "ND-1", TechnicalTexts.plan,
        [
          (
            .low,
            TechnicalRuleTexts.missed(
              limits.missedMeasurements, orNothingFor: RuleTexts.duration(limits.nothingMeasured))
          ), (.medium, TechnicalRuleTexts.nothing(for: RuleTexts.duration(limits.nothingMeasuredLong))),
        ], over: TechnicalRuleTexts.measuredAgain, toDo: TechnicalRuleTexts.askThePerson,
        numbers: [
          ("missed", Int64(limits.missedMeasurements)), ("nothingForSeconds", limits.nothingMeasured / 1000),
          ("nothingForLongSeconds", limits.nothingMeasuredLong / 1000),
        ], in: rules),
      TechnicalDescription(
        "ND-2", TechnicalTexts.stream,
        [(.medium, TechnicalRuleTexts.silent(for: RuleTexts.duration(limits.streamSilent)))],
        over: TechnicalRuleTexts.streamIsBack, toDo: TechnicalRuleTexts.checkTheSensor,
        numbers: [("silentSeconds", limits.streamSilent / 1000)], in: rules),
      TechnicalDescription(
        "ND-3", TechnicalTexts.unseen,
        [(.low, TechnicalRuleTexts.unseen(for: RuleTexts.duration(limits.deviceUnseen)))],
        over: TechnicalRuleTexts.heardAgain, toDo: TechnicalRuleTexts.useItOnce,
        numbers: [("unseenSeconds", limits.deviceUnseen / 1000)], in: rules),
      TechnicalDescription(
        "ND-4", TechnicalRuleTexts.lost, [(.high, TechnicalRuleTexts.lost(after: missedHealth))],
        over: TechnicalRuleTexts.gatewayIsBack, toDo: TechnicalRuleTexts.callTheHome,
        numbers: [("missedHealth", Int64(missedHealth))], isOfDesk: true, in: rules),
    ]
  }

  private static func ofDevices(_ limits: TechnicalLimits, _ rules: RuleSet) -> [TechnicalDescription] {
    [
      TechnicalDescription(
        "DV-1", TechnicalTexts.device,
        [
          (.low, TechnicalRuleTexts.battery(limits.batteryLow)),
          (.medium, TechnicalRuleTexts.battery(limits.batteryEmpty)),
          (.medium, TechnicalRuleTexts.sensorFault(FaultWatch.faultsNeeded)),
          (.low, TechnicalRuleTexts.failed(limits.failedMeasurements)),
        ],
        over: TechnicalRuleTexts.deviceIsWell(
          low: limits.batteryLow + BatteryWatch.band, empty: limits.batteryEmpty + BatteryWatch.band),
        toDo: TechnicalRuleTexts.careForTheDevice,
        numbers: [
          ("lowPercent", Int64(limits.batteryLow)), ("emptyPercent", Int64(limits.batteryEmpty)),
          ("failed", Int64(limits.failedMeasurements)),
        ], in: rules),
      TechnicalDescription(
        "TM-1", TechnicalTexts.deviceClock, [(.low, TechnicalRuleTexts.clockIsOff)],
        over: TechnicalRuleTexts.clockIsRight, toDo: TechnicalRuleTexts.setTheClock, numbers: [], in: rules),
    ]
  }

  private static func ofTheBox(_ rules: RuleSet) -> [TechnicalDescription] {
    let manners = rules.manners
    let caps = [
      (RuleTexts.priority("medium"), manners.medium.dailyCap), (RuleTexts.priority("low"), manners.low.dailyCap),
      (TechnicalRuleTexts.technical, manners.technical.dailyCap),
    ].compactMap { kind, cap in cap.map { TechnicalRuleTexts.cap(kind, $0) } }
    return [
      TechnicalDescription(
        "ST-1", TechnicalTexts.storage,
        [(.high, TechnicalRuleTexts.storageFails), (.medium, TechnicalRuleTexts.storageIsShort)],
        over: TechnicalRuleTexts.storageWorks, toDo: TechnicalRuleTexts.makeRoom, numbers: [], in: rules),
      TechnicalDescription(
        "UD-1", TechnicalTexts.delivery,
        [
          (
            .medium,
            TechnicalRuleTexts.unheard(
              high: RuleTexts.duration(manners.high.deliver), others: RuleTexts.duration(manners.medium.deliver))
          )
        ], over: TechnicalRuleTexts.heard, toDo: TechnicalRuleTexts.checkTheReceiver,
        numbers: [
          ("deliverHighSeconds", manners.high.deliver / 1000), ("deliverMediumSeconds", manners.medium.deliver / 1000),
          ("deliverLowSeconds", manners.low.deliver / 1000),
          ("deliverTechnicalSeconds", manners.technical.deliver / 1000),
        ], in: rules),
      TechnicalDescription(
        "UA-1", TechnicalTexts.answer, [(.medium, TechnicalRuleTexts.unanswered)], over: TechnicalRuleTexts.answered,
        toDo: TechnicalRuleTexts.lookAtOpenAlerts, numbers: [], in: rules),
      TechnicalDescription(
        "BT-1", TechnicalTexts.bluetooth,
        [(.medium, TechnicalRuleTexts.bluetoothAway(for: RuleTexts.duration(TechnicalCondition.bluetoothPatience)))],
        over: TechnicalRuleTexts.bluetoothIsBack, toDo: TechnicalRuleTexts.checkTheAdapter,
        numbers: [("awaySeconds", TechnicalCondition.bluetoothPatience / 1000)], in: rules),
      TechnicalDescription(
        Digest.rule, AlertText.digestName, [(.low, TechnicalRuleTexts.digest(at: LocalTime.clock(manners.digestAt)))],
        over: TechnicalRuleTexts.digestIsRead, toDo: TechnicalRuleTexts.readTheDigest,
        numbers: [("digestAtMinute", Int64(manners.digestAt))],
        caps: caps.isEmpty ? nil : ConditionWords.joined(caps, by: RuleTexts.clause), in: rules),
    ]
  }
}
