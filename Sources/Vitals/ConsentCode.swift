// SPDX-License-Identifier: GPL-3.0-or-later

/// The code by which a device believes that one of its users agrees to her data being read (User Data Service 1.1,
/// Consent Code). It is a secret: nothing that prints or reflects shows it.
package struct ConsentCode: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  private static let length = 4
  private static let values = 0...9999

  package let value: UInt16

  /// - Parameter value: 0 to 9999; nil where it is another.
  package init?(_ value: Int) {
    guard Self.values.contains(value), let number = UInt16(exactly: value) else { return nil }
    self.value = number
  }

  /// - Parameter digits: four of 0 to 9, as the device or its app shows it; nil where it is anything else.
  package init?(digits: some StringProtocol) {
    let octets = Array(digits.utf8)
    guard octets.count == Self.length, octets.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else {
      return nil
    }
    self.init(octets.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
  }

  package var description: String { "a consent code" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
