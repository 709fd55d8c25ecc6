// SPDX-License-Identifier: GPL-3.0-or-later

/// An instant as the box knows it: always on the monotonic clock of this boot, on the wall clock if that is known.
package struct Moment: Sendable, Hashable {
  /// The kernel's boot id: monotonic times of two boots do not compare.
  package let bootID: String
  /// CLOCK_BOOTTIME in milliseconds.
  package let monotonicMs: Int64
  /// Milliseconds since 1970; nil while unknown, never a guess.
  package let wallMs: Int64?
  /// Whether the kernel says that the wall clock is synchronized.
  package let synchronized: Bool

  package init(bootID: String, monotonicMs: Int64, wallMs: Int64?, synchronized: Bool) {
    self.bootID = bootID
    self.monotonicMs = monotonicMs
    self.wallMs = wallMs
    self.synchronized = synchronized
  }
}

/// What a reading's time rests on (contract.md, `clock`).
package struct ClockEvidence: Sendable, Equatable {
  package enum Source: String, Sendable {
    /// The device's own time stamp.
    case device
    /// The moment the value arrived.
    case receipt
  }

  package let source: Source
  /// What the device said, nil where it said none or an invalid one.
  package let deviceTime: CivilTime?
  /// From the measurement to its receipt by the device's own clock; nil where that proves nothing.
  package let elapsedMs: Int64?
  /// Device minus true; nil while either was not known.
  package let offsetMs: Int64?

  package init(source: Source, deviceTime: CivilTime?, elapsedMs: Int64? = nil, offsetMs: Int64? = nil) {
    self.source = source
    self.deviceTime = deviceTime
    self.elapsedMs = elapsedMs
    self.offsetMs = offsetMs
  }

  package var offsetSeconds: ExactDecimal? { offsetMs.flatMap { ExactDecimal(mantissa: $0, exponent: -3) } }
  /// What a clock that shows whole seconds leaves open.
  package var uncertaintySeconds: ExactDecimal? { offsetMs == nil ? nil : ExactDecimal(mantissa: 1, exponent: 0) }
}

/// A valid calendar date and time of day without a zone: what a device's clock shows.
package struct CivilTime: Sendable, Hashable, CustomStringConvertible {
  package let year: Int
  package let month: Int
  package let day: Int
  package let hour: Int
  package let minute: Int
  package let second: Int

  /// - Returns: nil for a date that does not exist (31 February) or is marked unknown (year, month or day 0).
  ///   The years are those of Bluetooth's Date Time (GSS 3.70): 1582…9999.
  package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    guard (1582...9999).contains(year), (1...12).contains(month), (0...23).contains(hour),
      (0...59).contains(minute), (0...59).contains(second),
      day >= 1, day <= Self.days(inMonth: month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// `2026-03-14T08:05:30`
  package var description: String {
    "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
  }

  private func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension CivilTime {
  /// The time that a clock shows which has counted seconds since the beginning of that year.
  ///
  /// - Returns: nil beyond the years that a ``CivilTime`` can have.
  package init?(seconds: Int64, sinceYear year: Int) {
    let (day, second) = (seconds / 86_400, Int(seconds % 86_400))
    guard seconds >= 0, day < 4_000_000, let days = Int(exactly: day) else { return nil }
    var (year, rest) = (year, days)
    while rest >= Self.days(in: year) {
      rest -= Self.days(in: year)
      year += 1
    }
    var month = 1
    while month < 12, rest >= Self.days(inMonth: month, of: year) {
      rest -= Self.days(inMonth: month, of: year)
      month += 1
    }
    self.init(
      year: year, month: month, day: rest + 1, hour: second / 3600, minute: second / 60 % 60, second: second % 60)
  }

  /// The time that many minutes later (or earlier) on the same clock.
  ///
  /// - Parameter minutes: at most ±1,000,000.
  package func adding(minutes: Int) -> CivilTime? {
    guard minutes.magnitude <= 1_000_000 else { return nil }
    // Two years back give room for a negative one.
    let epoch = year - 2
    guard epoch >= 1 else { return nil }
    var days = Self.days(in: epoch) + Self.days(in: epoch + 1) + day - 1
    for earlier in 1..<month { days += Self.days(inMonth: earlier, of: year) }
    let seconds = ((days * 24 + hour) * 60 + minute + minutes) * 60 + second
    return CivilTime(seconds: Int64(seconds), sinceYear: epoch)
  }

  private static func days(in year: Int) -> Int { days(inMonth: 2, of: year) == 29 ? 366 : 365 }

  /// Seconds on this clock since the beginning of its year 1: the difference of two is what has passed between them, as
  /// long as nobody has set the clock.
  package var seconds: Int64 {
    let before = year - 1
    var days = before * 365 + before / 4 - before / 100 + before / 400 + day - 1
    for earlier in 1..<month { days += Self.days(inMonth: earlier, of: year) }
    return Int64(((days * 24 + hour) * 60 + minute) * 60 + second)
  }

  /// 1 Monday … 7 Sunday. The first day of year 1 was a Monday.
  package var weekday: Int { Int(seconds / 86_400 % 7) + 1 }

  /// Reads what ``description`` writes.
  package init?(_ text: String) {
    let parts = text.split(whereSeparator: { "-T:".contains($0) }).map { Int($0) }
    guard parts.count == 6, let year = parts[0], let month = parts[1], let day = parts[2], let hour = parts[3],
      let minute = parts[4], let second = parts[5]
    else { return nil }
    self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
  }
}
