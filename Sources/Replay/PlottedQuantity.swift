// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// What has a lane of its own on a picture: kinds that people read together.
enum PlottedQuantity: CaseIterable {
  case rate
  case oxygen
  case pressure
  case temperature
  case glucose
  case weight

  var kinds: [ObservationKind] {
    switch self {
    case .rate: [.heartRate, .pulseRate]
    case .oxygen: [.spo2]
    case .pressure: [.systolic, .diastolic]
    case .temperature: [.bodyTemperature]
    case .glucose: [.glucose]
    case .weight: [.bodyWeight]
    }
  }

  var name: Text {
    switch self {
    case .rate: ReplayTexts.heartRate
    case .pressure: ReplayTexts.bloodPressure
    case .oxygen, .temperature, .glucose, .weight:
      kinds.first.flatMap { KindNames.name(ofKind: $0.rawValue) } ?? ReplayTexts.heartRate
    }
  }

  /// As it stands behind a number: ` mmHg`.
  func unit(in language: Language) -> String {
    guard let kind = kinds.first else { return "" }
    return KindNames.suffix(ofUnit: kind.unit.rawValue)(in: language)
  }
}
