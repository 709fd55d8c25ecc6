// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import GatewayTestKit
import Journal
import Testing
import Vitals

@testable import Gateway

/// What is said of readings later: their time, and that they were an error.
extension DeviceTimeTests {
  @Test func whatCameBeforeTheTimeWasKnownIsAmended() async throws {
    box.change {
      $0.wallMs = nil
      $0.synchronized = false
    }
    let gate = try await open()
    let device = try #require(CivilTime("2026-03-14T08:20:00"))
    await gate.ingest.clockWasRead(.time(device, milliseconds: 0), at: box.clock(), of: gate.device)
    await say(120, stamped: device.adding(minutes: -20), to: gate)
    box.advance(5000)
    await gate.ingest.tick()
    #expect(try await readings(gate).map(\.observedWallMs) == [nil])

    box.advance(5000)
    box.change {
      $0.wallMs = Samples.wallMs
      $0.synchronized = true
    }
    await gate.ingest.tick()
    let found = try await readings(gate)
    #expect(found.map(\.revision) == [1, 2])
    #expect(found.map(\.state) == [.final, .amended])
    #expect(Set(found.map(\.reading)).count == 1)
    let amended = try #require(found.last)
    #expect(amended.received.wallMs == Samples.wallMs - 10_000)
    #expect(amended.received.synchronized)
    #expect(amended.observedWallMs == Samples.wallMs - 10_000 - 1_200_000)
    #expect(amended.age == .late)

    // Once, also after a restart.
    await gate.ingest.tick()
    await gate.journal.close()
    let again = try await open()
    await again.ingest.tick()
    #expect(try await readings(again).count == 2)
  }

  @Test func aTimeThatWasRightAllAlongStays() async throws {
    box.change { $0.synchronized = false }
    let gate = try await open()
    await gate.ingest.hasNoClock(gate.device)
    await say(120, stamped: nil, to: gate)
    box.change {
      $0.synchronized = true
      $0.wallMs? += 2000
    }
    await gate.ingest.tick()
    #expect(try await readings(gate).map(\.revision) == [1])
  }

  @Test(arguments: [-3_600_000, 315_360_000_000, -1_261_440_000_000] as [Int64])
  func aJumpAmendsEverythingInSmallSteps(jump: Int64) async throws {
    box.change { $0.synchronized = false }
    let gate = try await open()
    await gate.ingest.hasNoClock(gate.device)
    for index in 0..<1200 {
      box.advance(1000)
      gate.ingest.receive(
        address: gate.device.address, characteristic: Self.oximeter, bytes: [0, UInt8(90 + index % 10), 0, 72, 0])
    }
    await gate.ingest.drain()
    await gate.ingest.commit()
    box.change {
      $0.wallMs? += jump
      $0.synchronized = true
    }
    for step in 1...3 {
      await gate.ingest.tick()
      let position = try await gate.journal.position(.reading).nextSeq
      // The first number is the epoch's.
      #expect(position == 1202 + Int64(min(1200, step * TimeAmendments.step - 1)))
    }
    let found = try await readings(gate)
    let amended = found.filter { $0.revision == 2 }
    #expect(amended.map(\.reading) == found.prefix(1200).map(\.reading))
    let times = amended.map { $0.received.wallMs ?? 0 }
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 1000 })
  }

  @Test func aMinuteOfAStreamIsAmendedToo() async throws {
    box.change {
      $0.wallMs = nil
      $0.synchronized = false
    }
    let gate = try await open(streams: .summaries)
    for _ in 0..<130 {
      box.advance(1000)
      gate.ingest.receive(address: gate.device.address, characteristic: Self.oximeter, bytes: [0, 97, 0, 72, 0])
      await gate.ingest.drain()
      await gate.ingest.commit()
      await gate.ingest.tick()
    }
    func summaries() async throws -> [StreamSummary] {
      try await gate.journal.entries(.reading, after: 0, limit: 100).compactMap { entry in
        if case .summary(let summary) = entry.content { summary } else { nil }
      }
    }
    let before = try await summaries()
    try #require(!before.isEmpty)
    #expect(before.allSatisfy { $0.from.wallMs == nil && $0.revision == 1 })
    box.change {
      $0.wallMs = Samples.wallMs
      $0.synchronized = true
    }
    let now = box.clock()
    await gate.ingest.tick()
    let amended = try await summaries().filter { $0.revision == 2 }
    #expect(amended.map(\.reading) == before.map(\.reading))
    #expect(amended.map(\.state) == before.map { _ in .amended })
    #expect(amended.map(\.to.wallMs) == before.map { Samples.wallMs - (now.monotonicMs - $0.to.monotonicMs) })
  }

  @Test func anotherBootsReadingsAreNotGuessed() async throws {
    box.change {
      $0.wallMs = nil
      $0.synchronized = false
    }
    let first = try await open()
    await first.ingest.hasNoClock(first.device)
    await say(120, stamped: nil, to: first)
    await first.journal.close()
    box.change {
      $0 = BoxClocks.State()
      $0.boot = "another"
    }
    let second = try await open()
    await second.ingest.tick()
    #expect(try await readings(second).map(\.revision) == [1])
  }

  // MARK: a trial that came to nothing

  @Test func theReadingsOfATrialThatWasRefusedAreTakenBack() async throws {
    let gate = try await open()
    let trial = try await gate.journal.enrolProvisionally(
      NewDevice(
        address: try #require(DeviceAddress("F5:F1:F2:F3:F4:09")), model: "Cuff",
        profiles: ["bluetooth.blood-pressure"], resident: try #require(ResidentID("r-31k7")), link: .encrypted),
      now: box.clock())
    await gate.ingest.devicesChanged([gate.device, trial])
    await gate.ingest.hasNoClock(gate.device)
    await gate.ingest.hasNoClock(trial)
    await say(120, stamped: nil, to: gate)
    gate.ingest.receive(address: trial.address, characteristic: Self.cuff, bytes: [0, 130, 0, 80, 0, 96, 0])
    await gate.ingest.drain()
    try await gate.journal.forget(
      trial, audit: AuditEntry(.pairingFailed, uid: 0, subject: trial.id), now: box.clock())
    let found = try await readings(gate)
    #expect(found.map { $0.number(.systolic) } == [120, 130, 130].map { ExactDecimal($0) })
    #expect(found.map(\.state) == [.final, .final, .enteredInError])
    #expect(found.last?.purpose == .commissioning)
  }
}
