// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import EventLoop
import GatewayTestKit
import Journal
import Testing
import Vitals

@Suite struct JournalTests {
  let directory: TemporaryDirectory
  let loop: EventLoop

  init() throws {
    directory = try TemporaryDirectory()
    loop = try EventLoop(name: "journal")
  }

  func open(epoch: String = "epoch-1") throws -> Journal {
    try Journal(path: directory.file("vigil.db"), loop: loop, newEpoch: epoch, now: Samples.moment(0))
  }

  func heartRate(_ value: Int, at ms: Int64) throws -> Observation {
    try Samples.observation(at: ms, [Samples.quantity(.heartRate, value)])
  }

  func pressure(_ systolic: Int, at ms: Int64, time: CivilTime?) throws -> Observation {
    try Samples.observation(
      at: ms, [Samples.quantity(.systolic, systolic), Quantity(.meanArterial, .absent(.nan))], stream: false,
      characteristic: "2A35", deviceTime: time)
  }

  @Test func aNewEpochBeginsWithAGapInEachLane() async throws {
    let journal = try open()
    for lane in Lane.allCases {
      let entries = try await journal.entries(lane, after: 0, limit: 10)
      #expect(entries.map(\.seq) == [1])
      guard case .gap(let gap) = entries[0].content else {
        Issue.record("the first entry of \(lane) is no gap")
        continue
      }
      #expect(gap.reason == .epoch)
    }
  }

  @Test func readingsComeBackAsTheyWere() async throws {
    let journal = try open()
    let stream = try heartRate(72, at: 5)
    let time = try #require(CivilTime(year: 2026, month: 3, day: 14, hour: 8, minute: 5, second: 30))
    let spot = try pressure(128, at: 9, time: time)
    try await journal.write(now: Samples.moment(10)) { writer in
      try writer.append(stream, bytes: [0, 72])
      try writer.append(spot, bytes: [1, 2, 3])
    }
    let entries = try await journal.entries(.reading, after: 1, limit: 10)
    #expect(entries.map(\.seq) == [2, 3])
    #expect(entries.map(\.atWallMs) == [Samples.moment(10).wallMs, Samples.moment(10).wallMs])
    let read = entries.compactMap { if case .reading(let observation) = $0.content { observation } else { nil } }
    #expect(read == [stream, spot])
  }

  @Test func aSpotReadingSentTwiceIsOne() async throws {
    let journal = try open()
    let time = try #require(CivilTime(year: 2026, month: 3, day: 14, hour: 8, minute: 5, second: 30))
    let first = try pressure(128, at: 1, time: time)
    let again = try pressure(128, at: 60_000, time: time)
    for observation in [first, again] {
      try await journal.write(now: Samples.moment(1)) { try $0.append(observation, bytes: [1]) }
    }
    #expect(try await journal.isKnownSpot(again.reading))
    #expect(try await journal.position(.reading).nextSeq == 3)
  }

  @Test func equalStreamSamplesAreSeparateReadings() async throws {
    let journal = try open()
    let samples = [try heartRate(72, at: 1), try heartRate(72, at: 2)]
    try await journal.write(now: Samples.moment(2)) { writer in
      for sample in samples { try writer.append(sample, bytes: [0, 72]) }
    }
    #expect(samples[0].reading != samples[1].reading)
    #expect(try await journal.position(.reading).nextSeq == 4)
  }

  @Test func aFailedTransactionLeavesNoTraceAndNoHole() async throws {
    struct Interrupted: Error {}
    let journal = try open()
    let lost = try heartRate(70, at: 1)
    let kept = try heartRate(71, at: 2)
    await #expect(throws: Interrupted.self) {
      try await journal.write(now: Samples.moment(1)) { writer in
        try writer.append(lost, bytes: [0, 70])
        throw Interrupted()
      }
    }
    try await journal.write(now: Samples.moment(2)) { try $0.append(kept, bytes: [0, 71]) }
    let entries = try await journal.entries(.reading, after: 1, limit: 10)
    #expect(entries.map(\.seq) == [2])
  }

  @Test func itContinuesAfterAReopening() async throws {
    let first = try open(epoch: "epoch-1")
    let observation = try heartRate(72, at: 1)
    try await first.write(now: Samples.moment(1)) { try $0.append(observation, bytes: [0, 72]) }
    await first.noteDelivered(2, in: .reading)
    await first.close()

    let second = try open(epoch: "epoch-2")
    #expect(second.epoch == "epoch-1")
    #expect(try await second.position(.reading) == LanePosition(nextSeq: 3, accepted: 0, delivered: 2))
    #expect(try await second.position(.alert) == LanePosition(nextSeq: 2, accepted: 0, delivered: 0))
  }

  @Test func whatIsDeliveredIsSavedWithTheNextCommit() async throws {
    let journal = try open()
    await journal.noteDelivered(1, in: .reading)
    let observation = try heartRate(72, at: 1)
    try await journal.write(now: Samples.moment(1)) { try $0.append(observation, bytes: [0, 72]) }
    let position = try await journal.position(.reading)
    #expect(position.delivered == 1)
    #expect(position.waiting == 1)
  }

  @Test func aSecondProcessIsKeptOut() async throws {
    let first = try open()
    #expect { try open() } throws: { "\($0)".contains("is in use") }
    await first.close()
    #expect(throws: Never.self) { try open() }
  }

  @Test func devicesAreEnrolledOnceAndTheirNumbersNeverComeAgain() async throws {
    let journal = try open()
    let address = try #require(DeviceAddress("F5:F1:F2:F3:F4:01"))
    let resident = try #require(ResidentID("r-31k7"))
    func enrol() async throws -> EnrolledDevice {
      try await journal.enrol(
        NewDevice(
          address: address, model: "HR strap", profiles: ["bluetooth.heart-rate"], resident: resident, link: .encrypted),
        uid: 7, now: Samples.moment(0))
    }
    let first = try await enrol()
    #expect(first.id == "d-1")
    await #expect(throws: JournalError.self) { try await enrol() }
    try await journal.forget(
      first, audit: AuditEntry(.forgotten, uid: nil, subject: first.id), now: Samples.moment(1))
    #expect(try await journal.devices().isEmpty)
    #expect(try await enrol().id == "d-2")
  }

  @Test func recentReadingsAreThoseOfThisBoot() async throws {
    let journal = try open()
    let observations = try (1...5).map { try heartRate(70 + $0, at: Int64($0) * 1000) }
    try await journal.write(now: Samples.moment(9)) { writer in
      for observation in observations { try writer.append(observation, bytes: [0]) }
    }
    let recent = try await journal.recentObservations(bootID: Samples.bootID, sinceMonotonicMs: 3000, limit: 100)
    #expect(recent == Array(observations[2...]))
    #expect(try await journal.recentObservations(bootID: "another", sinceMonotonicMs: 0, limit: 100).isEmpty)
  }
}
