// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// A JSON value with its numbers as they were written. A trace has a million lines: a decoder by types takes ten times as
/// long for them, and knows decimals only by way of binary ones.
package indirect enum JSON: Sendable, Equatable {
  case null
  case flag(Bool)
  case number(ExactDecimal)
  case text(String)
  case list([JSON])
  /// In the order in which they were written.
  case object([Field])

  package struct Field: Sendable, Equatable {
    package let name: String
    package let value: JSON

    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// The first field of that name; nil where there is none, and where this is no object.
  package subscript(_ name: String) -> JSON? {
    guard case .object(let fields) = self else { return nil }
    for field in fields where field.name == name { return field.value }
    return nil
  }

  package var text: String? { if case .text(let text) = self { text } else { nil } }
  package var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
  package var number: ExactDecimal? { if case .number(let number) = self { number } else { nil } }
  package var list: [JSON]? { if case .list(let list) = self { list } else { nil } }
  package var whole: Int64? { number.flatMap(\.whole) }
}

extension JSON: CustomStringConvertible {
  /// On one line, without spaces.
  package var description: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .flag(let flag): out += flag ? "true" : "false"
    case .number(let number): out += number.description
    case .text(let text): Self.write(text, to: &out)
    case .list(let list):
      out += "["
      for (index, item) in list.enumerated() {
        if index > 0 { out += "," }
        item.write(to: &out)
      }
      out += "]"
    case .object(let fields):
      out += "{"
      for (index, field) in fields.enumerated() {
        if index > 0 { out += "," }
        Self.write(field.name, to: &out)
        out += ":"
        field.value.write(to: &out)
      }
      out += "}"
    }
  }

  private static func write(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}

extension ExactDecimal {
  /// nil where it is no whole number, or does not fit.
  var whole: Int64? {
    var (value, left) = (mantissa, exponent)
    while left < 0 {
      guard value % 10 == 0 else { return nil }
      value /= 10
      left += 1
      if value == 0 { return 0 }
    }
    while left > 0, value != 0 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = product
      left -= 1
    }
    return value
  }
}
