// SPDX-License-Identifier: GPL-3.0-or-later

/// When devices were heard. Pure: the times are handed in.
struct Sightings: Sendable {
  typealias Instant = ContinuousClock.Instant

  struct Sighting: Sendable, Equatable {
    /// Since when it advertises without a break.
    var began: Instant
    var last: Instant
  }

  /// A shorter silence is no break. bluetoothd has the kernel scan in windows of 10.24 s (DISCOV_LE_TIMEOUT), one right
  /// behind the other because there is a filter (src/adapter.c, no_scan_restart_delay), and a controller may report a
  /// device that advertises steadily only once in each.
  static let longestPause = Duration.seconds(15)
  /// What advertised before we listened is heard within this time; a device that is heard first after it has just begun.
  static let settling = Duration.seconds(4)
  /// Strangers with changing addresses must not fill the memory.
  private static let limit = 1000

  private var byPath: [String: Sighting] = [:]

  subscript(path: String) -> Sighting? { byPath[path] }

  /// Those that were heard then or later.
  func paths(since then: Instant) -> [String] { byPath.filter { $0.value.last >= then }.map(\.key) }

  mutating func heard(_ path: String, at now: Instant) {
    if let known = byPath[path], now - known.last < Self.longestPause {
      byPath[path]?.last = now
    } else {
      if byPath.count >= Self.limit { forgetSilent() }
      byPath[path] = Sighting(began: now, last: now)
    }
  }

  /// The half that was silent for the longest: who comes new has room, and not each of a crowd makes it.
  private mutating func forgetSilent() {
    for (path, _) in byPath.sorted(by: { $0.value.last < $1.value.last }).prefix(Self.limit / 2) { byPath[path] = nil }
  }

  /// A device was silent because it was connected to by ourselves: that is no break.
  mutating func wasSpokenTo(_ path: String, at now: Instant) { byPath[path]?.last = now }

  /// Since when a device advertises, where it began to while somebody listened.
  ///
  /// - Parameter listening: since when discovery goes on without a break.
  /// - Returns: nil where it was there already, or nobody can know.
  func beginning(of path: String, listeningSince listening: Instant?) -> Instant? {
    guard let listening, let began = byPath[path]?.began, began - listening >= Self.settling else { return nil }
    return began
  }
}
