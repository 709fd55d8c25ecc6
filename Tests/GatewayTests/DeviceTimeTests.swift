// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import DeviceProfiles
import EventLoop
import GatewayTestKit
import Logging
import Synchronization
import Testing
import Vitals

@testable import Gateway
@testable import Journal

/// Values that wait for their device's clock, and readings that get their time later, in a real database.
@Suite struct DeviceTimeTests {
  /// Clocks of a box that the test moves: monotonic, wall, and whether that is synchronized.
  final class BoxClocks: Sendable {
    struct State {
      var boot = Samples.bootID
      var monotonicMs: Int64 = 1_000_000
      var wallMs: Int64? = Samples.wallMs
      var synchronized = true
    }
    private let state = Mutex(State())
    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
    func advance(_ ms: Int64) {
      change {
        $0.monotonicMs += ms
        $0.wallMs? += ms
      }
    }
    var clock: Clock {
      { [self] in
        state.withLock {
          Moment(
            bootID: $0.boot, monotonicMs: $0.monotonicMs, wallMs: $0.wallMs, synchronized: $0.synchronized)
        }
      }
    }
  }

  let directory: TemporaryDirectory
  let box = BoxClocks()
  static let address = "F5:F1:F2:F3:F4:02"
  static let cuff = IngestTests.cuff
  static let oximeter = IngestTests.oximeter

  init() throws {
    SiteTime.use(zone: "Asia/Shanghai")
    directory = try TemporaryDirectory()
  }

  struct Gate {
    let journal: Journal
    let ingest: Ingest
    let device: EnrolledDevice
  }

  func open(
    profiles: [String] = ["bluetooth.blood-pressure", "bluetooth.pulse-oximeter"],
    streams: Configuration.Streams = .full
  ) async throws -> Gate {
    let journal = try Journal(
      path: directory.file("vigil.db"), loop: EventLoop(name: "journal"), newEpoch: "epoch", now: box.clock())
    if try await journal.devices().isEmpty {
      _ = try await journal.enrol(
        NewDevice(
          address: try #require(DeviceAddress(Self.address)), model: "Cuff", profiles: profiles,
          resident: try #require(ResidentID("r-31k7")), link: .encrypted), uid: nil, now: box.clock())
    }
    let ingest = Ingest(
      journal: journal, catalog: try IngestTests.catalog(), rules: try .defaults,
      streams: streams, clock: box.clock, log: Logger(label: "test"))
    try await ingest.resume(onCommit: { _ in }, onWriteFailure: { _ in })
    return Gate(journal: journal, ingest: ingest, device: try #require(try await journal.devices().first))
  }

  /// What the site's clock showed so many seconds ago.
  func shown(ago: Int64 = 0) throws -> CivilTime {
    let wall = try #require(box.clock().wallMs)
    return try #require(SiteTime.civil(wall - ago * 1000)).time
  }

  /// The cuff says a pressure, with what its clock showed at the measurement.
  func say(_ systolic: UInt8, stamped: CivilTime?, to gate: Gate) async {
    let stamp = stamped.map { ClockValue.octets($0, milliseconds: 0, for: "00002a08-0000-1000-8000-00805f9b34fb") }
    gate.ingest.receive(
      address: gate.device.address, characteristic: Self.cuff,
      bytes: [stamp == nil ? 0 : 2, systolic, 0, 80, 0, 96, 0] + (stamp ?? []))
    await gate.ingest.drain()
  }

  func readings(_ gate: Gate) async throws -> [Observation] {
    try await gate.journal.entries(.reading, after: 0, limit: 5000).compactMap { entry in
      if case .reading(let observation) = entry.content { observation } else { nil }
    }
  }

  func systolics(_ gate: Gate) async throws -> [ExactDecimal?] { try await readings(gate).map { $0.number(.systolic) } }

  // MARK: waiting for the clock

  @Test func aValueWaitsOnTheDiskUntilTheClockWasRead() async throws {
    let gate = try await open()
    let slow = try shown(ago: 1200)
    await say(120, stamped: try shown(ago: 1260), to: gate)
    #expect(try await readings(gate).isEmpty)
    #expect(try await gate.journal.heldValues().count == 1)
    await gate.ingest.clockWasRead(.time(slow, milliseconds: 0), at: box.clock(), of: gate.device)
    let found = try #require(try await readings(gate).first)
    #expect(found.age == .fresh)
    #expect(found.clock.offsetMs == -1_200_000)
    #expect(found.observedWallMs == found.received.wallMs.map { $0 - 60_000 })
    #expect(try await gate.journal.heldValues().isEmpty)
  }

  /// The link of a pairing goes on after the confirmation, with the device as it was before.
  @Test func aClockThatIsWrongIsSaidOnTheLinkThatADeviceWasPairedOn() async throws {
    let gate = try await open()
    let paired = gate.device
    let trial = EnrolledDevice(
      id: paired.id, address: paired.address, model: paired.model, profiles: paired.profiles, resident: paired.resident,
      link: paired.link, isConfirmed: false)
    let slow = try shown(ago: 1200)

    await gate.ingest.devicesChanged([trial])
    await gate.ingest.clockWasRead(.time(slow, milliseconds: 0), at: box.clock(), of: trial)
    #expect(try await gate.journal.openAlerts().isEmpty)

    await gate.ingest.devicesChanged([paired])
    await gate.ingest.clockWasRead(.time(slow, milliseconds: 0), at: box.clock(), of: trial)
    #expect(try await gate.journal.openAlerts().map(\.rule) == ["TM-1"])
  }

  @Test func aStreamDoesNotWait() async throws {
    let gate = try await open()
    gate.ingest.receive(
      address: gate.device.address, characteristic: Self.oximeter, bytes: [0, 97, 0, 72, 0])
    await gate.ingest.drain()
    await gate.ingest.commit()
    #expect(try await readings(gate).map(\.age) == [.fresh])
  }

  @Test func aDeviceWithoutThatClockKeepsNothingWaiting() async throws {
    let gate = try await open()
    await say(120, stamped: nil, to: gate)
    await gate.ingest.hasNoClock(gate.device)
    await gate.ingest.linkEnded(gate.device)
    await say(121, stamped: nil, to: gate)
    #expect(try await systolics(gate) == [120, 121].map(ExactDecimal.init))
    #expect(try await readings(gate).map(\.age) == [.unknown, .unknown])
  }

  @Test func aClockThatIsSilentIsWaitedForThreeSeconds() async throws {
    let gate = try await open()
    await say(120, stamped: try shown(), to: gate)
    box.advance(2999)
    await gate.ingest.tick()
    #expect(try await readings(gate).isEmpty)
    box.advance(1)
    await gate.ingest.tick()
    #expect(try await readings(gate).map(\.age) == [.unknown])
    // What comes on does not wait again; on another link it does.
    await say(121, stamped: try shown(), to: gate)
    #expect(try await readings(gate).count == 2)
    box.advance(60_000)
    await say(122, stamped: try shown(), to: gate)
    #expect(try await readings(gate).count == 2)
    await gate.ingest.linkEnded(gate.device)
    #expect(try await systolics(gate) == [120, 121, 122].map(ExactDecimal.init))
  }

  @Test func whatWasHeldWhenTheDaemonEndedGoesItsWay() async throws {
    let first = try await open()
    await say(120, stamped: try shown(), to: first)
    await first.journal.close()
    box.change {
      $0.boot = "another"
      $0.monotonicMs = 5000
    }
    let second = try await open()
    let found = try await readings(second)
    #expect(found.map(\.age) == [.unknown])
    #expect(found.first?.received.bootID == Samples.bootID)
    #expect(try await second.journal.heldValues().isEmpty)
  }

  @Test func whatADeviceHasToldIsNotLostWithIt() async throws {
    let gate = try await open()
    await say(120, stamped: try shown(), to: gate)
    try await gate.journal.forget(
      gate.device, audit: AuditEntry(.forgotten, uid: 0, subject: gate.device.id), now: box.clock())
    await gate.ingest.devicesChanged([])
    #expect(try await systolics(gate) == [ExactDecimal(120)])
  }

  // MARK: duplicates

  /// Sixty of them at each of three connections, with the clock set at the first.
  @Test func aMemoryThatIsToldAtEveryLinkIsThereOnce() async throws {
    let gate = try await open()
    let stamps = try (0..<60).map { try shown(ago: 7200 + 600 * Int64(60 - $0)) }
    for link in 0..<3 {
      for (index, stamp) in stamps.enumerated() { await say(UInt8(100 + index), stamped: stamp, to: gate) }
      let isSlow = link == 0
      await gate.ingest.clockWasRead(
        .time(try shown(ago: isSlow ? 7200 : 0), milliseconds: 0), at: box.clock(), of: gate.device)
      if isSlow {
        await gate.ingest.clockWasSet(to: try shown(), milliseconds: 0, at: box.clock(), of: gate.device)
      }
      for (index, stamp) in stamps.enumerated() { await say(UInt8(100 + index), stamped: stamp, to: gate) }
      await gate.ingest.linkEnded(gate.device)
      box.advance(600_000)
    }
    #expect(try await systolics(gate) == (100..<160).map { ExactDecimal($0) })
    // The last one was stamped ten minutes before it was told.
    #expect(try await readings(gate).map(\.age) == Array(repeating: .late, count: 59) + [.fresh])
  }

  /// The same values one after the other, in one value's burst too.
  @Test func equalValuesOfAStreamAreTwoReadings() async throws {
    let gate = try await open()
    for _ in 0..<2 {
      gate.ingest.receive(address: gate.device.address, characteristic: Self.oximeter, bytes: [0, 97, 0, 72, 0])
    }
    await gate.ingest.drain()
    await gate.ingest.commit()
    let found = try await readings(gate)
    #expect(found.count == 2)
    #expect(Set(found.map(\.reading)).count == 2)
  }

  // MARK: what makes a device delete

  private func room(_ pages: Int, in journal: isolated Journal) throws {
    try journal.connection.execute("PRAGMA max_page_count=\(pages)")
  }

  /// A Beurer PO60 deletes what it was asked behind. The next is asked for when the reading is on the disk, and never
  /// while that is full.
  @Test func aDeviceIsAskedForTheNextOnlyWhenTheReadingIsOnTheDisk() async throws {
    let gate = try await open(profiles: ["beurer.po60"])
    let numbers = Mutex<[Int64]>([])
    let journal = gate.journal
    await gate.ingest.onUnderstood { _ in
      let next = try? journal.assumeIsolated { try $0.position(.reading).nextSeq }
      numbers.withLock { $0.append(next ?? -1) }
    }
    func record(_ second: UInt8) async {
      let head: [UInt8] = [0xE9, 0x01, 0x1A, 0x03, 0x0E, 0x08, 0x05, second, 0x1A, 0x03, 0x0E, 0x08, 0x06, 0x1E]
      gate.ingest.receive(
        address: gate.device.address, characteristic: "0000ff02-0000-1000-8000-00805f9b34fb",
        bytes: head + [0, 0, 0, 0x63, 0x5E, 0x61, 0x58, 0x42, 0x4B, 0])
      await gate.ingest.drain()
    }
    await record(0)
    #expect(numbers.withLock { $0 } == [3])

    try await room(1, in: journal)
    var told = 1
    for second in 1..<60 where await gate.ingest.writeError == nil {
      await record(UInt8(second))
      if await gate.ingest.writeError == nil { told += 1 }
    }
    try #require(await gate.ingest.writeError != nil)
    // The same once more, as a device does that was not asked for the next.
    await record(UInt8(told))
    #expect(numbers.withLock { $0.count } == told)

    try await room(1_000_000, in: journal)
    await gate.ingest.commit()
    #expect(numbers.withLock { $0 } == (3...Int64(told + 3)).map { $0 })
  }
}
