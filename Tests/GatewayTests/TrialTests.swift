// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import GatewayTestKit
import Testing
import Vitals

@testable import Gateway
@testable import Journal

/// What a device tells while a technician tries it out: of now, of its memory, and what becomes of both.
@Suite struct TrialTests {
  private let times: DeviceTimeTests

  init() throws { times = try DeviceTimeTests() }

  /// A pressure that one reading of raises BP-1.
  private static let crisis: UInt8 = 192

  private func begin() async throws -> (gate: DeviceTimeTests.Gate, trial: EnrolledDevice) {
    let gate = try await times.open()
    let trial = try await gate.journal.enrolProvisionally(
      NewDevice(
        address: try #require(DeviceAddress("F5:F1:F2:F3:F4:09")), model: "Cuff",
        profiles: ["bluetooth.blood-pressure"], resident: try #require(ResidentID("r-31k7")), link: .encrypted),
      now: times.box.clock())
    await gate.ingest.devicesChanged([gate.device, trial])
    return (gate, trial)
  }

  /// The same, whose clock is right, and who has told one of two days ago, one of now, and one without a time.
  private func tryOut() async throws -> (gate: DeviceTimeTests.Gate, trial: EnrolledDevice) {
    let (gate, trial) = try await begin()
    await readClock(of: trial, gate)
    await tellMemory(trial, gate)
    await say(121, stamped: try times.shown(), trial, gate)
    await say(122, stamped: nil, trial, gate)
    return (gate, trial)
  }

  private func readClock(of trial: EnrolledDevice, _ gate: DeviceTimeTests.Gate) async {
    guard let shown = try? times.shown() else { return }
    await gate.ingest.clockWasRead(.time(shown, milliseconds: 0), at: times.box.clock(), of: trial)
  }

  /// Of two days ago, whatever the time is now.
  private func tellMemory(_ trial: EnrolledDevice, _ gate: DeviceTimeTests.Gate) async {
    let stamp = SiteTime.civil(Samples.wallMs - 2 * 86_400_000)?.time
    await say(Self.crisis, stamped: stamp, trial, gate)
  }

  private func say(
    _ systolic: UInt8, stamped: CivilTime?, _ device: EnrolledDevice, _ gate: DeviceTimeTests.Gate
  ) async {
    await times.say(
      systolic, stamped: stamped,
      to: DeviceTimeTests.Gate(journal: gate.journal, ingest: gate.ingest, device: device))
  }

  /// What the clinic is told, in order: systolic pressure, revision, purpose, state.
  private func told(_ gate: DeviceTimeTests.Gate) async throws -> [String] {
    try await times.readings(gate).map {
      "\($0.number(.systolic)?.description ?? "-") \($0.revision) \($0.purpose.rawValue) \($0.state.rawValue)"
    }
  }

  private static let trialAsTold = [
    "192 1 commissioning final", "121 1 commissioning final", "122 1 commissioning final",
  ]

  @Test func whatWasStoredIsForCareOnceTheDeviceIsConfirmed() async throws {
    let (gate, trial) = try await tryOut()
    #expect(try await told(gate) == Self.trialAsTold)
    try await gate.ingest.confirm(trial, uid: 0)
    #expect(try await told(gate) == Self.trialAsTold + ["192 2 care amended"])
    let found = try await times.readings(gate)
    let (first, last) = (try #require(found.first), try #require(found.last))
    #expect(last.reading == first.reading && last.resident == first.resident && last.age == .late)
    #expect(last.observedWallMs == first.observedWallMs && last.received == first.received)

    // It is told again at the next connection, and is there once. What comes now is for care.
    await gate.ingest.linkEnded(trial)
    await readClock(of: trial, gate)
    await tellMemory(trial, gate)
    await say(123, stamped: try times.shown(), trial, gate)
    #expect(try await told(gate) == Self.trialAsTold + ["192 2 care amended", "123 1 care final"])
  }

  @Test func whatWasStoredAlertsNobody() async throws {
    let (gate, trial) = try await tryOut()
    try await gate.ingest.confirm(trial, uid: 0)
    times.box.advance(10 * 60_000)
    await gate.ingest.tick()
    #expect(try await gate.journal.openAlerts().isEmpty)
    await gate.journal.close()
    let second = try await times.open()
    await second.ingest.tick()
    #expect(try await second.journal.openAlerts().isEmpty)
    let alerts = try await second.journal.entries(.alert, after: 0, limit: 10).filter { entry in
      if case .alert = entry.content { true } else { false }
    }
    #expect(alerts.isEmpty)
  }

  @Test func whatWasStoredIsTakenBackWithADeviceThatIsNotConfirmed() async throws {
    let (gate, trial) = try await tryOut()
    try await gate.journal.forget(
      trial, audit: AuditEntry(.pairingFailed, uid: 0, subject: trial.id), now: times.box.clock())
    #expect(
      try await told(gate) == Self.trialAsTold
        + ["192", "121", "122"].map { "\($0) 2 commissioning entered-in-error" })
  }

  /// A memory that is still being told while the technician says yes: each is charted, as of the trial or as of after it.
  @Test func nothingIsForgottenInTheMomentOfTheConfirmation() async throws {
    let (gate, trial) = try await begin()
    await readClock(of: trial, gate)
    let stamps = (0..<40).compactMap { SiteTime.civil(Samples.wallMs - 86_400_000 - 600_000 * $0)?.time }
    let telling = Task {
      for (index, stamp) in stamps.enumerated() { await say(UInt8(100 + index), stamped: stamp, trial, gate) }
    }
    try await gate.ingest.confirm(trial, uid: 0)
    await telling.value
    let latest = Dictionary(try await times.readings(gate).map { ($0.reading, $0) }) {
      $0.revision > $1.revision ? $0 : $1
    }
    #expect(latest.count == stamps.count)
    #expect(latest.values.allSatisfy { $0.purpose == .care && $0.age == .late })
  }

  @Test func aConfirmationThatCannotBeWrittenConfirmsNothing() async throws {
    let (gate, trial) = try await tryOut()
    try await block(gate.journal)
    await say(124, stamped: try times.shown(), trial, gate)
    await #expect(throws: (any Error).self) { try await gate.ingest.confirm(trial, uid: 0) }
    #expect(try await gate.journal.devices().map(\.isConfirmed) == [true, false])
    #expect(try await told(gate) == Self.trialAsTold)
    try await unblock(gate.journal)
    try await gate.ingest.confirm(trial, uid: 0)
    #expect(
      try await told(gate) == Self.trialAsTold + ["124 1 commissioning final", "192 2 care amended"])
  }

  private func block(_ journal: isolated Journal) throws { try journal.connection.execute("PRAGMA query_only=1") }
  private func unblock(_ journal: isolated Journal) throws {
    try journal.connection.execute("PRAGMA query_only=0")
  }

  @Test func aTimeThatIsKnownLaterLeavesItForCare() async throws {
    let clock = try times.shown()
    times.box.change {
      $0.wallMs = nil
      $0.synchronized = false
    }
    let (gate, trial) = try await begin()
    await gate.ingest.clockWasRead(.time(clock, milliseconds: 0), at: times.box.clock(), of: trial)
    await tellMemory(trial, gate)
    try await gate.ingest.confirm(trial, uid: 0)
    times.box.change {
      $0.wallMs = Samples.wallMs
      $0.synchronized = true
    }
    await gate.ingest.tick()
    #expect(try await told(gate) == ["192 1 commissioning final", "192 2 care amended", "192 3 care amended"])
    #expect(try await times.readings(gate).last?.observedWallMs == Samples.wallMs - 2 * 86_400_000)
  }
}
