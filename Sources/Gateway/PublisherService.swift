// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import EventLoop
import Journal
import Logging
import MQTT
import ServiceLifecycle
import Vitals

/// Brings the ledger to the broker: alerts before the backlog of readings, a bounded number of messages in flight, each row
/// until the broker has it.
package actor PublisherService: Service {
  package nonisolated var unownedExecutor: UnownedSerialExecutor { client.unownedExecutor }

  /// MQTT reason codes of a PUBACK (MQTT 5.0, 3.4.2.1).
  private enum Reason {
    static let success: UInt8 = 0
    static let noMatchingSubscribers: UInt8 = 16
    static let firstRefusal: UInt8 = 128
  }

  private static let window = 50
  private static let alertRoom = 10
  private static let refusalPause = Duration.seconds(30)
  private static let willDelaySeconds: UInt32 = 10

  private let client: Client
  private let journal: Journal
  private let writer: MessageWriter
  private let clock: Clock
  private let log: Logger
  private var lanes: [Lane: DeliveryWindow] = [:]
  private var isPumping = false
  private var pumpAgain = false
  private var retryTimer: EventSource?
  /// Rows in flight in the alert lane that are no alerts.
  private var gaps: Set<Int64> = []
  /// The alert lane's number up to which the open alerts have been listed.
  private var listedUpTo: Int64 = 0
  private var isStopping = false
  /// When the last connection was lost, monotonic.
  private var lostAtMs: Int64 = 0
  package private(set) var state: BrokerState
  /// Who waits for the broker to have a row of the reading lane.
  private var deliveryWaiters: [Int64: DeliveryWaiter] = [:]

  /// What there is to say about the broker.
  package struct BrokerState: Sendable, Equatable {
    package var connected = false
    /// Since when it is so, monotonic.
    package var sinceMs: Int64
    /// Why not, in the library's words.
    package var reason: String?
    /// Nobody was subscribed to the latest reading.
    package var nobodyReadsReadings = false
    /// The broker's reason code for the latest reading, where it refuses it: an ACL, a quota.
    package var readingRefusal: UInt8?
    /// Alerts that nobody was subscribed to, or that the broker refused.
    package var undeliveredAlerts = 0
  }

  package init(client: Client, journal: Journal, writer: MessageWriter, clock: @escaping Clock, log: Logger) {
    self.client = client
    self.journal = journal
    self.writer = writer
    self.clock = clock
    self.log = log
    state = BrokerState(sinceMs: clock().monotonicMs)
  }

  /// While there is no connection: when the next attempt begins, nil during one.
  package var nextAttempt: ContinuousClock.Instant? { client.assumeIsolated { $0.nextAttempt } }

  package func run() async throws {
    for lane in Lane.allCases {
      lanes[lane] = DeliveryWindow(delivered: try await journal.position(lane).delivered)
    }
    let (writer, clock) = (writer, clock)
    await client.start(
      will: {
        guard let message = try? writer.status(online: false, at: clock()) else { return nil }
        return Will(
          topic: message.topic, payload: message.payload, delaySeconds: Self.willDelaySeconds, retain: true)
      },
      onEvent: { [weak self] event in self?.assumeIsolated { $0.handle(event) } })
    try await gracefulShutdown()
    isStopping = true
    let last = try? writer.status(online: false, at: clock())
    await client.stop(final: last.map { ($0.topic, $0.payload, true) })
    // The broker has taken leave in order, so it keeps what it has acknowledged.
    if state.connected { await settle(at: .max) }
  }

  /// Called each second: what the broker has had for long enough counts as delivered. What the last connection has not
  /// outlived does not settle while the broker is away: it is sent again.
  package func settle() async { await settle(at: state.connected ? clock().monotonicMs : lostAtMs) }

  private func settle(at ms: Int64) async {
    for lane in Lane.allCases {
      if let watermark = lanes[lane]?.settle(at: ms) { await journal.noteDelivered(watermark, in: lane) }
    }
  }

  /// After a commit: there may be something to send.
  package nonisolated func committed(_ alerts: [Alert]) {
    Task {
      await self.pump()
      if !alerts.isEmpty { await self.publishOpenAlerts() }
    }
  }

  /// Sends alerts that the database could not take yet.
  package nonisolated func sendUnnumbered(_ alerts: [Alert]) {
    Task { await self.sendNow(alerts) }
  }

  private func sendNow(_ alerts: [Alert]) {
    for alert in alerts {
      if let message = try? writer.unnumbered(alert, at: clock()) { send(message, retain: false) }
    }
  }

  /// - Returns: false while there is no connection: the first one after it is to come at once.
  package func publishHealth(_ health: Health) -> Bool {
    guard state.connected, let message = try? writer.health(health, at: clock()) else { return false }
    return send(message, retain: false)
  }

  // MARK: the broker's side

  private func handle(_ event: Client.Event) {
    switch event {
    case .connected:
      state.connected = true
      state.sinceMs = clock().monotonicMs
      state.reason = nil
      gaps = []
      for lane in Lane.allCases { lanes[lane]?.reconnected(afterLossAt: lostAtMs) }
      if let online = try? writer.status(online: true, at: clock()) { send(online, retain: true) }
      Task {
        await self.publishOpenAlerts()
        await self.pump()
      }
    case .disconnected(let reason):
      if state.connected {
        lostAtMs = clock().monotonicMs
        state.sinceMs = lostAtMs
      }
      state.connected = false
      state.reason = reason
    case .acknowledged(let token, let reason):
      if let (lane, seq) = Self.row(of: token) { acknowledged(lane, seq, reason) }
    case .subscribed, .message:
      return
    }
  }

  private func acknowledged(_ lane: Lane, _ seq: Int64, _ reason: UInt8) {
    // An alert is for somebody; a gap in its lane is for the record.
    let isAlert = lane == .alert && gaps.remove(seq) == nil
    let isDone = isAlert ? reason == Reason.success : reason < Reason.firstRefusal
    if lane == .reading {
      if isDone { state.nobodyReadsReadings = reason == Reason.noMatchingSubscribers }
      state.readingRefusal = isDone ? nil : reason
    }
    if isDone {
      lanes[lane]?.acknowledge(seq, at: clock().monotonicMs)
      if lane == .reading { endWait(for: seq, true) }
    } else {
      if lanes[lane]?.refused.isEmpty == true, retryTimer == nil {
        log.warning(
          "the broker did not take a message, will try again",
          metadata: ["lane": "\(lane.name)", "reason": "\(reason)"])
      }
      lanes[lane]?.refuse(seq)
      retryLater()
    }
    state.undeliveredAlerts = lanes[.alert]?.refused.count ?? 0
    Task { await self.pump() }
  }

  /// Refused rows get another try in a while: an ACL is mended, a subscriber comes back.
  private func retryLater() {
    guard retryTimer == nil else { return }
    retryTimer = try? EventSource.timer(after: Self.refusalPause, on: client.loop) { [weak self] in
      self?.assumeIsolated { publisher in
        publisher.retryTimer = nil
        for lane in Lane.allCases { publisher.lanes[lane]?.retryRefused() }
        Task { await publisher.pump() }
      }
    }
  }

  // MARK: a reading that somebody waits for

  private struct DeliveryWaiter {
    let continuation: CheckedContinuation<Bool, Never>
    let timer: EventSource?
  }

  /// Waits until the broker has a row of the reading lane, but not while it is away. Ends early with the task.
  ///
  /// - Returns: whether it has it.
  package func waitUntilDelivered(_ seq: Int64, limit: Duration) async -> Bool {
    if hasDelivered(seq) { return true }
    guard state.connected, deliveryWaiters[seq] == nil else { return false }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let timer = try? EventSource.timer(after: limit, on: client.loop) { [weak self] in
          self?.assumeIsolated { $0.endWait(for: seq, false) }
        }
        deliveryWaiters[seq] = DeliveryWaiter(continuation: continuation, timer: timer)
        if Task.isCancelled || timer == nil { endWait(for: seq, false) }
      }
    } onCancel: {
      Task { await self.endWait(for: seq, false) }
    }
  }

  /// Whether the broker has said that it has a row of the reading lane.
  package func hasDelivered(_ seq: Int64) -> Bool { lanes[.reading]?.has(seq) ?? false }

  private func endWait(for seq: Int64, _ isDelivered: Bool) {
    deliveryWaiters.removeValue(forKey: seq)?.continuation.resume(returning: isDelivered)
  }

  // MARK: the ledger's side

  /// Sends what there is and fits. One run at a time: it awaits the journal in between.
  private func pump() async {
    guard !isPumping else {
      pumpAgain = true
      return
    }
    isPumping = true
    defer { isPumping = false }
    repeat {
      pumpAgain = false
      for lane in Lane.allCases {
        do {
          try await pump(lane)
        } catch {
          log.error("cannot read the ledger: \(error)")
          retryLater()
          return
        }
      }
    } while pumpAgain
  }

  private var inFlight: Int { lanes.values.reduce(0) { $0 + $1.inFlight.count } }

  private func pump(_ lane: Lane) async throws {
    while state.connected, !isStopping, let position = lanes[lane] {
      // A refused reading holds its lane back; an alert overtakes another that nobody reads. New alerts go first, and
      // have room of their own.
      if lane == .reading, !position.refused.isEmpty || pumpAgain { return }
      let room = Self.window + (lane == .alert ? Self.alertRoom : 0) - inFlight
      guard room > 0 else { return }
      let entries = try await journal.entries(lane, after: position.sent, limit: room)
      if entries.isEmpty { return }
      for entry in entries {
        guard state.connected, !isStopping else { return }
        // The connection may have been lost and found during the await: only the next row in line is sent.
        guard let now = lanes[lane], entry.seq == now.sent &+ 1 else { break }
        guard now.needs(entry.seq) else {
          lanes[lane]?.skip(entry.seq)
          continue
        }
        do {
          try send(entry)
        } catch let error as MQTTError {
          if case .library = error { log.warning("cannot send: \(error)", metadata: ["lane": "\(lane.name)"]) }
          return
        }
        lanes[lane]?.noteSent(entry.seq)
        if lane == .alert, case .gap = entry.content { gaps.insert(entry.seq) }
      }
    }
  }

  /// A row that can never be sent is replaced by a gap with its number.
  /// - Throws: where sending has to wait: for a connection, or for acknowledgements.
  private func send(_ entry: LedgerEntry) throws {
    let token = Self.token(entry.lane, entry.seq)
    let message = try writer.message(entry)
    do {
      guard message.payload.count <= WireMessage.ledgerLimit else { throw MQTTError.tooLarge }
      try publish(message, retain: false, token: token)
    } catch let error as MQTTError where error == .tooLarge || error == .invalidTopic {
      log.error(
        "a message can never be sent, a gap takes its place",
        metadata: ["lane": "\(entry.lane.name)", "seq": "\(entry.seq)", "error": "\(error)"])
      try publish(try writer.substitute(for: entry), retain: false, token: token)
    }
  }

  private func publishOpenAlerts() async {
    do {
      let open = try await journal.openAlertsUpToNow()
      // Two of these may be under way, and the broker keeps what comes last.
      guard open.upTo >= listedUpTo else { return }
      listedUpTo = open.upTo
      send(try writer.openAlerts(open.alerts, upTo: open.upTo, at: clock()), retain: true)
    } catch {
      log.error("cannot list the open alerts: \(error)")
    }
  }

  /// What is not in the ledger is sent if it can be: the next one says the same, or newer.
  @discardableResult
  private func send(_ message: WireMessage, retain: Bool) -> Bool {
    (try? publish(message, retain: retain, token: Self.besideLedger)) != nil
  }

  private func publish(_ message: WireMessage, retain: Bool, token: UInt64) throws {
    try client.assumeIsolated { client in
      try client.publish(topic: message.topic, payload: message.payload, retain: retain, token: token)
    }
  }

  // MARK: tokens

  private static let besideLedger: UInt64 = .max

  private static func token(_ lane: Lane, _ seq: Int64) -> UInt64 {
    UInt64(clamping: seq) << 1 | UInt64(clamping: lane.rawValue)
  }

  private static func row(of token: UInt64) -> (Lane, Int64)? {
    guard token != besideLedger, let lane = Lane(rawValue: Int(token & 1)) else { return nil }
    return (lane, Int64(token >> 1))
  }
}
