// SPDX-License-Identifier: GPL-3.0-or-later

/// Octets as people write them.
package enum Octets {
  /// `08 78 00`, `087800`, `08:78:00`, `08-78-00`; nil for everything else.
  package static func parse(_ text: some StringProtocol) -> [UInt8]? {
    var octets: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 {
      if character == UInt8(ascii: " ") || character == UInt8(ascii: ":") || character == UInt8(ascii: "-") {
        if high != nil { return nil }
        continue
      }
      guard let digit = digit(character) else { return nil }
      if let first = high {
        octets.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil ? octets : nil
  }

  /// As ``parse(_:)`` reads them: `9B 01 1C`.
  package static func text(_ octets: some Sequence<UInt8>, separator: String = " ") -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: separator)
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
