// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// Reads one kind of message of a characteristic:
///
///     - name: measurement
///       when: {0: 0x81, 2: 0xE0/0xF0}    # offset: octet, or value/mask
///       length: 4                        # or [lowest, highest]
///       fields: …                        # see FieldLoader
///     - {name: waveform, when: {0: 0x80}, ignore: true}
///     - name: memory
///       records: {at: 38, length: 10, until: 1, fill: [0xFF], empty: [{0: 0, 1: 0}], fields: …}
struct MessageLoader {
  let fields: FieldLoader
  /// A frame ends where it says; a value should end with its last field.
  let isFramed: Bool

  func load(_ node: Node) throws(DocumentError) -> MessageProfile {
    let keys = try node.mapping(
      required: ["name"], optional: ["when", "length", "ignore", "fields", "records"])
    let isIgnored = try keys["ignore"]?.boolean ?? false
    if isIgnored, let extra = keys["fields"] ?? keys["records"] { throw extra.error("nobody reads an ignored message") }
    guard isIgnored || keys["fields"] != nil || keys["records"] != nil else {
      throw node.error("expected fields or records, or 'ignore: true'")
    }
    let length = try keys["length"].map(length)
    let found = try keys["fields"].map(fields.load) ?? []
    return MessageProfile(
      name: try StatusNames.name(keys.required("name")), pattern: try keys["when"].map(Self.pattern) ?? .anything,
      length: length, isIgnored: isIgnored, fields: found,
      records: try keys["records"].map(records),
      notesTrailing: !isFramed && keys["records"] == nil && !found.contains(where: \.hasPlace))
  }

  private func length(_ node: Node) throws(DocumentError) -> ClosedRange<Int> {
    guard case .sequence(let items) = node.content else {
      let length = try node.integer(in: 1...4096)
      return length...length
    }
    guard items.count == 2, let first = items.first, let last = items.last else {
      throw node.error("expected a length, or two: [lowest, highest]")
    }
    let (low, high) = (try first.integer(in: 0...4096), try last.integer(in: 1...4096))
    guard low <= high else { throw node.error("the lowest is above the highest") }
    return low...high
  }

  private func records(_ node: Node) throws(DocumentError) -> RecordProfile {
    let keys = try node.mapping(required: ["at", "length", "fields"], optional: ["until", "empty", "fill"])
    return RecordProfile(
      offset: try keys.required("at").integer(in: 0...4095), length: try keys.required("length").integer(in: 1...512),
      until: try keys["until"]?.integer(in: 0...16) ?? 0,
      empty: try (keys["empty"].map(ProfileLoader.nonEmpty) ?? []).map(Self.pattern),
      fill: Set(
        try (keys["fill"].map(ProfileLoader.nonEmpty) ?? []).map { (item) throws(DocumentError) in
          UInt8(truncatingIfNeeded: try item.integer(in: 0...255))
        }),
      fields: try fields.load(keys.required("fields")))
  }

  private static func pattern(_ node: Node) throws(DocumentError) -> OctetPattern {
    var octets: [OctetPattern.Octet] = []
    for entry in try node.entries {
      guard let offset = Int(entry.key), (0...4095).contains(offset) else {
        throw entry.error("expected an offset from 0 to 4095, found '\(entry.key)'")
      }
      let parts = try entry.value.string.split(separator: "/", omittingEmptySubsequences: false)
        .map { Node.integer($0).flatMap { UInt8(exactly: $0) } }
      guard (1...2).contains(parts.count), let first = parts.first, let value = first, let last = parts.last,
        let mask = parts.count == 1 ? 0xFF : last
      else { throw entry.value.error("expected an octet such as 0x81, or value/mask such as 0xE0/0xF0") }
      octets.append(OctetPattern.Octet(offset: offset, value: value, mask: mask))
    }
    guard !octets.isEmpty else { throw node.error("the mapping is empty") }
    return OctetPattern(octets: octets)
  }
}

extension OctetPattern {
  fileprivate static let anything = OctetPattern(octets: [])
}
