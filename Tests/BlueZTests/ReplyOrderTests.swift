// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import EventLoop
import GatewayTestKit
import Glibc
import Synchronization
import Testing

@Suite struct ReplyOrderTests {
  /// What a reply says is older than what the signals behind it say, also where both wait in the socket already.
  @Test func aReplyIsTakenAtItsPlaceAmongTheSignals() async throws {
    let directory = try TemporaryDirectory()
    let bus = try PrivateBus.start(in: directory)
    defer { bus.process.signal(SIGTERM) }
    let held = BusConnection(loop: try EventLoop(name: "held"))
    let other = BusConnection(loop: try EventLoop(name: "other"))
    try await held.open(address: bus.address) {}
    try await other.open(address: bus.address) {}
    let order = Order()
    try await held.addMatch("type='signal',interface='org.vigil.Test'") { _ in order.note("signal") }
    _ = try await held.askForID()

    let gate = try Gate()
    let call = await held.callThenHold(at: gate) { _ in order.note("reply") }
    try await Polling.until("the loop is held", { gate.isReached }, { $0 })
    // The bus is done with a call that came before the first of these when it answers the second.
    _ = try await other.askForID()
    _ = try await other.askForID()
    try await other.emit("/", "org.vigil.Test", "Changed", [])
    _ = try await other.askForID()
    gate.open()

    try await call.value
    try await Polling.until("both came", { order.notes.count }, { $0 == 2 })
    #expect(order.notes == ["reply", "signal"])
    await held.close()
    await other.close()
  }
}

private final class Order: Sendable {
  private let found = Mutex<[String]>([])
  var notes: [String] { found.withLock { $0 } }
  func note(_ what: String) { found.withLock { $0.append(what) } }
}

/// Where a thread stands still until it is let go.
private final class Gate: Sendable {
  private let ends: (read: Int32, write: Int32)
  private let reached = Atomic(false)
  var isReached: Bool { reached.load(ordering: .acquiring) }

  init() throws {
    var pipe: [Int32] = [-1, -1]
    guard Glibc.pipe(&pipe) == 0 else { throw TestKitError("no pipe") }
    ends = (pipe[0], pipe[1])
  }

  deinit {
    close(ends.read)
    close(ends.write)
  }

  func pass() {
    reached.store(true, ordering: .releasing)
    var octet: UInt8 = 0
    _ = read(ends.read, &octet, 1)
  }

  func open() {
    var octet: UInt8 = 1
    _ = write(ends.write, &octet, 1)
  }
}

extension BusConnection {
  fileprivate func askForID(onReply: @escaping @Sendable ([BusValue]) -> Void = { _ in }) async throws -> [BusValue] {
    try await call(
      "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId", onReply: onReply)
  }

  /// The loop runs both in this order.
  fileprivate func callThenHold(at gate: Gate, onReply: @escaping @Sendable ([BusValue]) -> Void) -> Task<
    Void, any Error
  > {
    let call = Task { _ = try await self.askForID(onReply: onReply) }
    Task { self.hold(at: gate) }
    return call
  }

  private func hold(at gate: Gate) { gate.pass() }
}
