// SPDX-License-Identifier: GPL-3.0-or-later
import Journal
import Testing

@testable import Gateway

/// The outbox with a ledger of so many rows in each lane that answers at once.
private struct Desk {
  var outbox: Outbox
  var last: [Lane: Int64]
  var now: Int64 = 0
  /// In flight, the oldest first.
  var flying: [Outbox.Row] = []

  init(alerts: Int64, readings: Int64, accepted: Int64 = 0, receipts: Bool = false) {
    last = [.alert: alerts, .reading: readings]
    outbox = Outbox(
      last.mapValues { LanePosition(nextSeq: $0 + 1, accepted: min(accepted, $0), delivered: 0) }, hasReceipts: receipts
    )
  }

  static func message(_ seq: Int64, _ lane: Lane) -> Outgoing {
    Outgoing(
      numbers: seq...seq, isAlert: lane == .alert, atWallMs: nil, message: WireMessage(topic: "t", payload: []))
  }

  mutating func read() {
    while let request = outbox.request() {
      let end = min(last[request.lane] ?? 0, request.after + Int64(LedgerFeed.chunk))
      let rows = request.after < end ? (request.after + 1...end).map { Self.message($0, request.lane) } : []
      outbox.add(rows, of: request)
    }
  }

  mutating func append(_ lane: Lane, _ count: Int64) {
    last[lane, default: 0] += count
    outbox.moreMayHaveCome()
  }

  /// Sends as much as may fly.
  @discardableResult
  mutating func send() -> [Outbox.Row] {
    var sent: [Outbox.Row] = []
    read()
    while let departure = outbox.next(at: now) {
      outbox.noteSent(departure)
      sent.append(departure.row)
      read()
    }
    flying += sent
    return sent
  }

  /// The broker takes all that flies, and more is sent, until nothing goes any more.
  @discardableResult
  mutating func drain(rounds: Int = 100_000) -> [Outbox.Row] {
    var sent = send()
    for _ in 0..<rounds where !flying.isEmpty {
      let done = flying
      flying = []
      for row in done { outbox.acknowledge(row, at: now) }
      sent += send()
    }
    return sent
  }

  /// A second passes.
  mutating func tick() {
    now += 1000
    outbox.settle(at: now)
  }
}

@Suite struct OutboxTests {
  @Test func aBacklogGoesInOrderAndWholly() {
    var desk = Desk(alerts: 3, readings: 2000)
    let sent = desk.drain()
    #expect(sent.filter { $0.lane == .reading }.map(\.seq) == Array(1...2000))
    #expect(sent.prefix(3).map(\.lane) == [.alert, .alert, .alert])
    #expect(desk.outbox.hasReading(2000))
  }

  @Test func aFreshAlertIsNextAlthoughTheWindowIsFull() {
    var desk = Desk(alerts: 0, readings: 2000)
    #expect(desk.send().count == Outbox.window)
    desk.append(.alert, 2)
    #expect(desk.send() == [1, 2].map { Outbox.Row(lane: .alert, seq: $0, isResent: false) })
    desk.append(.alert, 50)
    #expect(desk.send().count == Outbox.alertRoom - 2)
  }

  @Test func watermarksAreToldOnceTheyHaveSettled() {
    var desk = Desk(alerts: 1, readings: 10)
    desk.drain()
    desk.outbox.settle(at: desk.now + DeliveryWindow.settling - 1)
    #expect(desk.outbox.moved(.reading) == nil)
    desk.outbox.settle(at: desk.now + DeliveryWindow.settling)
    #expect(desk.outbox.moved(.alert) == Outbox.Watermarks(accepted: 1, delivered: 1))
    #expect(desk.outbox.moved(.reading) == Outbox.Watermarks(accepted: 10, delivered: 10))
    desk.outbox.settle(at: desk.now + 10_000)
    #expect(desk.outbox.moved(.reading) == nil)
  }

  @Test func aRefusedReadingHoldsItsLaneBackAndAnAlertDoesNot() {
    var desk = Desk(alerts: 2, readings: 200)
    let sent = desk.send()
    desk.flying = []
    for row in sent where row.seq > 1 { desk.outbox.acknowledge(row, at: 0) }
    for lane in Lane.allCases { desk.outbox.refuse(Outbox.Row(lane: lane, seq: 1, isResent: false)) }
    desk.append(.alert, 1)
    #expect(desk.send() == [Outbox.Row(lane: .alert, seq: 3, isResent: false)])
    #expect(desk.outbox.undeliveredAlerts == 1)
    #expect(desk.outbox.isHeard == false)
    desk.outbox.retryRefused()
    let again = desk.drain()
    #expect(again.filter { $0.lane == .alert }.map(\.seq) == [1])
    #expect(again.filter { $0.lane == .reading }.map(\.seq) == [1] + Array(49...200))
    #expect(desk.outbox.undeliveredAlerts == 0)
    #expect(desk.outbox.isHeard == true)
  }

  @Test func whatTheClinicAsksForGoesBehindWhatIsNewAndAFewAtATime() {
    var desk = Desk(alerts: 0, readings: 3000)
    desk.drain()
    #expect(desk.outbox.resend(.reading, 100...1500) == true)
    desk.append(.reading, 100)
    let sent = desk.send()
    #expect(sent.allSatisfy { !$0.isResent } && sent.count == Outbox.window)
    var again = desk.drain().filter(\.isResent)
    #expect(again.count == Resends.rate)
    desk.tick()
    again += desk.drain().filter(\.isResent)
    desk.tick()
    again += desk.drain().filter(\.isResent)
    #expect(again.map(\.seq) == Array(100...1500))
  }

  @Test func whatWasNotSentYetIsNotSentAgain() {
    var desk = Desk(alerts: 0, readings: 10)
    desk.drain()
    #expect(desk.outbox.resend(.reading, 8...Int64.max) == true)
    #expect(desk.outbox.resend(.reading, 11...12) == true)
    #expect(desk.drain().map(\.seq) == [8, 9, 10])
  }

  @Test func whatWasAskedForSurvivesALostConnection() {
    var desk = Desk(alerts: 0, readings: 100)
    desk.drain()
    for _ in 0..<7 { desk.tick() }
    #expect(desk.outbox.resend(.reading, 1...60) == true)
    #expect(desk.send().count == Resends.window)
    desk.flying = []
    desk.outbox.reconnected(afterLossAt: desk.now, at: desk.now)
    #expect(desk.drain().map(\.seq) == Array(1...60))
  }

  @Test func tooMuchAskedForIsRefused() {
    var desk = Desk(alerts: 0, readings: 100)
    desk.drain()
    for _ in 0..<Resends.most { #expect(desk.outbox.resend(.reading, 1...2) == true) }
    #expect(desk.outbox.resend(.reading, 1...2) == false)
  }

  // MARK: receipts

  /// All is with the broker, the consumer has `upTo` of the readings and is alive.
  private func clinic(readings: Int64, upTo: Int64) -> Desk {
    var desk = Desk(alerts: 1, readings: readings, receipts: true)
    desk.drain()
    for _ in 0..<7 { desk.tick() }
    #expect(desk.outbox.receive(upTo, in: .reading, at: desk.now) == .nothing)
    return desk
  }

  @Test func aLiveConsumerIsNotOverrun() {
    var desk = Desk(alerts: 0, readings: 0, receipts: true)
    desk.append(.reading, 1)
    desk.drain()
    #expect(desk.outbox.receive(1, in: .reading, at: 0) == .nothing)
    desk.append(.reading, 5000)
    #expect(desk.drain().count == Int(LaneReceipts.room) + Outbox.trickle)
    #expect(desk.outbox.receive(601, in: .reading, at: 0) == .nothing)
    #expect(desk.drain().count == 600 - Outbox.trickle)
  }

  @Test func whatTheConsumerHasLostComesAgainUpToItsRoom() {
    var desk = clinic(readings: 3000, upTo: 1000)
    for _ in 0..<11 { desk.tick() }
    #expect(desk.outbox.receive(1000, in: .reading, at: desk.now) == .stalled)
    #expect(desk.drain().map(\.seq) == Array(1001...1800))
    // What it turns out to have need not go again.
    #expect(desk.outbox.receive(2500, in: .reading, at: desk.now) == .nothing)
    #expect(desk.drain().map(\.seq) == Array(2501...3000))
    #expect(desk.outbox.receive(3000, in: .reading, at: desk.now) == .nothing)
    desk.append(.reading, 1)
    #expect(desk.drain() == [Outbox.Row(lane: .reading, seq: 3001, isResent: false)])
  }

  @Test func othersSeeWhatIsNowWhileTheConsumerCatchesUp() {
    var desk = clinic(readings: 3000, upTo: 100)
    #expect(desk.outbox.receive(50, in: .reading, at: desk.now) == .lowered)
    desk.append(.reading, 100)
    desk.append(.alert, 2)
    let sent = desk.drain()
    #expect(sent.filter { $0.lane == .alert }.map(\.seq) == [2, 3])
    #expect(sent.filter { $0.lane == .reading && !$0.isResent }.count == Outbox.trickle)
    #expect(sent.filter(\.isResent).map(\.seq) == Array(51...850))
  }

  @Test func aConsumerThatGetsItAgainInVainIsLeftAlone() {
    var desk = clinic(readings: 3000, upTo: 1000)
    for _ in 0..<70 { desk.tick() }
    #expect(desk.outbox.receive(1000, in: .reading, at: desk.now) == .stalled)
    #expect(desk.drain().count == Int(LaneReceipts.room))
    for _ in 0..<10 { desk.tick() }
    desk.append(.reading, 500)
    #expect(desk.drain().map(\.seq) == Array(3001...3500))
  }

  @Test func aLoweredReceiptIsToldAgainWhenItRises() {
    var desk = clinic(readings: 300, upTo: 200)
    #expect(desk.outbox.moved(.reading)?.delivered == 200)
    #expect(desk.outbox.receive(100, in: .reading, at: desk.now) == .lowered)
    #expect(desk.outbox.moved(.reading) == nil)
    #expect(desk.outbox.receive(150, in: .reading, at: desk.now) == .nothing)
    #expect(desk.outbox.moved(.reading) == Outbox.Watermarks(delivered: 150))
  }
}
