// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import DeviceProfiles
import Document
import EventLoop
import GatewayTestKit
import Journal
import Logging
import Synchronization
import Testing
import Vitals

@testable import Gateway

/// Readings on their way into a real database.
@Suite struct IngestTests {
  /// A clock that the test moves.
  final class HandClock: Sendable {
    private struct Time {
      var ms: Int64 = 1_000_000
      var bootID = Samples.bootID
      var bootedAt: Int64 = 0
      var isWallKnown = true

      var moment: Moment {
        Moment(
          bootID: bootID, monotonicMs: ms - bootedAt, wallMs: isWallKnown ? Samples.wallMs + ms : nil,
          synchronized: isWallKnown)
      }
    }

    private let time = Mutex(Time())
    func advance(_ delta: Int64) { time.withLock { $0.ms += delta } }

    /// The box was off for so long, and does not know for how long.
    func reboot(after off: Int64) {
      time.withLock {
        $0.ms += off
        ($0.bootID, $0.bootedAt, $0.isWallKnown) = ("boot at \($0.ms)", $0.ms, false)
      }
    }

    func learnTime() { time.withLock { $0.isWallKnown = true } }

    var clock: Clock { { [self] in time.withLock { $0.moment } } }
  }

  let directory: TemporaryDirectory
  let hand = HandClock()
  static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
  static let oximeter = "00002a5f-0000-1000-8000-00805f9b34fb"
  static let cuff = "00002a35-0000-1000-8000-00805f9b34fb"

  init() throws {
    SiteTime.use(zone: "Asia/Shanghai")
    directory = try TemporaryDirectory()
  }

  struct Box {
    let journal: Journal
    let ingest: Ingest
    let address: DeviceAddress
  }

  /// What is read from files is read once: each test wants it, and it is never changed.
  private static let read = Result {
    let text =
      "OX-1: {confirm-seconds: 2, clear-seconds: 2}\nOX-4: {confirm-seconds: 2}\nsettle-seconds: 0\n"
    return (
      rules: try RuleSet(overriding: YAML.parse(text, file: "rules.yaml")),
      catalog: try Daemon.catalog(in: [root + "/device-profiles"])
    )
  }

  func rules() throws -> RuleSet { try Self.read.get().rules }
  static func catalog() throws -> ProfileCatalog { try read.get().catalog }

  func readings(_ box: Box) async throws -> [Observation] {
    try await box.journal.entries(.reading, after: 0, limit: 100).compactMap { entry in
      if case .reading(let observation) = entry.content { observation } else { nil }
    }
  }

  func open(
    enrolling: Bool, profiles: [String] = ["bluetooth.pulse-oximeter", "bluetooth.blood-pressure"],
    streams: Configuration.Streams = .full, onCommit: @escaping @Sendable ([Alert]) -> Void = { _ in }
  ) async throws -> Box {
    let journal = try Journal(
      path: directory.file("vigil.db"), loop: EventLoop(name: "journal"), newEpoch: "epoch", now: hand.clock())
    let address = try #require(DeviceAddress("F5:F1:F2:F3:F4:03"))
    if enrolling {
      _ = try await journal.enrol(
        NewDevice(
          address: address, model: "Oximeter", profiles: profiles,
          resident: try #require(ResidentID("r-31k7")), link: .encrypted), uid: nil, now: hand.clock())
    }
    let ingest = Ingest(
      journal: journal, catalog: try Self.catalog(), rules: try rules(),
      streams: streams, clock: hand.clock, log: Logger(label: "test"))
    try await ingest.resume(onCommit: onCommit, onWriteFailure: { _ in })
    return Box(journal: journal, ingest: ingest, address: address)
  }

  /// The device has no clock that could be read, so its spot values wait for nothing.
  func hasNoClock(_ box: Box) async throws {
    await box.ingest.hasNoClock(try #require(try await box.journal.devices().first))
  }

  /// One second passes, and the oximeter says a SpO2 and a pulse of 72.
  func say(_ spo2: UInt8, to box: Box) async {
    hand.advance(1000)
    box.ingest.receive(address: box.address, characteristic: Self.oximeter, bytes: [0, spo2, 0, 72, 0])
    await box.ingest.drain()
  }

  func alerts(_ box: Box) async throws -> [Alert] {
    try await box.journal.entries(.alert, after: 1, limit: 100).compactMap { entry in
      if case .alert(let alert) = entry.content { alert } else { nil }
    }
  }

  @Test func aStreamWaitsAndASpotReadingTakesItAlongAtOnce() async throws {
    let box = try await open(enrolling: true)
    try await hasNoClock(box)
    await say(97, to: box)
    #expect(try await box.journal.position(.reading).nextSeq == 2)
    box.ingest.receive(address: box.address, characteristic: Self.cuff, bytes: [0, 128, 0, 80, 0, 96, 0])
    await box.ingest.drain()
    #expect(try await box.journal.position(.reading).nextSeq == 4)
  }

  @Test func anAlertCommitsTheReadingsBeforeItAtOnce() async throws {
    let box = try await open(enrolling: true)
    for _ in 0..<3 { await say(86, to: box) }
    #expect(try await alerts(box).map(\.phase) == [.start])
    #expect(try await box.journal.position(.reading).nextSeq == 5)
  }

  @Test func anEpisodeGoesOnAfterARestart() async throws {
    let first = try await open(enrolling: true)
    for _ in 0..<3 { await say(86, to: first) }
    await first.ingest.commit()
    await first.journal.close()

    let second = try await open(enrolling: false)
    for _ in 0..<5 { await say(86, to: second) }
    for _ in 0..<5 { await say(97, to: second) }
    await second.ingest.commit()
    let transitions = try await alerts(second)
    #expect(transitions.map(\.phase) == [.start, .clear])
    #expect(Set(transitions.map(\.alert)).count == 1)
    #expect(transitions.map(\.version) == [1, 2])
  }

  @Test func aConfirmationGoesOnAfterARestart() async throws {
    let first = try await open(enrolling: true)
    for _ in 0..<2 { await say(86, to: first) }
    await first.ingest.commit()
    await first.journal.close()

    let second = try await open(enrolling: false)
    await say(86, to: second)
    #expect(try await alerts(second).map(\.phase) == [.start])
  }

  @Test func whatCannotBeDecodedIsKeptAndTheRestGoesOn() async throws {
    let box = try await open(enrolling: true)
    try await hasNoClock(box)
    box.ingest.receive(address: box.address, characteristic: Self.cuff, bytes: [0x1e, 0x9c])
    box.ingest.receive(address: box.address, characteristic: Self.cuff, bytes: [])
    box.ingest.receive(address: box.address, characteristic: Self.cuff, bytes: [0, 128, 0, 80, 0, 96, 0])
    await box.ingest.drain()
    #expect(try await box.journal.position(.reading).nextSeq == 3)
    #expect(try await box.journal.undecodedCount() == 2)
  }

  /// Two frames that say the same, without a time of the device.
  @Test func whatComesInOneValueIsKeptWhole() async throws {
    let box = try await open(enrolling: true, profiles: ["aoj.aoj-20a"])
    let frame: [UInt8] = [0xAA, 0x01, 0xC1, 0x05, 0x0E, 0x42, 0x01, 0x88]
    box.ingest.receive(
      address: box.address, characteristic: "0000ffe1-0000-1000-8000-00805f9b34fb", bytes: frame + frame)
    await box.ingest.drain()
    #expect(
      try await readings(box).map { $0.number(.bodyTemperature) } == [ExactDecimal("36.5"), ExactDecimal("36.5")])
  }

  @Test func anAdvertisementIsNoBondedLink() async throws {
    let box = try await open(enrolling: true, profiles: ["bluetooth.heart-rate", "polar.advertisement"])
    box.ingest.receive(address: box.address, characteristic: "manufacturer:006B", bytes: [0x32, 0x00, 0x48, 0x48])
    box.ingest.receive(
      address: box.address, characteristic: "00002a37-0000-1000-8000-00805f9b34fb", bytes: [0x00, 0x48])
    await box.ingest.drain()
    await box.ingest.commit()
    #expect(try await readings(box).map(\.link) == [.advert, .encrypted])
  }

  /// Enrolled with a bond: an address is no proof.
  @Test func whoHasTheAddressAloneIsNotBelieved() async throws {
    let box = try await open(enrolling: true)
    try await hasNoClock(box)
    for isBonded in [false, true] {
      box.ingest.receive(
        address: box.address, characteristic: Self.cuff, bytes: [0, 128, 0, 80, 0, 96, 0], isBonded: isBonded)
      await box.ingest.drain()
      let expected: [LinkSecurity] = isBonded ? [.encrypted] : []
      #expect(try await readings(box).map(\.link) == expected)
    }
  }

  @Test func strangersAreNotHeard() async throws {
    let box = try await open(enrolling: true)
    let stranger = try #require(DeviceAddress("00:11:22:33:44:55"))
    box.ingest.receive(address: stranger, characteristic: Self.cuff, bytes: [0, 128, 0, 80, 0, 96, 0])
    await box.ingest.drain()
    await box.ingest.commit()
    #expect(try await box.journal.position(.reading).nextSeq == 2)
  }
}

extension IngestTests {
  /// A cuff's first reading in the crisis band waits for a second one. The box loses power, and none comes.
  @Test func aCrisisThatWaitedThroughAPowerCutIsRaised() async throws {
    let first = try await open(enrolling: true)
    try await hasNoClock(first)
    first.ingest.receive(address: first.address, characteristic: Self.cuff, bytes: [0, 190, 0, 125, 0, 140, 0])
    await first.ingest.drain()
    #expect(try await alerts(first).isEmpty)
    await first.journal.close()

    hand.advance(40 * 60 * 1000)
    let second = try await open(enrolling: false)
    #expect(try await alerts(second).map(\.rule) == ["BP-1"])
    await second.journal.close()

    let third = try await open(enrolling: false)
    await third.ingest.tick()
    #expect(try await alerts(third).map(\.phase) == [.start])
  }

  /// The same, where it still waited for the cuff's clock.
  @Test func aCrisisThatWasHeldAtAPowerCutIsRaised() async throws {
    let first = try await open(enrolling: true)
    first.ingest.receive(address: first.address, characteristic: Self.cuff, bytes: [0, 190, 0, 125, 0, 140, 0])
    await first.ingest.drain()
    #expect(try await readings(first).isEmpty)
    await first.journal.close()

    hand.advance(40 * 60 * 1000)
    let second = try await open(enrolling: false)
    await second.ingest.tick()
    #expect(try await alerts(second).map(\.rule) == ["BP-1"])
  }

  /// A technician's test: on the disk at once, told, and never an alert, not even after a restart.
  @Test func aCommissioningReadingIsWrittenAtOnceAndNeverAlerts() async throws {
    let told = Mutex<[CommissioningReading]>([])
    let first = try await open(enrolling: false)
    let provisional = try await first.journal.enrolProvisionally(
      NewDevice(
        address: first.address, model: "Oximeter", profiles: ["bluetooth.pulse-oximeter"],
        resident: try #require(ResidentID("r-31k7")), link: .encrypted), now: hand.clock())
    await first.ingest.devicesChanged([provisional])
    await first.ingest.onCommissioning { reading in told.withLock { $0.append(reading) } }
    for _ in 0..<5 { await say(80, to: first) }
    #expect(told.withLock { $0.map(\.seq) } == [2, 3, 4, 5, 6])
    #expect(told.withLock { $0.allSatisfy { $0.observation.purpose == .commissioning } })
    #expect(try await alerts(first).isEmpty)

    // Confirmed: from now on it is about a person, and what came before does not count.
    try await first.ingest.confirm(provisional, uid: 0)
    await say(80, to: first)
    #expect(try await alerts(first).isEmpty)
    await first.ingest.commit()
    await first.journal.close()

    let second = try await open(enrolling: false)
    #expect(try await alerts(second).isEmpty)
    for _ in 0..<3 { await say(80, to: second) }
    #expect(try await alerts(second).map(\.phase) == [.start])
    #expect(told.withLock { $0.count } == 5)
  }
}
