// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What an observation proves to have been measured, and when.
///
/// Questionable values count: something came. Invalid ones do not.
struct Measured {
  let kinds: [ObservationKind]
  /// On this boot's monotonic line; what a device had stored was measured before it came.
  let elapsedMs: Int64

  /// - Returns: nil where nothing was measured.
  init?(_ observation: Observation, at occasion: Occasion) {
    guard observation.purpose == .care, observation.quality != .invalid, observation.state != .enteredInError
    else { return nil }
    kinds = observation.values.filter { $0.isResult && $0.kind != .battery }.map(\.kind)
    guard !kinds.isEmpty else { return nil }
    var age: Int64 = 0
    if observation.age == .late, let received = observation.received.wallMs, let observed = observation.observedWallMs {
      age = max(0, received &- observed)
    }
    elapsedMs = occasion.elapsedMs &- age
  }
}

extension Quantity {
  /// Too high or too low to show is a result, too.
  var isResult: Bool {
    switch content {
    case .number, .absent(.pinf), .absent(.ninf): true
    case .absent: false
    }
  }
}
