// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Reads JSON (RFC 8259) that anybody may have written: not deep, and no number that is none of ours.
struct JSONReader {
  private static let deepest = 16

  private let bytes: [UInt8]
  private var at = 0

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// - Returns: nil for what is no JSON, or more than one value.
  static func read(_ text: String) -> JSON? {
    var reader = JSONReader(text)
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpace()
    return reader.next == nil ? value : nil
  }

  /// - Returns: values behind each other, with or without lines between them; nil where one is no JSON.
  static func readAll(_ text: String) -> [JSON]? {
    var reader = JSONReader(text)
    var values: [JSON] = []
    reader.skipSpace()
    while reader.next != nil {
      guard let value = reader.value(depth: 0) else { return nil }
      values.append(value)
      reader.skipSpace()
    }
    return values
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func take(word: String) -> Bool {
    let end = at + word.utf8.count
    guard end <= bytes.count, bytes[at..<end].elementsEqual(word.utf8) else { return false }
    at = end
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  private mutating func value(depth: Int) -> JSON? {
    skipSpace()
    guard depth < Self.deepest, let byte = next else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return list(depth: depth)
    case UInt8(ascii: "\""): return text().map(JSON.text)
    case UInt8(ascii: "t"): return take(word: "true") ? .flag(true) : nil
    case UInt8(ascii: "f"): return take(word: "false") ? .flag(false) : nil
    case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
    default: return number().map(JSON.number)
    }
  }

  private mutating func object(depth: Int) -> JSON? {
    at += 1
    var fields: [JSON.Field] = []
    skipSpace()
    if take("}") { return .object(fields) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\""), let name = text() else { return nil }
      skipSpace()
      guard take(":"), let value = value(depth: depth + 1) else { return nil }
      fields.append(JSON.Field(name, value))
      skipSpace()
      if take("}") { return .object(fields) }
      guard take(",") else { return nil }
    }
  }

  private mutating func list(depth: Int) -> JSON? {
    at += 1
    var items: [JSON] = []
    skipSpace()
    if take("]") { return .list(items) }
    while true {
      guard let item = value(depth: depth + 1) else { return nil }
      items.append(item)
      skipSpace()
      if take("]") { return .list(items) }
      guard take(",") else { return nil }
    }
  }

  // MARK: numbers

  /// Digits of a fraction that find no room are dropped; other numbers that find none are no value.
  private mutating func number() -> ExactDecimal? {
    let isNegative = take("-")
    var mantissa: Int64 = 0
    var exponent = 0
    let first = next
    let start = at
    while let digit = digit() {
      guard let longer = Self.append(digit, to: mantissa) else { return nil }
      mantissa = longer
    }
    guard at > start, first != UInt8(ascii: "0") || at == start + 1 else { return nil }
    if take(".") {
      let point = at
      var isFull = false
      while let digit = digit() {
        guard !isFull, let longer = Self.append(digit, to: mantissa) else {
          isFull = true
          continue
        }
        mantissa = longer
        exponent -= 1
      }
      guard at > point else { return nil }
    }
    if take("e") || take("E") {
      let isDown = take("-")
      if !isDown { _ = take("+") }
      let power = at
      var by: Int64 = 0
      while let digit = digit() { by = min(1000, by * 10 + digit) }
      guard at > power else { return nil }
      exponent += Int(isDown ? -by : by)
    }
    return ExactDecimal(mantissa: isNegative ? -mantissa : mantissa, exponent: mantissa == 0 ? 0 : exponent)
  }

  private mutating func digit() -> Int64? {
    guard let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    at += 1
    return Int64(byte - UInt8(ascii: "0"))
  }

  private static func append(_ digit: Int64, to mantissa: Int64) -> Int64? {
    let (tenfold, overflow) = mantissa.multipliedReportingOverflow(by: 10)
    let (sum, carry) = tenfold.addingReportingOverflow(digit)
    return overflow || carry ? nil : sum
  }

  // MARK: text

  private mutating func text() -> String? {
    at += 1
    let start = at
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { at += 1 }
    let plain = String(decoding: bytes[start..<at], as: UTF8.self)
    if take("\"") { return plain }
    return escaped(after: plain)
  }

  private mutating func escaped(after plain: String) -> String? {
    var text = plain
    while let byte = next, byte >= 0x20 {
      if take("\"") { return text }
      if take("\\") {
        guard let scalar = escape() else { return nil }
        text.unicodeScalars.append(scalar)
        continue
      }
      let start = at
      while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { at += 1 }
      text += String(decoding: bytes[start..<at], as: UTF8.self)
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard let byte = next else { return nil }
    at += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = codeUnit() else { return nil }
      if let scalar = Unicode.Scalar(unit) { return scalar }
      // Half of a pair (RFC 8259, 7).
      guard unit < 0xDC00, take("\\"), take("u"), let low = codeUnit(), (0xDC00...0xDFFF).contains(low) else {
        return nil
      }
      return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    default: return nil
    }
  }

  /// Four hexadecimal digits.
  private mutating func codeUnit() -> UInt32? {
    guard at + 4 <= bytes.count, bytes[at] != UInt8(ascii: "+"),
      let unit = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
    else { return nil }
    at += 4
    return unit
  }
}
