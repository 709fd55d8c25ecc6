// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The mean over days of home readings (NICE NG136: measured on at least so many days, the first day is not counted).
struct HomeAverage: Sendable, Equatable {
  /// Of each kind with enough readings.
  let means: [Quantity]
  /// Those that are in it, the oldest first.
  let readings: [Evidence]
  let days: Int
  /// The best.
  let link: LinkSecurity

  /// - Parameters:
  ///   - days: the calendar days looked at, today the last.
  ///   - atLeastDays: days with a reading, the one that is dropped counts.
  ///   - count: the readings that there must be of a kind without those of the dropped day.
  ///   - hours: only readings of these minutes of the day count.
  /// - Returns: nil where there is not enough.
  init?(
    of history: SpotHistory, _ kinds: KindSet, days: Int, atLeastDays: Int, readings count: Int, dropsFirstDay: Bool,
    today: Int, hours: Range<Int>? = nil
  ) {
    let window = (today - Swift.min(Swift.max(days, 1), SpotHistory.days) + 1)...today
    var some = history.readings.filter { window.contains($0.day) && $0.kinds.intersects(kinds) && $0.isWithin(hours) }
    let measured = Set(some.map(\.day))
    guard measured.count >= atLeastDays else { return nil }
    if dropsFirstDay, let first = measured.min() { some.removeAll { $0.day == first } }
    var tally = Tally()
    for reading in some { tally.add(reading.evidence.values.filter { kinds.contains($0.kind) }) }
    means = tally.means(atLeast: Swift.max(count, 1))
    guard !means.isEmpty else { return nil }
    readings = some.map {
      Evidence(
        reading: $0.evidence.reading, values: $0.evidence.values.filter { kinds.contains($0.kind) },
        observedWallMs: $0.wallMs, age: $0.evidence.age)
    }
    link = some.map(\.link).max() ?? .advert
    self.days = Set(some.map(\.day)).count
  }
}
