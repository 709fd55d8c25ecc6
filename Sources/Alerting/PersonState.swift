// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What the rules remember of one person. Everything in it is bounded.
package struct PersonState: Sendable, Equatable {
  /// A person wears a few devices; of more streams than this the one silent for longest is forgotten.
  static let streamLimit = 16
  /// Cleared episodes that wait for an acknowledgement; the oldest are left to the journal.
  static let clearedLimit = 32

  package let resident: ResidentID
  /// Those that have not ended, the oldest first; at most one active of a rule.
  package internal(set) var episodes: [Episode] = []
  var pending: [Pending] = []
  private(set) var streams: [Stream] = []
  private(set) var latest: [ObservationKind: Latest] = [:]
  private(set) var elapsed = -PersonState.farthest

  /// Times beyond this (some 10 million years) are held, so that no difference of two overflows.
  private static let farthest: Int64 = 1 << 58

  struct Stream: Sendable, Equatable {
    let source: Source
    var began: Int64
    var last: Int64
  }

  struct Latest: Sendable, Equatable {
    let number: ExactDecimal
    let reading: StableID
    let observedWallMs: Int64?
    let age: Age
    let at: Int64
  }

  package init(resident: ResidentID) {
    self.resident = resident
  }

  /// Open episodes from the journal replace what replay produced: what was published is the truth.
  package mutating func adopt(_ open: [Episode]) {
    episodes = open.filter { $0.state != .ended }
    for episode in episodes where episode.state == .active { pending.removeAll { $0.rule == episode.rule } }
    forgetOldestCleared()
  }

  func activeIndex(of rule: String) -> Int? {
    episodes.firstIndex { $0.rule == rule && $0.state == .active }
  }

  /// - Returns: the time of this event; a clock that steps back is held.
  mutating func advance(to elapsedMs: Int64) -> Int64 {
    elapsed = max(elapsed, min(elapsedMs, Self.farthest))
    return elapsed
  }

  /// Notes a usable sample of a stream.
  /// - Returns: when the stream began, which is again after each silence.
  mutating func noteSample(of source: Source) -> Int64 {
    if let index = streams.firstIndex(where: { $0.source == source }) {
      if elapsed - streams[index].last > Hold.silence { streams[index].began = elapsed }
      streams[index].last = elapsed
      return streams[index].began
    }
    if streams.count >= Self.streamLimit, let oldest = streams.indices.min(by: { streams[$0].last < streams[$1].last })
    {
      streams.remove(at: oldest)
    }
    streams.append(Stream(source: source, began: elapsed, last: elapsed))
    return elapsed
  }

  mutating func noteLatest(_ kinds: [ObservationKind], of observation: Observation) {
    for value in observation.values where kinds.contains(value.kind) {
      guard let number = value.number else { continue }
      latest[value.kind] = Latest(
        number: number, reading: observation.reading, observedWallMs: observation.observedWallMs,
        age: observation.age, at: elapsed)
    }
  }

  mutating func addPending(_ new: Pending) {
    pending.removeAll { $0.rule == new.rule && $0.source == new.source }
    let ofRule = pending.indices.filter { pending[$0].rule == new.rule }
    if ofRule.count >= Self.streamLimit, let oldest = ofRule.min(by: { pending[$0].hold.last < pending[$1].hold.last })
    {
      pending.remove(at: oldest)
    }
    pending.append(new)
  }

  mutating func forgetOldestCleared() {
    let cleared = episodes.indices.filter { episodes[$0].state == .clearedUnacknowledged }
    for index in cleared.dropLast(Self.clearedLimit).reversed() { episodes.remove(at: index) }
  }
}
