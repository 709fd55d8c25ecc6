// SPDX-License-Identifier: GPL-3.0-or-later

/// Times of messages: RFC 3339 with an offset. Instants are compared, never texts.
package enum RFC3339 {
  /// Milliseconds since 1970 of `2026-03-14T08:06:02.114+08:00`; nil for what is no such time, or lies before 1970.
  package static func milliseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard (20...40).contains(bytes.count) else { return nil }
    var rest = bytes[...]

    func number(_ digits: Int) -> Int64? {
      guard rest.count >= digits else { return nil }
      var value: Int64 = 0
      for byte in rest.prefix(digits) {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      rest = rest.dropFirst(digits)
      return value
    }
    func mark(_ allowed: String) -> Bool {
      guard let byte = rest.first, allowed.utf8.contains(byte) else { return false }
      rest = rest.dropFirst()
      return true
    }

    guard let year = number(4), mark("-"), let month = number(2), mark("-"), let day = number(2), mark("Tt "),
      let hour = number(2), mark(":"), let minute = number(2), mark(":"), let second = number(2),
      year >= 1970, (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    var fraction: Int64 = 0
    if mark(".") {
      var weight: Int64 = 100
      guard var digit = number(1) else { return nil }
      while true {
        fraction += digit * weight
        weight /= 10
        guard let next = number(1) else { break }
        digit = next
      }
    }
    var offset: Int64 = 0
    if !mark("Zz") {
      let isWest = rest.first == UInt8(ascii: "-")
      guard mark("+-"), let hours = number(2), mark(":"), let minutes = number(2), hours < 24, minutes < 60 else {
        return nil
      }
      offset = (hours * 60 + minutes) * (isWest ? -1 : 1)
    }
    guard rest.isEmpty else { return nil }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + (minute - offset) * 60 + second
    return seconds < 0 ? nil : seconds * 1000 + fraction
  }

  /// Days since 1970-01-01 in the Gregorian calendar: years that begin in March end with the leap day.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }
}
