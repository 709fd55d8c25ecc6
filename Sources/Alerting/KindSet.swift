// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// A set of kinds in one word: every sample of a stream is asked which rules it concerns.
struct KindSet: Sendable, Hashable {
  private var bits: UInt32 = 0

  init() {}

  init(_ kinds: [ObservationKind]) { for kind in kinds { insert(kind) } }

  /// The kinds of these values, with a number or without.
  init(of values: [Quantity]) { for value in values { insert(value.kind) } }

  mutating func insert(_ kind: ObservationKind) { bits |= kind.bit }

  mutating func formUnion(_ other: KindSet) { bits |= other.bits }

  func contains(_ kind: ObservationKind) -> Bool { bits & kind.bit != 0 }

  func intersects(_ other: KindSet) -> Bool { bits & other.bits != 0 }

  var isEmpty: Bool { bits == 0 }
}

extension ObservationKind {
  fileprivate var bit: UInt32 {
    switch self {
    case .heartRate: 1
    case .rrInterval: 1 << 1
    case .energyExpended: 1 << 2
    case .systolic: 1 << 3
    case .diastolic: 1 << 4
    case .meanArterial: 1 << 5
    case .cuffPressure: 1 << 6
    case .pulseRate: 1 << 7
    case .spo2: 1 << 8
    case .spo2Fast: 1 << 9
    case .spo2Slow: 1 << 10
    case .pulseRateFast: 1 << 11
    case .pulseRateSlow: 1 << 12
    case .pulseAmplitudeIndex: 1 << 13
    case .bodyTemperature: 1 << 14
    case .bodyWeight: 1 << 15
    case .bmi: 1 << 16
    case .bodyHeight: 1 << 17
    case .glucose: 1 << 18
    case .battery: 1 << 19
    }
  }
}
