// SPDX-License-Identifier: GPL-3.0-or-later
import FoundationEssentials

/// JSON that anybody may have sent: only as UTF-8 and not deep, so that nothing recurses far.
enum StrictJSON {
  private static let deepest = 16

  /// - Returns: nil for what is not that or not such a value.
  static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) -> T? {
    // The decoder takes octets with zeros among them for UTF-16 or UTF-32, and there this counts no brackets.
    guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil, isShallow(bytes) else { return nil }
    return try? JSONDecoder().decode(type, from: Data(bytes))
  }

  private static func isShallow(_ bytes: [UInt8]) -> Bool {
    var depth = 0
    var isText = false
    var isEscaped = false
    for byte in bytes {
      if isEscaped {
        isEscaped = false
      } else if isText {
        isEscaped = byte == UInt8(ascii: "\\")
        if byte == UInt8(ascii: "\"") { isText = false }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isText = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: continue
        }
        if depth > deepest { return false }
      }
    }
    return true
  }
}
