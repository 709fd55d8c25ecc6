// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// Reads how frames stand in an octet stream:
///
///     start: AA 55                    # the first octets
///     starts: [55, A5]                # instead: alternatives, none of them the beginning of another
///     start-bit: 7                    # instead: the first octet and only it has this bit set
///     length: 5                       # of the whole frame, or where it tells its length:
///     length: {at: 3, type: uint8, add: 4}    # the number there + add; uint8, uint16, uint16be; add: 0
///     longest: 512                    # a frame that says that it is longer is none; not with a fixed length
///     checksum:
///       kind: sum                     # or another of Checksum.Kind
///       from: 0                       # the first octet that counts; without it 0
///       until: 1                      # where it stands, from the end; without it its own width
///       add: 1                        # a constant that is added to a sum
///       order: big                    # of a checksum of two octets; without it little
package enum FrameLoader {
  private enum LengthType: String, CaseIterable {
    case uint8, uint16, uint16be

    var width: Int { self == .uint8 ? 1 : 2 }
    var highest: Int { self == .uint8 ? 0xFF : 0xFFFF }
  }

  private enum Order: String, CaseIterable { case little, big }

  private static let usualLongest = 512

  /// - Throws: the first thing wrong, with its place.
  package static func load(_ node: Node) throws(DocumentError) -> FrameProfile {
    let keys = try node.mapping(
      required: ["length"], optional: ["start", "starts", "start-bit", "longest", "checksum"])
    let start = try start(keys)
    let (length, longest) = try length(keys)
    let profile = FrameProfile(
      start: start, length: length, longest: longest, checksum: try keys["checksum"].map(checksum))
    try check(profile, keys)
    return profile
  }

  // MARK: start

  private static func start(_ keys: Node.Fields) throws(DocumentError) -> FrameProfile.Start {
    let given = ["start", "starts", "start-bit"].filter { keys[$0] != nil }
    guard let key = given.first else {
      throw keys.node.error("missing: say by 'start', 'starts' or 'start-bit' how a frame begins")
    }
    if let second = given.dropFirst().first {
      throw try keys.required(second).error("'\(second)' does not go with '\(key)', keep one of them")
    }
    let node = try keys.required(key)
    switch key {
    case "start": return .octets([try octets(node)])
    case "starts": return .octets(try starts(node))
    default: return .bit(try node.integer(in: 0...7))
    }
  }

  private static func starts(_ node: Node) throws(DocumentError) -> [[UInt8]] {
    let items = try node.sequence
    guard items.count >= 2 else { throw node.error("expected two beginnings or more; for one there is 'start'") }
    var all: [[UInt8]] = []
    for item in items {
      let octets = try octets(item)
      if let other = all.first(where: { $0.starts(with: octets) || octets.starts(with: $0) }) {
        let same =
          other == octets ? "stands here twice" : "and \(Octets.text(other)): one is the beginning of the other"
        throw item.error("\(Octets.text(octets)) \(same), keep one of them")
      }
      all.append(octets)
    }
    return all
  }

  // MARK: length

  private static func length(_ keys: Node.Fields) throws(DocumentError) -> (FrameProfile.Length, longest: Int) {
    let node = try keys.required("length")
    guard case .mapping = node.content else {
      let length = try node.integer(in: 1...FrameProfile.limit)
      if let longest = keys["longest"] { throw longest.error("a fixed length needs no 'longest', leave it out") }
      return (.fixed(length), length)
    }
    let longest = try keys["longest"]?.integer(in: 1...FrameProfile.limit) ?? usualLongest
    let told = try node.mapping(required: ["at", "type"], optional: ["add"])
    let type = try told.required("type").choice(of: LengthType.self)
    let at = try told.required("at").integer(in: 0...FrameProfile.limit)
    let add = try told["add"]?.integer(in: -0xFFFF...FrameProfile.limit) ?? 0
    if add > longest || add + type.highest < 1 {
      throw (told["add"] ?? node).error(
        "with \(add) added no \(type.rawValue) gives a length from 1 to \(longest), the longest frame")
    }
    return (.told(at: at, width: type.width, isBigEndian: type == .uint16be, add: add), longest)
  }

  // MARK: checksum

  private static func checksum(_ node: Node) throws(DocumentError) -> Checksum {
    let keys = try node.mapping(required: ["kind"], optional: ["from", "until", "add", "order"])
    let kind = try keys.required("kind").choice(of: Checksum.Kind.self)
    let until = try keys["until"]?.integer(in: 1...FrameProfile.limit) ?? kind.width
    guard until >= kind.width else {
      throw try keys.required("until").error(
        "\(kind.rawValue) takes \(kind.width) octets and would end after the frame, 'until' is at least \(kind.width)")
    }
    if let add = keys["add"], !kind.isSum {
      throw add.error("only to a sum something is added, not to \(kind.rawValue)")
    }
    if let order = keys["order"], kind.width == 1 {
      throw order.error("\(kind.rawValue) is one octet, it has no order")
    }
    let add = try keys["add"]?.integer(in: 1...255) ?? 0
    return Checksum(
      kind: kind, from: try keys["from"]?.integer(in: 0...FrameProfile.limit) ?? 0, until: until,
      add: UInt8(truncatingIfNeeded: add), isBigEndian: try keys["order"]?.choice(of: Order.self) == .big)
  }

  // MARK: what does not go together

  private static func check(_ profile: FrameProfile, _ keys: Node.Fields) throws(DocumentError) {
    let length = try keys.required("length")
    var most = profile.longest
    if case .told(let at, let width, _, let add) = profile.length {
      guard at + width <= profile.longest else {
        throw length.error("the length stands at \(at), outside of the longest frame of \(profile.longest) octets")
      }
      most = min(most, add + (width == 1 ? 0xFF : 0xFFFF))
    }
    let start = if case .octets(let starts) = profile.start { starts.map(\.count).max() ?? 1 } else { 1 }
    let bare = FrameProfile(start: profile.start, length: profile.length, longest: profile.longest, checksum: nil)
    guard most >= bare.shortest(start: start) else {
      throw length.error(
        "a frame of at most \(most) octets does not hold its beginning and its length, \(bare.shortest(start: start))")
    }
    guard let checksum = keys["checksum"], most < profile.shortest(start: start) else { return }
    throw checksum.error(
      "a frame of at most \(most) octets does not hold what the checksum counts and the checksum behind it, "
        + "\(profile.shortest(start: start))")
  }

  // MARK: octets

  /// Octets in hexadecimal, at least one; spaces between them do not matter.
  static func octets(_ node: Node) throws(DocumentError) -> [UInt8] {
    let digits = try node.string.utf8.filter { $0 != UInt8(ascii: " ") }
    let values = digits.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard !digits.isEmpty, digits.count % 2 == 0, values.count == digits.count else {
      throw node.error("expected octets in hexadecimal, such as AA 55")
    }
    return stride(from: 0, to: values.count, by: 2).map {
      UInt8(truncatingIfNeeded: values[$0] << 4 | values[$0 + 1])
    }
  }
}
