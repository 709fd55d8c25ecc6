// SPDX-License-Identifier: GPL-3.0-or-later

/// A key that was pressed while a live picture is shown.
enum ScreenKey: Sendable, Equatable {
  case up, down, enter
  case letter(Character)
  case other

  /// What a terminal sends. An arrow is three octets, which come together.
  static func keys(_ octets: [UInt8]) -> [ScreenKey] {
    var keys: [ScreenKey] = []
    var rest = octets[...]
    while let octet = rest.popFirst() {
      switch octet {
      case 0x1B: keys.append(sequence(&rest))
      case 0x0A, 0x0D: keys.append(.enter)
      case 0x21...0x7E: keys.append(.letter(Character(UnicodeScalar(octet))))
      // The rest of a letter beyond ASCII belongs to its first octet.
      case 0x80...0xBF: continue
      default: keys.append(.other)
      }
    }
    return keys
  }

  /// Behind an escape: `[` or `O`, parameters, and a letter that says which key it was.
  private static func sequence(_ rest: inout ArraySlice<UInt8>) -> ScreenKey {
    guard let mark = rest.first, mark == UInt8(ascii: "[") || mark == UInt8(ascii: "O") else { return .other }
    rest = rest.dropFirst()
    while let octet = rest.popFirst() {
      guard (0x40...0x7E).contains(octet) else { continue }
      switch octet {
      case UInt8(ascii: "A"): return .up
      case UInt8(ascii: "B"): return .down
      default: return .other
      }
    }
    return .other
  }
}
