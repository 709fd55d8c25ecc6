// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads the `bits`, `status` and `supported-by` of one field, and which of its bits its `parts` take.
struct BitFieldLoader {
  let featureFields: [FieldProfile]
  /// Of the field, in bits.
  let width: Int
  let statuses: StatusNames
  /// Bits that have a meaning already.
  private var declared: UInt64 = 0

  init(featureFields: [FieldProfile], width: Int, statuses: StatusNames) {
    self.featureFields = featureFields
    self.width = width
    self.statuses = statuses
  }

  /// - Returns: nil where the field has none of these.
  func load(_ keys: Node.Fields) throws(DocumentError) -> BitField? {
    guard ["bits", "status", "parts"].contains(where: { keys[$0] != nil }) else {
      if let support = keys["supported-by"] { throw support.error("'supported-by' belongs to 'status'") }
      return nil
    }
    var loader = self
    var names: [String: Int] = [:]
    for entry in try keys["bits"]?.entries ?? [] {
      let bit = try loader.declare(entry, isWide: false).lowest
      guard names.updateValue(bit, forKey: try StatusNames.name(entry.value)) == nil else {
        throw entry.value.error("a second bit of that name")
      }
    }
    for entry in try keys["parts"]?.entries ?? [] { _ = try loader.declare(entry, isWide: true) }
    let support = try keys["supported-by"].map(loader.support)
    var status: [BitField.Status] = []
    for entry in try keys["status"]?.entries ?? [] {
      let place = try loader.declare(entry, isWide: true)
      guard place.width <= 8 else { throw entry.error("more than 8 bits have too many values to name") }
      status.append(
        BitField.Status(
          lowest: place.lowest, width: place.width, meanings: try meanings(entry.value, width: place.width),
          support: support.flatMap { $0.bits.map { $0[place.lowest] } ?? place.lowest }))
    }
    return BitField(names: names, status: status, supportSlot: support?.slot, declared: loader.declared)
  }

  /// What `1` or `3-4` names.
  static func place(_ text: some StringProtocol, width: Int, isWide: Bool) -> (lowest: Int, width: Int)? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = parts.first, let low = first, let last = parts.last, let high = last,
      parts.count == 1 || (isWide && parts.count == 2 && low < high), low >= 0, high < width
    else { return nil }
    return (low, high - low + 1)
  }

  /// The bits of an entry, counted as used from now on.
  private mutating func declare(
    _ entry: Node.Entry, isWide: Bool
  ) throws(DocumentError) -> (lowest: Int, width: Int) {
    guard let place = Self.place(entry.key, width: width, isWide: isWide) else {
      throw entry.error(
        "expected a bit from 0 to \(width - 1)\(isWide ? " or bits such as 3-4" : ""), found '\(entry.key)'")
    }
    let ones = place.width >= 64 ? UInt64.max : (UInt64(1) << UInt64(place.width)) - 1
    let mask = ones << UInt64(place.lowest)
    guard declared & mask == 0 else { throw entry.error("bit \(entry.key) has a meaning already") }
    declared |= mask
    return place
  }

  /// A name for a bit that is on, or names for the values of an enumeration.
  private func meanings(_ node: Node, width: Int) throws(DocumentError) -> [StatusMeaning?] {
    var meanings = [StatusMeaning?](repeating: nil, count: 1 << width)
    guard case .mapping(let entries) = node.content else {
      guard width == 1 else { throw node.error("expected a mapping of values to names") }
      meanings[1] = try statuses.meaning(node)
      return meanings
    }
    for entry in entries {
      guard let value = Node.integer(entry.key), meanings.indices.contains(value) else {
        throw entry.error("'\(entry.key)' is no value of \(width) bit\(width == 1 ? "" : "s")")
      }
      meanings[value] = try statuses.meaning(entry.value)
    }
    return meanings
  }

  /// The feature field, and its bit for each status bit; nil: the same bit.
  private func support(_ node: Node) throws(DocumentError) -> (slot: Int, bits: [Int: Int]?) {
    if case .mapping(let entries) = node.content {
      guard let entry = entries.first, entries.count == 1 else { throw node.error("expected one field") }
      var bits: [Int: Int] = [:]
      for pair in try entry.value.entries {
        guard let place = Self.place(pair.key, width: width, isWide: true) else {
          throw pair.error("expected a bit from 0 to \(width - 1) or bits such as 3-4, found '\(pair.key)'")
        }
        bits[place.lowest] = try pair.value.integer(in: 0...63)
      }
      return (try featureField(entry.key, at: node), bits)
    }
    return (try featureField(node.string, at: node), nil)
  }

  private func featureField(_ name: String, at node: Node) throws(DocumentError) -> Int {
    guard
      let slot = featureFields.firstIndex(where: { field in
        if case .wire(let type, _, _) = field.source { field.name == name && type.isUnsigned } else { false }
      })
    else {
      let known = featureFields.map(\.name)
      throw node.error(
        "the feature characteristic has no unsigned field '\(name)', known: "
          + (known.isEmpty ? "none" : known.joined(separator: ", ")))
    }
    return slot
  }
}

/// The names of statuses, and what they do to the quality of a measurement.
struct StatusNames {
  let quality: [String: Quality]

  /// How a value of an enumeration says that it is normal.
  static let unnamed = "none"

  func meaning(_ node: Node) throws(DocumentError) -> StatusMeaning {
    let name = try Self.name(node)
    return name == Self.unnamed ? .normal : .named(name, quality[name])
  }

  static func name(_ node: Node) throws(DocumentError) -> String {
    let text = try node.string
    guard FieldLoader.isKebabCase(text) else { throw node.error("expected a name of a-z, 0-9 and - between words") }
    return text
  }
}
