// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The octets of a device's clock: Date Time (2A08) or Current Time (2A2B), local time without a zone.
package enum ClockValue {
  private static let dateTimeLength = 7
  /// Current Time: that the value was set by hand, which clocks take that know no other source.
  private static let adjustedByHand: UInt8 = 1

  /// What the device showed.
  package enum Shown: Sendable, Hashable {
    case time(CivilTime, milliseconds: Int)
    /// A date with a 0, or one that does not exist.
    case notSet
  }

  /// - Returns: nil where that is no clock's value.
  package static func read(_ bytes: [UInt8]) -> Shown? {
    var reader = ByteReader(bytes)
    var fields: [Int] = []
    for (name, width) in [("year", 2), ("month", 1), ("day", 1), ("hours", 1), ("minutes", 1), ("seconds", 1)] {
      guard let value = try? reader.unsigned(width, for: name) else { return nil }
      fields.append(Int(clamping: value))
    }
    guard
      let time = CivilTime(
        year: fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4], second: fields[5])
    else { return .notSet }
    // Behind the weekday a Current Time has 1/256 of a second; a Date Time ends before.
    let fraction = bytes.count > dateTimeLength + 1 ? Int(bytes[dateTimeLength + 1]) : 0
    return .time(time, milliseconds: fraction * 1000 / 256)
  }

  /// - Parameter characteristic: 128-bit, lower case.
  package static func octets(_ time: CivilTime, milliseconds: Int, for characteristic: String) -> [UInt8] {
    let year = UInt16(clamping: time.year)
    let dateTime =
      [UInt8(truncatingIfNeeded: year), UInt8(truncatingIfNeeded: year >> 8)]
      + [time.month, time.day, time.hour, time.minute, time.second].map { UInt8(clamping: $0) }
    guard BluetoothUUID.short(characteristic) == "2A2B" else { return dateTime }
    let fraction = UInt8(clamping: min(max(milliseconds, 0), 999) * 256 / 1000)
    return dateTime + [UInt8(clamping: time.weekday), fraction, adjustedByHand]
  }
}
