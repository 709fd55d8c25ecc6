// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import CSystemd
import DeviceProfiles
import Glibc
import Vitals

/// The box's clocks. Made in `main` and handed down as a function, so that everything else can be tested with another.
package typealias Clock = @Sendable () -> Moment

package enum SystemClock {
  /// 2026-01-01: a wall clock before this was never set (a box without a battery starts in 1970), so it is unknown.
  private static let earliestBelievable: Int64 = 1_767_225_600_000

  /// - Returns: a clock of this boot.
  package static func start() -> Clock {
    let bootID = (try? TextFile.read("/proc/sys/kernel/random/boot_id"))?.prefix { !$0.isNewline }
    let boot = bootID.map(String.init) ?? "unknown"
    return {
      let wall = milliseconds(CLOCK_REALTIME)
      var state = timex()
      let isSynchronized = adjtimex(&state) != TIME_ERROR && state.status & STA_UNSYNC == 0
      return Moment(
        bootID: boot, monotonicMs: milliseconds(CLOCK_BOOTTIME), wallMs: wall >= earliestBelievable ? wall : nil,
        synchronized: isSynchronized)
    }
  }

  private static func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// The site's time zone, by Glibc: `TZ` is set once in `main` from the configuration (FoundationEssentials knows no zones).
package enum SiteTime {
  package static func use(zone: String) {
    setenv("TZ", zone, 1)
    tzset()
  }

  /// RFC 3339 with milliseconds and the zone's offset: `2026-03-14T08:06:02.114+08:00`.
  package static func text(_ wallMs: Int64) -> String {
    let (seconds, rest) = wallMs.quotientAndRemainder(dividingBy: 1000)
    var time = time_t(rest < 0 ? seconds - 1 : seconds)
    let milliseconds = rest < 0 ? rest + 1000 : rest
    var parts = tm()
    guard localtime_r(&time, &parts) != nil else { return "1970-01-01T00:00:00.000+00:00" }
    let offset = abs(parts.tm_gmtoff) / 60
    return padded(Int(parts.tm_year) + 1900, 4) + "-" + padded(Int(parts.tm_mon) + 1, 2) + "-"
      + padded(Int(parts.tm_mday), 2) + "T" + padded(Int(parts.tm_hour), 2) + ":" + padded(Int(parts.tm_min), 2)
      + ":" + padded(Int(parts.tm_sec), 2) + "." + padded(Int(milliseconds), 3)
      + (parts.tm_gmtoff < 0 ? "-" : "+") + padded(offset / 60, 2) + ":" + padded(offset % 60, 2)
  }

  /// The instant of a civil time in the site's zone, in milliseconds since 1970.
  package static func instant(of time: CivilTime) -> Int64? {
    var parts = tm()
    parts.tm_year = Int32(time.year - 1900)
    parts.tm_mon = Int32(time.month - 1)
    parts.tm_mday = Int32(time.day)
    parts.tm_hour = Int32(time.hour)
    parts.tm_min = Int32(time.minute)
    parts.tm_sec = Int32(time.second)
    parts.tm_isdst = -1
    let seconds = mktime(&parts)
    return seconds == -1 ? nil : Int64(seconds) * 1000
  }

  /// What a clock on the wall shows then.
  package static func civil(_ wallMs: Int64) -> (time: CivilTime, milliseconds: Int)? {
    let milliseconds = Int(wallMs % 1000)
    var seconds = time_t(wallMs / 1000)
    var parts = tm()
    guard milliseconds >= 0, localtime_r(&seconds, &parts) != nil,
      let time = CivilTime(
        year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
        hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: min(Int(parts.tm_sec), 59))
    else { return nil }
    return (time, milliseconds)
  }

  /// The site's calendar as the rules ask for it, from milliseconds since 1970; times that no calendar has are held.
  package static func calendar(_ wallMs: Int64) -> LocalTime {
    guard let civil = civil(min(max(0, wallMs), lastWallMs)) else { return LocalTime(day: 0, minute: 0) }
    let (day, second) = civil.time.seconds.quotientAndRemainder(dividingBy: 86_400)
    return LocalTime(day: Int(day) - daysBefore1970, minute: Int(second) / 60)
  }

  /// From the beginning of year 1 on.
  private static let daysBefore1970 = 719_162
  /// In the year 9998, whatever the zone.
  private static let lastWallMs: Int64 = 253_370_000_000_000

  /// The time at the site, in milliseconds since the beginning of year 1; nil while the box is not sure of it.
  static func local(_ moment: Moment) -> Int64? {
    guard moment.synchronized, let civil = moment.wallMs.flatMap(civil) else { return nil }
    return civil.time.seconds &* 1000 &+ Int64(civil.milliseconds)
  }

  /// How much a clock without a zone is ahead of the time at the site; nil where either is not known.
  static func offset(of shown: ClockValue.Shown?, at moment: Moment) -> Int64? {
    guard case .time(let time, let milliseconds) = shown, let local = local(moment) else { return nil }
    return time.seconds &* 1000 &+ Int64(milliseconds) &- local
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
