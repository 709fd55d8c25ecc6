// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads what a field means:
///
///     kind: systolic                # a value
///     unit: {if: flags.in-kilopascal, then: kPa, else: "mm[Hg]"}
///     absent: {0x7F: nan}           # on the wire
///     reserved: [101, 255]          # on the wire
///     possible: [20, 300]           # outside: invalid
///     plausible: [20, 300]          # outside: questionable
///     essential: true               # absent: questionable, all of them absent: invalid
///
///     role: user                    # user (unknown: 255), sequence, time, time-offset (codes), year (add: 2000) … second
///     epoch: 2000                   # seconds since that year are the role time, or a fact
///
///     fact: location                # with `names: {1: chest}` an enumeration, with `flags: {0: multiple-bonds}` a list,
///                                   # with `codes: {255: unknown}` a number; `order: reversed` for octets
struct MeaningLoader {
  /// Knows the fields before.
  let loader: FieldLoader
  let source: FieldProfile.Source

  static let numberKeys = ["scale", "add"]
  private static let valueKeys = ["kind", "unit", "absent", "reserved", "possible", "plausible", "essential"]
  private static let roleKeys = ["role", "unknown", "highest"]
  private static let factKeys = ["fact", "names", "flags", "order"]
  /// `epoch` and `codes` go with a role and with a fact.
  static let keys = valueKeys + roleKeys + factKeys + ["epoch", "codes"]

  private enum Role: String, CaseIterable {
    case user, sequence, time, year, month, day, hour, minute, second
    case timeOffset = "time-offset"
  }

  private var type: FieldType? {
    if case .wire(let type, _, _) = source { type } else { nil }
  }
  private var isInteger: Bool { type?.isInteger ?? true }
  private var isUnsigned: Bool { type?.isUnsigned ?? true }

  func meaning(_ keys: Node.Fields) throws(DocumentError) -> FieldProfile.Meaning {
    let groups: [(lead: String, keys: [String])] = [
      ("kind", Self.valueKeys), ("role", Self.roleKeys), ("fact", Self.factKeys),
    ].filter { group in group.1.contains { keys[$0] != nil } }
    if let second = groups.dropFirst().first, let key = second.keys.first(where: { keys[$0] != nil }) {
      throw try keys.required(key).error("'\(key)' does not go with the field's other keys")
    }
    for key in ["epoch", "codes"] where groups.first?.lead == "kind" || groups.isEmpty {
      if let extra = keys[key] { throw extra.error("'\(key)' belongs to a role or a fact") }
    }
    switch groups.first?.lead {
    case "kind": return .value(try value(keys))
    case "role": return .role(try role(keys))
    case "fact": return .fact(try fact(keys))
    default: return .unused
    }
  }

  func number(_ keys: Node.Fields) throws(DocumentError) -> NumberRule {
    guard Self.numberKeys.contains(where: { keys[$0] != nil }) else { return .asItIs }
    if let type, type.isRun || type == .datetime {
      throw keys.node.error("\(type.rawValue) is no number that could be scaled")
    }
    return NumberRule(
      scale: try keys["scale"].map { (node) throws(DocumentError) in try choice(node, of: Self.decimal) },
      add: try keys["add"].map { (node) throws(DocumentError) in Int64(try node.integer(in: -1_000_000...1_000_000)) }
        ?? 0)
  }

  // MARK: values

  private func value(_ keys: Node.Fields) throws(DocumentError) -> ValueField {
    let kindNode = try keys.required("kind")
    let kind = try kindNode.choice(of: ObservationKind.self)
    if let type, type.isRun || type == .datetime { throw kindNode.error("a \(type.rawValue) is no value") }
    for key in ["reserved", "absent"] {
      if let node = keys[key], !isInteger {
        throw node.error("\(type?.rawValue ?? "it") has its reserved codes already")
      }
    }
    let reserved = try keys["reserved"].map { (node) throws(DocumentError) in
      try range(node) { (item) throws(DocumentError) in try item.integer(in: Int(Int32.min)...Int(UInt32.max)) }
    }
    return ValueField(
      kind: kind,
      unit: try choice(keys.required("unit")) { (node) throws(DocumentError) in try deviceUnit(node, of: kind) },
      absent: try keys["absent"].map { (node) throws(DocumentError) in
        try table(node) { (item) throws(DocumentError) in try item.choice(of: AbsentReason.self) }
      } ?? [:],
      reserved: reserved,
      possible: try keys["possible"].map { (node) throws(DocumentError) in try range(node, of: Self.decimal) },
      plausible: try keys["plausible"].map { (node) throws(DocumentError) in try range(node, of: Self.decimal) },
      isEssential: try keys["essential"]?.boolean ?? false)
  }

  /// - Returns: nil for the unit of the kind itself.
  private func deviceUnit(_ node: Node, of kind: ObservationKind) throws(DocumentError) -> DeviceUnit? {
    let text = try node.string
    if text == kind.unit.rawValue { return nil }
    let others = DeviceUnit.allCases.filter { $0.unit == kind.unit }
    guard let unit = others.first(where: { $0.rawValue == text }) else {
      let known = [kind.unit.rawValue] + others.map(\.rawValue)
      throw node.error("\(kind.rawValue) cannot be in '\(text)', only in \(known.joined(separator: ", "))")
    }
    return unit
  }

  // MARK: roles

  private func role(_ keys: Node.Fields) throws(DocumentError) -> FieldProfile.Role {
    let node = try keys.required("role")
    let role = try node.choice(of: Role.self)
    for (key, owner) in [("unknown", Role.user), ("highest", .second), ("epoch", .time), ("codes", .timeOffset)]
    where role != owner {
      if let extra = keys[key] { throw extra.error("'\(key)' belongs to the role \(owner.rawValue)") }
    }
    switch role {
    case .user:
      guard isUnsigned else { throw node.error("a user slot is an unsigned number, not \(type?.rawValue ?? "bits")") }
      return .user(
        unknown: try keys["unknown"].map { (node) throws(DocumentError) in
          UInt64(try node.integer(in: 0...Int(UInt32.max)))
        })
    case .sequence:
      guard isUnsigned else {
        throw node.error("a sequence number is an unsigned number, not \(type?.rawValue ?? "bits")")
      }
      return .sequence
    case .time:
      if let epoch = keys["epoch"] {
        guard isUnsigned else { throw epoch.error("seconds are an unsigned number, not \(type?.rawValue ?? "bits")") }
        return .seconds(since: try choice(epoch, of: Self.epoch))
      }
      guard type == .datetime else {
        throw node.error(
          "a time has the type datetime, or is a number of seconds with 'epoch'; not \(type?.rawValue ?? "bits")")
      }
      return .time
    case .timeOffset:
      guard isInteger else { throw node.error("minutes are a whole number, not \(type?.rawValue ?? "bits")") }
      return .timeOffset(codes: try keys["codes"].map(words) ?? [:])
    case .year, .month, .day, .hour, .minute, .second:
      guard isInteger, let part = FieldProfile.TimePart(rawValue: role.rawValue) else {
        throw node.error("a part of a time is a whole number, not \(type?.rawValue ?? "bits")")
      }
      return .timePart(
        part, highest: try keys["highest"].map { (node) throws(DocumentError) in try node.integer(in: 0...59) })
    }
  }

  // MARK: facts

  private func fact(_ keys: Node.Fields) throws(DocumentError) -> FactField {
    let key = try StatusNames.name(keys.required("fact"))
    let forms = ["names", "flags", "codes", "epoch", "order"].filter { keys[$0] != nil }
    if forms.count > 1, let second = forms.last {
      throw try keys.required(second).error("'\(second)' does not go with '\(forms[0])'")
    }
    if let form = forms.first, form == "order" ? type != .bytes : !isInteger {
      throw try keys.required(form).error("'\(form)' does not go with \(type?.rawValue ?? "bits")")
    }
    switch type {
    case .datetime: return FactField(key: key, form: .time)
    case .utf8: return FactField(key: key, form: .text)
    case .bytes: return FactField(key: key, form: .octets(reversed: try isReversed(keys["order"])))
    default: break
    }
    if let names = keys["names"] { return FactField(key: key, form: .names(try words(names))) }
    if let flags = keys["flags"] {
      let names = try words(flags)
      guard names.keys.allSatisfy({ (0...63).contains($0) }) else { throw flags.error("expected bits from 0 to 63") }
      return FactField(key: key, form: .flags(names))
    }
    if let epoch = keys["epoch"] {
      return FactField(key: key, form: .seconds(since: try choice(epoch, of: Self.epoch)))
    }
    return FactField(key: key, form: .number(codes: try keys["codes"].map(words) ?? [:]))
  }

  private enum Order: String, CaseIterable { case reversed }

  private func isReversed(_ node: Node?) throws(DocumentError) -> Bool {
    guard let node else { return false }
    return try node.choice(of: Order.self) == .reversed
  }

  // MARK: the forms of values

  private func words(_ node: Node) throws(DocumentError) -> [Int: String] {
    try table(node) { (item) throws(DocumentError) in try StatusNames.name(item) }
  }

  private func table<T>(_ node: Node, of value: (Node) throws(DocumentError) -> T) throws(DocumentError) -> [Int: T] {
    var table: [Int: T] = [:]
    for entry in try node.entries {
      guard let code = Node.integer(entry.key) else {
        throw entry.error("expected a number on the wire, found '\(entry.key)'")
      }
      guard table.updateValue(try value(entry.value), forKey: code) == nil else {
        throw entry.error("\(entry.key) stands here twice")
      }
    }
    return table
  }

  private func choice<T>(
    _ node: Node, of value: (Node) throws(DocumentError) -> T
  ) throws(DocumentError) -> Choice<T> {
    guard case .mapping = node.content else { return Choice(try value(node)) }
    let keys = try node.mapping(required: ["if", "then", "else"])
    return Choice(
      condition: try loader.condition(keys.required("if"), isSet: true), then: try value(keys.required("then")),
      otherwise: try value(keys.required("else")))
  }

  private static func epoch(_ node: Node) throws(DocumentError) -> Int {
    let year = try node.integer(in: 1900...2000)
    guard [1900, 1970, 2000].contains(year) else { throw node.error("expected 1900, 1970 or 2000") }
    return year
  }

  private static func decimal(_ node: Node) throws(DocumentError) -> ExactDecimal {
    guard let number = ExactDecimal(try node.string) else { throw node.error("expected a decimal number") }
    return number
  }

  private func range<T: Comparable>(
    _ node: Node, of bound: (Node) throws(DocumentError) -> T
  ) throws(DocumentError) -> ClosedRange<T> {
    let items = try node.sequence
    guard items.count == 2, let first = items.first, let last = items.last else {
      throw node.error("expected two numbers: [lowest, highest]")
    }
    let (low, high) = (try bound(first), try bound(last))
    guard low <= high else { throw node.error("the lowest is above the highest") }
    return low...high
  }
}
