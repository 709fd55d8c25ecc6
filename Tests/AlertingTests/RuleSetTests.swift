// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Testing
import Vitals

@testable import Alerting

/// What the configuration's `rules:` section does.
@Suite struct RuleSetTests {
  private func rules(_ yaml: String, files: [String: String] = [:]) throws(DocumentError) -> RuleSet {
    try RuleSet(overriding: YAML.parse(yaml, file: "vigil.yaml")) { files[$0] }
  }

  private func failure(_ yaml: String, files: [String: String] = [:]) -> String {
    do {
      _ = try rules(yaml, files: files)
      return "no error"
    } catch { return error.description }
  }

  @Test func withoutASectionTheDefaultsHold() throws {
    #expect(try RuleSet(overriding: nil) == .defaults)
    #expect(try RuleSet.defaults == RuleLoader.edition("cn"))
    #expect(try rules("{}") == .defaults)
  }

  @Test func timesCanBeShortened() throws {
    let set = try rules(
      """
      settle-seconds: 0
      OX-1: {confirm-seconds: 5, clear-seconds: 7}
      HR-2: {confirm-seconds: 120}
      BP-1: {confirm-seconds: 60}
      BP-2: {confirm-seconds: 3}
      """)
    func rule(_ id: String) throws -> Rule { try #require(set.rules.first { $0.id == id }) }
    #expect(set.settle == 0)
    #expect(try rule("OX-1").confirmation.stream == 5000)
    #expect(try rule("OX-1").clear.stream == 7000)
    #expect(try rule("HR-2").confirmation.stream == 120_000)
    #expect(try rule("HR-2").confirmation.streamAtRest == 120_000)
    #expect(RuleWords.spot(try rule("BP-1").confirmation.spot) == "second 0 to 60 alone after 60")
    #expect(RuleWords.spot(try rule("BP-2").confirmation.spot) == "mean of 2 3 to 600")
    #expect(set.rules.count == (try RuleSet.defaults.rules.count))
  }

  @Test func aDisabledRuleIsGone() throws {
    let all = try RuleSet.defaults.rules.map(\.id)
    let left = try rules("{OX-1: {enabled: false}, HR-3: {enabled: true}}").rules.map(\.id)
    #expect(left == all.filter { $0 != "OX-1" })
  }

  @Test func anEditionCanBeChosen() throws {
    #expect(try rules("{edition: intl, OX-1: {enabled: false}}").edition == "intl")
    #expect(try rules("{edition: intl}").rules.first { $0.id == "BP-2" }?.priority == .medium)
    #expect(try rules("{edition: cn}") == .defaults)
  }

  @Test func aFileCanBeNamed() throws {
    let site = """
      {edition: site, based-on: intl, version: 4, author: Dr. Li, date: 2026-12-01,
       rules: {OX-1: {version: 5, when: [{kinds: [spo2], below: 88}]}}}
      """
    let set = try rules("{file: /etc/vigil/rules.yaml, TP-2: {enabled: false}}", files: ["/etc/vigil/rules.yaml": site])
    #expect(set.edition == "site")
    #expect(!set.rules.contains { $0.id == "TP-2" })
    #expect(set.rules.first { $0.id == "OX-1" }?.conditions.map(RuleWords.condition) == ["spo2 < 88"])
  }

  @Test(arguments: [
    ("{OX-1: {confirm-seconds: 31}}", "1:26: OX-1.confirm-seconds: 31 is outside 1 to 30"),
    ("{OX-1: {confirm-seconds: 0}}", "1:26: OX-1.confirm-seconds: 0 is outside 1 to 30"),
    ("{OX-1: {clear-seconds: 3601}}", "1:24: OX-1.clear-seconds: 3601 is outside 1 to 3600"),
    ("{BP-1: {confirm-seconds: 901}}", "1:26: BP-1.confirm-seconds: 901 is outside 1 to 900"),
    ("{BP-2: {confirm-seconds: 61}}", "1:26: BP-2.confirm-seconds: 61 is outside 1 to 60"),
    (
      "{BP-5: {confirm-seconds: 5}}",
      "1:26: BP-5.confirm-seconds: BP-5 is confirmed by the next reading, whenever it comes; remove the key"
    ),
    (
      "{BP-3: {confirm-seconds: 5}}",
      "1:26: BP-3.confirm-seconds: BP-3 is confirmed by sessions of measuring, not by a time; remove the key"
    ),
    (
      "{BP-1: {clear-seconds: 5}}",
      "1:24: BP-1.clear-seconds: BP-1 is cleared by 2 readings, not by a time; remove the key"
    ),
    (
      "{IR-1: {clear-seconds: 5}}",
      "1:24: IR-1.clear-seconds: IR-1 is cleared by quiet time, not by a time; remove the key"
    ),
    ("{settle-seconds: 61}", "1:18: settle-seconds: 61 is outside 0 to 60"),
    ("{OX-1: {confirm: 5}}", "1:9: OX-1: unknown key 'confirm', known: enabled, confirm-seconds, clear-seconds"),
    ("{edition: us}", "1:11: edition: expected one of cn, intl, found 'us'"),
    ("{edition: cn, file: /x}", "1:2: edition: 'edition' does not go with 'file', keep one of them"),
    ("{file: x}", "1:8: file: 'x' is not allowed, allowed: a path from the root, such as /etc/vigil/file"),
    ("{file: /x}", "1:8: file: '/x' does not exist or cannot be seen by this user"),
  ])
  func tellsWhatIsWrong(yaml: String, error: String) {
    #expect(failure(yaml) == "vigil.yaml:" + error)
  }

  @Test func tellsOfAnUnknownRule() {
    #expect(
      failure("{OX-9: {}}").hasPrefix("vigil.yaml:1:2: unknown key 'OX-9', known: settle-seconds, edition, file, "))
  }

  @Test func tellsWhatIsWrongInTheFile() {
    #expect(failure("{file: /r.yaml}", files: ["/r.yaml": "{edition: a}"]) == "/r.yaml:1:1: missing key 'version'")
  }
}
