// SPDX-License-Identifier: GPL-3.0-or-later

/// A Bluetooth device address: six octets, written `F5:F1:F2:F3:F4:01`.
package struct DeviceAddress: Sendable, Hashable, CustomStringConvertible {
  package let description: String

  /// - Returns: nil unless the text is six hexadecimal octets with colons between them.
  package init?(_ text: String) {
    let octets = text.split(separator: ":", omittingEmptySubsequences: false)
    guard octets.count == 6,
      octets.allSatisfy({ $0.utf8.count == 2 && UInt8($0, radix: 16) != nil && !$0.hasPrefix("+") })
    else { return nil }
    description = text.uppercased()
  }
}

/// The clinic's random id of a person, `[a-z0-9-]{4,32}`, or one of the two reserved ids.
package struct ResidentID: Sendable, Hashable, CustomStringConvertible {
  package let description: String

  package static let unassigned = ResidentID(reserved: "_unassigned")
  package static let gateway = ResidentID(reserved: "_gateway")

  package init?(_ text: String) {
    if text == Self.unassigned.description || text == Self.gateway.description {
      description = text
      return
    }
    let allowed: (UInt8) -> Bool = { character in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) || character == UInt8(ascii: "-")
    }
    guard (4...32).contains(text.utf8.count), text.utf8.allSatisfy(allowed) else { return nil }
    description = text
  }

  private init(reserved: String) { description = reserved }
}
