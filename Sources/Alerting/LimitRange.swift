// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

extension ObservationKind {
  /// Between what numbers a limit makes sense, in the kind's unit: beyond them it is a slip of the pen.
  ///
  /// Decisions of this project, with no published source: wide enough for every limit of the editions and for what one person
  /// may need, and narrow enough that a number in another unit, or with a digit too many, is outside. What each rests on stands
  /// beside it.
  package var limits: ClosedRange<Int> {
    switch self {
    // The rules go from 40 to 131 (the scores of NEWS2). Below 20 a device has lost beats; above 300 it has counted some twice.
    case .heartRate, .pulseRate, .pulseRateFast, .pulseRateSlow: 20...300
    // The rules go from 85 to 180, and take a pressure outside of 40 to 300 for a cuff's mistake (BP-7): with some room at both
    // ends, since a person's limit for just that may stand there.
    case .systolic, .diastolic, .meanArterial, .cuffPressure: 20...350
    // A percentage: 100 is all there is. The rules go down to 83 (scale 2 of NEWS2), healthy people on a high plateau have 85 to
    // 92; oximeters are specified from 70 on, and below 50 nobody's limit is meant.
    case .spo2, .spo2Fast, .spo2Slow: 50...100
    // The rules go from 35.0 to 39.1. A slip is a number in Fahrenheit: 95 and more.
    case .bodyTemperature: 25...45
    // From a premature child to more than any scale for a home takes.
    case .bodyWeight: 1...500
    // Computed from weight and height; wider than either can make it in a person.
    case .bmi: 5...150
    // From a newborn, with room, to more than anybody.
    case .bodyHeight: 20...280
    // In mmol/l. The rules go from 3.0 to 16.7; common meters say LO below about 1.1 and HI above about 33.3 (general knowledge).
    // A slip is a number in mg/dl: 70 for 3.9.
    case .glucose: 1...60
    // Percentages.
    case .battery, .pulseAmplitudeIndex: 0...100
    // In milliseconds: a heart rate of 600 to 12, wider than that of the pulse, because a single beat may come early or late.
    case .rrInterval: 100...5000
    // In kilojoules; a counter of 16 bits in the Heart Rate Service. No rule asks for it.
    case .energyExpended: 0...100_000
    }
  }

  func takesLimit(_ number: ExactDecimal) -> Bool {
    ExactDecimal(limits.lowerBound) <= number && number <= ExactDecimal(limits.upperBound)
  }
}

extension Comparison {
  /// Whether it is the upper side that offends.
  var isUpper: Bool { self == .above || self == .atLeast }
}

extension Bound {
  /// Whether no number is within both.
  func isApart(from other: Bound) -> Bool {
    guard comparison.isUpper != other.comparison.isUpper else { return false }
    let (low, high) = comparison.isUpper ? (other, self) : (self, other)
    if low.value == high.value { return low.comparison == .below || high.comparison == .above }
    return low.value < high.value
  }
}
