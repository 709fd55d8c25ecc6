// SPDX-License-Identifier: GPL-3.0-or-later

/// The text of an SVG picture as it grows. Whatever is put in as text or attribute is escaped.
struct SVG {
  private(set) var text = ""

  mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    text += "<\(name)\(Self.written(attributes))>"
  }

  mutating func close(_ name: String) { text += "</\(name)>\n" }

  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    text += "<\(name)\(Self.written(attributes))/>\n"
  }

  /// With words in it.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ words: String) {
    text += "<\(name)\(Self.written(attributes))>\(Self.escaped(words))</\(name)>\n"
  }

  /// One element with a title that a browser shows when it is pointed at.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>, title: String) {
    text += "<\(name)\(Self.written(attributes))><title>\(Self.escaped(title))</title></\(name)>\n"
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class style: String) {
    element(
      "line",
      ["class": style, "x1": Self.number(x1), "y1": Self.number(y1), "x2": Self.number(x2), "y2": Self.number(y2)])
  }

  private static func written(_ attributes: KeyValuePairs<String, String>) -> String {
    attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
  }

  /// With one digit after the point, as fine as anybody sees.
  static func number(_ value: Double) -> String {
    let tenths = value.isNaN ? 0 : Int((min(max(value, -1e9), 1e9) * 10).rounded())
    let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
    return (tenths < 0 ? "-" : "") + String(whole) + (rest == 0 ? "" : ".\(rest)")
  }

  /// Without what XML 1.0 cannot have at all.
  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\t", "\n", "\r": out += " "
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE:
        out.unicodeScalars.append("\u{FFFD}")
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// About how wide a text is, for a font of that size.
  static func width(of text: String, size: Double) -> Double {
    text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2E80 ? 0.56 : 1.0) * size }
  }
}
