// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Testing
import Texts
import Vitals

@testable import Replay

@Suite struct SettingsReaderTests {
  @Test func whatIsThereReplaces() throws {
    let changes = try SettingsReader.changes(
      #"""
      {"resident":"r-31k7","born":1946,"conditions":["scale-2","oxygen"],
       "limits":[{"rule":"OX-1","kind":"spo2","op":"<","value":88.5,"why":"usual","until":"2026-04-01T00:00:00Z"}]}
      {"plan":[{"kinds":["systolic"],"times":["19:00","07:00"]},
               {"kinds":["spo2"],"continuous":{"from":"22:00","to":"06:30"}}]}
      """#)
    #expect(changes.map(\.resident) == [ResidentID("r-31k7"), nil])
    var settings = PersonSettings()
    for change in changes { change.apply(to: &settings) }
    #expect(settings.born == 1946 && settings.conditions == [.scale2, .oxygen] && settings.version == 2)
    let limit = PersonSettings.OwnLimit(
      rule: "OX-1", kind: .spo2, op: .below, value: try #require(ExactDecimal("88.5")), by: "replay", why: "usual",
      untilWallMs: 1_775_001_600_000)
    #expect(settings.limits == [limit])
    #expect(
      settings.plan == [
        PersonSettings.PlanItem(kinds: [.systolic], when: .times([420, 1140], tolerance: 120)),
        PersonSettings.PlanItem(kinds: [.spo2], when: .continuous(from: 1320, to: 390)),
      ])
    for change in try SettingsReader.changes(#"{"born":null,"limits":[]}"#) { change.apply(to: &settings) }
    #expect(
      settings.born == nil && settings.limits.isEmpty && settings.conditions.count == 2 && settings.plan.count == 2)
  }

  private static func limit(_ fields: String) -> String {
    #"{"limits":[{"rule":"OX-1","kind":"spo2","op":"<","value":88,"why":"x"},{\#(fields)}]}"#
  }

  /// In a gateway's words.
  @Test(arguments: [
    (#"{"born":"1946"}"#, "born"), (#"{"born":1879}"#, "born"), (#"{"born":2101}"#, "born"),
    (#"{"conditions":["tired"]}"#, "conditions"), (#"{"limits":{}}"#, "limits"),
    (limit(#""rule":"OX-2","kind":"spo2","op":"=","value":88"#), "limits[1].op"),
    (limit(#""rule":"OX-2","kind":"sweat","op":"<=","value":88"#), "limits[1].kind"),
    (limit(#""kind":"spo2","op":"<=","value":88"#), "limits[1].rule"),
    (limit(#""rule":"OX-2","kind":"spo2","op":"<=","value":"88""#), "limits[1].value"),
    (limit(#""rule":"OX-2","kind":"spo2","op":"<=","value":88,"why":5"#), "limits[1].why"),
    (limit(#""rule":"OX-2","kind":"spo2","op":"<=","value":88,"until":"2026-04-01""#), "limits[1].until"),
    (limit(#""rule":"OX-1","kind":"spo2","op":"<","value":89"#), "limits[1]"),
    (#"{"plan":[{"kinds":[]}]}"#, "plan[0].kinds"), (#"{"plan":[{"kinds":["spo2","spo2"]}]}"#, "plan[0].kinds"),
    (#"{"plan":[{"kinds":["spo2"],"times":["7:00"]}]}"#, "plan[0].times"),
    (#"{"plan":[{"kinds":["spo2"],"times":["24:00"]}]}"#, "plan[0].times"),
    (#"{"plan":[{"kinds":["spo2"],"times":["07:00"],"toleranceMinutes":0}]}"#, "plan[0].toleranceMinutes"),
    (#"{"plan":[{"kinds":["spo2"],"continuous":{"from":"22:00"}}]}"#, "plan[0].continuous"),
  ])
  func whatAGatewayWouldRefuse(_ text: String, _ field: String) {
    #expect(throws: TraceProblem(CommandTexts.badField(field), isRefusal: true)) { try SettingsReader.changes(text) }
  }

  @Test(arguments: [("[]", "settings"), (#"{"resident":"?"}"#, "resident")])
  func whatIsWrong(_ text: String, _ field: String) {
    #expect(throws: TraceProblem(ReplayTexts.wrong(field))) { try SettingsReader.changes(text) }
  }

  private static let now: Int64 = 1_773_446_400_000
  private static func loose(_ more: String) -> String {
    #"{"rule":"OX-1","kind":"spo2","op":"<","value":86\#(more)}"#
  }

  @Test(
    arguments: [
      (#"{"rule":"OX-1","kind":"spo2","op":"<","value":92}"#, nil, nil),
      (loose(""), CommandTexts.tooLoose, CommandTexts.tooLoose),
      (loose(#","why":"COPD""#), CommandTexts.tooLoose, CommandTexts.tooLoose),
      (loose(#","until":"2026-04-01T00:00:00Z""#), CommandTexts.tooLoose, CommandTexts.tooLoose),
      (loose(#","why":"COPD","until":"2026-04-01T00:00:00Z""#), nil, nil),
      // Over already, and too far ahead: where nobody knows when it was said, they will do.
      (loose(#","why":"COPD","until":"2026-03-01T00:00:00Z""#), CommandTexts.tooLoose, nil),
      (loose(#","why":"COPD","until":"2028-03-01T00:00:00Z""#), CommandTexts.tooLoose, nil),
      (
        #"{"rule":"OX-9","kind":"spo2","op":"<","value":92}"#, CommandTexts.noRule("OX-9"), CommandTexts.noRule("OX-9")
      ),
      (
        #"{"rule":"OX-1","kind":"spo2","op":">","value":92}"#, CommandTexts.noLimit("OX-1", "spo2", ">"),
        CommandTexts.noLimit("OX-1", "spo2", ">")
      ),
      (
        #"{"rule":"OX-1","kind":"spo2","op":"<","value":900}"#, CommandTexts.notPlausible("OX-1", "spo2"),
        CommandTexts.notPlausible("OX-1", "spo2")
      ),
      (
        #"{"rule":"HR-1","kind":"heart-rate","op":"<=","value":90},{"rule":"HR-1","kind":"heart-rate","op":">=","value":100}"#,
        CommandTexts.notPlausible("HR-1", "heart-rate"), CommandTexts.notPlausible("HR-1", "heart-rate")
      ),
      ("", nil, nil),
    ] as [(String, Text?, Text?)])
  func limitsAreJudgedAsAGatewayDoes(limits: String, now: Text?, always: Text?) throws {
    let rules = try RuleLoader.edition("cn")
    let change = try #require(try SettingsReader.changes(#"{"limits":[\#(limits)]}"#).first)
    #expect(change.refusal(by: rules, wallMs: Self.now) == now)
    #expect(change.refusal(by: rules, wallMs: nil) == always)
  }

  @Test func whatIsNoJSON() {
    #expect(throws: TraceProblem(ReplayTexts.noJSON)) { try SettingsReader.changes("born: 1946") }
  }
}
