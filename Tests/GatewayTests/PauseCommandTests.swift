// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import Testing
import Vitals

@testable import Gateway

/// Pauses as the clinic asks for them, through a real journal.
extension IngestTests {
  private static func pause(
    _ scope: String, minutes: String, reason: String = #","reason":"洗澡""#, resident: String = "r-31k7"
  ) -> String {
    #"{"resident":"\#(resident)","scope":\#(scope)\#(reason),"minutes":\#(minutes)}"#
  }

  @Test func aPauseIsVisibleOutlivesARestartAndEnds() async throws {
    let first = try await open(enrolling: true)
    let answer = try await desk(first).ask("pause", Self.pause(#""resident""#, minutes: "30"))
    #expect(answer.code == "done" && answer.text.contains(#""alerts":0,"until":"2026-03-14T08:46:40"#))
    let alert = try await raised(first)
    #expect(alert.phase == .pause && alert.state == .paused && alert.course.pause?.reason == "洗澡")
    await first.journal.close()

    let second = try await open(enrolling: false)
    #expect(try await second.journal.pauses().values.flatMap { $0 }.map(\.by) == ["u-12"])
    for _ in 0..<20 { await pass(minutes: 1, second) }
    #expect(try await phases(second) == [.pause])
    await pass(minutes: 12, second)
    #expect(try await phases(second).prefix(2) == [.pause, .resume])
    #expect(try await second.journal.pauses().isEmpty)
  }

  @Test func aPauseIsEndedBeforeItsTime() async throws {
    let box = try await open(enrolling: true)
    let (desk, alert) = (try desk(box), try await raised(box))
    let scope = #""alert","alert":"\#(alert.alert)""#
    let begun = try await desk.ask("pause", Self.pause(scope, minutes: "120"))
    #expect(begun.code == "done" && begun.text.contains(#""alerts":1"#))
    let ended = try await desk.ask("pause", Self.pause(scope, minutes: "0", reason: ""), request: 2)
    #expect(ended.code == "done" && ended.text.contains(#""body":{"alerts":1,"until":null}"#))
    #expect(try await phases(box) == [.start, .pause, .resume])
    #expect(try await desk.ask("pause", Self.pause(scope, minutes: "0"), request: 3).code == "not-paused")
    #expect(try await box.journal.pauses().isEmpty)
  }

  @Test(arguments: [
    (pause(#""resident""#, minutes: "121"), "bad-body"), (pause(#""rule","rule":"OX-1""#, minutes: "1441"), "bad-body"),
    (pause(#""rule","rule":"OX-1""#, minutes: "1440"), "done"), (pause(#""resident""#, minutes: "-1"), "bad-body"),
    (pause(#""rule","rule":"OX-99""#, minutes: "5"), "bad-body"), (pause(#""rule""#, minutes: "5"), "bad-body"),
    (pause(#""alert","alert":"00000000000000000000000000000000""#, minutes: "5"), "not-open"),
    (pause(#""house""#, minutes: "5"), "bad-body"), (pause(#""resident""#, minutes: "5", reason: ""), "bad-body"),
    (pause(#""resident""#, minutes: "5", reason: #","reason":"a\nb""#), "bad-body"),
    (pause(#""resident""#, minutes: "5", resident: "r-9999"), "bad-body"),
    (pause(#""resident""#, minutes: "null"), "wrong-role"),
    (pause(#""rule","rule":"ND-3""#, minutes: "60", resident: "_gateway"), "done"),
    (pause(#""rule","rule":"UD-1""#, minutes: "60", resident: "_gateway"), "unpausable"),
    (#"{"resident":"r-31k7","scope":"resident","reason":"x"}"#, "bad-body"),
  ])
  func aPauseHasItsBounds(body: String, code: String) async throws {
    let box = try await open(enrolling: true)
    #expect(try await desk(box).ask("pause", body).code == code)
  }

  @Test func outOfServiceIsADoctorsToDo() async throws {
    let first = try await open(enrolling: true)
    let answer = try await desk(first).ask("pause", Self.pause(#""resident""#, minutes: "null"), role: .doctor)
    #expect(answer.code == "done" && answer.text.contains(#""until":null"#))
    #expect(
      try await desk(first).ask("pause", Self.pause(#""resident""#, minutes: "5"), request: 2, key: nil).code
        == "needs-signature")
    await first.journal.close()
    let second = try await open(enrolling: false)
    await pass(minutes: 180, second)
    #expect(try await raised(second).state == .paused)
  }

  @Test func whatTellsThatNobodyHearsIsNeverPaused() async throws {
    let box = try await open(enrolling: true)
    await box.ingest.set(.alertsUnheard, holds: true)
    let alert = try #require(try await alerts(box).first)
    let body = Self.pause(#""alert","alert":"\#(alert.alert)""#, minutes: "5", resident: "_gateway")
    #expect(try await desk(box).ask("pause", body).code == "unpausable")
    #expect(try await desk(box).ask("acknowledge", #"{"alert":"\#(alert.alert)"}"#, request: 2).code == "done")
    #expect(try await phases(box, of: "UD-1") == [.start, .acknowledge])
  }
}
