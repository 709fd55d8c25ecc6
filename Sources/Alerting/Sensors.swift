// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The streams that a person's sensors send. Streams of two devices never share a timer; each has a slot here, by which the
/// rules know it.
struct Sensors: Sendable, Equatable {
  /// A person wears a few devices; of more streams than this the one silent for longest is forgotten.
  static let limit = 16
  /// Without a sample for longer a sensor was off. Shorter gaps are those of an ordinary radio.
  static let longestSilence: Int64 = 60_000
  /// So was one that has lost contact, or measured nothing, for longer.
  static let longestLoss: Int64 = 10_000

  private var streams: [Stream] = []

  private struct Stream: Sendable, Equatable {
    var device: String
    var characteristic: String
    /// When the sensor was put on.
    var began: Int64
    /// The last sample that measured something.
    var last: Int64
    /// The first one after it that did not.
    var lostSince: Int64?
    /// ``last`` stands outside a limit, and whether that is an alert is open.
    var isUndecided = false

    mutating func note(isMeasured: Bool, at elapsed: Int64) {
      guard isMeasured else {
        if lostSince == nil { lostSince = elapsed }
        return
      }
      if elapsed - last > Sensors.longestSilence || elapsed - (lostSince ?? elapsed) > Sensors.longestLoss {
        began = elapsed
      }
      last = elapsed
      lostSince = nil
    }
  }

  struct Note: Sendable, Equatable {
    let slot: Int
    /// When the sensor was put on.
    let began: Int64
    /// The slot was another stream's until now.
    let isTaken: Bool
  }

  var count: Int { streams.count }

  /// Devices whose newest values say that an alert may be coming.
  func undecided(at elapsed: Int64) -> Set<String> {
    Set(streams.filter { $0.isUndecided && elapsed - $0.last <= Self.longestSilence }.map(\.device))
  }

  mutating func judged(_ slot: Int, isUndecided: Bool) { streams[slot].isUndecided = isUndecided }

  private func slot(of observation: Observation) -> Int? {
    for slot in streams.indices
    where streams[slot].device == observation.device.id && streams[slot].characteristic == observation.characteristic {
      return slot
    }
    return nil
  }

  /// Notes a sample.
  ///
  /// - Parameter isMeasured: it has a number, and is not invalid.
  /// - Returns: nil where nothing was measured in this stream yet.
  mutating func note(_ observation: Observation, isMeasured: Bool, at elapsed: Int64) -> Note? {
    if let slot = slot(of: observation) {
      streams[slot].note(isMeasured: isMeasured, at: elapsed)
      return Note(slot: slot, began: streams[slot].began, isTaken: false)
    }
    guard isMeasured else { return nil }
    let new = Stream(
      device: observation.device.id, characteristic: observation.characteristic, began: elapsed, last: elapsed)
    if streams.count >= Self.limit, let oldest = streams.indices.min(by: { streams[$0].last < streams[$1].last }) {
      streams[oldest] = new
      return Note(slot: oldest, began: elapsed, isTaken: true)
    }
    streams.append(new)
    return Note(slot: streams.count - 1, began: elapsed, isTaken: false)
  }
}
