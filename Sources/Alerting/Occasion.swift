// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The site's calendar day and time of day.
package struct LocalTime: Sendable, Hashable {
  /// Days since 1970-01-01.
  package let day: Int
  /// Since local midnight, 0 to 1439.
  package let minute: Int

  package init(day: Int, minute: Int) {
    self.day = day
    self.minute = minute
  }

  package var hour: Int { minute / 60 }

  /// The day that this is of where days begin at a minute other than midnight's.
  func day(from first: Int) -> Int { minute >= first ? day : day &- 1 }

  /// `08:05`
  package var clock: String { Self.clock(minute) }

  /// `08:05`
  ///
  /// - Parameter minute: since midnight.
  static func clock(_ minute: Int) -> String {
    [minute / 60, minute % 60].map { ($0 < 10 ? "0" : "") + String($0) }.joined(separator: ":")
  }
}

/// When something happens. All durations come from `elapsedMs`; calendar and wall clock serve for what people call a day,
/// and for texts.
package struct Occasion: Sendable {
  /// Monotonic milliseconds on this boot's line; what happened in an earlier boot is negative there.
  package let elapsedMs: Int64
  package let now: Moment
  /// The site's calendar: from milliseconds since 1970.
  package let calendar: @Sendable (Int64) -> LocalTime

  /// - Parameter elapsedMs: nil for the moment's own.
  package init(now: Moment, elapsedMs: Int64? = nil, calendar: @escaping @Sendable (Int64) -> LocalTime) {
    self.now = now
    self.elapsedMs = elapsedMs ?? now.monotonicMs
    self.calendar = calendar
  }

  /// An earlier time, as this one's clocks tell it.
  func before(_ elapsedMs: Int64) -> Occasion {
    let (ago, overflow) = self.elapsedMs.subtractingReportingOverflow(elapsedMs)
    guard !overflow, ago > 0 else { return self }
    let then = Moment(
      bootID: now.bootID, monotonicMs: now.monotonicMs.earlier(by: ago), wallMs: now.wallMs?.earlier(by: ago),
      synchronized: now.synchronized)
    return Occasion(now: then, elapsedMs: elapsedMs, calendar: calendar)
  }

  /// nil while the wall clock is unknown.
  package var local: LocalTime? { now.wallMs.map(calendar) }

  /// The calendar of a site in that zone of fixed offset, as China's is.
  package static func fixedCalendar(offsetMinutes: Int) -> @Sendable (Int64) -> LocalTime {
    { wallMs in
      let minutes = (wallMs >= 0 ? wallMs / 60_000 : (wallMs - 59_999) / 60_000) + Int64(offsetMinutes)
      let day = minutes >= 0 ? minutes / 1440 : (minutes - 1439) / 1440
      return LocalTime(day: Int(day), minute: Int(minutes - day * 1440))
    }
  }
}
