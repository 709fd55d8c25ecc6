// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads the fields of a message, in the order in which they stand on the wire:
///
///     - name: flags                   # for errors, and for `if:` and `from:`
///       type: uint8                   # see FieldType; or `from:` bits of earlier fields: [low.0-6, high.6]
///       at: 7                         # an offset in the message; without it: after the field before
///       length: 8                     # for utf8 and bytes; without it: to the end
///       if: flags.has-time            # or unless:
///       optional: true                # only if octets are left
///       repeats: true                 # to the end of the message
///       scale: 0.1                    # or {if: flags.x, then: 0.01, else: 0.005}; then `add: 25`
///       bits: {0: in-kilopascal}      # bits that conditions ask for
///       status: {0: body-movement, 3-4: {0: none, 1: pulse-above-upper-limit}}
///       supported-by: features        # a field of the feature characteristic: same bit, or {features: {3-4: 3}}
///       status-codes: {0xFFFF: measurement-unsuccessful, else: none}
///       parts: {0-3: {fact: …}}       # bits that are fields of their own
///
/// and what it means: a value (`kind`, see ``MeaningLoader``), a `role` or a `fact`. A bit that stands in none of these
/// is reserved. A field without a meaning is read past.
struct FieldLoader {
  /// Those of the feature characteristic, which `supported-by` names.
  let featureFields: [FieldProfile]
  let statuses: StatusNames
  private var fields: [FieldProfile] = []
  /// The width of the integer fields, in bits, by their place.
  private var widths: [Int: Int] = [:]

  init(featureFields: [FieldProfile], statuses: StatusNames) {
    self.featureFields = featureFields
    self.statuses = statuses
  }

  private static let placeKeys = ["type", "from", "at", "length", "if", "unless", "optional", "repeats"]
  private static let bitKeys = ["bits", "status", "supported-by", "status-codes", "parts"]
  private static let highestCount = 64

  /// - Parameter node: the list of fields.
  func load(_ node: Node) throws(DocumentError) -> [FieldProfile] {
    var loader = self
    let items = try node.sequence
    guard !items.isEmpty else { throw node.error("the list is empty") }
    for item in items {
      if let last = loader.fields.last, last.reachesTheEnd {
        let keys = try item.mapping(optional: item.keyNames)
        guard keys["at"] != nil || keys["from"] != nil else {
          throw item.error("no field can follow one that goes to the end")
        }
      }
      try loader.add(item)
      guard loader.fields.count <= Self.highestCount else {
        throw item.error("more than \(Self.highestCount) fields in one message")
      }
    }
    return loader.fields
  }

  private mutating func add(_ node: Node) throws(DocumentError) {
    let keys = try node.mapping(
      required: ["name"], optional: Self.placeKeys + Self.bitKeys + MeaningLoader.numberKeys + MeaningLoader.keys)
    let name = try keys.required("name").string
    guard !name.isEmpty, !name.contains(".") else {
      throw try keys.required("name").error("expected a name without a dot")
    }
    if keys["if"] != nil, let other = keys["unless"] { throw other.error("a field has either 'if' or 'unless'") }
    var condition: BitCondition?
    if let node = keys["if"] { condition = try self.condition(node, isSet: true) }
    if let node = keys["unless"] { condition = try self.condition(node, isSet: false) }
    let (source, width) = try source(keys)
    try append(name, source, width: width, condition: condition, keys)
  }

  private mutating func append(
    _ name: String, _ source: FieldProfile.Source, width: Int?, condition: BitCondition?, _ keys: Node.Fields
  ) throws(DocumentError) {
    var bits: BitField?
    var codes: StatusCodes?
    if let width {
      bits = try BitFieldLoader(featureFields: featureFields, width: width, statuses: statuses).load(keys)
      codes = try keys["status-codes"].map(statusCodes)
    } else if let key = Self.bitKeys.first(where: { keys[$0] != nil }) {
      throw try keys.required(key).error("'\(key)' needs an unsigned number")
    }
    if let bits, let twin = fields.first(where: { $0.name == name && $0.bits?.names.isEmpty == false }),
      !bits.names.isEmpty
    {
      throw try keys.required("name").error("a second field '\(twin.name)' with bits")
    }
    let slot = fields.count
    let repeats = try keys["repeats"]?.boolean ?? false
    if repeats, case .wire(let type, _, _) = source, type.isRun {
      throw try keys.required("repeats").error("\(type.rawValue) goes to the end already")
    }
    let meanings = MeaningLoader(loader: self, source: source)
    fields.append(
      FieldProfile(
        name: name, source: source, condition: condition, isOptional: try keys["optional"]?.boolean ?? false,
        repeats: repeats, number: try meanings.number(keys), meaning: try meanings.meaning(keys), bits: bits,
        codes: codes))
    widths[slot] = width
    for entry in try keys["parts"]?.entries ?? [] {
      guard let width, let place = BitFieldLoader.place(entry.key, width: width, isWide: true) else { continue }
      let part = try entry.value.mapping(
        optional: ["status-codes"] + MeaningLoader.numberKeys + MeaningLoader.keys)
      let range = BitRange(slot: slot, lowest: place.lowest, width: place.width)
      try append("\(name) bits \(entry.key)", .bits([range]), width: place.width, condition: nil, part)
    }
  }

  private func statusCodes(_ node: Node) throws(DocumentError) -> StatusCodes {
    var codes: [UInt64: StatusMeaning] = [:]
    var others = StatusMeaning.normal
    for entry in try node.entries {
      let meaning = try statuses.meaning(entry.value)
      if entry.key == "else" {
        others = meaning
      } else if let code = Node.integer(entry.key), code >= 0 {
        codes[UInt64(code)] = meaning
      } else {
        throw entry.error("expected a number on the wire or 'else', found '\(entry.key)'")
      }
    }
    return StatusCodes(codes: codes, others: others)
  }

  // MARK: where it stands

  /// - Returns: where it is, and how many bits an unsigned number has.
  private func source(_ keys: Node.Fields) throws(DocumentError) -> (FieldProfile.Source, width: Int?) {
    if let from = keys["from"] {
      for key in Self.placeKeys where key != "from" && key != "if" && key != "unless" {
        if let extra = keys[key] { throw extra.error("'\(key)' does not go with 'from'") }
      }
      let ranges = try from.sequence.map(range)
      guard !ranges.isEmpty else { throw from.error("the list is empty") }
      let width = ranges.reduce(0) { $0 + $1.width }
      guard width <= 63 else { throw from.error("\(width) bits are more than 63") }
      return (.bits(ranges), width)
    }
    let node = try keys.required("type")
    let type = try node.choice(of: FieldType.self)
    let length = try keys["length"].map { (node) throws(DocumentError) in try node.integer(in: 1...512) }
    if length != nil, !type.isRun { throw try keys.required("length").error("\(type.rawValue) has its length already") }
    let place = try keys["at"].map { (node) throws(DocumentError) in try node.integer(in: 0...4095) }
    return (.wire(type, at: place, length: length), type.isUnsigned ? type.width * 8 : nil)
  }

  /// `low.0-6`, or all bits of `low`.
  private func range(_ node: Node) throws(DocumentError) -> BitRange {
    let text = try node.string
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.first, let slot = fields.lastIndex(where: { $0.name == name }), let width = widths[slot]
    else { throw node.error("no earlier unsigned field is '\(parts.first ?? "")'") }
    guard parts.count == 2, let bits = parts.last else { return BitRange(slot: slot, lowest: 0, width: width) }
    guard let place = BitFieldLoader.place(bits, width: width, isWide: true) else {
      throw node.error("expected bits such as \(name).0-6, found '\(text)'")
    }
    return BitRange(slot: slot, lowest: place.lowest, width: place.width)
  }

  // MARK: conditions

  /// `field.bit`, both declared before.
  func condition(_ node: Node, isSet: Bool) throws(DocumentError) -> BitCondition {
    let text = try node.string
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let name = parts.first, let bitName = parts.last,
      let slot = fields.lastIndex(where: { $0.name == name && $0.bits?.names[bitName] != nil }),
      let bit = fields[slot].bits?.names[bitName]
    else {
      let names = fields.flatMap { field in (field.bits?.names.keys).map { $0.map { "\(field.name).\($0)" } } ?? [] }
      throw node.error(
        "no earlier field has the bit '\(text)', known: "
          + (names.isEmpty ? "none" : names.sorted().joined(separator: ", ")))
    }
    return BitCondition(slot: slot, bit: bit, isSet: isSet)
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

extension FieldProfile {
  /// Nothing is left behind it.
  fileprivate var reachesTheEnd: Bool {
    if case .wire(let type, _, nil) = source { repeats || type.isRun } else { repeats }
  }
}

extension Node {
  fileprivate var keyNames: [String] {
    if case .mapping(let entries) = content { entries.map(\.key) } else { [] }
  }
}
