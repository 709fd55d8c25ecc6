// SPDX-License-Identifier: GPL-3.0-or-later

/// RFC 4648, section 5, without padding: what RFC 7515 puts octets into.
package enum Base64URL {
  /// Strict, so that octets have one text only: no padding, no white space, and the bits that are left over are zero.
  package static func octets(_ text: some Collection<UInt8>) -> [UInt8]? {
    // A last group of one letter has six bits, which make no octet.
    guard text.count % 4 != 1 else { return nil }
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count / 4 * 3 + 2)
    var bits: UInt32 = 0
    var count = 0
    for letter in text {
      guard let value = value(of: letter) else { return nil }
      bits = (bits << 6 | UInt32(value)) & 0xFFF
      count += 6
      if count >= 8 {
        count -= 8
        octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    guard bits & ((1 << UInt32(count)) - 1) == 0 else { return nil }
    return octets
  }

  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  package static func text(_ octets: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(octets.count / 3 * 4 + 3)
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for octet in octets {
      bits = (bits << 8 | UInt32(octet)) & 0xFFFF
      count += 8
      while count >= 6 {
        count -= 6
        text.append(letters[Int(bits >> count & 63)])
      }
    }
    if count > 0 { text.append(letters[Int(bits << (6 - count) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }

  private static func value(of letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
    case UInt8(ascii: "-"): 62
    case UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
