// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// What is the matter, in a few words: the value, how it was got, and what it crossed.
struct AlertMatter {
  private let rule: Rule
  private let onset: Onset
  private var values: [Quantity] { onset.decisive.values }

  init(_ rule: Rule, _ onset: Onset) {
    self.rule = rule
    self.onset = onset
  }

  var text: Text {
    var parts = differences + absences
    if parts.isEmpty { parts = crossings }
    if parts.isEmpty { parts = statuses }
    if parts.isEmpty { parts = [rule.name] }
    var notes: [Text] = []
    if let value = onset.aggravation { notes.append(AlertPhrases.with(Self.named(value))) }
    if onset.isUnconfirmed { notes.append(AlertPhrases.unconfirmed) }
    return AlertText.joined([AlertText.joined(parts, by: AlertPhrases.listComma)] + notes)
  }

  // MARK: numbers

  /// `血压均值 182/101 mmHg（2次测量），收缩压达到或高于 180 mmHg`
  private var crossings: [Text] {
    let known = onset.limits.filter { number($0.kind) != nil }
    let crossed = known.filter { limit in number(limit.kind).map(Bound(limit.op, limit.value).holds) ?? false }
    let limits = crossed.isEmpty ? known : crossed
    return ShownValue.all(of: values, offended: limits.map(\.kind)).map { value in
      let bounds = bounds(limits.filter { value.kinds.contains($0.kind) }, of: value)
      return AlertText.joined([figured(value)] + bounds)
    }
  }

  private func bounds(_ limits: [Limit], of value: ShownValue) -> [Text] {
    // Where a limit that somebody has set is crossed as well, that one is said.
    let set = limits.filter { $0.basis != .baseline }
    if set.isEmpty, let first = limits.first, let against = against(first) { return [against] }
    let crossed = onset.past == nil || set.isEmpty ? limits : set
    var texts: [Text]
    if let upper = crossed.first(where: { $0.kind == .systolic }),
      let lower = crossed.first(where: { $0.kind == .diastolic }),
      crossed.count == 2, upper.op == lower.op, upper.basis == lower.basis
    {
      texts = [Self.bound(ShownValue.pressure(upper.value, lower.value), upper)]
    } else {
      texts = crossed.map { limit in
        let text = Self.bound(ShownValue.number(limit.value, limit.kind), limit)
        guard value.kinds.count > 1 else { return text }
        let name = ShownValue.name(of: limit.kind)
        return Text(zh: name.zh + text.zh, en: "\(name.en) \(text.en)")
      }
    }
    if let past = onset.past, value.kinds.contains(past.kind) {
      texts.append(AlertPhrases.usually(ShownValue.number(past.value, past.kind)))
    }
    return texts
  }

  /// A limit that was computed from the person's own past says how far the value is from that.
  private func against(_ limit: Limit) -> Text? {
    guard limit.basis == .baseline, let past = onset.past, past.kind == limit.kind, let value = number(limit.kind),
      case let was = past.value, let difference = Self.difference(value, was),
      let size = difference.isNegative ? Self.difference(was, value) : difference
    else { return nil }
    let amount =
      limit.kind.unit == .percent
      ? AlertPhrases.points(ShownValue.plain(size, limit.kind)) : ShownValue.number(size, limit.kind)
    let before = ShownValue.number(was, limit.kind)
    let reference: Text =
      switch past.past {
      case .median, .mean: AlertPhrases.usual(before)
      case .least(let days): AlertPhrases.least(before, ofDays: days)
      }
    return difference.isNegative
      ? AlertPhrases.lower(by: amount, than: reference) : AlertPhrases.higher(by: amount, than: reference)
  }

  private static func bound(_ bound: Text, _ limit: Limit) -> Text {
    let whose = limit.basis == .own ? AlertPhrases.own : nil
    return switch limit.op {
    case .below: AlertPhrases.below(whose, bound)
    case .atMost: AlertPhrases.atMost(whose, bound)
    case .above: AlertPhrases.above(whose, bound)
    case .atLeast: AlertPhrases.atLeast(whose, bound)
    }
  }

  /// The value, and from what it was got where it is no single reading's.
  private func figured(_ value: ShownValue) -> Text {
    func text(_ name: Text, _ note: Text) -> Text {
      Text(zh: "\(name.zh) \(value.number.zh)\(note.zh)", en: "\(name.en) \(value.number.en)\(note.en)")
    }
    return switch onset.figure {
    case .meanOf(let count): text(AlertPhrases.mean(of: value.name), AlertPhrases.readings(count))
    case .homeAverage(let days, let count):
      text(AlertPhrases.homeAverage(of: value.name), AlertPhrases.readings(count, inDays: days))
    case .sessions(let count): text(value.name, AlertPhrases.sessions(count))
    case .stored, nil: value.text
    }
  }

  // MARK: the rest

  /// `血压 120/110 mmHg，脉压 10 mmHg，低于 20 mmHg`
  private var differences: [Text] {
    rule.conditions.compactMap { condition in
      guard case .difference(let first, let second, let bound) = condition.test, let minuend = number(first),
        let subtrahend = number(second), let difference = Self.difference(minuend, subtrahend), bound.holds(difference)
      else { return nil }
      let isPulse = first == .systolic && second == .diastolic
      let name =
        isPulse
        ? AlertPhrases.pulsePressure
        : AlertPhrases.difference(ShownValue.name(of: first), ShownValue.name(of: second))
      let limit = Limit(kind: first, op: bound.comparison, value: bound.value, basis: condition.basis)
      let value = ShownValue(kinds: [], name: name, number: ShownValue.number(difference, first))
      return AlertText.joined(
        ShownValue.all(of: values, offended: [first, second]).map(\.text)
          + [value.text, Self.bound(ShownValue.number(bound.value, first), limit)])
    }
  }

  private var absences: [Text] {
    rule.conditions.compactMap { condition in
      guard case .absent(let kinds, let reason) = condition.test,
        let value = values.first(where: { kinds.contains($0.kind) && $0.content == .absent(reason) })
      else { return nil }
      return Self.named(value)
    }
  }

  private var statuses: [Text] {
    rule.conditions.compactMap { condition in
      guard case .status(let status, _) = condition.test else { return nil }
      let name = StatusWords.name(ofStatus: status)
      guard case .sessions(let count) = onset.figure else { return name }
      let note = AlertPhrases.sessions(count)
      return Text(zh: name.zh + note.zh, en: name.en + note.en)
    }
  }

  private static func named(_ value: Quantity) -> Text {
    let name = ShownValue.name(of: value.kind)
    switch value.content {
    case .number(let number):
      return ShownValue(kinds: [value.kind], name: name, number: ShownValue.number(number, value.kind)).text
    case .absent(.ninf): return AlertPhrases.belowRange(name)
    case .absent(.pinf): return AlertPhrases.aboveRange(name)
    case .absent: return name
    }
  }

  private static func difference(_ minuend: ExactDecimal, _ subtrahend: ExactDecimal) -> ExactDecimal? {
    subtrahend.multiplied(by: ExactDecimal(-1)).flatMap(minuend.adding)
  }

  private func number(_ kind: ObservationKind) -> ExactDecimal? { values.first { $0.kind == kind }?.number }
}
