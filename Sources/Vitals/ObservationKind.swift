// SPDX-License-Identifier: GPL-3.0-or-later

/// A unit of measure, by its UCUM code.
package enum Unit: String, Sendable, CaseIterable {
  case perMinute = "/min"
  case millisecond = "ms"
  case kilojoule = "kJ"
  case millimetreOfMercury = "mm[Hg]"
  case percent = "%"
  case celsius = "Cel"
  case kilogram = "kg"
  case kilogramPerSquareMetre = "kg/m2"
  case centimetre = "cm"
  case millimolePerLitre = "mmol/L"

  /// Digits after the point that a converted value keeps (contract.md: rounding half to even).
  package var convertedFractionDigits: Int {
    switch self {
    case .millimetreOfMercury, .centimetre: 1
    case .millimolePerLitre, .celsius: 2
    default: 3
    }
  }
}

/// What a value measures, with the one unit it has after normalization and its codes.
///
/// MDC: the 32-bit code of IEEE 11073-10101 (partition × 65536 + term). LOINC: where the kind is a FHIR vital sign.
package enum ObservationKind: String, Sendable, CaseIterable {
  case heartRate = "heart-rate"
  case rrInterval = "rr-interval"
  case energyExpended = "energy-expended"
  case systolic
  case diastolic
  case meanArterial = "mean-arterial"
  case cuffPressure = "cuff-pressure"
  case pulseRate = "pulse-rate"
  case spo2
  case spo2Fast = "spo2-fast"
  case spo2Slow = "spo2-slow"
  case pulseRateFast = "pulse-rate-fast"
  case pulseRateSlow = "pulse-rate-slow"
  case pulseAmplitudeIndex = "pulse-amplitude-index"
  case bodyTemperature = "body-temperature"
  case bodyWeight = "body-weight"
  case bmi
  case bodyHeight = "body-height"
  case glucose
  case battery

  package var unit: Unit {
    switch self {
    case .heartRate, .pulseRate, .pulseRateFast, .pulseRateSlow: .perMinute
    case .rrInterval: .millisecond
    case .energyExpended: .kilojoule
    case .systolic, .diastolic, .meanArterial, .cuffPressure: .millimetreOfMercury
    case .spo2, .spo2Fast, .spo2Slow, .pulseAmplitudeIndex, .battery: .percent
    case .bodyTemperature: .celsius
    case .bodyWeight: .kilogram
    case .bmi: .kilogramPerSquareMetre
    case .bodyHeight: .centimetre
    case .glucose: .millimolePerLitre
    }
  }

  /// The MDC code. A pulse rate has another one by its source: `fromOximeter` tells a finger's from a cuff's.
  package func mdc(fromOximeter: Bool) -> Int? {
    switch self {
    case .heartRate: 147842
    case .rrInterval: 147240
    case .energyExpended: 8_454_263
    case .systolic: 150021
    case .diastolic: 150022
    case .meanArterial: 150023
    case .pulseRate: fromOximeter ? 149530 : 149546
    case .spo2, .spo2Fast, .spo2Slow: 150456
    case .pulseRateFast, .pulseRateSlow: 149530
    case .pulseAmplitudeIndex: 150448
    case .bodyTemperature: 150364
    case .bodyWeight: 188736
    case .bmi: 188752
    case .bodyHeight: 188740
    case .glucose: 160184
    case .battery: 67996
    case .cuffPressure: nil
    }
  }

  package var loinc: String? {
    switch self {
    case .heartRate, .pulseRate: "8867-4"
    case .systolic: "8480-6"
    case .diastolic: "8462-4"
    case .meanArterial: "8478-0"
    case .spo2: "2708-6"
    case .pulseAmplitudeIndex: "61006-3"
    case .bodyTemperature: "8310-5"
    case .bodyWeight: "29463-7"
    case .bmi: "39156-5"
    case .bodyHeight: "8302-2"
    case .glucose: "14743-9"
    default: nil
    }
  }
}
