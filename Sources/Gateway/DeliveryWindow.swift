// SPDX-License-Identifier: GPL-3.0-or-later

/// What of a lane has been sent, and what the broker has: a watermark, and the acknowledgements above it.
///
/// It sends nothing itself: the publisher asks it what comes next and tells it what came back.
struct DeliveryWindow: Sendable, Equatable {
  /// Everything up to and with this is delivered.
  private(set) var delivered: Int64
  /// The last that was sent on this connection.
  private(set) var sent: Int64
  private(set) var inFlight: Set<Int64> = []
  /// Delivered above the watermark.
  private var done: Set<Int64> = []
  /// Refused, or read by nobody: to be sent again later.
  private(set) var refused: Set<Int64> = []

  init(delivered: Int64) {
    self.delivered = delivered
    sent = delivered
  }

  /// A new connection: whatever is above the watermark and was not acknowledged is sent again.
  mutating func reconnected() {
    sent = delivered
    inFlight = []
    refused = []
  }

  /// Whether this row is still to be sent.
  func needs(_ seq: Int64) -> Bool { seq > delivered && !done.contains(seq) && !inFlight.contains(seq) }

  mutating func noteSent(_ seq: Int64) {
    inFlight.insert(seq)
    refused.remove(seq)
    sent = max(sent, seq)
  }

  /// A row that needs no sending, because it was acknowledged on an earlier connection.
  mutating func skip(_ seq: Int64) { sent = max(sent, seq) }

  /// The broker has the row.
  /// - Returns: the new watermark, nil where it did not move.
  mutating func acknowledge(_ seq: Int64) -> Int64? {
    inFlight.remove(seq)
    guard seq > delivered else { return nil }
    done.insert(seq)
    let before = delivered
    while done.remove(delivered &+ 1) != nil { delivered &+= 1 }
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
