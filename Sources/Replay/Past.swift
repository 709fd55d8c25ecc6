// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The readings that a daemon finds in its database when it starts, as far as the rules look back.
struct Past: Sendable {
  private static let streamWindow: Int64 = 20 * 60_000
  private static let spotWindow: Int64 = 8 * 86_400_000
  /// Nothing is kept for longer, in milliseconds.
  static let farthest = spotWindow

  private var streams = Window(Past.streamWindow)
  private var spots = Window(Past.spotWindow)
  private var known: Set<StableID> = []

  /// Streams are asked only for what came just before: no device sends a sample again.
  func isNew(_ observation: Observation) -> Bool {
    observation.isStream ? streams.last?.reading != observation.reading : !known.contains(observation.reading)
  }

  mutating func append(_ observation: Observation) {
    if observation.isStream {
      streams.append(observation)
    } else {
      known.insert(observation.reading)
      spots.append(observation)
    }
  }

  /// In the order in which they came.
  func seen(at now: Int64) -> [Observation] {
    (streams.since(now) + spots.since(now)).enumerated().sorted { a, b in
      (a.element.received.monotonicMs, a.offset) < (b.element.received.monotonicMs, b.offset)
    }.map(\.element)
  }

  private struct Window: Sendable {
    private let length: Int64
    private var readings: [Observation] = []
    private var first = 0

    init(_ length: Int64) { self.length = length }

    var last: Observation? { readings.last }

    mutating func append(_ observation: Observation) {
      readings.append(observation)
      let oldest = observation.received.monotonicMs &- length
      while first < readings.count, readings[first].received.monotonicMs < oldest { first += 1 }
      // Moved now and then, not each time.
      guard first > 256, first > readings.count / 2 else { return }
      readings.removeSubrange(..<first)
      first = 0
    }

    func since(_ now: Int64) -> ArraySlice<Observation> {
      readings[first...].filter { $0.received.monotonicMs >= now &- length }[...]
    }
  }
}
