// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import GatewayTestKit
import Testing
import Vitals

@testable import Gateway
@testable import Journal

/// What the clinic answers to alerts, through a real journal.
extension IngestTests {
  func desk(_ box: Box) throws -> ClinicDesk { ClinicDesk(box, rules: try rules(), clock: hand.clock) }

  /// Time goes by, a look each minute.
  func pass(minutes: Int, _ box: Box) async {
    for _ in 0..<minutes {
      hand.advance(60_000)
      await box.ingest.tick()
    }
  }

  /// An oxygen saturation of 86 %, and the alert that comes of it.
  func raised(_ box: Box) async throws -> Alert {
    for _ in 0..<3 { await say(86, to: box) }
    return try #require(try await alerts(box).last { $0.rule == "OX-1" })
  }

  func phases(_ box: Box, of rule: String = "OX-1") async throws -> [Alert.Phase] {
    try await alerts(box).filter { $0.rule == rule }.map(\.phase)
  }

  private func body(_ alert: Alert) -> String { #"{"alert":"\#(alert.alert)"}"# }

  @Test func theFirstAcknowledgementWins() async throws {
    let box = try await open(enrolling: true)
    let (desk, alert) = (try desk(box), try await raised(box))
    let first = try await desk.ask("acknowledge", body(alert), seen: 1)
    #expect(first.code == "done" && first.text.contains(#""state":"acknowledged","version":2"#))
    #expect(try await phases(box) == [.start, .acknowledge])
    let open = try #require(try await box.journal.openAlerts().first)
    #expect(open.state == .acknowledged && open.course.acknowledgement?.by == "u-12")
    // The same request again is answered by the same octets, and does nothing.
    #expect(try await desk.ask("acknowledge", body(alert), seen: 1).text == first.text)
    let second = try await desk.ask("acknowledge", body(alert), request: 2, by: "u-3")
    #expect(second.code == "already-acknowledged")
    #expect(second.text.contains(#""by":"u-12""#) && second.text.contains(#""at":"2026-03-14T08:16:43"#))
    #expect(try await phases(box) == [.start, .acknowledge])
  }

  @Test(arguments: [
    (#"{"alert":"00000000000000000000000000000000"}"#, "not-open"), (#"{"alert":"x"}"#, "bad-body"),
    ("{}", "bad-body"), (#"{"alert":7}"#, "bad-body"), ("[]", "bad-body"),
  ])
  func anAcknowledgementOfNothingIsRefused(body: String, code: String) async throws {
    let box = try await open(enrolling: true)
    let answer = try await desk(box).ask("acknowledge", body)
    #expect(answer.code == code)
    #expect(answer.text.contains(#""detail":{"en":"#) == (code == "bad-body"))
    #expect(try await box.journal.command("0b0c8a4e-1111-4222-8333-100000000001")?.reason == code)
  }

  /// It goes up a level with a number of its own; who has seen less than that answers something else.
  @Test func whatWentUpSinceIsNotAcknowledgedByMistake() async throws {
    let box = try await open(enrolling: true)
    let (desk, alert) = (try desk(box), try await raised(box))
    await pass(minutes: 6, box)
    #expect(try await phases(box) == [.start, .escalate])
    let lane = try await box.journal.entries(.alert, after: 1, limit: 100)
    let up = lane.compactMap { if case .escalation(let alert) = $0.content { (alert, $0.seq) } else { nil } }
    #expect(up.map(\.0.level) == [2] && up.map(\.0.rule) == ["OX-1"])
    #expect(lane.map(\.seq) == Array(2...Int64(lane.count + 1)))
    let stale = try await desk.ask("acknowledge", body(alert), seen: 1)
    #expect(stale.code == "stale-version" && stale.text.contains(#""body":{"version":2}"#))
    #expect(try await desk.ask("acknowledge", body(alert), request: 2, seen: 2).code == "done")
    // It goes up no more.
    await pass(minutes: 12, box)
    #expect(try await phases(box) == [.start, .escalate, .acknowledge])
  }

  @Test func whatWasAnsweredIsAnsweredAfterARestart() async throws {
    let first = try await open(enrolling: true)
    let alert = try await raised(first)
    #expect(try await desk(first).ask("acknowledge", body(alert)).code == "done")
    await first.journal.close()

    let second = try await open(enrolling: false)
    #expect(try await desk(second).ask("acknowledge", body(alert), request: 2).code == "already-acknowledged")
    await pass(minutes: 20, second)
    for _ in 0..<5 { await say(97, to: second) }
    await second.ingest.commit()
    #expect(try await phases(second) == [.start, .acknowledge, .end])
    #expect(try await second.journal.openAlerts().allSatisfy { $0.rule != "OX-1" })
  }

  @Test func anEscalationGoesOnAfterARestart() async throws {
    let first = try await open(enrolling: true)
    _ = try await raised(first)
    await pass(minutes: 6, first)
    await first.journal.close()
    let second = try await open(enrolling: false)
    await second.ingest.tick()
    #expect(try await phases(second) == [.start, .escalate])
    await pass(minutes: 10, second)
    #expect(try await phases(second) == [.start, .escalate, .escalate])
    #expect(try await alerts(second).filter { $0.rule == "OX-1" }.map(\.level) == [1, 2, 3])
  }

  private func old(_ index: Int, _ rule: String, _ state: Alert.State, _ category: Alert.Category) throws -> Alert {
    Alert(
      alert: StableID(hashing: ["old", "\(index)"]), version: 2, resident: try #require(ResidentID("r-31k7")),
      rule: rule, ruleVersion: 1, phase: state == .active ? .start : .clear, state: state, category: category,
      priority: category == .technical ? .low : .high, level: 1, limits: [], evidence: [],
      raised: Samples.moment(Int64(index)), supersededBy: nil, text: ["zh": "旧", "en": "old"], link: .open)
  }

  /// An older program took no acknowledgements: all that is still on the clinic's list can be closed.
  @Test func anAlertThatOnlyTheJournalHasIsAcknowledged() async throws {
    let first = try await open(enrolling: true)
    let all = try (0..<40).map { try old($0, "OX-1", .clearedUnacknowledged, .physiological) }
    try await first.journal.write(now: hand.clock()) { writer in for alert in all { try writer.append(alert) } }
    await first.journal.close()
    let second = try await open(enrolling: false)
    let desk = try desk(second)
    for (request, alert) in [all[39], all[0], all[1]].enumerated() {
      let answer = try await desk.ask("acknowledge", body(alert), request: request, seen: 2)
      #expect(answer.code == "done" && answer.text.contains(#""state":"ended","version":3"#))
    }
    #expect(try await second.journal.openAlerts().count == 37)
    #expect(try await desk.ask("acknowledge", body(all[0]), request: 9).code == "not-open")
  }

  /// BP-7 is technical and a person's.
  @Test func aTechnicalRuleOfAPersonGoesOnAfterARestart() async throws {
    let first = try await open(enrolling: true)
    let alert = try old(1, "BP-7", .active, .technical)
    try await first.journal.write(now: hand.clock()) { writer in _ = try writer.append(alert) }
    await first.journal.close()
    let second = try await open(enrolling: false)
    #expect(await second.ingest.persons[alert.resident]?.episodes.map(\.rule) == ["BP-7"])
    #expect(await second.ingest.technical.episodes.isEmpty)
  }

  @Test func whatCannotBeRememberedHasNotHappened() async throws {
    let box = try await open(enrolling: true)
    let (desk, alert) = (try desk(box), try await raised(box))
    try await forbidCommands(true, box.journal)
    #expect(try await desk.ask("acknowledge", body(alert)).code == "storage")
    #expect(try await phases(box) == [.start])
    try await forbidCommands(false, box.journal)
    // For now: the same request is done then.
    #expect(try await desk.ask("acknowledge", body(alert)).code == "done")
    #expect(try await alerts(box).filter { $0.rule == "OX-1" }.map(\.version) == [1, 2])
  }

  private func forbidCommands(_ isForbidden: Bool, _ journal: isolated Journal) throws {
    try journal.connection.execute(
      isForbidden
        ? "CREATE TRIGGER no BEFORE INSERT ON command BEGIN SELECT RAISE(ABORT, 'no'); END" : "DROP TRIGGER no")
  }

  /// The box has just started and nobody has told it the time.
  @Test func withoutAClockAnAlertIsAcknowledgedAndNothingIsSet() async throws {
    let box = try await open(enrolling: true)
    let (desk, alert) = (try desk(box), try await raised(box))
    let now = Moment(bootID: Samples.bootID, monotonicMs: 5, wallMs: nil, synchronized: false)
    let resident = #"{"resident":"r-31k7""#
    #expect(try await desk.ask("acknowledge", body(alert), now: now).code == "done")
    for (request, name, rest) in [
      (2, "set-limits", "}"), (3, "set-plan", #","plan":[]}"#),
      (4, "pause", #","scope":"resident","reason":"x","minutes":5}"#),
    ] {
      #expect(try await desk.ask(name, resident + rest, request: request, now: now).code == "unsynchronized")
      let seen = name == "set-plan" ? 1 : nil
      #expect(try await desk.ask(name, resident + rest, request: request, seen: seen).code == "done")
    }
  }
}
