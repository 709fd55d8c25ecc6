// SPDX-License-Identifier: GPL-3.0-or-later

/// The two ways to write a UUID that the Bluetooth SIG assigned: `2A37` and
/// `00002a37-0000-1000-8000-00805f9b34fb`. Others have the long form only.
package enum BluetoothUUID {
  private static let baseSuffix = "-0000-1000-8000-00805f9b34fb"

  /// The 128-bit form in lower case.
  /// - Parameter text: 4 or 8 hexadecimal digits, or the 128-bit form already, in any case.
  /// - Returns: nil where it is none of these.
  package static func full(_ text: String) -> String? {
    let lower = text.lowercased()
    let groups = lower.split(separator: "-", omittingEmptySubsequences: false)
    guard groups.allSatisfy({ $0.utf8.allSatisfy(isHexDigit) }) else { return nil }
    switch groups.map(\.utf8.count) {
    case [4]: return "0000" + lower + baseSuffix
    case [8]: return lower + baseSuffix
    case [8, 4, 4, 4, 12]: return lower
    default: return nil
    }
  }

  /// The short form in upper case where there is one, else the text in lower case.
  /// - Parameter text: either form, in any case.
  package static func short(_ text: String) -> String {
    let full = full(text) ?? text.lowercased()
    guard full.hasPrefix("0000"), full.hasSuffix(baseSuffix), full.utf8.count == 8 + baseSuffix.utf8.count else {
      return full
    }
    return full.dropFirst(4).prefix(4).uppercased()
  }

  private static func isHexDigit(_ character: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(character)
  }
}
