// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Testing
import Texts

@testable import Alerting

/// Files on top of an edition.
@Suite struct RuleInheritanceTests {
  private func load(_ rest: String) throws(DocumentError) -> RuleSet {
    try RuleLoader.load(
      "{edition: site, based-on: cn, version: 3, author: Dr. Li, date: 2026-12-01, \(rest)}", file: "site.yaml")
  }

  @Test func whatIsNotNamedIsTheBases() throws {
    let (site, base) = (try load(""), try RuleLoader.edition("cn"))
    #expect(site.edition == "site" && site.version == 3 && site.author == "Dr. Li")
    #expect(site.rules == base.rules)
    #expect(site.manners == base.manners && site.technical == base.technical && site.settle == base.settle)
  }

  @Test func aChangedRuleKeepsTheRestAndSaysWhoChangedIt() throws {
    let site = try load("rules: {OX-1: {version: 9, when: [{kinds: [spo2], below: 88}]}}")
    let base = try RuleLoader.edition("cn")
    let rule = try #require(site.rules.first { $0.id == "OX-1" })
    let original = try #require(base.rules.first { $0.id == "OX-1" })
    #expect(rule.conditions.map(RuleWords.condition) == ["spo2 < 88"])
    #expect(rule.version == 9 && rule.author == "Dr. Li" && rule.date == "2026-12-01")
    #expect(rule.name == original.name && rule.confirmation == original.confirmation && rule.clear == original.clear)
    #expect(site.rules.filter { $0.id != "OX-1" } == base.rules.filter { $0.id != "OX-1" })
  }

  @Test func aRuleCanBeTakenOutAndItsNameWithIt() throws {
    let site = try load("rules: {OX-2: {enabled: false}}")
    #expect(!site.rules.contains { $0.id == "OX-2" })
    #expect(site.rules.first { $0.id == "OX-1" }?.supersedes == ["OX-3", "OX-4"])
  }

  @Test func aRuleCanBeAdded() throws {
    let site = try load(
      """
      rules: {AL-1: {version: 1, name: {zh: 高原, en: altitude}, priority: low, when: [{kinds: [spo2], below: 80}],
        confirm: {spot: one}, clear: {when: [{kinds: [spo2], at-least: 82}]}}}
      """)
    #expect(site.rules.last?.id == "AL-1")
    #expect(site.rules.last?.author == "Dr. Li")
    #expect(site.rules.count == (try RuleLoader.edition("cn").rules.count) + 1)
  }

  @Test func theHourOfTheDigestCanBeChanged() throws {
    #expect(try load("manners: {digest-at: \"07:30\"}").manners.digestAt == 450)
    #expect(throws: DocumentError.self) { try load("manners: {high: never}") }
  }

  @Test func mannersChangeKeyByKey() throws {
    let site = try load(
      "manners: {high: {again: 3 min}, medium: {daily-cap: none}}, technical: {ND-2: {silent: 20 min}}")
    let base = try RuleLoader.edition("cn")
    var (manners, technical) = (base.manners, base.technical)
    manners.high.again = 180_000
    manners.medium.dailyCap = nil
    technical.streamSilent = 1_200_000
    #expect(site.manners == manners)
    #expect(site.technical == technical)
  }

  @Test(arguments: [
    (
      "rules: {OX-1: {priority: low}}",
      "site.yaml:1:91: rules.OX-1: missing key 'version': a changed rule is a new version of it"
    ),
    (
      "rules: {OX-1: {version: 3, when: [{kinds: [spo2], below: 93}]}}",
      "site.yaml:1:110: rules.OX-1.when: 'spo2 >= 92' would end the alert while 'spo2 < 93' lasts, choose a limit of "
        + "'clear' further inside"
    ),
    (
      "manners: {urgent: {}}",
      "site.yaml:1:87: manners: unknown key 'urgent', known: high, medium, low, technical, digest-at"
    ),
  ])
  func tellsWhatIsWrong(rest: String, error: String) {
    let failure = #expect(throws: DocumentError.self) { try load(rest) }
    #expect(failure?.description == error)
    let message = failure?.message ?? ""
    #expect(DocumentTexts.what(key: "", message: message).zh != message)
  }

  @Test func tellsOfARuleThatIsNotThere() {
    let failure = #expect(throws: DocumentError.self) { try load("rules: {OX-9: {version: 1, priority: low}}") }
    #expect(
      failure?.description.hasPrefix("site.yaml:1:85: rules.OX-9: there is no rule 'OX-9' to be changed, known: BP-1, ")
        == true)
  }
}
