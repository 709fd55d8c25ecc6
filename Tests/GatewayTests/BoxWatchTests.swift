// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Journal
import Synchronization
import Testing
import Vitals

@testable import Gateway

/// What the box finds out about itself and its devices.
extension IngestTests {
  @Test func bluetoothMayBeAwayForAMoment() async throws {
    let box = try await open(enrolling: true)
    await box.ingest.bluetoothIs(working: false)
    await pass(minutes: 4, box)
    await box.ingest.bluetoothIs(working: true)
    await box.ingest.bluetoothIs(working: false)
    await pass(minutes: 4, box)
    #expect(try await phases(box, of: "BT-1").isEmpty)
    await pass(minutes: 2, box)
    await box.ingest.bluetoothIs(working: true)
    #expect(try await phases(box, of: "BT-1") == [.start, .clear])
  }

  @Test func aControllerThatWasGivenUpIsTold() async throws {
    let box = try await open(enrolling: true)
    await box.ingest.bluetoothIs(working: true, isGivenUp: true)
    await box.ingest.tick()
    #expect(try await phases(box, of: "BT-1") == [.start])
    await box.ingest.bluetoothIs(working: true)
    await box.ingest.tick()
    #expect(try await phases(box, of: "BT-1") == [.start, .clear])
  }

  @Test func anEmptyBatteryIsTold() async throws {
    let box = try await open(enrolling: true)
    let device = try #require(try await box.journal.devices().first)
    await box.ingest.batteriesAre([device.id: 4])
    await box.ingest.tick()
    let told = try await alerts(box)
    #expect(told.map(\.rule) == ["DV-1"] && told.map(\.priority) == [.medium])
    await box.ingest.batteriesAre([device.id: 80])
    await box.ingest.tick()
    #expect(try await phases(box, of: "DV-1") == [.start, .clear])
  }

  @Test func aPlanThatIsNotKeptIsTold() async throws {
    let box = try await open(enrolling: true)
    let plan = #"{"resident":"r-31k7","plan":[{"kinds":["systolic"],"times":["09:00"]}]}"#
    #expect(try await desk(box).ask("set-plan", plan).code == "done")
    for _ in 0..<(37 * 3) {
      hand.advance(20 * 60_000)
      await box.ingest.tick()
    }
    #expect(try await phases(box, of: "ND-1") == [.start])
  }

  @Test func aLampHearsThatNobodyHasAnAlert() async throws {
    let signals = Mutex<[AlertSignal]>([])
    let box = try await open(enrolling: true)
    await box.ingest.onSignals { new in signals.withLock { $0 += new } }
    let alert = try await raised(box)
    hand.advance(29_000)
    await box.ingest.tick()
    #expect(signals.withLock { $0 }.isEmpty)
    hand.advance(2000)
    await box.ingest.tick()
    #expect(signals.withLock { $0 } == [AlertSignal(alert, isUndelivered: true)])
    // So says `status`, of this alert alone: the one that speaks of it has only begun.
    #expect(try await listed(box) == ["OX-1": true, "UD-1": false])
    #expect(try await phases(box, of: "UD-1") == [.start])
    // The broker has it, and that is the clinic's word here.
    let last = try await box.journal.position(.alert).nextSeq - 1
    await box.journal.note(accepted: last, delivered: last, in: .alert)
    await box.ingest.tick()
    #expect(signals.withLock { $0.last } == AlertSignal(alert, isUndelivered: false))
    #expect(try await listed(box)["OX-1"] == false)
    #expect(try await phases(box, of: "UD-1") == [.start, .clear])
  }

  /// The broker has taken it, and the clinic's own word does not come.
  @Test func anAlertThatTheClinicDoesNotConfirmIsUndelivered() async throws {
    let box = try await open(enrolling: true)
    _ = try await raised(box)
    await box.journal.noteAccepted(try await box.journal.position(.alert).nextSeq - 1, in: .alert)
    hand.advance(45_000)
    await box.ingest.tick()
    #expect(try await phases(box, of: "UD-1").isEmpty)
    hand.advance(20_000)
    await box.ingest.tick()
    #expect(try await phases(box, of: "UD-1") == [.start])
    await pass(minutes: 5, box)
    #expect(try await alerts(box).last { $0.rule == "OX-1" }?.course.undelivered == true)
  }

  @Test func nothingIsSaidAgainBeforeItWasHeard() async throws {
    let box = try await open(enrolling: true)
    _ = try await raised(box)
    func hear() async throws {
      let last = try await box.journal.position(.alert).nextSeq - 1
      await box.journal.note(accepted: last, delivered: last, in: .alert)
    }
    try await hear()
    await pass(minutes: 6, box)
    try await hear()
    await pass(minutes: 6, box)
    #expect(try await phases(box).filter { $0 == .continue }.count == 1)
  }

  @Test func whatNobodyAnswersIsTold() async throws {
    let box = try await open(enrolling: true)
    let alert = try await raised(box)
    await pass(minutes: 14, box)
    #expect(try await phases(box, of: "UA-1").isEmpty)
    await pass(minutes: 18, box)
    #expect(try await phases(box, of: "UA-1") == [.start])
    #expect(try await desk(box).ask("acknowledge", #"{"alert":"\#(alert.alert)"}"#).code == "done")
    await box.ingest.tick()
    #expect(try await phases(box, of: "UA-1") == [.start, .clear])
  }

  /// Hours of earlier days, of which no sample is left.
  @Test func thePastIsKnownAfterARestart() async throws {
    let first = try await open(enrolling: true)
    let resident = try #require(ResidentID("r-31k7"))
    let today = SiteTime.calendar(hand.clock().wallMs ?? 0)
    let hours = (1...4).map {
      Baseline.Hour(kind: .spo2, day: today.day - $0, hour: today.hour, median: ExactDecimal(99), count: 60)
    }
    try await first.journal.write(now: hand.clock()) { try $0.add(hours, of: resident) }
    await first.journal.close()
    let second = try await open(enrolling: false)
    for _ in 0..<4 { await say(95, to: second) }
    #expect(try await alerts(second).map(\.rule) == ["OX-4"])
  }

  @Test func anHourThatIsOverIsKept() async throws {
    let box = try await open(enrolling: true)
    let resident = try #require(ResidentID("r-31k7"))
    for _ in 0..<90 {
      hand.advance(29_000)
      await say(97, to: box)
      await say(97, to: box)
      await box.ingest.tick()
    }
    await box.ingest.commit()
    let hours = try await box.journal.baselines()[resident] ?? []
    #expect(hours.map(\.median) == [ExactDecimal(97)] && hours.map(\.kind) == [.spo2])
  }

  /// Whether the open alerts are undelivered, by rule, as `status` has it.
  private func listed(_ box: Box) async throws -> [String: Bool?] {
    let listed = HealthReport.listed(try await box.journal.openAlerts(), await box.ingest.undelivered)
    return Dictionary(listed.map { ($0.rule, $0.undelivered) }, uniquingKeysWith: { $1 })
  }
}
