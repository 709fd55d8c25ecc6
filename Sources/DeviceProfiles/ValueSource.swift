// SPDX-License-Identifier: GPL-3.0-or-later

/// How the place is written that a value comes from: a characteristic (`2A37`, or 128 bits), or an advertisement's data
/// of a company (`manufacturer:0157`) or of a service (`service-data:181D`).
package enum ValueSource {
  private static let manufacturer = "manufacturer:"
  private static let serviceData = "service-data:"

  package static func manufacturer(_ company: UInt16) -> String {
    let digits = String(company, radix: 16, uppercase: true)
    return manufacturer + String(repeating: "0", count: 4 - digits.count) + digits
  }

  /// - Parameter service: short or 128-bit, in any case.
  package static func serviceData(_ service: String) -> String { serviceData + BluetoothUUID.short(service) }

  /// The one way to write it; nil where it is none of the three.
  package static func canonical(_ text: String) -> String? {
    if text.hasPrefix(manufacturer) {
      let digits = text.dropFirst(manufacturer.count)
      guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit) else { return nil }
      return UInt16(digits, radix: 16).map { manufacturer($0) }
    }
    if text.hasPrefix(serviceData) {
      let uuid = String(text.dropFirst(serviceData.count))
      return BluetoothUUID.full(uuid).map { serviceData($0) }
    }
    return BluetoothUUID.full(text).map { BluetoothUUID.short($0) }
  }

  package static func isAdvertisement(_ source: String) -> Bool {
    source.hasPrefix(manufacturer) || source.hasPrefix(serviceData)
  }
}
