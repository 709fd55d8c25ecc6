// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// Times as the site's clocks show them.
struct LocalText {
  let calendar: @Sendable (Int64) -> LocalTime

  /// `2026-03-14 08:05:30`
  func dateAndTime(_ wallMs: Int64) -> String {
    let local = calendar(wallMs)
    let seconds = Int((wallMs / 1000) % 60)
    return "\(date(local.day)) \(local.clock):\(Self.padded(seconds))"
  }

  /// `2026-03-14`
  func date(_ day: Int) -> String {
    Self.civil(day).map { String($0.description.prefix(10)) } ?? "?"
  }

  static func civil(_ day: Int) -> CivilTime? {
    CivilTime(seconds: Int64(clamping: day) &* 86_400, sinceYear: 1970)
  }

  static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
