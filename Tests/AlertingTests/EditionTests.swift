// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// The editions against the table that was decided, row by row: no number changes by a slip.
@Suite struct EditionTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let id: String
    let when: [String]
    let stream: Int64?
    let spot: String
    let clear: [String]
    let priority: String
    var silences: [String] = []
    var readings = 2
    var atRest: Int64?
    var quiet: Int64?
    var onceIn: Int64?
    var ages: ClosedRange<Int>?
    var needs: Set<PersonSettings.Condition> = []
    var not: Set<PersonSettings.Condition> = []
    var hours: Range<Int>?
    var category = Alert.Category.physiological

    var testDescription: String { id }
  }

  static let heart = "heart-rate/pulse-rate"
  static let average = "average of 12 on 4 of 7 days without the first"

  /// Seconds.
  static let table: [Row] = [
    Row(
      id: "BP-1", when: ["systolic >= 180", "diastolic >= 120"], stream: nil, spot: "second 0 to 900 alone after 900",
      clear: ["systolic < 170", "diastolic < 110"], priority: "high", silences: ["BP-2", "BP-3"]),
    Row(
      id: "BP-2", when: ["systolic >= 180", "diastolic >= 110"], stream: nil, spot: "mean of 2 60 to 600",
      clear: ["systolic < 170", "diastolic < 110"], priority: "high", silences: ["BP-3"]),
    Row(
      id: "BP-3", when: ["systolic >= 160", "diastolic >= 100"], stream: nil, spot: "sessions 2 of 2 in 86400",
      clear: ["systolic < 155", "diastolic < 95"], priority: "medium"),
    Row(
      id: "BP-4", when: ["systolic >= 135", "diastolic >= 85"], stream: nil, spot: average,
      clear: ["systolic < 130", "diastolic < 80"], priority: "low", readings: 1, onceIn: 604_800),
    Row(
      id: "BP-4-uncontrolled", when: ["systolic >= 150", "diastolic >= 90"], stream: nil, spot: average,
      clear: ["systolic < 145", "diastolic < 85"], priority: "low", silences: ["BP-4"], readings: 1, onceIn: 604_800,
      ages: 65...150),
    Row(
      id: "BP-5", when: ["systolic <= 90"], stream: nil, spot: "second 0 to 300", clear: ["systolic >= 95"],
      priority: "high with \(heart) >= 111, high with \(heart) <= 40, high with spo2 <= 91, medium", silences: ["BP-6"]),
    Row(
      id: "BP-6", when: ["systolic <= 100 given mean systolic >= 120", "systolic <= mean -40"], stream: nil,
      spot: "mean of 2 0 to 600", clear: ["systolic >= 105"], priority: "medium"),
    Row(
      id: "BP-7",
      when: [
        "systolic minus diastolic < 20", "systolic < 40", "systolic > 300", "diastolic < 40", "diastolic > 300",
      ], stream: nil, spot: "one",
      clear: [
        "systolic minus diastolic >= 20", "systolic >= 40", "systolic <= 300", "diastolic >= 40", "diastolic <= 300",
      ], priority: "low", readings: 1, category: .technical),
    Row(
      id: "OX-1", when: ["spo2 < 90"], stream: 30, spot: "second 60 to 600 or qualified", clear: ["spo2 >= 92"],
      priority: "high", silences: ["OX-2", "OX-3", "OX-4"], not: [.scale2]),
    Row(
      id: "OX-2", when: ["spo2 <= 92"], stream: 120, spot: "second 0 to 300", clear: ["spo2 >= 94"],
      priority: "high from 65 or unknown, high if covid-pathway, medium", silences: ["OX-3", "OX-4"], not: [.scale2]),
    Row(
      id: "OX-3", when: ["spo2 <= 94"], stream: 900, spot: "second 900 to 3600", clear: ["spo2 >= 95"],
      priority: "low", not: [.scale2]),
    Row(
      id: "OX-4", when: ["spo2 <= median -4"], stream: 600, spot: "second 0 to 900", clear: ["spo2 >= median -2"],
      priority: "medium", silences: ["OX-3"], not: [.scale2]),
    Row(
      id: "OX-S2-high", when: ["spo2 <= 83"], stream: 30, spot: "second 0 to 600", clear: ["spo2 >= 84"],
      priority: "high", silences: ["OX-S2-medium", "OX-S2-low"], needs: [.scale2]),
    Row(
      id: "OX-S2-medium", when: ["spo2 <= 85"], stream: 120, spot: "second 0 to 600", clear: ["spo2 >= 86"],
      priority: "medium", silences: ["OX-S2-low"], needs: [.scale2]),
    Row(
      id: "OX-S2-low", when: ["spo2 <= 87"], stream: 900, spot: "second 0 to 900", clear: ["spo2 >= 88"],
      priority: "low", needs: [.scale2]),
    Row(
      id: "OX-S2-oxygen", when: ["spo2 >= 97"], stream: 900, spot: "second 0 to 900", clear: ["spo2 <= 96"],
      priority: "medium", needs: [.scale2, .oxygen]),
    Row(
      id: "HR-1", when: ["\(heart) <= 40", "\(heart) >= 131"], stream: 30, spot: "second 0 to 600",
      clear: ["\(heart) >= 45", "\(heart) <= 125"], priority: "high", silences: ["HR-2", "HR-3"]),
    Row(
      id: "HR-2", when: ["\(heart) <= 45", "\(heart) >= 111"], stream: 600, spot: "second 0 to 900",
      clear: ["\(heart) >= 50", "\(heart) <= 105"], priority: "medium", silences: ["HR-3"], atRest: 300),
    Row(
      id: "HR-3", when: ["\(heart) <= 50", "\(heart) >= 101"], stream: 600, spot: "sessions 3 of 3 in 86400",
      clear: ["\(heart) >= 52", "\(heart) <= 98"], priority: "low"),
    Row(
      id: "IR-1", when: ["irregular-pulse on systolic"], stream: nil, spot: "sessions 2 of 3 in 604800", clear: [],
      priority: "medium", readings: 1, quiet: 604_800, onceIn: 86_400),
    Row(
      id: "TP-1", when: ["body-temperature >= 39.1", "body-temperature <= 35.0"], stream: 600, spot: "second 0 to 600",
      clear: ["body-temperature <= 38.5", "body-temperature >= 35.5"], priority: "medium", silences: ["TP-2"]),
    Row(
      id: "TP-2", when: ["body-temperature >= 38.1"], stream: 600, spot: "second 0 to 3600",
      clear: ["body-temperature <= 37.8"], priority: "low"),
    Row(
      id: "GL-1-high", when: ["glucose < 3.0", "glucose ninf"], stream: nil, spot: "second 0 to 900",
      clear: ["glucose >= 4.4"], priority: "high", silences: ["GL-1"]),
    Row(
      id: "GL-1", when: ["glucose < 3.9", "glucose ninf"], stream: nil, spot: "second 0 to 900",
      clear: ["glucose >= 4.4"],
      priority: "medium"),
    Row(
      id: "GL-2-high", when: ["glucose pinf"], stream: nil, spot: "second 0 to 3600", clear: ["glucose < 14"],
      priority: "high", silences: ["GL-2"]),
    Row(
      id: "GL-2", when: ["glucose >= 16.7", "glucose pinf"], stream: nil, spot: "second 0 to 3600",
      clear: ["glucose < 14"],
      priority: "medium"),
    Row(
      id: "WT-1", when: ["body-weight >= least of 3 2"], stream: nil, spot: "one",
      clear: ["body-weight < least of 3 2"], priority: "low", readings: 1, quiet: 259_200, onceIn: 86_400,
      needs: [.heartFailure], hours: 240..<720),
  ]

  /// What the international edition has otherwise.
  static let international: [String: String] = [
    "BP-2": "medium", "OX-2": "high from 65, high if covid-pathway, medium",
  ]

  @Test(arguments: RuleLoader.editions) func hasTheseRulesAndNoOthers(edition: String) throws {
    let rules = try RuleLoader.edition(edition)
    #expect(rules.edition == edition)
    #expect(Set(rules.rules.map(\.id)) == Set(Self.table.map(\.id)))
    #expect(rules.rules.count == Self.table.count)
    for (index, rule) in rules.rules.enumerated() {
      let later = rules.rules.dropFirst(index + 1).map(\.id)
      #expect(rule.supersedes.allSatisfy(later.contains), "\(rule.id) stands behind one that it silences")
    }
  }

  @Test(arguments: RuleLoader.editions, table) func row(edition: String, row: Row) throws {
    let rule = try #require(try RuleLoader.edition(edition).rules.first { $0.id == row.id })
    #expect(rule.conditions.map(RuleWords.condition) == row.when)
    #expect(rule.confirmation.stream == row.stream.map { $0 * 1000 })
    #expect(rule.confirmation.streamAtRest == row.atRest.map { $0 * 1000 })
    #expect(RuleWords.spot(rule.confirmation.spot) == row.spot)
    #expect(rule.clear.conditions.map(RuleWords.condition) == row.clear)
    #expect(rule.clear.stream == (row.stream == nil ? nil : 60_000))
    #expect(rule.clear.readings == row.readings)
    #expect(rule.clear.quiet == row.quiet.map { $0 * 1000 })
    let priority = edition == "intl" ? Self.international[row.id] : nil
    #expect(RuleWords.priority(rule) == priority ?? row.priority)
    #expect(rule.supersedes == row.silences)
    #expect(rule.onceIn == row.onceIn.map { $0 * 1000 })
    #expect(rule.applies == Rule.Applicability(ages: row.ages, needs: row.needs, not: row.not, hours: row.hours))
    #expect(rule.category == row.category)
    #expect(rule.author == "Vigil" && !rule.date.isEmpty && rule.source != nil)
  }

  /// A rule that another edition changes does not go by the same number.
  @Test func aChangedRuleIsAnotherVersion() throws {
    let base = try RuleLoader.edition("cn").rules
    for rule in try RuleLoader.edition("intl").rules {
      let original = try #require(base.first { $0.id == rule.id })
      #expect((rule == original) == (rule.version == original.version), "\(rule.id)")
      #expect((Self.international[rule.id] == nil) == (rule == original), "\(rule.id)")
    }
  }

  @Test(arguments: RuleLoader.editions) func manners(edition: String) throws {
    let rules = try RuleLoader.edition(edition)
    let (minute, hour): (Int64, Int64) = (60_000, 3_600_000)
    #expect(rules.settle == 30_000)
    #expect(
      rules.manners.high
        == Manners.Manner(
          again: 5 * minute, escalate: [5 * minute, 15 * minute], latches: true, realarm: 30 * minute, dailyCap: nil,
          deliver: minute))
    #expect(
      rules.manners.medium
        == Manners.Manner(
          again: 30 * minute, escalate: [30 * minute, 4 * hour], latches: false, realarm: nil, dailyCap: 6,
          deliver: 5 * minute))
    #expect(
      rules.manners.low
        == Manners.Manner(
          again: nil, escalate: [], latches: false, realarm: nil, dailyCap: 3, deliver: 5 * minute))
    #expect(
      rules.manners.technical
        == Manners.Manner(
          again: nil, escalate: [hour, 24 * hour], latches: false, realarm: nil, dailyCap: 6, deliver: 5 * minute))
    #expect(rules.manners.digestAt == 8 * 60)
  }

  @Test(arguments: RuleLoader.editions) func technicalLimits(edition: String) throws {
    let hour: Int64 = 3_600_000
    #expect(
      try RuleLoader.edition(edition).technical
        == TechnicalLimits(
          missedMeasurements: 3, nothingMeasured: 36 * hour, nothingMeasuredLong: 72 * hour, streamSilent: hour / 4,
          deviceUnseen: 7 * 24 * hour, batteryLow: 20, batteryEmpty: 5, failedMeasurements: 3))
  }
}
