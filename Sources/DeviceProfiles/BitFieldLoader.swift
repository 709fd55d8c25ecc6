// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// Reads the `bits`, `status` and `supported-by` of one field.
struct BitFieldLoader {
  let featureFields: [FieldProfile]
  let type: FieldType
  /// Bits that have a meaning already.
  private var declared: UInt64 = 0

  /// How a value of an enumeration says that it is normal.
  private static let unnamed = "none"

  init(featureFields: [FieldProfile], type: FieldType) {
    self.featureFields = featureFields
    self.type = type
  }

  func load(_ keys: Node.Fields) throws(DocumentError) -> BitField {
    var loader = self
    guard type.isUnsigned else {
      throw try keys.required("type").error("bits need an unsigned type, not \(type.rawValue)")
    }
    var names: [String: Int] = [:]
    for entry in try keys["bits"]?.entries ?? [] {
      let bit = try loader.declare(entry, isWide: false).lowest
      guard names.updateValue(bit, forKey: try Self.name(entry.value)) == nil else {
        throw entry.value.error("a second bit of that name")
      }
    }
    let support = try keys["supported-by"].map(loader.support)
    var status: [BitField.Status] = []
    for entry in try keys["status"]?.entries ?? [] {
      let place = try loader.declare(entry, isWide: true)
      status.append(
        BitField.Status(
          lowest: place.lowest, width: place.width, names: try Self.names(entry.value, width: place.width),
          support: support.flatMap { $0.bits.map { $0[place.lowest] } ?? place.lowest }))
    }
    return BitField(names: names, status: status, supportField: support?.field, declared: loader.declared)
  }

  /// What `1` or `3-4` names, counted as used from now on.
  private mutating func declare(
    _ entry: Node.Entry, isWide: Bool
  ) throws(DocumentError) -> (lowest: Int, width: Int) {
    let place = try place(entry, isWide: isWide)
    let mask = ((UInt64(1) << UInt64(place.width)) - 1) << UInt64(place.lowest)
    guard declared & mask == 0 else { throw Self.error(entry, "bit \(entry.key) has a meaning already") }
    declared |= mask
    return place
  }

  private func place(_ entry: Node.Entry, isWide: Bool) throws(DocumentError) -> (lowest: Int, width: Int) {
    let highest = type.width * 8 - 1
    let parts = entry.key.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = parts.first, let low = first, let last = parts.last, let high = last,
      parts.count == 1 || (isWide && parts.count == 2 && low < high), low >= 0, high <= highest
    else {
      throw Self.error(
        entry, "expected a bit from 0 to \(highest)\(isWide ? " or bits such as 3-4" : ""), found '\(entry.key)'")
    }
    return (low, high - low + 1)
  }

  /// A name for a bit that is on, or names for the values of an enumeration.
  private static func names(_ node: Node, width: Int) throws(DocumentError) -> [UInt64: String?] {
    guard case .mapping(let entries) = node.content else {
      guard width == 1 else { throw node.error("expected a mapping of values to names") }
      return [1: try name(node)]
    }
    var names: [UInt64: String?] = [:]
    for entry in entries {
      guard let value = UInt64(entry.key), value < UInt64(1) << UInt64(width) else {
        throw error(entry, "'\(entry.key)' is no value of \(width) bit\(width == 1 ? "" : "s")")
      }
      let found = try name(entry.value)
      names.updateValue(found == unnamed ? nil : found, forKey: value)
    }
    return names
  }

  private static func name(_ node: Node) throws(DocumentError) -> String {
    let text = try node.string
    guard FieldLoader.isKebabCase(text) else { throw node.error("expected a name of a-z, 0-9 and - between words") }
    return text
  }

  /// The feature field, and its bit for each status bit; nil: the same bit.
  private func support(_ node: Node) throws(DocumentError) -> (field: String, bits: [Int: Int]?) {
    if case .mapping(let entries) = node.content {
      guard let entry = entries.first, entries.count == 1 else { throw node.error("expected one field") }
      var bits: [Int: Int] = [:]
      for pair in try entry.value.entries {
        bits[try place(pair, isWide: true).lowest] = try pair.value.integer(in: 0...31)
      }
      return (try featureField(entry.key, at: node), bits)
    }
    return (try featureField(node.string, at: node), nil)
  }

  private func featureField(_ name: String, at node: Node) throws(DocumentError) -> String {
    guard featureFields.contains(where: { $0.name == name && $0.type.isUnsigned }) else {
      let known = featureFields.map(\.name)
      throw node.error(
        "the feature characteristic has no unsigned field '\(name)', known: "
          + (known.isEmpty ? "none" : known.joined(separator: ", ")))
    }
    return name
  }

  private static func error(_ entry: Node.Entry, _ message: String) -> DocumentError {
    DocumentError(file: entry.value.file, mark: entry.keyMark, path: entry.value.path, message: message)
  }
}
