// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// A value as people say it: a blood pressure is one, `182/101 mmHg`.
struct ShownValue {
  let kinds: [ObservationKind]
  let name: Text
  /// With its unit.
  let number: Text

  var text: Text { Text(zh: "\(name.zh) \(number.zh)", en: "\(name.en) \(number.en)") }

  /// - Parameter offended: the kinds that matter; of a blood pressure one of the two is enough.
  static func all(of values: [Quantity], offended: [ObservationKind]) -> [ShownValue] {
    var shown: [ShownValue] = []
    for kind in offended where !shown.contains(where: { $0.kinds.contains(kind) }) {
      func number(_ kind: ObservationKind) -> ExactDecimal? { values.first { $0.kind == kind }?.number }
      guard let value = number(kind) else { continue }
      if kind == .systolic || kind == .diastolic, let systolic = number(.systolic), let diastolic = number(.diastolic) {
        shown.append(
          ShownValue(
            kinds: [.systolic, .diastolic], name: AlertPhrases.bloodPressure, number: pressure(systolic, diastolic)))
      } else {
        shown.append(ShownValue(kinds: [kind], name: name(of: kind), number: Self.number(value, kind)))
      }
    }
    return shown
  }

  static func name(of kind: ObservationKind) -> Text {
    KindNames.name(ofKind: kind.rawValue) ?? Text(zh: kind.rawValue, en: kind.rawValue)
  }

  static func number(_ value: ExactDecimal, _ kind: ObservationKind) -> Text {
    let (number, suffix) = (plain(value, kind), KindNames.suffix(ofUnit: kind.unit.rawValue))
    return Text(zh: number + suffix.zh, en: number + suffix.en)
  }

  static func pressure(_ systolic: ExactDecimal, _ diastolic: ExactDecimal) -> Text {
    let suffix = KindNames.suffix(ofUnit: Unit.millimetreOfMercury.rawValue)
    let numbers = "\(plain(systolic, .systolic))/\(plain(diastolic, .diastolic))"
    return Text(zh: numbers + suffix.zh, en: numbers + suffix.en)
  }

  /// A mean has more digits than anybody reads, and where people count in whole numbers `.0` says nothing.
  static func plain(_ value: ExactDecimal, _ kind: ObservationKind) -> String {
    let whole = value.rounded(toFractionDigits: 0)
    if whole == value, [.millimetreOfMercury, .percent, .perMinute].contains(kind.unit) { return whole.description }
    let digits = kind.unit.convertedFractionDigits
    return (-value.exponent > digits ? value.rounded(toFractionDigits: digits) : value).description
  }
}
