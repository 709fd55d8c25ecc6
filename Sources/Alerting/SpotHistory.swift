// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The valid spot readings of the last days, by the time they were measured: stored ones too.
struct SpotHistory: Sendable, Equatable {
  /// Of readings with the same kinds: 8 days of 24.
  static let limit = 192
  static let days = 8
  static let meanOf: Int64 = 7 * 86_400_000
  /// What a mean must rest on.
  static let leastReadings = 6
  static let leastDays = 3

  struct Reading: Sendable, Equatable {
    let evidence: Evidence
    let kinds: KindSet
    let wallMs: Int64
    let day: Int
    /// Of the site's day.
    let minute: Int
    /// When it was received.
    let at: Int64
    let link: LinkSecurity

    func isWithin(_ hours: Range<Int>?) -> Bool { hours?.contains(minute) ?? true }
  }

  /// By the time they were measured, the oldest first.
  private(set) var readings: [Reading] = []
  /// When the last session of each kind began.
  private var sessions: [Session] = []

  private struct Session: Sendable, Equatable {
    let kind: ObservationKind
    var began: Int64
  }

  var count: Int { readings.count }

  /// - Parameter elapsed: when it was received; nil for one that was stored long before.
  mutating func add(
    _ observation: Observation, of kinds: KindSet, at local: LocalTime, today: Int, receivedAt elapsed: Int64?
  ) {
    let values = observation.values.filter { kinds.contains($0.kind) && $0.number != nil }
    if let elapsed { noteSession(of: values, at: elapsed) }
    guard !values.isEmpty, let wallMs = observation.observedWallMs,
      (today - Self.days...today + 1).contains(local.day),
      !readings.contains(where: {
        $0.evidence.reading == observation.reading
      })
    else { return }
    let new = Reading(
      evidence: Evidence(
        reading: observation.reading, values: values, observedWallMs: wallMs, age: observation.age),
      kinds: KindSet(of: values), wallMs: wallMs, day: local.day, minute: local.minute, at: elapsed ?? .min,
      link: observation.link)
    readings.removeAll { $0.day < today - Self.days }
    let alike = readings.indices.filter { readings[$0].kinds == new.kinds }
    if alike.count >= Self.limit, let oldest = alike.first {
      if readings[oldest].wallMs >= wallMs { return }
      readings.remove(at: oldest)
    }
    readings.insert(new, at: readings.lastIndex { $0.wallMs <= wallMs }.map { $0 + 1 } ?? 0)
  }

  private mutating func noteSession(of values: [Quantity], at elapsed: Int64) {
    for value in values {
      guard let index = sessions.firstIndex(where: { $0.kind == value.kind }) else {
        sessions.append(Session(kind: value.kind, began: elapsed))
        continue
      }
      if elapsed - sessions[index].began >= Rule.session { sessions[index].began = elapsed }
    }
  }

  /// Of the last 7 days; nil where there is too little.
  ///
  /// - Parameters:
  ///   - before: those of the session that runs at this time, and later ones, are left out.
  ///   - hours: only readings of these minutes of the day count.
  func mean(of kind: ObservationKind, wallMs: Int64, before: Int64, hours: Range<Int>? = nil) -> ExactDecimal? {
    var end = before
    if let began = sessions.first(where: { $0.kind == kind })?.began, began < before, before - began < Rule.session {
      end = began
    }
    let some = readings.filter {
      $0.kinds.contains(kind) && $0.isWithin(hours) && $0.at < end && (0...Self.meanOf).contains(wallMs - $0.wallMs)
    }
    guard some.count >= Self.leastReadings, Set(some.map(\.day)).count >= Self.leastDays else { return nil }
    var tally = Tally()
    for reading in some { tally.add(reading.evidence.values.filter { $0.kind == kind }) }
    return tally.means(atLeast: Self.leastReadings).first?.number
  }

  /// The least of today and so many days before.
  func least(of kind: ObservationKind, days: Int, today: Int, hours: Range<Int>? = nil) -> ExactDecimal? {
    let first = today - Swift.min(Swift.max(days, 0), Self.days)
    return readings.lazy.filter { (first...today).contains($0.day) && $0.isWithin(hours) }
      .compactMap { reading in reading.evidence.values.first { $0.kind == kind }?.number }.min()
  }
}
