// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ArgumentParser
import ClinicDesk
import Gateway
import Testing
import Texts

@testable import vigilctl

@Suite struct RulesTests {
  // MARK: list and explain

  @Test(arguments: RuleLoader.editions, Language.allCases) func theListFits(edition: String, language: Language) throws
  {
    let set = try RuleLoader.edition(edition)
    for columns in [60, 80, 120] {
      let lines = RulesList.lines(set, in: language, columns: columns)
      #expect(lines.allSatisfy { Layout.cells($0) <= columns }, "\(lines)")
      for rule in set.rules {
        #expect(lines.contains { $0.hasPrefix(rule.id + " ") }, "\(rule.id) in \(columns) columns")
      }
      for id in TechnicalCondition.rules.union(["ND-4", "DG-1"]) {
        #expect(lines.contains { $0.hasPrefix(id + " ") }, "\(id) in \(columns) columns")
      }
    }
  }

  @Test func theListSaysWhoseItIsAndThatNobodyHasApprovedIt() throws {
    let lines = RulesList.lines(try RuleLoader.edition("intl"), in: .en, columns: 200)
    #expect(
      lines.first
        == "Rules intl, version 1, by Vigil, 2026-11-22: engineering defaults, to be approved by the clinic")
    #expect(
      lines.contains { $0.hasPrefix("OX-2 ") && $0.contains(" high/medium ") && $0.hasSuffix("SpO2 at or below 92 %") })
  }

  @Test(arguments: Language.allCases) func anExplanationFits(language: Language) throws {
    let set = try RuleLoader.edition("cn")
    for subject in RulesExplain.Subject.all(in: set) {
      let description = subject.words(in: set)
      for columns in [40, 80, 100] {
        let lines = RulesExplain.lines(description, in: language, columns: columns)
        #expect(lines.allSatisfy { Layout.cells($0) <= columns }, "\(lines)")
      }
      let wide = RulesExplain.lines(description, in: language, columns: 1000)
      #expect(wide.count == description.lines.count + 1)
      #expect(wide.first == description.heading(in: language))
    }
  }

  @Test(arguments: [
    ("OX1", "OX-1"), ("ox_s2_low", "OX-S2-low"), ("uncontrolled", "BP-4-uncontrolled"), ("OX", nil), ("", nil),
    ("-", nil), ("XY-1", nil), ("nd4", nil),
  ])
  func suggestsWhatWasMeant(id: String, rule: String?) throws {
    #expect(RulesExplain.similar(to: id, among: try RuleLoader.edition("cn").rules.map(\.id)) == rule)
  }

  @Test func aFileOrAnEditionNotBoth() {
    #expect(throws: (any Error).self) { try RulesList.parse(["--file", "/x", "--edition", "cn"]) }
    #expect(throws: (any Error).self) { try RulesList.parse(["--edition", "us"]) }
    #expect(throws: Never.self) { try RulesExplain.parse(["OX-1", "--edition", "intl"]) }
  }

  @Test func detailsAreForPrograms() throws {
    let set = try RuleLoader.edition("cn")
    let rule = try #require(set.rules.first { $0.id == "TP-1" })
    let json = String(decoding: try JSONText.encode(RuleDetails(rule, in: set)), as: UTF8.self)
    #expect(json.contains(#""limits":[{"kinds":["body-temperature"],"op":">=","unit":"Cel","value":"39.1"},"#))
    #expect(json.contains(#""clear":{"heldSeconds":60,"limits":["#) && json.contains(#""id":"TP-1""#))
    #expect(!json.contains("\n"))
  }

  /// What other modules do, and no edition changes.
  @Test func conditionsAreAsTheDeskHasThem() throws {
    let all = TechnicalDescription.all(in: try RuleLoader.edition("cn"))
    let lost = try #require(all.first { $0.id == GatewayState.lostRule })
    #expect(lost.isOfDesk && lost.words.condition.en.contains("\(Desk.missedHealth) `health` messages"))
    let json = String(
      decoding: try JSONText.encode(TechnicalDetails(lost, in: try RuleLoader.edition("cn"))), as: UTF8.self)
    #expect(
      json.contains(#""id":"ND-4""#) && json.contains(#""raisedBy":"desk""#)
        && json.contains(#""category":"technical""#))
    #expect(json.contains(#""numbers":{"missedHealth":3}"#) && !json.contains("\n"))
  }

  // MARK: check

  private static let site = """
    edition: our-clinic
    based-on: cn
    version: 3
    author: Dr. Li
    date: 2026-12-01
    technical: {ND-2: {silent: 20 min}}
    rules:
      OX-1: {version: 3, when: [{kinds: [spo2], below: 88}]}
      TP-2: {enabled: false}
      AL-1:
        version: 1
        name: {zh: 高原血氧, en: saturation at altitude}
        priority: low
        when: [{kinds: [spo2], below: 80}]
        confirm: {spot: one}
        clear: {when: [{kinds: [spo2], at-least: 82}]}
    """

  @Test func tellsWhatAFileChanges() {
    let check = RuleCheck(Self.site, file: "rules.yaml")
    #expect(
      check.lines.map(\.en) == [
        "changed: OX-1 low oxygen saturation, version 3, by Dr. Li, 2026-12-01",
        "new: AL-1 saturation at altitude, version 1, by Dr. Li, 2026-12-01",
        "left out: TP-2 fever",
        "changed: how alerts are brought, or when devices are missed",
        "27 rules, 4 changes: all good",
      ])
    #expect(check.finding == nil)
  }

  @Test func tellsWhatIsWrongAndWhatToDo() {
    let check = RuleCheck(Self.site.replacing("below: 88", with: "under: 88"), file: "rules.yaml")
    #expect(check.lines.count == 1)
    #expect(
      check.lines.first?.en.hasPrefix("rules.yaml:8:45: rules.OX-1.when[0]: unknown key 'under', known: ") == true)
    #expect(check.lines.first?.en.hasSuffix("; correct the spelling, or leave it out") == true)
    #expect(check.lines.first?.zh.contains("请更正拼写") == true)
  }

  @Test func aFileThatIsNotThereIsAFinding() {
    func fail(_: String) throws(FileError) -> String {
      throw FileError(path: "/x.yaml", reason: "No such file or directory")
    }
    let check = RulesCheck.check("/x.yaml", read: fail)
    #expect(check.finding?.next == RuleCommandTexts.checkPath)
    #expect(check.lines.first?.en.hasPrefix("/x.yaml:1:1: cannot be read: ") == true)
  }

  private static func file(_ rest: String, base: String = "based-on: cn, ") -> String {
    "{edition: a, \(base)version: 1, author: b, date: 2026-12-01,\n \(rest)}"
  }

  /// What is allowed and seldom meant.
  @Test(arguments: [
    ("rules: {OX-1: {version: 2, when: [{kinds: [spo2], below: 89}]}}", "2:17", "the shipped one, 2: alerts cannot"),
    (
      "rules: {OX-1: {version: 1, when: [{kinds: [spo2], below: 89}]}}", "2:17",
      "give it a version of its own, such as 102"
    ),
    ("rules: {OX-1: {enabled: false}}", "2:17", "OX-1 low oxygen saturation, a rule of high priority, is left out"),
    // High only with another value.
    ("rules: {BP-5: {enabled: false}}", "2:17", "BP-5 low blood pressure, a rule of high priority, is left out"),
    (
      "rules: {OX-1: {version: 101, priority: low}}", "2:31",
      "OX-1 low oxygen saturation, a rule of high priority, is made low"
    ),
    ("rules: {BP-5: {version: 101, priority: medium}}", "2:31", "is made medium"),
    ("rules: {OX-1: {version: 101, priority: [{priority: high, age: 80}, medium]}}", "2:31", "is made medium"),
    ("manners: {high: {latches: false}}", "2:19", "high alerts do not stay when they are over"),
    ("manners: {high: {again: none}}", "2:19", "not said again"),
    ("manners: {high: {escalate: []}}", "2:19", "go up a level"),
  ])
  func warnsOfWhatIsSeldomMeant(rest: String, place: String, words: String) throws {
    let check = RuleCheck(Self.file(rest), file: "r.yaml")
    #expect(check.finding == nil && check.warnings.count == 1)
    let line = try #require(check.lines.first { $0.en.contains("warning: ") })
    #expect(line.en.hasPrefix("r.yaml:\(place): warning: ") && line.en.contains(words), "\(line.en)")
    #expect(line.zh.hasPrefix("r.yaml:\(place): 请留意："))
    #expect(check.lines.last?.en.hasSuffix(": no error, 1 warning") == true)
  }

  @Test(arguments: [
    "rules: {OX-1: {version: 3, when: [{kinds: [spo2], below: 89}]}}", "rules: {OX-3: {enabled: false}}",
    "rules: {OX-3: {version: 101, priority: high}}", "manners: {medium: {again: none}}",
    "manners: {high: {latches: true, again: 2 min}}", "rules: {BP-3: {version: 101, priority: low}}",
    // It is the shipped one.
    "rules: {OX-1: {enabled: true}}",
  ])
  func warnsOfNothingElse(rest: String) {
    let check = RuleCheck(Self.file(rest), file: "r.yaml")
    #expect(check.warnings.isEmpty && check.lines.last?.en.hasSuffix(": all good") == true, "\(check.lines)")
  }

  @Test func severalWarningsStandInTheOrderOfTheFile() {
    let check = RuleCheck(
      Self.file(
        "rules: {HR-1: {enabled: false},\n OX-1: {version: 2, priority: low}},\n manners: {high: {latches: false}}"),
      file: "r.yaml")
    #expect(check.warnings.map(\.mark.line) == [2, 3, 3, 4])
    #expect(check.lines.last?.en.hasSuffix(": no error, 4 warnings") == true)
  }

  @Test func theEditionsThemselvesChangeNothingOrWhatTheySay() throws {
    let check = RuleCheck("{edition: a, based-on: intl, version: 1, author: b, date: 2026-12-01}", file: "r.yaml")
    #expect(check.lines.map(\.en) == ["27 rules, 0 changes: all good"])
  }
}
