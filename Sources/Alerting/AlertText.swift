// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// What an alert says to people, in every language that it is sent in.
enum AlertText {
  /// `血氧 86%，低于 90%`, `SpO2 86 %, below 90 %`
  static func start(
    limits: [Limit], decisive: Evidence, aggravation: Quantity?, isUnconfirmed: Bool
  ) -> [String: String] {
    each { language in
      let comma = AlertPhrases.comma(in: language)
      let crossed = limits.compactMap { limit -> String? in
        guard let value = decisive.values.first(where: { $0.kind == limit.kind }) else { return nil }
        let bound = number(limit.value, limit.kind, language)
        return named(value, language) + comma + comparison(limit.op)(in: language) + " " + bound
      }
      var text = crossed.joined(separator: AlertPhrases.listComma(in: language))
      if let aggravation {
        text += comma + AlertPhrases.with(in: language) + named(aggravation, language)
      }
      if isUnconfirmed { text += comma + AlertPhrases.unconfirmed(in: language) }
      if decisive.age == .unknown { text += comma + AlertPhrases.timeUnknown(in: language) }
      return text
    }
  }

  /// `血氧恢复到 95%`, `SpO2 back to 95 %`: the last value that cleared the condition.
  static func clear(_ last: Evidence) -> [String: String] {
    each { language in
      last.values.compactMap { value -> String? in
        guard let decimal = value.number else { return nil }
        return name(value.kind, language) + AlertPhrases.backTo(in: language) + number(decimal, value.kind, language)
      }.joined(separator: AlertPhrases.listComma(in: language))
    }
  }

  static func supersede() -> [String: String] { AlertPhrases.superseded.byTag }

  private static func name(_ kind: ObservationKind, _ language: Language) -> String {
    KindNames.name(ofKind: kind.rawValue)?(in: language) ?? kind.rawValue
  }

  private static func named(_ value: Quantity, _ language: Language) -> String {
    let name = name(value.kind, language)
    return value.number.map { "\(name) \(number($0, value.kind, language))" } ?? name
  }

  private static func number(_ value: ExactDecimal, _ kind: ObservationKind, _ language: Language) -> String {
    value.description + KindNames.suffix(ofUnit: kind.unit.rawValue)(in: language)
  }

  private static func comparison(_ comparison: Comparison) -> Text {
    switch comparison {
    case .below: AlertPhrases.below
    case .atMost: AlertPhrases.atMost
    case .above: AlertPhrases.above
    case .atLeast: AlertPhrases.atLeast
    }
  }

  private static func each(_ text: (Language) -> String) -> [String: String] {
    Dictionary(Language.allCases.map { ($0.rawValue, text($0)) }, uniquingKeysWith: { $1 })
  }
}
