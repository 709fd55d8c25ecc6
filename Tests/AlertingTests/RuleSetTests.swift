// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Testing
import Vitals

@testable import Alerting

extension Story {
  static func rules(_ yaml: String) -> RuleSet {
    do { return try RuleSet(overriding: YAML.parse(yaml, file: "rules.yaml")) } catch { fatalError("\(error)") }
  }
}

@Suite struct RuleSetTests {
  @Test func aMoreSeriousRuleStandsBeforeThoseItSupersedes() {
    let ids = RuleSet.defaults.rules.map(\.id)
    #expect(ids == ["OX-1", "OX-2", "HR-1", "HR-2", "BP-1", "BP-2", "BP-5"])
    for (index, rule) in RuleSet.defaults.rules.enumerated() {
      #expect(rule.supersedes.allSatisfy { ids.dropFirst(index + 1).contains($0) })
    }
  }

  @Test func withoutASectionTheDefaultsHold() throws {
    #expect(try RuleSet(overriding: nil) == .defaults)
    #expect(RuleSet.defaults.settle == 30_000)
  }

  @Test func timesCanBeShortened() {
    let rules = Story.rules(
      "{OX-1: {confirm-seconds: 5, clear-seconds: 7}, BP-1: {confirm-seconds: 60}, BP-2: {confirm-seconds: 3}}")
    #expect(rules.rules.first { $0.id == "OX-1" }?.confirmation.stream == 5000)
    #expect(rules.rules.first { $0.id == "OX-1" }?.clear.stream == 7000)
    #expect(rules.rules.first { $0.id == "BP-1" }?.confirmation.unconfirmedAfter == 60_000)
    #expect(rules.rules.first { $0.id == "BP-2" }?.confirmation.apart == 3000)
  }

  @Test func aLowerRuleTakesOverFromADisabledOne() {
    var story = Story(Story.rules("{settle-seconds: 0, OX-1: {enabled: false}, OX-2: {confirm-seconds: 10}}"))
    story.stream(.spo2, "85", 0...10)
    #expect(story.alerts.brief == ["OX-2 start active"])
  }

  /// What a lone value is to each rule.
  @Test(arguments: [
    ("OX-1", ObservationKind.spo2, "89.9", Rule.Grade.offending), ("OX-1", .spo2, "90", .between),
    ("OX-1", .spo2, "91.9", .between), ("OX-1", .spo2, "92", .clear),
    ("OX-2", .spo2, "89.9", .beyond), ("OX-2", .spo2, "90", .offending), ("OX-2", .spo2, "92", .offending),
    ("OX-2", .spo2, "92.0", .offending), ("OX-2", .spo2, "92.4", .between), ("OX-2", .spo2, "93", .between),
    ("OX-2", .spo2, "94", .clear),
    ("HR-1", .heartRate, "40", .offending), ("HR-1", .heartRate, "41", .between),
    ("HR-1", .heartRate, "44.9", .between),
    ("HR-1", .heartRate, "45", .clear), ("HR-1", .heartRate, "125", .clear), ("HR-1", .pulseRate, "130", .between),
    ("HR-1", .pulseRate, "130.9", .between), ("HR-1", .pulseRate, "131", .offending),
    ("HR-2", .pulseRate, "40", .beyond), ("HR-2", .heartRate, "41", .offending), ("HR-2", .heartRate, "45", .offending),
    ("HR-2", .heartRate, "46", .between), ("HR-2", .heartRate, "50", .clear), ("HR-2", .heartRate, "105", .clear),
    ("HR-2", .heartRate, "110", .between), ("HR-2", .heartRate, "111", .offending),
    ("HR-2", .heartRate, "130", .offending), ("HR-2", .heartRate, "131", .beyond),
    ("BP-1", .systolic, "179.9", .between), ("BP-1", .systolic, "180", .offending),
    ("BP-1", .diastolic, "119.9", .between), ("BP-1", .diastolic, "120", .offending),
    ("BP-1", .systolic, "120", .between),  // half a blood pressure clears nothing
    ("BP-2", .systolic, "180", .offending), ("BP-2", .diastolic, "109.9", .between),
    ("BP-2", .diastolic, "110", .offending), ("BP-2", .diastolic, "120", .beyond),
    ("BP-5", .systolic, "90", .offending), ("BP-5", .systolic, "90.1", .between), ("BP-5", .systolic, "95", .clear),
    ("OX-1", .heartRate, "85", .unusable), ("OX-1", .spo2, "nan", .unusable),
  ])
  func edges(rule: String, kind: ObservationKind, value: String, expected: Rule.Grade) throws {
    let rule = try #require(RuleSet.defaults.rules.first { $0.id == rule })
    let observation = Story().observation([(kind, value)], at: 0, stream: false, reading: "r")
    #expect(rule.grade(observation) == expected)
  }

  @Test func bloodPressureClearsByBothValues() throws {
    let rule = try #require(RuleSet.defaults.rules.first { $0.id == "BP-1" })
    func grade(_ systolic: String, _ diastolic: String) -> Rule.Grade {
      rule.grade(
        Story().observation([(.systolic, systolic), (.diastolic, diastolic)], at: 0, stream: false, reading: "r"))
    }
    #expect(grade("169", "109") == .clear)
    #expect(grade("170", "80") == .between)
    #expect(grade("120", "110") == .between)
    #expect(grade("120", "121") == .offending)
  }
}
