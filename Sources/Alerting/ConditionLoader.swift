// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads what readings are held against, in `when`, in `clear` and in a priority's `with`:
///
///     {kinds: [spo2], below: 90}                          # or at-most, above, at-least
///     {kinds: [glucose], absent: ninf}                    # the meter's "LO"
///     {status: irregular-pulse, kinds: [systolic]}
///     {kinds: [spo2], falls: 4, from: median}             # or mean, or {least-of-days: 3}; also rises
///     {kinds: [spo2], at-least: -2, from: median}         # the same with a comparison: median − 2
///     {minus: [systolic, diastolic], below: 20}
///
/// Any of them may have `given: {kind: systolic, mean: {at-least: 120}}`.
enum ConditionLoader {
  private enum Bounding: String, CaseIterable {
    case below
    case atMost = "at-most"
    case above
    case atLeast = "at-least"

    var comparison: Comparison {
      switch self {
      case .below: .below
      case .atMost: .atMost
      case .above: .above
      case .atLeast: .atLeast
      }
    }
  }

  private static let comparisons = Bounding.allCases.map(\.rawValue)
  private static let tests = comparisons + ["absent", "status", "falls", "rises"]
  private static let keys = tests + ["kinds", "minus", "from", "given"]

  /// - Throws: also where two limits are of the same side of the same kind: a person's own limit would not know which.
  static func conditions(_ node: Node) throws(DocumentError) -> [Rule.Condition] {
    let items = try node.sequence
    guard !items.isEmpty else { throw node.error("the list is empty") }
    var conditions: [Rule.Condition] = []
    for item in items {
      let condition = try condition(item)
      for other in conditions {
        guard let twin = condition.test.limitShared(with: other.test) else { continue }
        throw item.error("a second limit '\(twin)', make another rule of it")
      }
      conditions.append(condition)
    }
    return conditions
  }

  static func condition(_ node: Node) throws(DocumentError) -> Rule.Condition {
    let fields = try node.mapping(optional: keys)
    let test = try test(fields)
    var condition = Rule.Condition(test, given: try fields["given"].map(given))
    if case .change = test { condition.basis = .baseline }
    return condition
  }

  /// Another quantity's value, as it is.
  static func aggravation(_ node: Node) throws(DocumentError) -> Rule.Condition {
    _ = try node.mapping(required: ["kinds"], optional: comparisons)
    return try condition(node)
  }

  // MARK: tests

  private static func test(_ fields: Node.Fields) throws(DocumentError) -> Rule.Test {
    let found = tests.filter { fields[$0] != nil }
    guard found.count == 1, let form = found.first else {
      throw fields.node.error(
        "expected one of \(tests.joined(separator: ", ")); found \(found.isEmpty ? "none" : "more")")
    }
    let number = try fields.required(form)
    if let minus = fields["minus"] {
      try refuse(["kinds", "from"], beside: "minus", in: fields)
      guard let comparison = Bounding(rawValue: form)?.comparison else {
        throw number.error("'\(form)' does not go with 'minus'")
      }
      let (first, second) = try pair(minus)
      return .difference(first, second, Bound(comparison, try decimal(number)))
    }
    let kinds = try kinds(fields.required("kinds"))
    switch form {
    case "absent":
      try refuse(["from"], beside: form, in: fields)
      return .absent(kinds, try number.choice(of: AbsentReason.self))
    case "status":
      try refuse(["from"], beside: form, in: fields)
      return .status(try status(number), kinds)
    case "falls", "rises":
      let change = try decimal(number)
      guard change > ExactDecimal(0), let fall = change.multiplied(by: ExactDecimal(-1)) else {
        throw number.error("expected a number above 0")
      }
      let past = try past(fields.required("from"))
      return form == "falls"
        ? .change(kinds, .atMost, offset: fall, of: past) : .change(kinds, .atLeast, offset: change, of: past)
    default:
      guard let comparison = Bounding(rawValue: form)?.comparison else { throw number.error("expected a comparison") }
      if let from = fields["from"] {
        return .change(kinds, comparison, offset: try decimal(number), of: try past(from))
      }
      return .value(kinds, Bound(comparison, try limit(number, of: kinds)))
    }
  }

  private static func refuse(_ keys: [String], beside form: String, in fields: Node.Fields) throws(DocumentError) {
    for key in keys {
      if let node = fields[key] { throw node.error("'\(key)' does not go with '\(form)'") }
    }
  }

  private static func given(_ node: Node) throws(DocumentError) -> Rule.OwnBound {
    let fields = try node.mapping(required: ["kind"], optional: ["median", "mean"])
    let kind = try fields.required("kind").choice(of: ObservationKind.self)
    switch (fields["median"], fields["mean"]) {
    case (let bound?, nil): return Rule.OwnBound(.median, kind, try self.bound(bound, of: kind))
    case (nil, let bound?): return Rule.OwnBound(.mean, kind, try self.bound(bound, of: kind))
    default: throw node.error("expected either 'median' or 'mean'")
    }
  }

  private static func bound(_ node: Node, of kind: ObservationKind) throws(DocumentError) -> Bound {
    let fields = try node.mapping(optional: comparisons)
    let found = Bounding.allCases.filter { fields[$0.rawValue] != nil }
    guard found.count == 1, let form = found.first else {
      throw node.error(
        "expected one of \(comparisons.joined(separator: ", ")); found \(found.isEmpty ? "none" : "more")")
    }
    return Bound(form.comparison, try limit(fields.required(form.rawValue), of: [kind]))
  }

  // MARK: words and numbers

  /// Of one quantity: they have one unit.
  private static func kinds(_ node: Node) throws(DocumentError) -> [ObservationKind] {
    let items = try node.sequence
    guard let first = items.first else { throw node.error("the list is empty") }
    let unit = try first.choice(of: ObservationKind.self).unit
    var kinds: [ObservationKind] = []
    for item in items {
      let kind = try item.choice(of: ObservationKind.self)
      guard kind.unit == unit else {
        throw item.error(
          "\(kind.rawValue) is not the same quantity as \(kinds.map(\.rawValue).joined(separator: ", "))")
      }
      guard !kinds.contains(kind) else { throw item.error("'\(kind.rawValue)' stands here twice, keep one of them") }
      kinds.append(kind)
    }
    return kinds
  }

  private static func pair(_ node: Node) throws(DocumentError) -> (ObservationKind, ObservationKind) {
    let kinds = try kinds(node)
    guard kinds.count == 2, let first = kinds.first, let second = kinds.last else {
      throw node.error("expected two kinds, the second is taken from the first")
    }
    return (first, second)
  }

  private static func past(_ node: Node) throws(DocumentError) -> Rule.Past {
    if case .mapping = node.content {
      let fields = try node.mapping(required: ["least-of-days"])
      return .least(days: try fields.required("least-of-days").integer(in: 1...7))
    }
    switch try node.string {
    case "median": return .median
    case "mean": return .mean
    case let word: throw node.error("expected one of median, mean, {least-of-days: 3}, found '\(word.prefix(40))'")
    }
  }

  private static func status(_ node: Node) throws(DocumentError) -> String {
    let text = try node.string
    let isName = text.utf8.allSatisfy { octet in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet)
        || octet == UInt8(ascii: "-")
    }
    guard isName, (1...64).contains(text.utf8.count) else {
      throw node.error("expected a name of a-z, 0-9 and - between words")
    }
    return text
  }

  private static func decimal(_ node: Node) throws(DocumentError) -> ExactDecimal {
    guard case .scalar(let text, plain: true) = node.content, text.utf8.count <= 12, let number = ExactDecimal(text)
    else { throw node.error("expected a decimal number") }
    return number
  }

  /// One that readings of the kinds can be held against.
  private static func limit(_ node: Node, of kinds: [ObservationKind]) throws(DocumentError) -> ExactDecimal {
    let number = try decimal(node)
    for kind in kinds where !kind.takesLimit(number) {
      let range = kind.limits
      throw node.error("\(number) is outside \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

extension Rule.Test {
  /// `systolic <=`, where both are limits on that side of that kind.
  fileprivate func limitShared(with other: Rule.Test) -> String? {
    guard case .value(let kinds, let bound) = self, case .value(let others, let otherBound) = other,
      bound.comparison.isUpper == otherBound.comparison.isUpper, let kind = kinds.first(where: others.contains)
    else { return nil }
    return "\(kind.rawValue) \(bound.comparison.rawValue)"
  }
}
