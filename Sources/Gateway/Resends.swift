// SPDX-License-Identifier: GPL-3.0-or-later
import Journal

/// What is sent again although the broker has had it: what a consumer's receipt shows to be missing, and what the clinic
/// has asked for. It goes behind what is new, a few at a time.
struct Resends: Sendable {
  /// How many are in flight at once.
  static let window = 20
  /// How many that were asked for go in a second: more than a consumer's queue takes would be dropped again.
  static let rate = 500
  static let most = 64

  struct Range: Sendable {
    fileprivate(set) var last: Int64
    /// To follow the consumer's receipts, and to end with its silence.
    let isCatchUp: Bool
    let id: Int
    fileprivate(set) var feed: LedgerFeed
    fileprivate(set) var sent: Int64
    fileprivate var flying: Set<Int64> = []

    var lane: Lane { feed.lane }
    fileprivate var isDone: Bool { sent >= last && flying.isEmpty }
  }

  private(set) var ranges: [Range] = []
  private var lastID = 0
  private var allowance = Self.rate
  var inFlight: Int { ranges.reduce(0) { $0 + $1.flying.count } }

  /// What is being sent: the catching up, and the first that was asked for.
  private var current: [Int] {
    let open = ranges.indices.filter { ranges[$0].sent < ranges[$0].last }
    return open.filter { ranges[$0].isCatchUp } + open.filter { !ranges[$0].isCatchUp }.prefix(1)
  }

  /// There is no room for more that is asked for; each lane's catching up has its own.
  var isFull: Bool { ranges.count >= Self.most - Lane.allCases.count }

  /// - Returns: false where too much has been asked for already.
  mutating func add(_ lane: Lane, _ numbers: ClosedRange<Int64>) -> Bool {
    guard ranges.count < Self.most else { return false }
    ranges.append(range(lane, numbers, isCatchUp: false))
    return true
  }

  /// Takes the place of an earlier catching up in the lane; it goes before what was asked for.
  mutating func catchUp(_ lane: Lane, _ numbers: ClosedRange<Int64>) {
    endCatchUp(lane)
    ranges.insert(range(lane, numbers, isCatchUp: true), at: 0)
  }

  mutating func endCatchUp(_ lane: Lane) { ranges.removeAll { $0.isCatchUp && $0.lane == lane } }

  private mutating func range(_ lane: Lane, _ numbers: ClosedRange<Int64>, isCatchUp: Bool) -> Range {
    lastID &+= 1
    let before = numbers.lowerBound &- 1
    return Range(
      last: numbers.upperBound, isCatchUp: isCatchUp, id: lastID, feed: LedgerFeed(lane, after: before), sent: before)
  }

  /// The consumer has everything up to and with this: that need not be sent again.
  mutating func covered(_ lane: Lane, upTo delivered: Int64) {
    for index in ranges.indices where ranges[index].isCatchUp && ranges[index].lane == lane {
      ranges[index].sent = max(ranges[index].sent, delivered)
      ranges[index].flying = ranges[index].flying.filter { $0 > delivered }
    }
    ranges.removeAll(where: \.isDone)
  }

  /// The next one of the lane to be sent.
  /// - Parameter limit: how far catching up may go.
  mutating func next(_ lane: Lane, isCatchUp: Bool, limit: Int64) -> (range: Int, message: Outgoing)? {
    guard !ranges.isEmpty, inFlight < Self.window else { return nil }
    for index in current where ranges[index].lane == lane && ranges[index].isCatchUp == isCatchUp {
      guard isCatchUp ? ranges[index].sent < limit : allowance > 0 else { continue }
      let position = ranges[index].sent
      if let message = ranges[index].feed.message(after: position) { return (ranges[index].id, message) }
    }
    return nil
  }

  mutating func noteSent(_ message: Outgoing, of id: Int) {
    guard let index = ranges.firstIndex(where: { $0.id == id }) else { return }
    ranges[index].feed.advance()
    ranges[index].sent = message.seq
    ranges[index].flying.insert(message.seq)
    if !ranges[index].isCatchUp { allowance -= 1 }
  }

  /// The broker has it, or does not want it: it is not asked a second time.
  mutating func acknowledge(_ lane: Lane, _ seq: Int64) {
    for index in ranges.indices where ranges[index].lane == lane { ranges[index].flying.remove(seq) }
    ranges.removeAll(where: \.isDone)
  }

  /// Another second has begun.
  mutating func refill() { allowance = Self.rate }

  /// What was in flight is sent once more.
  mutating func reconnected() {
    for index in ranges.indices {
      guard let first = ranges[index].flying.min() else { continue }
      ranges[index].sent = min(ranges[index].sent, first &- 1)
      ranges[index].flying = []
    }
  }

  // MARK: reading ahead

  mutating func request() -> (range: Int, lane: Lane, request: LedgerFeed.Request)? {
    for index in current {
      _ = ranges[index].feed.message(after: ranges[index].sent)
      if let request = ranges[index].feed.request() { return (ranges[index].id, ranges[index].lane, request) }
    }
    return nil
  }

  mutating func add(_ more: [Outgoing]?, of request: LedgerFeed.Request, range id: Int) {
    guard let index = ranges.firstIndex(where: { $0.id == id }) else { return }
    guard let more else { return ranges[index].feed.fail(request) }
    guard ranges[index].feed.add(more, of: request) else { return }
    // There is nothing behind the last row.
    if more.isEmpty {
      ranges[index].last = min(ranges[index].last, request.after)
      ranges.removeAll(where: \.isDone)
    }
  }
}
