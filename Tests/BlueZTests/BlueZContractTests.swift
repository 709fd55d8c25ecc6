// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import GatewayTestKit
import Synchronization
import Testing

/// What this package relies on bluetoothd for. The same suite runs against fake-bluez and, in the lab, against the real
/// one: it keeps the fake honest. The tests share one world and go through its devices one after the other.
@Suite(.serialized) struct BlueZContractTests {
  static let strap = "F5:F1:F2:F3:F4:01"
  static let cuff = "F5:F1:F2:F3:F4:02"
  static let refuser = "F5:F1:F2:F3:F4:04"
  static let confirmer = "F5:F1:F2:F3:F4:05"
  static let reconnecting = "F5:F1:F2:F3:F4:06"
  static let vendor = "F5:F1:F2:F3:F4:07"
  static let band = "F5:F1:F2:F3:F4:08"
  static let heartRate: Set = ["00002a37-0000-1000-8000-00805f9b34fb"]
  static let bloodPressure: Set = ["00002a35-0000-1000-8000-00805f9b34fb"]

  static let shared = Task { try await ContractWorld() }
  let world: ContractWorld

  init() async throws { world = try await Self.shared.value }

  @discardableResult
  func pair(
    _ address: String, _ answer: @escaping @Sendable (PairingQuestion) async -> PairingAnswer = { _ in .no }
  ) async throws -> PairedDevice {
    try await world.central.pair(address, searchLimit: ContractWorld.limit, progress: { _ in }, ask: answer)
  }

  /// Keeps a link while the body runs.
  func linked(_ address: String, _ characteristics: Set<String>, _ body: () async throws -> Void) async throws {
    let central = world.central
    let link = Task { await central.keepLink(to: address, subscribingTo: characteristics) { _ in } }
    defer { link.cancel() }
    try await body()
  }

  @Test func theAdapterIsThereAndOn() async throws {
    try await Polling.until("the adapter is on", { await world.central.adapter }, { $0?.isPowered == true })
    #expect(await world.central.adapter?.address == "F0:F1:F2:F3:F4:00")
  }

  @Test func aDeviceThatIsNotThereIsNotFound() async throws {
    await #expect {
      try await world.central.pair(
        "F5:00:00:00:00:99", searchLimit: .milliseconds(300), progress: { _ in }, ask: { _ in .no })
    } throws: { "\($0)".contains("not in sight") }
  }

  @Test func aStrapPairsJustWorksStreamsAndIsForgotten() async throws {
    let before = await world.isPairable()
    let paired = try await pair(Self.strap)
    #expect(paired.device.isBonded)
    #expect(!paired.isAuthenticated)
    #expect(await world.isPairable() == before)
    _ = try await world.central.resolveServices(of: Self.strap)
    // A line's end before its serial number, a space in it and a NUL behind.
    #expect(
      await world.central.askInformation(of: Self.strap)
        == DeviceInformation(serial: "SN- 7", model: nil, manufacturer: "Example"))
    try await linked(Self.strap, Self.heartRate) {
      let counters = try await world.inbox.wait(for: 20, of: Self.strap).map { Int($0[1]) | Int($0[2]) << 8 }
      #expect(counters == Array(1...counters.count), "a value was lost or came twice")
    }
    try await world.central.remove(Self.strap)
    try await Polling.until(
      "the strap's bond is gone", { await world.central.device(Self.strap) },
      {
        $0?.isBonded != true
      })
  }

  @Test func aWrongPasskeyLeavesNothingHalfPaired() async throws {
    await #expect(throws: (any Error).self) {
      try await pair(Self.cuff) { [world] _ in
        let shown = (try? await world.passkey(of: "cuff")) ?? 0
        return .passkey((shown + 1) % 1_000_000)
      }
    }
    #expect(await world.central.device(Self.cuff)?.isBonded != true)
  }

  @Test func aCuffPairsByItsPasskeyAndIndicates() async throws {
    let questions = Mutex<[PairingQuestion]>([])
    let paired = try await pair(Self.cuff) { [world] question in
      questions.withLock { $0.append(question) }
      return .passkey((try? await world.passkey(of: "cuff")) ?? 0)
    }
    #expect(questions.withLock { $0 } == [.passkey])
    #expect(paired.device.isBonded && paired.isAuthenticated)
    try await linked(Self.cuff, Self.bloodPressure) {
      try world.tell("signal cuff-send")
      let values = try await world.inbox.wait(for: 1, of: Self.cuff)
      #expect(values.count == 1 && values[0].first == 0x1e)
    }
  }

  @Test func aDeviceThatRefusesIsNotBonded() async throws {
    await #expect(throws: (any Error).self) { try await pair(Self.refuser) }
    #expect(await world.central.device(Self.refuser)?.isBonded != true)
  }

  @Test func numbersAreCompared() async throws {
    let shown = Mutex<Int?>(nil)
    let paired = try await pair(Self.confirmer) { question in
      if case .confirm(let passkey) = question { shown.withLock { $0 = passkey } }
      return .yes
    }
    #expect(paired.device.isBonded && paired.isAuthenticated)
    #expect(shown.withLock { $0 }.map { (0...999_999).contains($0) } == true)
  }

  /// The device indicates the moment it is encrypted and hangs up: only who had subscribed before gets every value.
  @Test func anIndicationRightAfterTheReconnectIsNeverMissed() async throws {
    try await pair(Self.reconnecting)
    try await linked(Self.reconnecting, Self.bloodPressure) {
      let values = try await world.inbox.wait(for: 20, of: Self.reconnecting)
      #expect(values.prefix(20).map { Int($0[1]) } == Array(1...20))
    }
  }

  @Test func theLinkComesBackAfterBluetoothd() async throws {
    try await pair(Self.strap)
    try await linked(Self.strap, Self.heartRate) {
      let before = world.inbox.values(of: Self.strap).count
      _ = try await world.inbox.wait(for: before + 3, of: Self.strap)
      try world.restartBluetoothd()
      try await Polling.until("bluetoothd has gone", { await world.central.isAvailable }, { !$0 })
      let atRestart = world.inbox.values(of: Self.strap).count
      _ = try await world.inbox.wait(for: atRestart + 3, of: Self.strap)
    }
  }

  /// It is asked to pair with, and would refuse: nobody does.
  @Test func aDeviceThatDoesNotBondIsReadWrittenToAndHungUpOn() async throws {
    let central = world.central
    let values = "0000fff1-0000-1000-8000-00805f9b34fb"
    let commands = "0000fff2-0000-1000-8000-00805f9b34fb"
    let readable = "0000fff3-0000-1000-8000-00805f9b34fb"
    let joined = try await central.pair(
      Self.vendor, searchLimit: ContractWorld.limit, approach: { _, _ in .connect }, progress: { _ in },
      ask: { _ in .no })
    #expect(joined.approach == .connect && !joined.isAuthenticated)
    #expect(try await !central.resolveServices(of: Self.vendor).isPaired)
    let (endings, end) = AsyncStream.makeStream(of: Void.self)
    let read = Mutex<[UInt8]>([])
    let failure = Mutex<(any Error)?>(nil)
    let link = Task {
      await central.keepLink(
        to: Self.vendor, subscribingTo: [values],
        conversation: {
          do {
            let bytes = try await central.read(readable, of: Self.vendor)
            read.withLock { $0 = bytes }
            // It cannot confirm; that is known, and not asked for.
            try await central.write([0x9b, 0x01, 0x1c], to: commands, of: Self.vendor, withResponse: true)
          } catch {
            failure.withLock { $0 = error }
          }
          for await _ in endings {}
          return .hangUp
        }, report: { _ in })
    }
    defer { link.cancel() }
    #expect(try await world.inbox.wait(for: 1, of: Self.vendor) == [[0xeb, 0x01]])
    #expect(failure.withLock { $0 } == nil)
    #expect(read.withLock { $0 } == [0x01, 0x23])
    await #expect(throws: (any Error).self) {
      try await central.write([1], to: readable, of: Self.vendor, withResponse: true)
    }
    #expect(await central.device(Self.vendor)?.isConnected == true)
    end.finish()
    try await Polling.until(
      "it was hung up on", { await central.device(Self.vendor) }, { $0?.isConnected == false })
  }

  @Test func anAdvertisementIsHeardWithoutALink() async throws {
    let central = world.central
    let link = Task { await central.keepListening(to: Self.band) { _ in } }
    defer { link.cancel() }
    func advertisement(_ source: Advertisement.Source, _ bytes: [UInt8]) -> Advertisement {
      Advertisement(address: Self.band, source: source, bytes: bytes)
    }
    let before = advertisement(.manufacturer(0x0157), [0x02, 0xff, 0x3c, 0x48])
    try await Polling.until("the band is heard", { world.heard.all }, { $0.contains(before) })
    #expect(await central.device(Self.band)?.manufacturers == [0x0157])
    try world.tell("signal band-changes")
    let after = [
      advertisement(.manufacturer(0x0157), [0x02, 0xff, 0x3c, 0x50]),
      advertisement(.service("0000181d-0000-1000-8000-00805f9b34fb"), [0x22]),
    ]
    try await Polling.until("its change is heard", { world.heard.all }, { all in after.allSatisfy(all.contains) })
    #expect(world.heard.all.allSatisfy { $0.address == Self.band })
    #expect(await central.device(Self.band)?.isConnected != true)
  }
}
