// SPDX-License-Identifier: GPL-3.0-or-later

/// What the clinic's consumer has said of one lane, and whether it gets what it is sent.
///
/// A broker keeps only so much for a consumer that is slow or away, and drops the rest without a word. So a consumer that
/// gets on is given no more than ``room`` ahead of its receipt; one that says the same again and again, while the broker
/// has had more for long, has lost it and gets it again; and one that is silent, or gets it again in vain, is not waited
/// for, because there are others. Times are monotonic milliseconds.
struct LaneReceipts: Sendable, Equatable {
  /// A broker's queue is 1000 by default (mosquitto: `max_queued_messages`).
  static let room: Int64 = 800
  static let silence: Int64 = 60_000
  /// How long the broker may take to hand something on.
  static let patience: Int64 = 10_000
  static let longestPause: Int64 = 300_000

  /// The latest receipt.
  private(set) var claimed: Int64
  /// The last number that an earlier run of the daemon may have sent.
  let mayHaveBeenSent: Int64
  private var aliveUntilMs: Int64 = .min
  /// Since when the broker has had more than the receipt covers.
  private var beyondSinceMs: Int64?
  private var pauseMs = patience

  init(claimed: Int64, mayHaveBeenSent: Int64) {
    self.claimed = claimed
    self.mayHaveBeenSent = mayHaveBeenSent
  }

  func isAlive(at ms: Int64) -> Bool { ms < aliveUntilMs }

  mutating func noteBeyond(at ms: Int64) { beyondSinceMs = beyondSinceMs ?? ms }

  mutating func reconnected(isBeyond: Bool, at ms: Int64) { beyondSinceMs = isBeyond ? ms : nil }

  /// - Parameter isBeyond: whether the broker has more than this.
  mutating func receive(_ upTo: Int64, isBeyond: Bool, at ms: Int64) -> DeliveryWindow.Verdict {
    if upTo == claimed {
      guard isBeyond else {
        aliveUntilMs = ms &+ Self.silence
        return .nothing
      }
      guard let since = beyondSinceMs, ms &- since >= pauseMs else { return .nothing }
      beyondSinceMs = ms
      pauseMs = min(pauseMs * 2, Self.longestPause)
      // So long it is waited for. What comes is the proof that it lives.
      aliveUntilMs = ms &+ Self.patience
      return .stalled
    }
    defer { claimed = upTo }
    beyondSinceMs = isBeyond ? ms : nil
    pauseMs = Self.patience
    aliveUntilMs = ms &+ Self.silence
    return upTo < claimed ? .lowered : .nothing
  }
}
