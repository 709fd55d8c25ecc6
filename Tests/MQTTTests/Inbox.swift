// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import GatewayTestKit
import Logging
import MQTT
import Synchronization

/// The events of a client in their order, to be waited for.
final class Inbox: Sendable {
  private struct Waiter {
    let isSatisfied: @Sendable ([Client.Event]) -> Bool
    let continuation: CheckedContinuation<Void, Never>
  }
  private struct State {
    var events: [Client.Event] = []
    var waiters: [Waiter] = []
  }
  private let state = Mutex(State())

  var events: [Client.Event] { state.withLock { $0.events } }

  func record(_ event: Client.Event) {
    let ready = state.withLock { state in
      state.events.append(event)
      let events = state.events
      let ready = state.waiters.filter { $0.isSatisfied(events) }
      state.waiters.removeAll { $0.isSatisfied(events) }
      return ready
    }
    for waiter in ready { waiter.continuation.resume() }
  }

  /// Waits without an end: the suite's time limit is the end.
  func wait(until isSatisfied: @escaping @Sendable ([Client.Event]) -> Bool) async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if isSatisfied(state.events) { return true }
        state.waiters.append(Waiter(isSatisfied: isSatisfied, continuation: continuation))
        return false
      }
      if isReady { continuation.resume() }
    }
  }

  func waitForConnection(count: Int = 1) async { await wait { $0.filter(\.isConnected).count >= count } }
}

extension Client.Event {
  var isConnected: Bool { if case .connected = self { true } else { false } }
  var disconnectReason: String? { if case .disconnected(let reason) = self { reason } else { nil } }
  var acknowledgement: (token: UInt64, reason: UInt8)? {
    if case .acknowledged(let token, let reason) = self { (token, reason) } else { nil }
  }
  var message: Message? { if case .message(let message) = self { message } else { nil } }
}

/// A client with its own loop and inbox.
struct TestClient: Sendable {
  let client: Client
  let inbox = Inbox()
  private let loop: EventLoop

  init(_ credentials: Credentials, backoff: Backoff = .quick, log: Logger = .quiet) throws {
    loop = try EventLoop(name: "test-mqtt")
    client = try Client(loop: loop, credentials: credentials, backoff: backoff, log: log)
  }

  init(
    _ id: String, port: UInt16, tls: Credentials.TLS? = nil, username: String? = nil, password: String? = nil,
    backoff: Backoff = .quick, log: Logger = .quiet
  ) throws {
    try self.init(
      Credentials(
        host: "127.0.0.1", port: Int(port), clientID: id, tls: tls, username: username, password: password),
      backoff: backoff, log: log)
  }

  func start(will: @escaping @Sendable () -> Will? = { nil }) async {
    await client.start(will: will) { [inbox] in inbox.record($0) }
  }

  func connect(will: @escaping @Sendable () -> Will? = { nil }) async {
    await start(will: will)
    await inbox.waitForConnection()
  }

  func subscribe(_ filter: String) async throws {
    try await client.subscribe(filter)
    await inbox.wait { $0.contains { if case .subscribed(filter, 0...2) = $0 { true } else { false } } }
  }

  func publish(_ topic: String, _ text: String = "x", retain: Bool = false, token: UInt64) async throws {
    try await client.publish(topic: topic, payload: Array(text.utf8), retain: retain, token: token)
  }

  /// PUBACK's reason.
  func acknowledgement(of token: UInt64) async -> UInt8? {
    await inbox.wait { $0.contains { $0.acknowledgement?.token == token } }
    return inbox.events.compactMap(\.acknowledgement).first { $0.token == token }?.reason
  }

  func stop() async {
    await client.stop()
    loop.stopAndJoin()
  }
}

extension Backoff {
  static let quick = Backoff(minimum: .milliseconds(5), maximum: .milliseconds(40))
}

extension Logger {
  static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
