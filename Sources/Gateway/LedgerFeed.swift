// SPDX-License-Identifier: GPL-3.0-or-later
import Journal

/// A message of the ledger, ready to be sent.
struct Outgoing: Sendable {
  /// What it accounts for; the last is its own number.
  let numbers: ClosedRange<Int64>
  /// For somebody, unlike a gap in its lane, which is for the record.
  let isAlert: Bool
  let atWallMs: Int64?
  let message: WireMessage

  var seq: Int64 { numbers.upperBound }
}

/// Reads the ledger and renders its messages, apart from the loop that sends them.
struct LedgerReader: Sendable {
  let journal: Journal
  let writer: MessageWriter

  /// What can never be sent is replaced by a gap with its number.
  func read(_ lane: Lane, after seq: Int64, limit: Int) async throws -> [Outgoing] {
    try await journal.entries(lane, after: seq, limit: limit).map { entry in
      var message = try? writer.message(entry)
      if let count = message?.payload.count, count > WireMessage.ledgerLimit { message = nil }
      let isAlert =
        switch entry.content {
        case .alert, .escalation: true
        case .reading, .summary, .gap: false
        }
      return Outgoing(
        numbers: entry.numbers, isAlert: isAlert && message != nil, atWallMs: entry.atWallMs,
        message: try message ?? writer.substitute(for: entry.seq, in: lane, atWallMs: entry.atWallMs))
    }
  }
}

/// The next messages of a lane, read ahead: a bounded number, so that a backlog of days takes no more memory than an hour's.
struct LedgerFeed: Sendable {
  static let chunk = 200

  let lane: Lane
  private var ready: [Outgoing] = []
  private var next = 0
  /// The number behind which `ready` goes on.
  private var position: Int64
  /// The last number that has been read.
  private var end: Int64
  private var isReading = false
  private var isDry = false
  /// There may be more than a reading under way has seen.
  private var isStale = false
  private var round = 0

  struct Request: Sendable {
    let after: Int64
    fileprivate let round: Int
  }

  init(_ lane: Lane, after seq: Int64) {
    self.lane = lane
    position = seq
    end = seq
  }

  /// The message behind that number; nil where it has not been read or there is none.
  mutating func message(after seq: Int64) -> Outgoing? {
    if seq != position {
      ready = []
      next = 0
      position = seq
      end = seq
      isReading = false
      isDry = false
      round &+= 1
    }
    return next < ready.count ? ready[next] : nil
  }

  /// The message at hand was sent or is not needed.
  mutating func advance() {
    guard next < ready.count else { return }
    position = ready[next].seq
    next += 1
    if next == ready.count {
      ready.removeAll(keepingCapacity: true)
      next = 0
    } else if next >= Self.chunk {
      ready.removeSubrange(..<next)
      next = 0
    }
  }

  /// There may be new rows.
  mutating func moreMayHaveCome() {
    isDry = false
    isStale = isReading
  }

  /// What is to be read next, nil while there is enough.
  mutating func request() -> Request? {
    guard !isReading, !isDry, ready.count - next < Self.chunk else { return nil }
    isReading = true
    return Request(after: end, round: round)
  }

  /// - Returns: false where the feed has begun elsewhere since.
  @discardableResult
  mutating func add(_ more: [Outgoing], of request: Request) -> Bool {
    guard request.round == round else { return false }
    isReading = false
    isDry = more.count < Self.chunk && !isStale
    isStale = false
    ready += more
    end = more.last?.seq ?? end
    return true
  }

  /// A reading failed; somebody tries again later.
  mutating func fail(_ request: Request) {
    if request.round == round { isReading = false }
  }
}
