// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// How long a stream has been in a state: the time between its usable samples. What lies between them otherwise, silence or
/// samples that cannot be used, stops the timer. Milliseconds.
struct Hold: Sendable, Equatable {
  /// Between samples further apart than this nobody knows what was.
  static let longestGap: Int64 = 10_000
  /// The timer stops so long; then it is void (alarms.md: 15 minutes).
  static let longestFreeze: Int64 = 15 * 60_000

  private(set) var held: Int64 = 0
  /// The last usable sample.
  private var last: Int64
  /// Nothing came after it that could not be used.
  private var isCounting = true

  init(at elapsed: Int64) { last = elapsed }

  func isVoid(at elapsed: Int64) -> Bool { elapsed - last > Self.longestFreeze }

  /// A usable sample in the state.
  mutating func hold(at elapsed: Int64) {
    if isCounting, elapsed - last <= Self.longestGap { held += elapsed - last }
    last = elapsed
    isCounting = true
  }

  /// A sample that cannot be used: neither the time up to it counts nor the time after it.
  mutating func freeze() { isCounting = false }
}
