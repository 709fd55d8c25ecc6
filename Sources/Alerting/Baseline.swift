// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// A person's own past, as far as rules ask for it: hourly medians and spot readings of the last days.
///
/// It needs the site's calendar: while the wall clock is unknown nothing is added, and no figure is known.
package struct Baseline: Sendable, Equatable {
  /// The median of a kind in one hour of one day.
  package struct Hour: Sendable, Hashable {
    package let kind: ObservationKind
    /// Days since 1970-01-01, the site's.
    package let day: Int
    package let hour: Int
    package let median: ExactDecimal
    /// How many values it is the median of.
    package let count: Int

    package init(kind: ObservationKind, day: Int, hour: Int, median: ExactDecimal, count: Int) {
      self.kind = kind
      self.day = day
      self.hour = hour
      self.median = median
      self.count = count
    }
  }

  private var hours = HourMedians()
  private(set) var spots = SpotHistory()
  /// The site's time; nil while it is unknown.
  private(set) var now: LocalTime?
  /// Milliseconds since 1970.
  private var wallMs: Int64?
  /// The minute since 1970 that ``now`` is of: the calendar is asked once a minute.
  private var minute: Int64?

  package init() {}

  var count: Int { hours.count + spots.count }

  /// The hours that were closed since this was asked last.
  package mutating func takeClosedHours() -> [Hour] { hours.takeClosed() }

  /// Hours of an earlier run. Those that are known from more values stay as they are.
  package mutating func restore(_ hours: [Hour]) {
    self.hours.restore(hours)
    if let now { self.hours.refresh(at: now) }
  }

  /// Notes what time it is.
  mutating func turn(to occasion: Occasion, medians kinds: KindSet) {
    let wallMs = occasion.now.wallMs.flatMap { Self.years.contains($0) ? $0 : nil }
    self.wallMs = wallMs
    if let wallMs, minute == wallMs / 60_000, hours.kinds == kinds { return }
    minute = wallMs.map { $0 / 60_000 }
    now = wallMs.map { Self.local($0, occasion) }
    hours.turn(to: now, kinds: kinds)
  }

  /// A settled, valid sample of a stream, of now.
  mutating func note(_ sample: Observation) {
    if let now { hours.note(sample.values, at: now) }
  }

  /// A valid spot reading.
  ///
  /// - Parameter elapsed: when it was received; nil for one that was stored long before.
  mutating func note(spot observation: Observation, of kinds: KindSet, at elapsed: Int64?, _ occasion: Occasion) {
    guard let now, let wallMs = observation.observedWallMs, Self.years.contains(wallMs) else { return }
    let local = Self.local(wallMs, occasion)
    if elapsed != nil || (local.day == now.day && local.hour == now.hour) {
      hours.note(observation.values, at: now)
    } else {
      hours.noteStray(observation.values, at: local, now: now)
    }
    spots.add(observation, of: kinds, at: local, today: now.day, receivedAt: elapsed)
  }

  /// A figure of the past; nil while too little is known.
  ///
  /// - Parameters:
  ///   - before: readings of the session that runs at this time, and later ones, are not in the mean yet. The least of days is
  ///     that of all readings before the one that is judged, which is added after that.
  ///   - hours: only spot readings of these minutes of the day count.
  func figure(
    _ past: Rule.Past, of kind: ObservationKind, before: Int64, hours minutes: Range<Int>? = nil
  ) -> ExactDecimal? {
    guard let now, let wallMs else { return nil }
    switch past {
    case .median: return hours.median(of: kind)
    case .mean: return spots.mean(of: kind, wallMs: wallMs, before: before, hours: minutes)
    case .least(let days): return spots.least(of: kind, days: days, today: now.day, hours: minutes)
    }
  }

  /// The minute of the site's day when it was measured; nil where that is not known.
  func minute(of observation: Observation, at occasion: Occasion) -> Int? {
    guard now != nil, let wallMs = observation.observedWallMs, Self.years.contains(wallMs) else { return nil }
    return Self.local(wallMs, occasion).minute
  }

  private static func local(_ wallMs: Int64, _ occasion: Occasion) -> LocalTime {
    let local = occasion.calendar(wallMs)
    // The years' days, so that no sum of days overflows.
    return LocalTime(day: min(max(local.day, -2), 2_932_898), minute: min(max(local.minute, 0), 1439))
  }

  /// Wall times that a calendar can be asked for: of the years 1970 to 9999.
  static let years: Range<Int64> = 0..<253_402_300_800_000
}
