// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Document
import GatewayTestKit
import Testing
import Vitals

@testable import Gateway

/// The section `rules` of a configuration that names a file.
@Suite struct RulesFileTests {
  private static let site = """
    edition: site
    based-on: cn
    version: 7
    author: clinic
    date: 2026-11-22
    rules:
      OX-1: {enabled: false}

    """

  private func load(_ rules: String, _ files: [String: String]) throws(DocumentError) -> RuleSet {
    try Configuration.load(
      text: "clinic: c\ngateway: g\nzone: Asia/Shanghai\nbroker: {host: h, tls: off}\nrules: \(rules)\n",
      file: "vigil.yaml",
      zoneExists: { _ in true }, fileExists: { files[$0] != nil }, read: { files[$0] }
    ).rules
  }

  @Test func theSitesRulesAreRead() throws {
    let rules = try load("{file: /etc/vigil/rules.yaml, settle-seconds: 0}", ["/etc/vigil/rules.yaml": Self.site])
    #expect(rules.edition == "site" && rules.version == 7 && rules.settle == 0)
    #expect(!rules.rules.contains { $0.id == "OX-1" } && rules.rules.contains { $0.id == "OX-2" })
  }

  @Test func aFileThatCannotBeReadIsNamed() {
    let error = #expect(throws: DocumentError.self) { try load("{file: /etc/vigil/rules.yaml}", [:]) }
    #expect(error.map { "\($0)" }?.contains("/etc/vigil/rules.yaml") == true)
  }

  @Test func theSitesCalendarIsThatOfItsZone() {
    SiteTime.use(zone: "Asia/Shanghai")
    let local = SiteTime.calendar(Samples.wallMs)
    #expect(local == LocalTime(day: 20_526, minute: 8 * 60))
    #expect(SiteTime.calendar(Samples.wallMs - 8 * 3_600_000 - 1) == LocalTime(day: 20_525, minute: 1439))
    #expect(SiteTime.calendar(0) == LocalTime(day: 0, minute: 480))
    // No clock of the world says that.
    #expect(SiteTime.calendar(.max).day > 2_000_000 && SiteTime.calendar(.min) == LocalTime(day: 0, minute: 480))
  }
}
