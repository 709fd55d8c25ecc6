// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What has been counted towards the end of a condition.
struct Clearing: Sendable, Equatable {
  private var streams: [Stream] = []
  private var spots = 0
  private var lastSpot: StableID?

  private struct Stream: Sendable, Equatable {
    let slot: Int
    var hold: Hold
  }

  var count: Int { streams.count }

  /// A stream's sample inside the deadband.
  /// - Returns: how long the stream has been there, in milliseconds.
  mutating func hold(_ slot: Int, at elapsed: Int64) -> Int64 {
    streams.removeAll { $0.slot == slot && $0.hold.isVoid(at: elapsed) }
    guard let index = streams.firstIndex(where: { $0.slot == slot }) else {
      streams.append(Stream(slot: slot, hold: Hold(at: elapsed)))
      return 0
    }
    streams[index].hold.hold(at: elapsed)
    return streams[index].hold.held
  }

  /// A stream's sample that says nothing.
  mutating func freeze(_ slot: Int) {
    for index in streams.indices where streams[index].slot == slot { streams[index].hold.freeze() }
  }

  /// The slot is another stream's now.
  mutating func forget(_ slot: Int) { streams.removeAll { $0.slot == slot } }

  /// A spot reading inside the deadband.
  /// - Returns: how many there were one after the other; the same reading sent twice is one.
  mutating func count(_ reading: StableID) -> Int {
    if lastSpot != reading, spots < .max { spots += 1 }
    lastSpot = reading
    return spots
  }
}
