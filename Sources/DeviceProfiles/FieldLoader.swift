// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads the fields of a characteristic, in the order in which they stand on the wire:
///
///     - name: flags                   # for errors and for `if:`
///       type: uint8                   # uint8…uint32, sint8…sint32, sfloat, float, datetime
///       bits: {0: in-kilopascal}      # bits that conditions ask for
///       status:                       # bits that the measurement reports, in this order
///         0: body-movement
///         3-4: {0: none, 1: pulse-above-upper-limit}
///       supported-by: features        # a field of the feature characteristic: same bit, or {features: {3-4: 3}}
///     - name: systolic
///       type: sfloat
///       if: flags.in-kilopascal       # or unless:
///       repeats: true                 # to the end of the value
///       kind: systolic
///       unit: {if: flags.in-kilopascal, then: kPa, else: "mm[Hg]"}
///       scale: 0.1
///       reserved: [101, 255]          # on the wire
///       possible: [20, 300]           # outside: invalid
///       plausible: [20, 300]          # outside: questionable
///       essential: true               # absent: questionable, all of them absent: invalid
///     - {name: user, type: uint8, role: user, unknown: 255}     # or role: time with a datetime
///
/// A bit that stands neither in `bits` nor in `status` is reserved. A field with none of these is read past.
struct FieldLoader {
  /// Those of the feature characteristic, which `supported-by` names.
  let featureFields: [FieldProfile]
  /// The bits that a condition may ask for, by field; only those of earlier fields.
  private var known: [String: [String: Int]] = [:]

  init(featureFields: [FieldProfile]) { self.featureFields = featureFields }

  private enum Role: String, CaseIterable { case user, time }

  private static let bitKeys = ["bits", "status", "supported-by"]
  private static let valueKeys = ["kind", "unit", "scale", "reserved", "possible", "plausible", "essential"]
  private static let roleKeys = ["role", "unknown"]

  /// - Parameter node: the list of fields.
  func load(_ node: Node) throws(DocumentError) -> [FieldProfile] {
    var loader = self
    var fields: [FieldProfile] = []
    let items = try node.sequence
    guard !items.isEmpty else { throw node.error("the list is empty") }
    for item in items {
      guard fields.last?.repeats != true else { throw item.error("no field can follow one that repeats to the end") }
      fields.append(try loader.field(item))
    }
    return fields
  }

  private mutating func field(_ node: Node) throws(DocumentError) -> FieldProfile {
    let keys = try node.mapping(
      required: ["name", "type"],
      optional: ["if", "unless", "repeats"] + Self.bitKeys + Self.valueKeys + Self.roleKeys)
    let name = try keys.required("name").string
    guard !name.isEmpty, !name.contains(".") else {
      throw try keys.required("name").error("expected a name without a dot")
    }
    let type = try keys.required("type").choice(of: FieldType.self)
    if keys["if"] != nil, let other = keys["unless"] { throw other.error("a field has either 'if' or 'unless'") }
    var condition: BitCondition?
    if let node = keys["if"] { condition = try self.condition(node, isSet: true) }
    if let node = keys["unless"] { condition = try self.condition(node, isSet: false) }
    return FieldProfile(
      name: name, type: type, condition: condition, repeats: try keys["repeats"]?.boolean ?? false,
      content: try content(keys, name: name, type: type))
  }

  private mutating func content(
    _ keys: Node.Fields, name: String, type: FieldType
  ) throws(DocumentError) -> FieldProfile.Content {
    let groups: [(lead: String, keys: [String])] = [
      ("bits", Self.bitKeys), ("kind", Self.valueKeys), ("role", Self.roleKeys),
    ].filter { group in group.1.contains { keys[$0] != nil } }
    if let second = groups.dropFirst().first, let key = second.keys.first(where: { keys[$0] != nil }) {
      throw try keys.required(key).error("'\(key)' does not go with the field's other keys")
    }
    switch groups.first?.lead {
    case "bits":
      let layout = try BitFieldLoader(featureFields: featureFields, type: type).load(keys)
      guard known.updateValue(layout.names, forKey: name) == nil else {
        throw try keys.required("name").error("a second field '\(name)' with bits")
      }
      return .bits(layout)
    case "kind": return .value(try value(keys, type: type))
    case "role": return try role(keys, type: type)
    default: return .unused
    }
  }

  private func role(_ keys: Node.Fields, type: FieldType) throws(DocumentError) -> FieldProfile.Content {
    let node = try keys.required("role")
    switch try node.choice(of: Role.self) {
    case .user:
      guard type.isUnsigned else { throw node.error("a user slot is an unsigned number, not \(type.rawValue)") }
      return .user(
        unknown: try keys["unknown"].map { (node) throws(DocumentError) in
          UInt64(try node.integer(in: 0...(1 << (type.width * 8)) - 1))
        })
    case .time:
      guard type == .datetime else { throw node.error("a time has the type datetime, not \(type.rawValue)") }
      if let extra = keys["unknown"] { throw extra.error("'unknown' belongs to a user slot") }
      return .time
    }
  }

  // MARK: values

  private func value(_ keys: Node.Fields, type: FieldType) throws(DocumentError) -> ValueField {
    let kindNode = try keys.required("kind")
    let kind = try kindNode.choice(of: ObservationKind.self)
    guard type != .datetime else { throw kindNode.error("a datetime is no value") }
    if let reserved = keys["reserved"], !type.isInteger {
      throw reserved.error("\(type.rawValue) has its reserved codes already")
    }
    let reserved = try keys["reserved"].map { (node) throws(DocumentError) in
      try range(node) { (item) throws(DocumentError) in try item.integer(in: Int(Int32.min)...Int(UInt32.max)) }
    }
    return ValueField(
      kind: kind, unit: try unit(keys.required("unit"), of: kind), scale: try keys["scale"].map(Self.decimal),
      reserved: reserved,
      possible: try keys["possible"].map { (node) throws(DocumentError) in try range(node, of: Self.decimal) },
      plausible: try keys["plausible"].map { (node) throws(DocumentError) in try range(node, of: Self.decimal) },
      isEssential: try keys["essential"]?.boolean ?? false)
  }

  private func unit(_ node: Node, of kind: ObservationKind) throws(DocumentError) -> UnitRule {
    guard case .mapping = node.content else {
      return UnitRule(condition: nil, then: nil, otherwise: try deviceUnit(node, of: kind))
    }
    let keys = try node.mapping(required: ["if", "then", "else"])
    return UnitRule(
      condition: try condition(keys.required("if"), isSet: true), then: try deviceUnit(keys.required("then"), of: kind),
      otherwise: try deviceUnit(keys.required("else"), of: kind))
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

  // MARK: conditions

  /// `field.bit`, both declared before.
  private func condition(_ node: Node, isSet: Bool) throws(DocumentError) -> BitCondition {
    let text = try node.string
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let field = parts.first, let name = parts.last, let bit = known[field]?[name] else {
      let names = known.flatMap { field in field.value.keys.map { "\(field.key).\($0)" } }.sorted()
      throw node.error(
        "no earlier field has the bit '\(text)', known: \(names.isEmpty ? "none" : names.joined(separator: ", "))")
    }
    return BitCondition(field: field, bit: bit, isSet: isSet)
  }

  static func isKebabCase(_ text: some StringProtocol) -> Bool {
    let words = text.split(separator: "-", omittingEmptySubsequences: false)
    return words.allSatisfy { word in
      !word.isEmpty
        && word.utf8.allSatisfy {
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
    }
  }
}
