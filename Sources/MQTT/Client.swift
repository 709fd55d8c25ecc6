// SPDX-License-Identifier: GPL-3.0-or-later
import CMosquitto
import EventLoop
import Logging

/// A connection to an MQTT 5 broker that is kept up: clean start false, QoS 1, on an event loop of the caller's.
///
/// It queues nothing. After a disconnect every token without an acknowledgement is forgotten: the owner sends again what
/// it still holds, after ``Event/connected(sessionPresent:)``. A message whose acknowledgement was lost then arrives twice, so
/// it carries an id. Filters are subscribed to again by the owner then too.
package actor Client {
  package enum Event: Sendable, Equatable {
    case connected(sessionPresent: Bool)
    /// A connection ended, or an attempt failed.
    case disconnected(reason: String)
    /// PUBACK of the message published with this token. The reason is MQTT's: 0 done, 16 nobody is subscribed, from 128 on
    /// refused (135: not authorized).
    case acknowledged(token: UInt64, reason: UInt8)
    /// SUBACK: the granted QoS, or from 128 on a refusal.
    case subscribed(filter: String, reason: UInt8)
    case message(Message)
  }

  /// More than this many messages without acknowledgement are refused.
  package static let maximumInFlight = 1000

  package nonisolated let loop: EventLoop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private enum State {
    case idle
    case waiting(timer: EventSource)
    /// Its thread has the handle.
    case connecting(Session)
    /// There is a socket; whether the broker has accepted is in `acceptedAt`.
    case open(Session, socket: WatchedSocket)
    case stopped
  }

  private enum Purpose {
    case token(UInt64)
    case last
  }

  /// epoll(7): EPOLLOUT, and EPOLLERR with EPOLLHUP.
  private static let writable: UInt32 = 0x4
  private static let hungUp: UInt32 = 0x18

  private let credentials: Credentials
  private let keepAlive: Int32
  private let expirySeconds: UInt32
  private let log: Logger
  private var backoff: Backoff
  private var state = State.idle
  private var acceptedAt: ContinuousClock.Instant?
  private var inFlight: [Int32: Purpose] = [:]
  private var subscribing: [Int32: String] = [:]
  private var ticker: EventSource?
  private var will: @Sendable () -> Will? = { nil }
  private var onEvent: @Sendable (Event) -> Void = { _ in }
  private var loggedReason: String?
  private var refusal: String?
  /// A call of the owner found the connection broken; the next tick ends it.
  private var isBroken = false
  private var isStopping = false
  private var stopDeadlinePassed = false
  /// PUBACK's reason for the last message.
  private var lastReason: UInt8?
  private var stopWaiter: CheckedContinuation<Void, Never>?
  /// While there is no connection: when the next attempt begins, nil during one.
  package private(set) var nextAttempt: ContinuousClock.Instant?

  /// - Parameters:
  ///   - keepAlive: seconds, 5…65535.
  ///   - sessionExpirySeconds: how long the broker keeps the session, and what it sends it, after a disconnect.
  /// - Throws: ``MQTTError/invalid(_:)`` for credentials with which no attempt could be made.
  package init(
    loop: EventLoop, credentials: Credentials, keepAlive: UInt16 = 20, sessionExpirySeconds: UInt32 = 7 * 86_400,
    backoff: Backoff = Backoff(), log: Logger
  ) throws(MQTTError) {
    _ = try Session(credentials, will: nil)
    self.loop = loop
    self.credentials = credentials
    self.keepAlive = Int32(max(5, keepAlive))
    expirySeconds = sessionExpirySeconds
    self.backoff = backoff
    self.log = log
  }

  package var isConnected: Bool { acceptedAt != nil }

  /// Connects, and goes on connecting until ``stop(final:timeout:)``, which must be called before the client is let go.
  /// - Parameters:
  ///   - will: asked at each attempt, on the loop.
  ///   - onEvent: called on the loop's thread, in order. It may publish and subscribe by `assumeIsolated`.
  package func start(
    will: @escaping @Sendable () -> Will? = { nil }, onEvent: @escaping @Sendable (Event) -> Void
  ) {
    guard case .idle = state, !isStopping else { return }
    self.will = will
    self.onEvent = onEvent
    connect()
  }

  /// Sends at QoS 1; the outcome comes as ``Event/acknowledged(token:reason:)``. After a throw nothing will.
  package func publish(
    topic: String, payload: [UInt8], retain: Bool, correlationData: [UInt8]? = nil, token: UInt64
  ) throws(MQTTError) {
    guard inFlight.count < Self.maximumInFlight else { throw .tooManyInFlight }
    try publish(
      topic: topic, payload: payload, retain: retain, correlationData: correlationData, for: .token(token))
  }

  /// Asks for messages at QoS 1; the outcome comes as ``Event/subscribed(filter:reason:)``.
  /// - Parameter retainAsPublished: ``Message/retained`` is then also true of what is sent just now to be retained.
  package func subscribe(_ filter: String, retainAsPublished: Bool = false) throws(MQTTError) {
    guard isConnected, case .open(let session, let socket) = state else { throw .notConnected }
    do throws(MQTTError) {
      subscribing[try session.subscribe(filter, retainAsPublished: retainAsPublished)] = filter
    } catch {
      if error == .notConnected { breakConnection() }
      throw error
    }
    socket.watch(forWriting: session.wantsWrite)
  }

  /// Sends the last message, awaits its acknowledgement, disconnects in order (the broker forgets the will) and ends the
  /// client for good. If the broker does not take the message within `timeout`, it ends without DISCONNECT and the will
  /// speaks instead. Without a connection it ends at once.
  package func stop(
    final message: (topic: String, payload: [UInt8], retain: Bool)? = nil, timeout: Duration = .seconds(5)
  ) async {
    guard !isStopping else { return }
    isStopping = true
    if case .open(let session, let socket) = state {
      let deadline = try? EventSource.timer(after: timeout, on: loop) { [self] in
        assumeIsolated {
          $0.stopDeadlinePassed = true
          $0.resumeStop()
        }
      }
      stopDeadlinePassed = deadline == nil
      var isFinished = true
      if let message { isFinished = await sendLast(message) }
      if isFinished, case .open = state {
        session.disconnect()
        if !session.isClosed, !stopDeadlinePassed {
          socket.watch(forWriting: session.wantsWrite)
          await waitForStop()
        }
      }
      withExtendedLifetime(deadline) {}
    } else if case .connecting(let session) = state {
      session.abandon()
    }
    state = .stopped
    forgetConnection()
    will = { nil }
    onEvent = { _ in }
  }

  /// - Returns: whether the broker has it.
  private func sendLast(_ message: (topic: String, payload: [UInt8], retain: Bool)) async -> Bool {
    do {
      try publish(topic: message.topic, payload: message.payload, retain: message.retain, for: .last)
    } catch {
      log.warning("the last message was not sent", metadata: ["reason": "\(error)"])
      return false
    }
    if !stopDeadlinePassed { await waitForStop() }
    if lastReason == nil {
      log.warning("the broker did not acknowledge the last message")
    } else if let lastReason, lastReason >= 128 {
      log.warning("the broker refused the last message", metadata: ["reason": "\(lastReason)"])
    }
    return (lastReason ?? 255) < 128
  }

  // MARK: Connecting

  private func connect() {
    nextAttempt = nil
    do {
      let session = try Session(credentials, will: will())
      try session.connect(keepAlive: keepAlive, expirySeconds: expirySeconds) { [self] failure in
        Task { await connectReturned(session, failure: failure) }
      }
      state = .connecting(session)
    } catch {
      lost("\(error)")
    }
  }

  private func connectReturned(_ session: Session, failure: String?) {
    guard case .connecting(let current) = state, current === session else {
      if failure == nil { session.disconnect() }
      return
    }
    if let failure { return lost(failure) }
    do {
      let socket = try WatchedSocket(session, on: loop) { [self] readiness in
        assumeIsolated { $0.socketReady(session, readiness) }
      }
      // It drives the keep-alive, which also ends an attempt that the broker never answers.
      ticker = try EventSource.timer(after: .seconds(2), on: loop) { [self] in
        assumeIsolated { $0.tick(session) }
      }
      state = .open(session, socket: socket)
    } catch {
      lost("\(error)")
    }
  }

  private func socketReady(_ session: Session, _ readiness: UInt32) {
    var failure: String?
    if readiness & Self.writable != 0 { failure = session.write() }
    if failure == nil, readiness & ~Self.writable != 0 { failure = session.read() }
    settle(session, failure: failure)
    // libmosquitto takes a reset during the TLS handshake for "try again": the loop would spin on the dead socket.
    if readiness & Self.hungUp != 0, !isConnected, isOpen(session) { lost("connection lost") }
  }

  private func tick(_ session: Session) {
    settle(session, failure: isBroken ? "connection lost" : session.keepAlive())
    ticker?.rearm(after: .seconds(2))
  }

  private func isOpen(_ session: Session) -> Bool {
    if case .open(let current, _) = state { current === session } else { false }
  }

  /// After each call that runs the library: passes on what happened, and sees whether the connection still is.
  private func settle(_ session: Session, failure: String?) {
    var failure = failure
    for happening in session.takeHappenings() {
      if case .closed(let reason) = happening { failure = failure ?? reason } else { deliver(happening) }
    }
    guard case .open(let current, let socket) = state, current === session else { return }
    if session.isClosed || failure != nil {
      lost(refusal ?? failure ?? "connection lost")
    } else {
      socket.watch(forWriting: session.wantsWrite)
    }
  }

  private func deliver(_ happening: Session.Happening) {
    switch happening {
    case .connack(0, let sessionPresent):
      acceptedAt = .now
      loggedReason = nil
      log.notice("connected to the broker", metadata: ["session": sessionPresent ? "resumed" : "new"])
      onEvent(.connected(sessionPresent: sessionPresent))
    case .connack(let reason, _):
      refusal = "refused by the broker: \(String(cString: mosquitto_reason_string(Int32(reason))))"
    case .acknowledged(let messageID, let reason):
      switch inFlight.removeValue(forKey: messageID) {
      case .token(let token): onEvent(.acknowledged(token: token, reason: reason))
      case .last:
        lastReason = reason
        resumeStop()
      case nil: break
      }
    case .subscribed(let messageID, let reason):
      guard let filter = subscribing.removeValue(forKey: messageID) else { return }
      if reason >= 128 {
        log.warning("the broker refused a subscription", metadata: ["filter": "\(filter)", "reason": "\(reason)"])
      }
      onEvent(.subscribed(filter: filter, reason: reason))
    case .message(let message): onEvent(.message(message))
    case .closed: break
    }
  }

  /// The connection or the attempt is over: the next one after a pause.
  private func lost(_ reason: String) {
    // A broker that accepts and then closes, as with two clients of one id, is no reason to begin again at the shortest.
    if let acceptedAt, .now - acceptedAt > backoff.maximum { backoff.reset() }
    forgetConnection()
    state = .stopped
    guard !isStopping else { return resumeStop() }
    do {
      let pause = backoff.next()
      let timer = try EventSource.timer(after: pause, on: loop) { [self] in
        assumeIsolated { $0.connect() }
      }
      state = .waiting(timer: timer)
      nextAttempt = .now + pause
    } catch { log.critical("no timer to connect again", metadata: ["reason": "\(error)"]) }
    if loggedReason != reason {
      loggedReason = reason
      log.warning("no connection to the broker", metadata: ["broker": "\(credentials)", "reason": "\(reason)"])
    }
    onEvent(.disconnected(reason: reason))
  }

  private func breakConnection() {
    isBroken = true
    ticker?.rearm(after: .zero)
  }

  private func forgetConnection() {
    isBroken = false
    acceptedAt = nil
    refusal = nil
    ticker = nil
    inFlight.removeAll()
    subscribing.removeAll()
  }

  // MARK: Sending and stopping

  private func publish(
    topic: String, payload: [UInt8], retain: Bool, correlationData: [UInt8]? = nil, for purpose: Purpose
  ) throws(MQTTError) {
    guard isConnected, case .open(let session, let socket) = state else { throw .notConnected }
    do throws(MQTTError) {
      let messageID = try session.publish(
        topic: topic, payload: payload, retain: retain, correlationData: correlationData)
      inFlight[messageID] = purpose
    } catch {
      // The library may have kept the message, which goes with this session: end it as soon as the caller is done.
      if error == .notConnected { breakConnection() }
      throw error
    }
    socket.watch(forWriting: session.wantsWrite)
  }

  private func waitForStop() async { await withCheckedContinuation { stopWaiter = $0 } }

  private func resumeStop() {
    stopWaiter?.resume()
    stopWaiter = nil
  }
}
