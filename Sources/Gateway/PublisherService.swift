// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import EventLoop
import Journal
import Logging
import MQTT
import ServiceLifecycle
import Vitals

/// Brings the ledger to the broker: alerts before the backlog of readings, a bounded number of messages in flight, each row
/// until the broker has it, and where the clinic writes receipts, until they cover it.
package actor PublisherService: Service {
  package nonisolated var unownedExecutor: UnownedSerialExecutor { client.unownedExecutor }

  /// MQTT reason codes of a PUBACK (MQTT 5.0, 3.4.2.1).
  private enum Reason {
    static let success: UInt8 = 0
    static let noMatchingSubscribers: UInt8 = 16
    static let firstRefusal: UInt8 = 128
  }

  private static let (refusalPause, readPause) = (Duration.seconds(30), Duration.seconds(2))
  private static let willDelaySeconds: UInt32 = 10

  private let client: Client
  private let journal: Journal
  let writer: MessageWriter
  let clock: Clock
  private let log: Logger
  private let reader: LedgerReader
  /// Whose receipts count; nil where the broker's word does.
  private let consumer: String?
  private var outbox = Outbox()
  /// Whose receipts were not counted, and for which epochs; the first of them.
  private var strangers: Set<[String]> = []
  private var retryTimer: EventSource?
  /// The ledger could not be read the last time; until the timer ends nothing is read.
  private var cannotRead = false
  private var readTimer: EventSource?
  /// The alert lane's number up to which the open alerts have been listed.
  private var listedUpTo: Int64 = 0
  /// The list waits until this number of the alert lane was sent: it has no text, so the alert itself comes first.
  private var listAwaits: Int64?
  private var isStopping = false
  /// When the last connection was lost, monotonic.
  private var lostAtMs: Int64 = 0
  package private(set) var state: BrokerState
  private var waits = DeliveryWaits()
  private var inbox: ClinicInbox

  /// - Parameter consumer: whose receipts say what is delivered; nil where the broker's word counts.
  package init(
    client: Client, journal: Journal, writer: MessageWriter, consumer: String? = nil, clock: @escaping Clock,
    log: Logger
  ) {
    self.client = client
    self.journal = journal
    self.writer = writer
    self.consumer = consumer
    reader = LedgerReader(journal: journal, writer: writer)
    self.clock = clock
    self.log = log
    inbox = ClinicInbox(root: writer.root)
    state = BrokerState(sinceMs: clock().monotonicMs)
  }

  /// Subscribes to a filter below the gateway's root (``ClinicInbox``) with each connection. Call it before ``run()``.
  ///
  /// - Parameter handler: called on the MQTT loop.
  package func takes(_ filter: String, _ handler: @escaping @Sendable (Message) -> Void) {
    inbox.add(filter, handler)
  }

  /// Sends what is not in the ledger, the answer to a command.
  ///
  /// - Returns: false where it cannot be sent now: there is no connection.
  @discardableResult
  package func answer(_ message: WireMessage, correlationData: [UInt8]? = nil) -> Bool {
    (try? publish(message, retain: false, token: Self.besideLedger, correlationData: correlationData)) != nil
  }

  /// While there is no connection: when the next attempt begins, nil during one.
  package var nextAttempt: ContinuousClock.Instant? { client.assumeIsolated { $0.nextAttempt } }

  package func run() async throws {
    var positions: [Lane: LanePosition] = [:]
    for lane in Lane.allCases { positions[lane] = try await journal.position(lane) }
    outbox = Outbox(positions, hasReceipts: consumer != nil)
    state.isHeard = outbox.isHeard
    if consumer != nil {
      inbox.add("down/receipt") { [weak self] message in self?.assumeIsolated { $0.receive(message) } }
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

  /// Called each second: what the broker has had for long enough counts. What the last connection has not outlived does
  /// not settle while the broker is away: it is sent again.
  package func settle() async {
    await settle(at: state.connected ? clock().monotonicMs : lostAtMs)
    pump()
  }

  private func settle(at ms: Int64) async {
    outbox.settle(at: ms)
    for lane in Lane.allCases {
      guard let moved = outbox.moved(lane) else { continue }
      await journal.note(accepted: moved.accepted, delivered: moved.delivered, in: lane)
    }
  }

  /// After a commit: there may be something to send.
  package nonisolated func committed(_ alerts: [Alert]) {
    Task {
      await self.moreMayHaveCome()
      if !alerts.isEmpty { await self.publishOpenAlerts() }
    }
  }

  private func moreMayHaveCome() {
    outbox.moreMayHaveCome()
    pump()
  }

  /// Whether ``resend(_:_:)`` has no room for more.
  package var isBusyResending: Bool { outbox.isBusyResending }

  /// Sends rows again with their old numbers, behind everything that is new.
  ///
  /// - Returns: false where too much of that is waiting already.
  @discardableResult
  package func resend(_ lane: Lane, _ range: ClosedRange<Int64>) -> Bool {
    let isTaken = outbox.resend(lane, range)
    pump()
    return isTaken
  }

  // MARK: the broker's side

  private func handle(_ event: Client.Event) {
    switch event {
    case .connected:
      state.connected = true
      state.sinceMs = clock().monotonicMs
      state.reason = nil
      outbox.reconnected(afterLossAt: lostAtMs, at: state.sinceMs)
      if let online = try? writer.status(online: true, at: clock()) { send(online, retain: true) }
      subscribe()
      moreMayHaveCome()
      Task { await self.publishOpenAlerts() }
    case .disconnected(let reason):
      if state.connected {
        lostAtMs = clock().monotonicMs
        state.sinceMs = lostAtMs
      }
      state.connected = false
      state.reason = reason
    case .acknowledged(let token, let reason):
      if token != Self.besideLedger, let row = Outbox.Row(token: token) {
        acknowledged(row, reason)
        pump()
      }
    case .subscribed:
      return
    case .message(let message):
      if !inbox.take(message) { log.debug("nobody takes this topic", metadata: ["topic": "\(message.topic)"]) }
    }
  }

  /// The broker may have lost the session.
  private func subscribe() {
    client.assumeIsolated { [filters = inbox.filters, log] client in
      for filter in filters {
        do { try client.subscribe(filter, retainAsPublished: true) } catch {
          log.warning("cannot subscribe", metadata: ["filter": "\(filter)", "error": "\(error)"])
        }
      }
    }
  }

  private func acknowledged(_ row: Outbox.Row, _ reason: UInt8) {
    let isDone = outbox.isForSomebody(row) ? reason == Reason.success : reason < Reason.firstRefusal
    if row.lane == .reading, !row.isResent {
      if isDone { state.nobodyReadsReadings = reason == Reason.noMatchingSubscribers }
      state.readingRefusal = isDone ? nil : reason
    }
    if isDone {
      outbox.acknowledge(row, at: clock().monotonicMs)
      if row.lane == .reading { waits.end(row.seq, true) }
    } else {
      if !outbox.hasRefused, retryTimer == nil {
        log.warning(
          "the broker did not take a message, will try again",
          metadata: ["lane": "\(row.lane.name)", "reason": "\(reason)"])
      }
      outbox.refuse(row)
      retryLater()
    }
    state.undeliveredAlerts = outbox.undeliveredAlerts
    state.isHeard = outbox.isHeard
  }

  /// Refused rows get another try in a while: an ACL is mended, a subscriber comes back.
  private func retryLater() {
    guard retryTimer == nil else { return }
    retryTimer = try? EventSource.timer(after: Self.refusalPause, on: client.loop) { [weak self] in
      self?.assumeIsolated { publisher in
        publisher.retryTimer = nil
        publisher.outbox.retryRefused()
        publisher.pump()
      }
    }
  }

  // MARK: the clinic's side

  private func receive(_ message: Message) {
    guard let receipt = Receipt(message.payload), !message.retained else {
      return log.warning("not a receipt, or a retained one", metadata: ["bytes": "\(message.payload.count)"])
    }
    guard receipt.consumer == consumer, receipt.epoch == writer.epoch else {
      // It may write one each second.
      if strangers.count < 16, strangers.insert([receipt.consumer, receipt.epoch]).inserted {
        log.notice(
          "a receipt of another consumer or for another epoch counts for nothing",
          metadata: ["consumer": "\(receipt.consumer.prefix(64))", "epoch": "\(receipt.epoch.prefix(64))"])
      }
      return
    }
    let now = clock().monotonicMs
    for (lane, upTo) in receipt.upTo {
      let place: Logger.Metadata = ["lane": "\(lane.name)", "upTo": "\(upTo)"]
      switch outbox.receive(upTo, in: lane, at: now) {
      case .nothing: break
      case .refused: log.warning("a receipt is above what was sent, it is refused", metadata: place)
      case .stalled: log.notice("the consumer does not get on, sending again", metadata: place)
      case .lowered:
        log.notice("the consumer has less than it had, sending again", metadata: place)
        Task {
          while !Task.isCancelled {
            do { return try await journal.takeBackDelivered(to: upTo, in: lane) } catch {
              log.error("cannot note that the consumer has less, will try again: \(error)")
              try? await Task.sleep(for: .seconds(5))
            }
          }
        }
      }
    }
    pump()
  }

  // MARK: a reading that somebody waits for

  /// Waits until the broker has a row of the reading lane, but not while it is away. Ends early with the task.
  ///
  /// - Returns: whether it has it.
  package func waitUntilDelivered(_ seq: Int64, limit: Duration) async -> Bool {
    if hasDelivered(seq) { return true }
    guard state.connected, !waits.isAwaited(seq) else { return false }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let timer = try? EventSource.timer(after: limit, on: client.loop) { [weak self] in
          self?.assumeIsolated { $0.waits.end(seq, false) }
        }
        waits.add(seq, continuation, timer: timer)
        if Task.isCancelled || timer == nil { waits.end(seq, false) }
      }
    } onCancel: {
      Task { await self.endWait(for: seq) }
    }
  }

  private func endWait(for seq: Int64) { waits.end(seq, false) }

  /// Whether the broker has said that it has a row of the reading lane.
  package func hasDelivered(_ seq: Int64) -> Bool { outbox.hasReading(seq) }

  // MARK: the ledger's side

  /// Sends what there is and fits.
  private func pump() {
    guard state.connected, !isStopping else { return }
    let now = clock().monotonicMs
    do {
      while let departure = outbox.next(at: now) {
        try send(departure)
        outbox.noteSent(departure)
      }
    } catch MQTTError.notConnected, MQTTError.tooManyInFlight {
      // The connection's end, or an acknowledgement, comes here again.
    } catch {
      log.warning("cannot send: \(error)")
      retryLater()
    }
    if let upTo = listAwaits, outbox.sentAlerts >= upTo {
      listAwaits = nil
      Task { await publishOpenAlerts() }
    }
    while readTimer == nil, let request = outbox.request() { readAhead(request) }
  }

  /// What can never be sent is replaced by a gap with its number.
  private func send(_ departure: Outbox.Departure) throws {
    let (row, outgoing) = (departure.row, departure.outgoing)
    do {
      try publish(outgoing.message, retain: false, token: row.token)
    } catch let error as MQTTError where error == .tooLarge || error == .invalidTopic {
      log.error(
        "a message can never be sent, a gap takes its place",
        metadata: ["lane": "\(row.lane.name)", "seq": "\(row.seq)", "error": "\(error)"])
      let gap = try writer.substitute(for: row.seq, in: row.lane, atWallMs: outgoing.atWallMs)
      try publish(gap, retain: false, token: row.token)
    }
  }

  private func readAhead(_ request: Outbox.Request) {
    Task {
      var more: [Outgoing]?
      do {
        more = try await reader.read(request.lane, after: request.after, limit: LedgerFeed.chunk)
        cannotRead = false
      } catch {
        if !cannotRead { log.error("cannot read the ledger, will try again: \(error)") }
        cannotRead = true
        // A disk that is well again must not be waited for as long as a broker's refusal.
        readTimer = try? EventSource.timer(after: Self.readPause, on: client.loop) { [weak self] in
          self?.assumeIsolated {
            $0.readTimer = nil
            $0.pump()
          }
        }
      }
      outbox.add(more, of: request)
      if more != nil { pump() }
    }
  }

  private func publishOpenAlerts() async {
    do {
      let open = try await journal.openAlertsUpToNow()
      // Two of these may be under way, and the broker keeps what comes last.
      guard open.upTo >= listedUpTo else { return }
      listAwaits = outbox.sentAlerts < open.upTo ? open.upTo : nil
      guard listAwaits == nil else { return }
      listedUpTo = open.upTo
      send(try writer.openAlerts(open.alerts, upTo: open.upTo, at: clock()), retain: true)
    } catch {
      log.error("cannot list the open alerts: \(error)")
    }
  }

  /// What is not in the ledger is sent if it can be: the next one says the same, or newer.
  @discardableResult
  func send(_ message: WireMessage, retain: Bool) -> Bool {
    (try? publish(message, retain: retain, token: Self.besideLedger)) != nil
  }

  private func publish(
    _ message: WireMessage, retain: Bool, token: UInt64, correlationData: [UInt8]? = nil
  ) throws {
    try client.assumeIsolated { client in
      try client.publish(
        topic: message.topic, payload: message.payload, retain: retain, correlationData: correlationData, token: token)
    }
  }

  private static let besideLedger: UInt64 = .max
}

/// As a token of the client's.
extension Outbox.Row {
  fileprivate var token: UInt64 { UInt64(clamping: seq) << 2 | (isResent ? 2 : 0) | UInt64(clamping: lane.rawValue) }

  fileprivate init?(token: UInt64) {
    guard let lane = Lane(rawValue: Int(token & 1)), let seq = Int64(exactly: token >> 2) else { return nil }
    self.init(lane: lane, seq: seq, isResent: token & 2 != 0)
  }
}
