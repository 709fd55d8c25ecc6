// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What an alert says to people, in every language that it is sent in.
enum AlertText {
  enum Language: String, CaseIterable {
    case zh
    case en
  }

  /// The catalogue. A phrase cannot be without one of the languages.
  enum Phrase: CaseIterable {
    case spo2, heartRate, pulseRate, systolic, diastolic
    case percent, perMinute, millimetresOfMercury
    case below, atMost, above, atLeast
    case listComma, comma, at, backTo
    case unconfirmed, timeUnknown, superseded

    func text(_ language: Language) -> String {
      let (zh, en) = both
      return switch language {
      case .zh: zh
      case .en: en
      }
    }

    private var both: (zh: String, en: String) {
      switch self {
      case .spo2: ("血氧", "SpO2")
      case .heartRate: ("心率", "heart rate")
      case .pulseRate: ("脉率", "pulse rate")
      case .systolic: ("收缩压", "systolic pressure")
      case .diastolic: ("舒张压", "diastolic pressure")
      case .percent: ("%", " %")
      case .perMinute: (" 次/分", " /min")
      case .millimetresOfMercury: (" mmHg", " mmHg")
      case .below: ("低于", "below")
      case .atMost: ("达到或低于", "at or below")
      case .above: ("高于", "above")
      case .atLeast: ("达到或高于", "at or above")
      case .listComma: ("；", "; ")
      case .comma: ("，", ", ")
      case .at: ("同时", "with ")
      case .backTo: ("恢复到 ", " back to ")
      case .unconfirmed: ("没有复测，未经确认", "no second reading, unconfirmed")
      case .timeUnknown: ("测量时间未知", "measurement time unknown")
      case .superseded: ("已由同类更严重的警报取代", "replaced by a more serious alert of the same kind")
      }
    }
  }

  /// `血氧 86%，低于 90%`, `SpO2 86 %, below 90 %`
  static func start(
    limits: [Limit], decisive: Evidence, aggravation: Quantity?, isUnconfirmed: Bool
  ) -> [String: String] {
    each { language in
      let crossed = limits.compactMap { limit -> String? in
        guard let value = decisive.values.first(where: { $0.kind == limit.kind }) else { return nil }
        let bound = number(limit.value, limit.kind, language)
        return named(value, language) + Phrase.comma.text(language) + comparison(limit.op).text(language) + " " + bound
      }
      var text = crossed.joined(separator: Phrase.listComma.text(language))
      if let aggravation {
        text += Phrase.comma.text(language) + Phrase.at.text(language) + named(aggravation, language)
      }
      if isUnconfirmed { text += Phrase.comma.text(language) + Phrase.unconfirmed.text(language) }
      if decisive.age == .unknown { text += Phrase.comma.text(language) + Phrase.timeUnknown.text(language) }
      return text
    }
  }

  /// `血氧恢复到 95%`, `SpO2 back to 95 %`: the last value that cleared the condition.
  static func clear(_ last: Evidence) -> [String: String] {
    each { language in
      last.values.compactMap { value -> String? in
        guard let decimal = value.number, let name = name(value.kind)?.text(language) else { return nil }
        return "\(name)\(Phrase.backTo.text(language))\(number(decimal, value.kind, language))"
      }.joined(separator: Phrase.listComma.text(language))
    }
  }

  static func supersede() -> [String: String] {
    each { Phrase.superseded.text($0) }
  }

  /// The phrase for a kind that rules look at.
  static func name(_ kind: ObservationKind) -> Phrase? {
    switch kind {
    case .spo2: .spo2
    case .heartRate: .heartRate
    case .pulseRate: .pulseRate
    case .systolic: .systolic
    case .diastolic: .diastolic
    default: nil
    }
  }

  private static func named(_ value: Quantity, _ language: Language) -> String {
    let name = name(value.kind)?.text(language) ?? value.kind.rawValue
    return value.number.map { "\(name) \(number($0, value.kind, language))" } ?? name
  }

  private static func number(_ value: ExactDecimal, _ kind: ObservationKind, _ language: Language) -> String {
    let unit: Phrase? =
      switch kind.unit {
      case .percent: .percent
      case .perMinute: .perMinute
      case .millimetreOfMercury: .millimetresOfMercury
      default: nil
      }
    return value.description + (unit?.text(language) ?? " " + kind.unit.rawValue)
  }

  private static func comparison(_ comparison: Comparison) -> Phrase {
    switch comparison {
    case .below: .below
    case .atMost: .atMost
    case .above: .above
    case .atLeast: .atLeast
    }
  }

  private static func each(_ text: (Language) -> String) -> [String: String] {
    var texts: [String: String] = [:]
    for language in Language.allCases { texts[language.rawValue] = text(language) }
    return texts
  }
}
