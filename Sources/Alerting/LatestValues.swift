// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The latest number of each kind that may make another alert worse.
struct LatestValues: Sendable, Equatable {
  private var latest: [Latest] = []

  private struct Latest: Sendable, Equatable {
    let kind: ObservationKind
    var number: ExactDecimal
    var reading: StableID
    var observedWallMs: Int64?
    var age: Age
    var at: Int64
  }

  var count: Int { latest.count }

  mutating func note(_ observation: Observation, of kinds: KindSet, at elapsed: Int64) {
    for value in observation.values where kinds.contains(value.kind) {
      guard case .number(let number) = value.content else { continue }
      if let index = latest.firstIndex(where: { $0.kind == value.kind }) {
        latest[index].number = number
        latest[index].reading = observation.reading
        latest[index].observedWallMs = observation.observedWallMs
        latest[index].age = observation.age
        latest[index].at = elapsed
      } else {
        latest.append(
          Latest(
            kind: value.kind, number: number, reading: observation.reading,
            observedWallMs: observation.observedWallMs, age: observation.age, at: elapsed))
      }
    }
  }

  /// The latest of these kinds, which measure the same; nil where it is older than that.
  func evidence(of kinds: KindSet, at elapsed: Int64, within: Int64) -> Evidence? {
    let known = latest.filter { kinds.contains($0.kind) }
    guard let value = known.max(by: { $0.at < $1.at }), elapsed - value.at <= within else { return nil }
    return Evidence(
      reading: value.reading, values: [Quantity(value.kind, .number(value.number))],
      observedWallMs: value.observedWallMs, age: value.age)
  }
}
