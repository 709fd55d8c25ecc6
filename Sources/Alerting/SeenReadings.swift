// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The measurements that were taken in before: a device sends what it has stored again and again, and one reading is one.
struct SeenReadings: Sendable, Equatable {
  /// Some cuffs send 250 records each time.
  static let limit = 1024

  private var known: Set<UInt64> = []
  private var ring: [UInt64] = []
  private var next = 0

  var count: Int { ring.count }

  /// - Returns: whether it is new.
  mutating func insert(_ reading: StableID) -> Bool {
    // Eight bytes of a hash tell a thousand readings apart.
    let key = reading.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard known.insert(key).inserted else { return false }
    if ring.count < Self.limit {
      ring.append(key)
    } else {
      known.remove(ring[next])
      ring[next] = key
      next = (next + 1) % Self.limit
    }
    return true
  }
}
