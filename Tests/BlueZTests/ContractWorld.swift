// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import DBus
import EventLoop
import GatewayTestKit
import Glibc
import Logging
import Synchronization

/// The bluetoothd that the contract suite talks to: fake-bluez on a private bus, or, with `VIGIL_WORLD=lab`, the real
/// one in the lab's guest. Both play tools/scenarios/contract.yaml.
final class ContractWorld: Sendable {
  let central: Central
  let connection: BusConnection
  let inbox: Inbox
  let heard = Heard()
  private let loop: EventLoop
  private let directory: TemporaryDirectory
  private let processes: [Subprocess]
  private let control: String
  private let passkeys: String
  /// Emulation is slow: limits there are generous, and nothing here is a matter of time.
  static let isLab = environment("VIGIL_WORLD") == "lab"
  static let limit = Duration.seconds(isLab ? 120 : 20)

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

  init() async throws {
    let directory = try TemporaryDirectory()
    self.directory = directory
    let address: String?
    if Self.isLab {
      guard let control = Self.environment("VIGIL_CONTROL"), let passkeys = Self.environment("VIGIL_PASSKEYS") else {
        throw TestKitError("the lab sets VIGIL_CONTROL and VIGIL_PASSKEYS")
      }
      (self.control, self.passkeys, processes, address) = (control, passkeys, [], nil)
    } else {
      (control, passkeys) = (directory.file("control"), directory.path)
      let bus = try PrivateBus.start(in: directory)
      let python = Self.environment("VIGIL_PYTHON") ?? Self.root + "/.venv/bin/python"
      let player = try Subprocess(
        python,
        [
          Self.root + "/tools/fake-bluez/fake-bluez", Self.root + "/tools/scenarios/contract.yaml", "--address",
          bus.address, "--control", control, "--passkey-dir", passkeys,
        ], output: directory.file("events"))
      processes = [player, bus.process]
      address = bus.address
      try await Polling.until(
        "fake-bluez is ready", { readFile(directory.file("events")) },
        {
          $0.contains("\"ready\"")
        })
    }
    let loop = try EventLoop(name: "bus")
    let inbox = Inbox()
    self.loop = loop
    self.inbox = inbox
    connection = BusConnection(loop: loop)
    let heard = heard
    central = Central(loop: loop, adapterName: "hci0", log: Logger(label: "contract")) {
      inbox.put($0)
    } onAdvertisement: {
      heard.put($0)
    }
    try await connection.open(address: address) {}
    try await central.attach(to: connection)
  }

  deinit { for process in processes { process.signal(SIGTERM) } }

  /// One line to the scenario's player.
  func tell(_ command: String) throws { _ = try UnixSocket.ask(control, command) }

  /// What the device's display shows, once it shows something.
  func passkey(of device: String) async throws -> UInt32 {
    let text = try await Polling.until(
      "\(device) shows a passkey", { readFile("\(self.passkeys)/\(device)") },
      {
        !$0.isEmpty
      })
    return UInt32(text.filter(\.isNumber)) ?? 0
  }

  /// Whether bluetoothd lets new bonds be made.
  func isPairable() async -> Bool? { await central.adapter?.isPairable }

  func restartBluetoothd() throws {
    if Self.isLab {
      // The guest's script starts it again.
      try Subprocess.run("pkill", ["-KILL", "-x", "bluetoothd"], log: directory.file("pkill.log"))
    } else {
      try tell("restart 0.2")
    }
  }
}

/// The notifications that came, for whoever waits for some.
final class Inbox: Sendable {
  private let notifications = Mutex<[BlueZ.Notification]>([])

  func put(_ notification: BlueZ.Notification) { notifications.withLock { $0.append(notification) } }

  func values(of address: String) -> [[UInt8]] {
    notifications.withLock { all in all.filter { $0.address == address }.map(\.bytes) }
  }

  func wait(for count: Int, of address: String) async throws -> [[UInt8]] {
    try await Polling.until("\(count) values of \(address)", { self.values(of: address) }, { $0.count >= count })
  }
}

/// The advertisements that were told, each kind once.
final class Heard: Sendable {
  private let advertisements = Mutex<[Advertisement]>([])

  func put(_ advertisement: Advertisement) {
    advertisements.withLock { if !$0.contains(advertisement) { $0.append(advertisement) } }
  }

  var all: [Advertisement] { advertisements.withLock { $0 } }
}

enum Polling {
  /// Looks again and again until it is as it should be; fails after the world's limit with what there was.
  @discardableResult
  static func until<T: Sendable>(
    _ what: String, _ look: () async throws -> T, _ isGood: (T) -> Bool
  ) async throws -> T {
    let end = ContinuousClock.now + ContractWorld.limit
    while true {
      let seen = try await look()
      if isGood(seen) { return seen }
      guard ContinuousClock.now < end else { throw TestKitError("waited in vain until \(what); seen: \(seen)") }
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}
