// SPDX-License-Identifier: GPL-3.0-or-later

/// What of a lane has been sent, and what the broker and the clinic have: a watermark each, and the acknowledgements above.
///
/// An acknowledgement counts once the connection has outlived it for ``settling``: a broker that is killed takes along
/// what it has acknowledged and not yet passed on, so that is sent again. Where the clinic writes receipts, what is
/// delivered is theirs to say (``LaneReceipts``). It sends nothing itself: the publisher asks it what comes next and tells
/// it what came back. Times are monotonic milliseconds.
struct DeliveryWindow: Sendable, Equatable {
  static let settling: Int64 = 5000

  /// The broker has everything up to and with this.
  private(set) var accepted: Int64
  /// The last in line that was sent on this connection.
  private(set) var sent: Int64
  /// The last that was ever sent.
  private(set) var reached: Int64
  /// The last number of each message on its way, and the first that it accounts for.
  private var flying: [Int64: Int64] = [:]
  /// Acknowledged above the watermark: the last number and when, by the first that the message accounts for.
  private var acknowledged: [Int64: Acknowledgement] = [:]
  /// Refused, or read by nobody: to be sent again later.
  private(set) var refused: Set<Int64> = []
  /// The first number that any of them accounts for.
  private var refusedFrom: Int64?
  /// Refused, and not taken since.
  private(set) var unread: Set<Int64> = []
  private var receipts: LaneReceipts?

  private struct Acknowledgement: Equatable {
    let last: Int64
    let ms: Int64
  }

  /// - Parameters:
  ///   - delivered: what the last run has left behind; only where the clinic writes receipts.
  ///   - last: the last number that there is, which the last run may have sent.
  init(accepted: Int64, delivered: Int64? = nil, last: Int64 = 0) {
    self.accepted = max(accepted, delivered ?? 0)
    sent = self.accepted
    reached = sent
    receipts = delivered.map { LaneReceipts(claimed: $0, mayHaveBeenSent: last) }
  }

  /// Everything up to and with this counts as being with the clinic.
  var delivered: Int64 { receipts.map { min($0.claimed, reached) } ?? accepted }
  var inFlight: Int { flying.count }

  /// A new connection: whatever is above the watermark and was not acknowledged well before the old one was lost is
  /// sent again.
  mutating func reconnected(afterLossAt lossMs: Int64, at ms: Int64) {
    catchUpWithReceipts()
    acknowledged = acknowledged.filter { $0.key > accepted && $0.value.ms <= lossMs &- Self.settling }
    sent = accepted
    flying = [:]
    refused = []
    refusedFrom = nil
    let isBeyond = accepted > delivered
    receipts?.reconnected(isBeyond: isBeyond, at: ms)
  }

  // MARK: sending

  /// Whether a message that accounts for these numbers is still to be sent.
  func needs(_ numbers: ClosedRange<Int64>) -> Bool {
    let first = first(of: numbers)
    return numbers.upperBound > max(accepted, delivered) && acknowledged[first]?.last != numbers.upperBound
      && flying[numbers.upperBound] == nil
  }

  /// Whether the broker has said that it has this row.
  func has(_ seq: Int64) -> Bool { seq <= max(accepted, delivered) || acknowledged[seq] != nil }

  /// How far the lane may be sent now: a consumer that is alive must not be given more than its broker keeps for it.
  func limit(at ms: Int64) -> Int64 {
    guard let receipts, receipts.isAlive(at: ms) else { return .max }
    return delivered &+ LaneReceipts.room
  }

  /// The first number of a message that none before it accounts for.
  private func first(of numbers: ClosedRange<Int64>) -> Int64 {
    min(max(numbers.lowerBound, sent &+ 1), numbers.upperBound)
  }

  mutating func noteSent(_ numbers: ClosedRange<Int64>) {
    let last = numbers.upperBound
    flying[last] = first(of: numbers)
    refused.remove(last)
    sent = max(sent, last)
    reached = max(reached, sent)
  }

  /// A row that needs no sending, because it was acknowledged on an earlier connection.
  mutating func skip(_ numbers: ClosedRange<Int64>) { sent = max(sent, numbers.upperBound) }

  // MARK: the broker's word

  /// The broker says that it has the row.
  mutating func acknowledge(_ seq: Int64, at ms: Int64) {
    unread.remove(seq)
    guard let first = flying.removeValue(forKey: seq), seq > accepted else { return }
    acknowledged[max(first, accepted &+ 1)] = Acknowledgement(last: seq, ms: ms)
  }

  /// Moves the watermark over what was acknowledged long enough ago.
  mutating func settle(at ms: Int64) {
    catchUpWithReceipts()
    while let next = acknowledged[accepted &+ 1], next.ms <= ms &- Self.settling {
      acknowledged[accepted &+ 1] = nil
      accepted = max(accepted &+ 1, next.last)
    }
    if accepted > delivered { receipts?.noteBeyond(at: ms) }
  }

  /// What the consumer has, the broker has had: it need not say so, and of an earlier run it never will.
  private mutating func catchUpWithReceipts() {
    guard delivered > accepted else { return }
    accepted = delivered
    for (first, one) in acknowledged where first <= accepted {
      acknowledged[first] = nil
      if one.last > accepted { acknowledged[accepted &+ 1] = one }
    }
  }

  mutating func refuse(_ seq: Int64) {
    let first = flying.removeValue(forKey: seq) ?? seq
    refusedFrom = min(refusedFrom ?? first, first)
    refused.insert(seq)
    unread.insert(seq)
  }

  /// Gives the refused rows another try.
  mutating func retryRefused() {
    guard !refused.isEmpty, let first = refusedFrom else { return }
    sent = min(sent, first &- 1)
    refused = []
    refusedFrom = nil
  }

  // MARK: the clinic's word

  /// What a receipt means for the lane.
  enum Verdict: Equatable {
    case nothing
    /// It is above what was sent.
    case refused
    /// The consumer has lost what it had: everything behind its receipt is to be sent again.
    case lowered
    /// The broker has had more for long enough, and the consumer does not get it: the same.
    case stalled
  }

  /// The consumer says that it has everything up to and with this.
  mutating func receive(_ upTo: Int64, at ms: Int64) -> Verdict {
    guard var receipts else { return .nothing }
    guard upTo >= 0, upTo <= max(reached, receipts.mayHaveBeenSent) else { return .refused }
    defer { self.receipts = receipts }
    return receipts.receive(upTo, isBeyond: accepted > upTo, at: ms)
  }

  /// What was sent and is not covered by the receipt.
  var uncovered: ClosedRange<Int64>? { delivered < sent ? delivered &+ 1...sent : nil }
}
