// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts

@testable import Alerting

@Suite struct TechnicalDescriptionTests {
  private func words(_ id: String, in language: Language, _ file: String? = nil) throws -> [String] {
    let set = try file.map { try RuleLoader.load($0, file: "r.yaml") } ?? RuleLoader.edition("cn")
    let found = try #require(TechnicalDescription.all(in: set).first { $0.id == id })
    return [found.words.heading(in: language)]
      + found.words.lines.map { "\($0.label(in: language)): \($0.text(in: language))" }
  }

  @Test func everyConditionIsThere() throws {
    let all = TechnicalDescription.all(in: try RuleLoader.edition("cn"))
    #expect(Set(all.map(\.id)) == TechnicalCondition.rules.union(["ND-4", "DG-1"]))
    #expect(Set(all.map(\.id)).count == all.count)
    #expect(all.filter(\.isOfDesk).map(\.id) == ["ND-4"])
    #expect(Set(all.filter { !$0.isPausable }.map(\.id)) == Pauses.unpausable.union(["ND-4", "DG-1"]))
  }

  /// The names and priorities are those of the alerts.
  @Test func theyAreWhatTheAlertsAre() throws {
    let all = TechnicalDescription.all(in: try RuleLoader.edition("cn"))
    let device = WatchStory.cuff
    let conditions: [TechnicalCondition] =
      [.storageFailing, .storageShort, .alertsUnheard, .unanswered, .bluetoothAway]
      + [true, false].map { .nothingMeasured(WatchStory.person, [.systolic], isLong: $0) }
      + TechnicalCondition.all(of: device, WatchStory.person)
    for condition in conditions {
      let found = try #require(all.first { $0.id == condition.rule })
      #expect(found.name == condition.name && found.priorities.contains(condition.priority), "\(condition)")
    }
    for found in all where !["ND-4", "DG-1"].contains(found.id) {
      let known = Set(conditions.filter { $0.rule == found.id }.map(\.priority))
      #expect(Set(found.priorities) == known, "\(found.id)")
    }
  }

  @Test func aWholeConditionInEnglish() throws {
    #expect(
      try words("ND-1", in: .en) == [
        "ND-1 planned measurement missing",
        "Condition: 3 planned measurements missed in a row, or none for 36 h (low); or no planned measurement for 3 days "
          + "(medium)",
        "Priority: medium or low, a technical alert",
        "Over: a planned kind is measured again, or not planned any more",
        "What to do: ask the person, and check the device",
        "Unanswered: goes up a level after 1 h and 24 h (medium); said once (low)",
        "Version: 1, by Vigil, 2026-11-22",
      ])
  }

  @Test func aWholeConditionInChinese() throws {
    #expect(
      try words("ND-4", in: .zh) == [
        "ND-4 网关失联", "条件: 网关的 health 消息连续缺失 3 次", "优先级: 高，技术警报", "解除: 又收到网关的消息",
        "怎么办: 没有人在看护这些住户：请打电话或上门，并检查网关的电源和网络",
        "由谁发出: 诊所的工作台（vigilctl watch --clinic）：网关断电后不能自己报告", "版本: 第 1 版，Vigil，2026-11-22",
      ])
  }

  /// The numbers are the edition's.
  @Test(arguments: [
    (
      "ND-1", "technical: {ND-1: {missed: 5, nothing-for: 30 h, nothing-for-long: 4 d}}",
      ["5 planned", "30 h", "4 days"]
    ),
    ("ND-2", "technical: {ND-2: {silent: 20 min}}", ["20 min"]),
    ("ND-3", "technical: {ND-3: {unseen: 9 d}}", ["9 days"]),
    (
      "DV-1", "technical: {DV-1: {low: 33, empty: 8, failed: 7}}",
      ["33 %", "8 %", "7 measurements", "38 %", "13 %"]
    ),
    ("UD-1", "manners: {high: {deliver: 40 s}}", ["high 40 s"]),
    ("DG-1", "manners: {low: {daily-cap: 4}}", ["08:00", "low 4"]),
    ("UA-1", "manners: {technical: {escalate: [2 h]}}", ["after 2 h"]),
  ])
  func saysTheNumbersOfTheEdition(id: String, section: String, numbers: [String]) throws {
    let text = try words(
      id, in: .en, "{edition: a, based-on: cn, version: 1, author: b, date: 2026-12-01, \(section)}"
    ).joined(separator: "\n")
    for number in numbers { #expect(text.contains(number), "\(text)") }
  }

  @Test(arguments: ["ST-1", "UD-1", "UA-1"]) func whatIsNeverPausedSaysSo(id: String) throws {
    #expect(try words(id, in: .en).contains { $0.hasPrefix("Pause: never") })
    #expect(try !words("BT-1", in: .en).contains { $0.hasPrefix("Pause") })
  }
}
