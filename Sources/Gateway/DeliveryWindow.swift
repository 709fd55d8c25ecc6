// SPDX-License-Identifier: GPL-3.0-or-later

/// What of a lane has been sent, and what the broker has: a watermark, and the acknowledgements above it.
///
/// An acknowledgement counts once the connection has outlived it for ``settling``: a broker that is killed takes along
/// what it has acknowledged and not yet passed on, so that is sent again. It sends nothing itself: the publisher asks it
/// what comes next and tells it what came back. Times are monotonic milliseconds.
struct DeliveryWindow: Sendable, Equatable {
  static let settling: Int64 = 5000

  /// Everything up to and with this is delivered.
  private(set) var delivered: Int64
  /// The last that was sent on this connection.
  private(set) var sent: Int64
  private(set) var inFlight: Set<Int64> = []
  /// Acknowledged above the watermark, and when.
  private var acknowledged: [Int64: Int64] = [:]
  /// Refused, or read by nobody: to be sent again later.
  private(set) var refused: Set<Int64> = []

  init(delivered: Int64) {
    self.delivered = delivered
    sent = delivered
  }

  /// A new connection: whatever is above the watermark and was not acknowledged well before the old one was lost is
  /// sent again.
  mutating func reconnected(afterLossAt lossMs: Int64) {
    acknowledged = acknowledged.filter { $0.value <= lossMs &- Self.settling }
    sent = delivered
    inFlight = []
    refused = []
  }

  /// Whether this row is still to be sent.
  func needs(_ seq: Int64) -> Bool { seq > delivered && acknowledged[seq] == nil && !inFlight.contains(seq) }

  /// Whether the broker has said that it has this row.
  func has(_ seq: Int64) -> Bool { seq <= delivered || acknowledged[seq] != nil }

  mutating func noteSent(_ seq: Int64) {
    inFlight.insert(seq)
    refused.remove(seq)
    sent = max(sent, seq)
  }

  /// A row that needs no sending, because it was acknowledged on an earlier connection.
  mutating func skip(_ seq: Int64) { sent = max(sent, seq) }

  /// The broker says that it has the row.
  mutating func acknowledge(_ seq: Int64, at ms: Int64) {
    inFlight.remove(seq)
    if seq > delivered { acknowledged[seq] = ms }
  }

  /// Moves the watermark over what was acknowledged long enough ago.
  ///
  /// - Returns: the new watermark, nil where it did not move.
  mutating func settle(at ms: Int64) -> Int64? {
    let before = delivered
    while let since = acknowledged[delivered &+ 1], since <= ms &- Self.settling {
      delivered &+= 1
      acknowledged[delivered] = nil
    }
    return delivered > before ? delivered : nil
  }

  mutating func refuse(_ seq: Int64) {
    inFlight.remove(seq)
    refused.insert(seq)
  }

  /// Gives the refused rows another try.
  mutating func retryRefused() {
    guard let first = refused.min() else { return }
    sent = min(sent, first &- 1)
    refused = []
  }
}
