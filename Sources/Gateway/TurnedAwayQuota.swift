// SPDX-License-Identifier: GPL-3.0-or-later

/// How many commands that nobody known has sent are answered, logged and audited: whoever floods the topic is not to fill
/// the disk, wear the flash or flood the clinic.
struct TurnedAwayQuota: Sendable {
  static let most = 10
  static let windowMs: Int64 = 60_000

  private var windowEndMs = Int64.min
  private var count = 0
  /// Passed over since the last one that was not.
  private(set) var passedOver = 0

  /// - Returns: how many were passed over before this one; nil where this one is to be, too.
  mutating func admit(atMs now: Int64) -> Int? {
    if now >= windowEndMs {
      windowEndMs = now &+ Self.windowMs
      count = 0
    }
    guard count < Self.most else {
      passedOver += 1
      return nil
    }
    count += 1
    defer { passedOver = 0 }
    return passedOver
  }
}
