// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// How values stand in a column: short text that a person can read with sqlite3, and that is read back exactly.
///
/// Values: `systolic=127 mean-arterial=nan`. Evidence: one line each,
/// `<reading> <observed ms or -> <age> spo2=86`. Limits: `spo2 < 90 default`, one line each. A summary's values:
/// `<kind> <count> <least> <most> <mean or -> <last>`, one line each.
enum StoredForm {
  static func text(_ values: [Quantity]) -> String {
    values.map { value in
      switch value.content {
      case .number(let number): "\(value.kind.rawValue)=\(number)"
      case .absent(let reason): "\(value.kind.rawValue)=\(reason.rawValue)"
      }
    }.joined(separator: " ")
  }

  static func values(_ text: some StringProtocol) -> [Quantity] {
    text.split(separator: " ").compactMap { item in
      let parts = item.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let kind = ObservationKind(rawValue: String(parts[0])) else { return nil }
      if let reason = AbsentReason(rawValue: String(parts[1])) { return Quantity(kind, .absent(reason)) }
      return ExactDecimal(parts[1]).map { Quantity(kind, .number($0)) }
    }
  }

  static func text(_ evidence: [Evidence]) -> String {
    evidence.map { item in
      "\(item.reading) \(item.observedWallMs.map(String.init) ?? "-") \(item.age.rawValue) \(text(item.values))"
    }.joined(separator: "\n")
  }

  static func evidence(_ text: String) -> [Evidence] {
    text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ", maxSplits: 3)
      guard parts.count >= 3, let reading = StableID(hex: parts[0]), let age = Age(rawValue: String(parts[2])) else {
        return nil
      }
      return Evidence(
        reading: reading, values: parts.count > 3 ? values(parts[3]) : [], observedWallMs: Int64(parts[1]), age: age)
    }
  }

  static func text(_ limits: [Limit]) -> String {
    limits.map { "\($0.kind.rawValue) \($0.op.rawValue) \($0.value) \($0.basis.rawValue)" }.joined(separator: "\n")
  }

  static func limits(_ text: String) -> [Limit] {
    text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ").map(String.init)
      guard parts.count == 4, let kind = ObservationKind(rawValue: parts[0]), let op = Comparison(rawValue: parts[1]),
        let value = ExactDecimal(parts[2]), let basis = Limit.Basis(rawValue: parts[3])
      else { return nil }
      return Limit(kind: kind, op: op, value: value, basis: basis)
    }
  }

  static func text(_ values: [StreamSummary.Value]) -> String {
    values.map { value in
      "\(value.kind.rawValue) \(value.count) \(value.minimum) \(value.maximum) \(value.mean?.description ?? "-") \(value.last)"
    }.joined(separator: "\n")
  }

  /// nil where a line cannot be read: a value that is left out would look as if there had been none.
  static func summaryValues(_ text: String) -> [StreamSummary.Value]? {
    var values: [StreamSummary.Value] = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard parts.count == 6, let kind = ObservationKind(rawValue: String(parts[0])), let count = Int(parts[1]),
        let least = ExactDecimal(parts[2]), let most = ExactDecimal(parts[3]), let last = ExactDecimal(parts[5])
      else { return nil }
      let mean = ExactDecimal(parts[4])
      guard mean != nil || parts[4] == "-" else { return nil }
      values.append(
        StreamSummary.Value(kind: kind, count: count, minimum: least, maximum: most, mean: mean, last: last))
    }
    return values
  }
}
