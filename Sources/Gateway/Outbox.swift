// SPDX-License-Identifier: GPL-3.0-or-later
import Journal

/// What goes to the broker next. It holds no connection: the publisher asks, sends, and tells what came back.
///
/// New alerts go first and have room of their own; then what of the alerts the clinic has lost, then new readings, then
/// what the clinic has lost of them or asks for again. Times are monotonic milliseconds.
struct Outbox: Sendable {
  static let window = 50
  static let alertRoom = 10
  /// New readings that go in a second although the consumer has to catch up: others want to see what is now.
  static let trickle = 5

  /// A message that is in flight.
  struct Row: Sendable, Hashable {
    let lane: Lane
    let seq: Int64
    /// Not for the first time: an acknowledgement of it moves nothing.
    let isResent: Bool
  }

  struct Departure: Sendable {
    let row: Row
    let outgoing: Outgoing
    fileprivate let range: Int?
  }

  /// Rows that are to be read.
  struct Request: Sendable {
    let lane: Lane
    let after: Int64
    fileprivate let feed: LedgerFeed.Request
    fileprivate let range: Int?
  }

  /// What moved; nil where it did not.
  struct Watermarks: Sendable, Equatable {
    var accepted: Int64?
    var delivered: Int64?
  }

  private struct Side {
    var window: DeliveryWindow
    var feed: LedgerFeed
    /// Rows in flight that are nothing for a person.
    var records: Set<Int64> = []
    /// What the journal knows.
    var toldAccepted: Int64 = 0
    var toldDelivered: Int64 = 0

    init(_ lane: Lane, _ window: DeliveryWindow) {
      self.window = window
      feed = LedgerFeed(lane, after: window.sent)
    }
  }

  private var alerts = Side(.alert, DeliveryWindow(accepted: 0))
  private var readings = Side(.reading, DeliveryWindow(accepted: 0))
  private var resends = Resends()
  private var trickleLeft = Self.trickle

  private subscript(lane: Lane) -> Side {
    get { lane == .alert ? alerts : readings }
    _modify { if lane == .alert { yield &alerts } else { yield &readings } }
  }

  init() {}

  /// - Parameter hasReceipts: whether the clinic's receipts say what is delivered.
  init(_ positions: [Lane: LanePosition], hasReceipts: Bool) {
    for (lane, position) in positions {
      self[lane] = Side(
        lane,
        DeliveryWindow(
          accepted: position.accepted, delivered: hasReceipts ? position.delivered : nil,
          last: position.nextSeq &- 1))
      (self[lane].toldAccepted, self[lane].toldDelivered) = (position.accepted, position.delivered)
    }
    if let alerts = positions[.alert], alerts.accepted >= alerts.nextSeq &- 1 { isHeard = true }
  }

  private var inFlight: Int { alerts.window.inFlight + readings.window.inFlight + resends.inFlight }
  /// Alerts that nobody was subscribed to, or that the broker refused.
  var undeliveredAlerts: Int { alerts.window.unread.count }
  /// Whether there is somebody for alerts; nil while that is not known.
  private(set) var isHeard: Bool?
  var hasRefused: Bool { !alerts.window.refused.isEmpty || !readings.window.refused.isEmpty }

  /// The last number of the alert lane that was sent on this connection, or needs no sending.
  var sentAlerts: Int64 { alerts.window.sent }

  /// Whether the broker has said that it has this reading.
  func hasReading(_ seq: Int64) -> Bool { readings.window.has(seq) }

  mutating func reconnected(afterLossAt lossMs: Int64, at ms: Int64) {
    for lane in Lane.allCases {
      self[lane].window.reconnected(afterLossAt: lossMs, at: ms)
      self[lane].records = []
    }
    resends.reconnected()
  }

  // MARK: sending

  /// - Returns: nil where there is nothing at hand, or no room.
  mutating func next(at ms: Int64) -> Departure? {
    guard inFlight < Self.window + Self.alertRoom else { return nil }
    if let message = newMessage(.alert) { return departure(message, .alert) }
    guard inFlight < Self.window else { return nil }
    if let again = resent(.alert, isCatchUp: true, at: ms) { return again }
    // A refused reading holds its lane back; an alert overtakes another that nobody reads, and waits for no consumer.
    if readings.window.refused.isEmpty, let message = newMessage(.reading) {
      if readings.window.sent < readings.window.limit(at: ms) { return departure(message, .reading) }
      if trickleLeft > 0 {
        trickleLeft -= 1
        return departure(message, .reading)
      }
    }
    return resent(.reading, isCatchUp: true, at: ms) ?? resent(.alert, isCatchUp: false, at: ms)
      ?? resent(.reading, isCatchUp: false, at: ms)
  }

  private func departure(_ outgoing: Outgoing, _ lane: Lane) -> Departure {
    Departure(row: Row(lane: lane, seq: outgoing.seq, isResent: false), outgoing: outgoing, range: nil)
  }

  /// The next one in line that the broker does not have.
  private mutating func newMessage(_ lane: Lane) -> Outgoing? {
    while let message = self[lane].feed.message(after: self[lane].window.sent) {
      if self[lane].window.needs(message.numbers) { return message }
      self[lane].window.skip(message.numbers)
      self[lane].feed.advance()
    }
    return nil
  }

  private mutating func resent(_ lane: Lane, isCatchUp: Bool, at ms: Int64) -> Departure? {
    let limit = self[lane].window.limit(at: ms)
    // Who does not even take what is sent again is not waited for.
    if isCatchUp, limit == .max { resends.endCatchUp(lane) }
    return resends.next(lane, isCatchUp: isCatchUp, limit: limit).map {
      Departure(row: Row(lane: lane, seq: $0.message.seq, isResent: true), outgoing: $0.message, range: $0.range)
    }
  }

  mutating func noteSent(_ departure: Departure) {
    let (row, outgoing) = (departure.row, departure.outgoing)
    if let range = departure.range { return resends.noteSent(outgoing, of: range) }
    self[row.lane].window.noteSent(outgoing.numbers)
    self[row.lane].feed.advance()
    if !outgoing.isAlert { self[row.lane].records.insert(row.seq) }
  }

  // MARK: what comes back

  /// Whether a row is an alert that somebody has to see; a gap in the lane is for the record.
  mutating func isForSomebody(_ row: Row) -> Bool {
    guard !row.isResent else { return false }
    return self[row.lane].records.remove(row.seq) == nil && row.lane == .alert
  }

  mutating func acknowledge(_ row: Row, at ms: Int64) {
    guard !row.isResent else { return resends.acknowledge(row.lane, row.seq) }
    self[row.lane].window.acknowledge(row.seq, at: ms)
    if row.lane == .alert, alerts.window.unread.isEmpty { isHeard = true }
  }

  mutating func refuse(_ row: Row) {
    // What was sent again is not asked for a second time.
    guard !row.isResent else { return resends.acknowledge(row.lane, row.seq) }
    self[row.lane].window.refuse(row.seq)
    if row.lane == .alert { isHeard = false }
  }

  mutating func retryRefused() {
    for lane in Lane.allCases { self[lane].window.retryRefused() }
  }

  /// Another second: allowances are new, and what the broker has had for long enough counts.
  mutating func settle(at ms: Int64) {
    trickleLeft = Self.trickle
    resends.refill()
    for lane in Lane.allCases { self[lane].window.settle(at: ms) }
  }

  /// What the journal is to be told of a lane, at once: a receipt may take it back.
  mutating func moved(_ lane: Lane) -> Watermarks? {
    let (accepted, delivered) = (self[lane].window.accepted, self[lane].window.delivered)
    var moved = Watermarks()
    if accepted > self[lane].toldAccepted { moved.accepted = accepted }
    if delivered > self[lane].toldDelivered { moved.delivered = delivered }
    (self[lane].toldAccepted, self[lane].toldDelivered) = (accepted, delivered)
    return moved == Watermarks() ? nil : moved
  }

  // MARK: the clinic's word

  mutating func receive(_ upTo: Int64, in lane: Lane, at ms: Int64) -> DeliveryWindow.Verdict {
    let verdict = self[lane].window.receive(upTo, at: ms)
    switch verdict {
    case .refused: break
    case .nothing: resends.covered(lane, upTo: self[lane].window.delivered)
    case .lowered, .stalled:
      if verdict == .lowered { self[lane].toldDelivered = min(upTo, self[lane].toldDelivered) }
      if let range = self[lane].window.uncovered { resends.catchUp(lane, range) }
    }
    return verdict
  }

  var isBusyResending: Bool { resends.isFull }

  /// - Returns: false where too much of that is waiting already.
  mutating func resend(_ lane: Lane, _ range: ClosedRange<Int64>) -> Bool {
    let reached = self[lane].window.reached
    // What has not been sent comes anyway.
    guard range.lowerBound >= 1, range.lowerBound <= reached else { return true }
    return resends.add(lane, range.lowerBound...min(range.upperBound, reached))
  }

  // MARK: reading ahead

  mutating func moreMayHaveCome() {
    alerts.feed.moreMayHaveCome()
    readings.feed.moreMayHaveCome()
  }

  /// - Returns: nil while there is enough at hand.
  mutating func request() -> Request? {
    for lane in Lane.allCases {
      if let request = self[lane].feed.request() {
        return Request(lane: lane, after: request.after, feed: request, range: nil)
      }
    }
    return resends.request().map { Request(lane: $0.lane, after: $0.request.after, feed: $0.request, range: $0.range) }
  }

  /// - Parameter more: nil where the journal could not be read.
  mutating func add(_ more: [Outgoing]?, of request: Request) {
    if let range = request.range {
      resends.add(more, of: request.feed, range: range)
    } else if let more {
      self[request.lane].feed.add(more, of: request.feed)
    } else {
      self[request.lane].feed.fail(request.feed)
    }
  }
}
