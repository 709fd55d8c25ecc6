// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// A reading that an alert rests on, with those of its values that matter to the rule.
package struct Evidence: Sendable, Equatable {
  package let reading: StableID
  package let values: [Quantity]
  /// Milliseconds since 1970; nil while the wall clock is unknown.
  package let observedWallMs: Int64?
  package let age: Age

  package init(reading: StableID, values: [Quantity], observedWallMs: Int64?, age: Age) {
    self.reading = reading
    self.values = values
    self.observedWallMs = observedWallMs
    self.age = age
  }

  init(_ observation: Observation, of kinds: [ObservationKind]) {
    reading = observation.reading
    values = observation.values.filter { kinds.contains($0.kind) }
    observedWallMs = observation.observedWallMs
    age = observation.age
  }
}
