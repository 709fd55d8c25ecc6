// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import Testing
import Vitals

@testable import Gateway

/// A person's limits and plan as the clinic sets them, through a real journal.
extension IngestTests {
  private static func limits(_ limits: String, _ rest: String = "") -> String {
    #"{"resident":"r-31k7"\#(rest),"limits":[\#(limits)]}"#
  }

  private static let loose = #"{"rule":"OX-1","kind":"spo2","op":"<","value":88"#
  private static let reasoned = loose + #","why":"COPD","until":"2026-05-01T00:00:00+08:00"}"#

  @Test func aPersonsOwnLimitCountsAndOutlivesARestart() async throws {
    let first = try await open(enrolling: true)
    let desk = try desk(first)
    let strict = Self.limits(#"{"rule":"OX-1","kind":"spo2","op":"<","value":91.5}"#, #","born":1948"#)
    let done = try await desk.ask("set-limits", strict)
    #expect(done.code == "done" && done.text.contains(#""body":{"version":1}"#))
    await first.journal.close()

    let second = try await open(enrolling: false)
    let settings = try await second.journal.personSettings().values.compactMap { $0 }
    #expect(settings.map(\.born) == [1948] && settings.first?.limits.first?.by == "u-12")
    for _ in 0..<3 { await say(91, to: second) }
    let alert = try #require(try await alerts(second).first { $0.rule == "OX-1" })
    #expect(alert.limits.map(\.basis) == [.own] && alert.limits.map(\.value) == [ExactDecimal("91.5")])
  }

  @Test func settingsHaveOneVersionAndKeysReplace() async throws {
    let box = try await open(enrolling: true)
    let desk = try desk(box)
    let plan = #"{"resident":"r-31k7","plan":[{"kinds":["systolic"],"times":["19:00","07:00"]}]}"#
    #expect(try await desk.ask("set-plan", plan).code == "done")
    let stale = try await desk.ask("set-limits", Self.limits(Self.reasoned), request: 2)
    #expect(stale.code == "stale-version" && stale.text.contains(#""body":{"version":1}"#))
    #expect(try await desk.ask("set-limits", Self.limits(Self.reasoned), request: 3, seen: 2).code == "stale-version")
    let both = Self.limits(Self.reasoned, #","born":1948,"conditions":["heart-failure"]"#)
    #expect(try await desk.ask("set-limits", both, request: 4, seen: 1).code == "done")
    let last = try await desk.ask("set-limits", #"{"resident":"r-31k7","born":null}"#, request: 5, seen: 2)
    #expect(last.code == "done" && last.text.contains(#"{"version":3}"#))
    let settings = try #require(try await box.journal.personSettings().values.first ?? nil)
    #expect(settings.version == 3 && settings.born == nil && settings.conditions == [.heartFailure])
    #expect(settings.limits.map(\.why) == ["COPD"])
    #expect(settings.plan == [PersonSettings.PlanItem(kinds: [.systolic], when: .times([420, 1140], tolerance: 120))])
  }

  @Test(arguments: [
    (limits(reasoned), "done"), (limits(loose + "}"), "too-loose"),
    (limits(loose + #","why":"COPD","until":"2028-05-01T00:00:00+08:00"}"#), "too-loose"),
    (limits(#"{"rule":"OX-77","kind":"spo2","op":"<","value":88}"#), "bad-body"),
    (limits(#"{"rule":"OX-1","kind":"spo2","op":">","value":88}"#), "bad-body"),
    (limits(#"{"rule":"OX-1","kind":"sweat","op":"<","value":88}"#), "bad-body"),
    (limits(#"{"rule":"OX-1","kind":"spo2","op":"<","value":"88"}"#), "bad-body"),
    (limits(#"{"rule":"OX-1","kind":"spo2","op":"<","value":988}"#), "bad-body"),
    (limits(reasoned + "," + reasoned), "bad-body"), (limits("", #","born":3"#), "bad-body"),
    (limits("", #","conditions":["brave"]"#), "bad-body"), (#"{"resident":"_gateway"}"#, "bad-body"),
    ("{}", "bad-body"),
  ])
  func aLimitHasItsBounds(body: String, code: String) async throws {
    let box = try await open(enrolling: true)
    let answer = try await desk(box).ask("set-limits", body)
    #expect(answer.code == code)
    #expect(try await box.journal.personSettings().count == (code == "done" ? 1 : 0))
  }

  /// Who may write to the broker can make a limit stricter, never looser, and changes nothing that decides on rules.
  @Test(arguments: [
    (limits(reasoned), "needs-signature"), (limits(#"{"rule":"OX-1","kind":"spo2","op":"<","value":91}"#), "done"),
    (#"{"resident":"r-31k7","conditions":["scale-2"]}"#, "needs-signature"),
    (#"{"resident":"r-31k7","conditions":["heart-failure"]}"#, "needs-signature"),
    (#"{"resident":"r-31k7","conditions":[]}"#, "needs-signature"),
    (#"{"resident":"r-31k7","born":1990}"#, "needs-signature"),
    (#"{"resident":"r-31k7","born":null}"#, "needs-signature"),
    (limits(#"{"rule":"OX-1","kind":"spo2","op":"<","value":91}"#, #","conditions":["scale-2"]"#), "needs-signature"),
  ])
  func withoutASignatureLimitsOnlyBecomeStricter(body: String, code: String) async throws {
    let box = try await open(enrolling: true)
    #expect(try await desk(box).ask("set-limits", body, key: nil).code == code)
    #expect(try await box.journal.personSettings().count == (code == "done" ? 1 : 0))
  }

  /// Limits replace those of before: what a signature made stricter stays so without one.
  @Test(arguments: [
    ("", "needs-signature"), (#"{"rule":"HR-1","kind":"heart-rate","op":">=","value":130}"#, "needs-signature"),
    (#"{"rule":"OX-1","kind":"spo2","op":"<","value":91.5}"#, "needs-signature"),
    (#"{"rule":"OX-1","kind":"spo2","op":"<","value":92}"#, "done"),
    (#"{"rule":"OX-1","kind":"spo2","op":"<","value":92.5}"#, "done"),
  ])
  func withoutASignatureNoLimitIsTakenBack(limits: String, code: String) async throws {
    let box = try await open(enrolling: true)
    let desk = try desk(box)
    let signed = Self.limits(
      #"{"rule":"OX-1","kind":"spo2","op":"<","value":92}"#, #","born":1941,"conditions":["heart-failure"]"#)
    #expect(try await desk.ask("set-limits", signed).code == "done")
    #expect(try await desk.ask("set-limits", Self.limits(limits), request: 2, seen: 1, key: nil).code == code)
    let settings = try #require(try await box.journal.personSettings().values.first ?? nil)
    #expect(settings.version == (code == "done" ? 2 : 1))
    #expect(settings.born == 1941 && settings.conditions == [.heartFailure] && settings.limits.count == 1)
  }

  @Test func withoutASignatureALooserLimitIsTakenAway() async throws {
    let box = try await open(enrolling: true)
    let desk = try desk(box)
    #expect(try await desk.ask("set-limits", Self.limits(Self.reasoned)).code == "done")
    #expect(try await desk.ask("set-limits", Self.limits(""), request: 2, seen: 1, key: nil).code == "done")
    #expect(try await box.journal.personSettings().values.first??.limits == [])
  }

  /// All roles and commands by the broker's word: what can make a gateway quieter is nobody's.
  @Test(arguments: Role.allCases) func byTheBrokersWordEachRoleHasWhatMakesNothingQuieter(role: Role) async throws {
    let box = try await open(enrolling: true)
    let desk = try desk(box)
    let gate = CommandGate(gateway: "gw-1", policy: .broker)
    let stricter = Self.limits(#"{"rule":"OX-1","kind":"spo2","op":"<","value":91}"#)
    let commands: [(CommandName, String, String)] = [
      (.setLimits, #"{"resident":"r-31k7","born":1990}"#, "needs-signature"),
      (.setLimits, #"{"resident":"r-31k7","conditions":["scale-2"]}"#, "needs-signature"),
      (.setLimits, Self.limits(Self.reasoned), "needs-signature"), (.setLimits, stricter, "done"),
      (.setPlan, #"{"resident":"r-31k7","plan":[]}"#, "needs-signature"),
      (.pause, #"{"resident":"r-31k7","scope":"resident","reason":"x","minutes":5}"#, "needs-signature"),
      (.diagnose, "{}", "done"),
    ]
    for (number, (name, body, code)) in commands.enumerated() {
      let payload = ClinicDesk.command(name.rawValue, body, request: number, role: role)
      let proven = try gate.prove(.init(name: name.rawValue, payload: payload, isRetained: false))
      let answer = try await desk.send(payload, role: role, key: proven.keyID)
      #expect(answer?.code == (name.roles.contains(role) ? code : "wrong-role"), "\(name) \(body)")
    }
    #expect(try await box.journal.personSettings().count == (CommandName.setLimits.roles.contains(role) ? 1 : 0))
  }

  @Test(arguments: [
    (#"{"kinds":["spo2"],"continuous":{"from":"22:00","to":"06:00"}}"#, ""),
    (#"{"kinds":["spo2"],"times":["7:00"]}"#, "plan[0].times"),
    (#"{"kinds":["spo2"],"times":["24:00"]}"#, "plan[0].times"),
    (#"{"kinds":["spo2"],"times":[]}"#, "plan[0].times"), (#"{"kinds":["spo2"]}"#, "plan[0].times"),
    (#"{"kinds":[],"times":["07:00"]}"#, "plan[0].kinds"), (#"{"kinds":["joy"],"times":["07:00"]}"#, "plan[0].kinds"),
    (#"{"kinds":["spo2"],"times":["07:00"],"toleranceMinutes":0}"#, "plan[0].toleranceMinutes"),
    (#"{"kinds":["spo2"],"continuous":{"from":"22:00","to":"6"}}"#, "plan[0].continuous"),
  ])
  func whatIsWrongWithAPlanIsSaid(item: String, field: String) async throws {
    let box = try await open(enrolling: true)
    let answer = try await desk(box).ask("set-plan", #"{"resident":"r-31k7","plan":[\#(item)]}"#)
    #expect(answer.code == (field.isEmpty ? "done" : "bad-body"))
    #expect(field.isEmpty || answer.text.contains("The field \(field) is"))
  }

  @Test func aDiagnosisNamesRulesSettingsAndAlerts() async throws {
    let box = try await open(enrolling: true)
    let (desk, alert) = (try desk(box), try await raised(box))
    #expect(try await desk.ask("set-limits", #"{"resident":"r-31k7","born":1950}"#).code == "done")
    let answer = try await desk.ask("diagnose", "{}", request: 2, role: .technician)
    #expect(answer.code == "done")
    for part in [
      #""alert":"\#(alert.alert)","resident":"r-31k7","rule":"OX-1","state":"active","version":1"#,
      #""settings":[{"resident":"r-31k7","version":1}]"#, #""rules":{"edition":"cn""#, #""total":1"#, #""health":{"#,
    ] { #expect(answer.text.contains(part), "\(part) is missing in \(answer.text)") }
  }
}
