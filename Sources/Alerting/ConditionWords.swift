// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// What a rule holds readings against, as a person says it.
enum ConditionWords {
  /// `血氧低于 90%`, `SpO2 below 90 %`
  static func text(_ condition: Rule.Condition) -> Text {
    let words = text(condition.test)
    guard let given = condition.given else { return words }
    let past = RuleTexts.past(name(of: given.past), of: name(of: [given.kind]))
    return RuleTexts.given(
      words, compared(past, given.bound.comparison, number(given.bound.value, of: given.kind.unit)))
  }

  private static func text(_ test: Rule.Test) -> Text {
    switch test {
    case .value(let kinds, let bound):
      return compared(name(of: kinds), bound.comparison, number(bound.value, of: kinds.first?.unit))
    case .change(let kinds, let comparison, let offset, let past):
      return compared(name(of: kinds), comparison, moved(name(of: past), by: offset, of: kinds.first?.unit))
    case .absent(let kinds, .ninf): return RuleTexts.belowRange(name(of: kinds))
    case .absent(let kinds, .pinf): return RuleTexts.aboveRange(name(of: kinds))
    case .absent(let kinds, _): return RuleTexts.noNumber(name(of: kinds))
    case .status(let word, _): return RuleTexts.reported(StatusWords.name(ofStatus: word))
    case .difference(let first, let second, let bound):
      let what = RuleTexts.difference(name(of: [first]), name(of: [second]))
      return compared(what, bound.comparison, number(bound.value, of: first.unit))
    }
  }

  private static func compared(_ what: Text, _ comparison: Comparison, _ bound: Text) -> Text {
    switch comparison {
    case .below: RuleTexts.below(what, bound)
    case .atMost: RuleTexts.atMost(what, bound)
    case .above: RuleTexts.above(what, bound)
    case .atLeast: RuleTexts.atLeast(what, bound)
    }
  }

  private static func moved(_ past: Text, by offset: ExactDecimal, of unit: Unit?) -> Text {
    if offset.isZero { return past }
    let magnitude = offset.isNegative ? offset.multiplied(by: ExactDecimal(-1)) ?? offset : offset
    let amount = unit == .percent ? RuleTexts.points(magnitude.description) : number(magnitude, of: unit)
    return offset.isNegative ? RuleTexts.minus(past, amount) : RuleTexts.plus(past, amount)
  }

  private static func number(_ value: ExactDecimal, of unit: Unit?) -> Text {
    let suffix = unit.map { KindNames.suffix(ofUnit: $0.rawValue) } ?? Text(zh: "", en: "")
    return RuleTexts.number(value.description, suffix: suffix)
  }

  private static func name(of kinds: [ObservationKind]) -> Text {
    let names = kinds.map { KindNames.name(ofKind: $0.rawValue) ?? Text(zh: $0.rawValue, en: $0.rawValue) }
    return joined(names, by: RuleTexts.eitherKind)
  }

  private static func name(of past: Rule.Past) -> Text {
    switch past {
    case .median: RuleTexts.ownMedian
    case .mean: RuleTexts.ownMean
    case .least(let days): RuleTexts.ownLeast(days: days)
    }
  }

  static func joined(_ texts: [Text], by separator: Text) -> Text {
    Text(zh: texts.map(\.zh).joined(separator: separator.zh), en: texts.map(\.en).joined(separator: separator.en))
  }
}
