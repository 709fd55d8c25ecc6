// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// How long what is delivered is kept, and how much room there is. Times are milliseconds.
package struct StoragePolicy: Sendable, Equatable {
  /// The octets that readings were decoded from, and values that no profile could decode.
  package let captures: Int64
  package let samples: Int64
  /// Spot readings and summaries of streams.
  package let readings: Int64
  /// Alerts, commands, the audit, and the ids of spot readings.
  package let alerts: Int64
  /// The most that the database may take, its write-ahead log included.
  package let limitBytes: Int64
  /// Whether streams become summaries: then a sample is kept until a summary speaks for it.
  package let summarises: Bool

  package init(
    captureHours: Int, sampleDays: Int, readingDays: Int, alertDays: Int, limitBytes: Int64, summarises: Bool
  ) {
    let hour: Int64 = 3_600_000
    captures = Int64(captureHours) * hour
    samples = Int64(sampleDays) * 24 * hour
    readings = Int64(readingDays) * 24 * hour
    alerts = Int64(alertDays) * 24 * hour
    self.limitBytes = limitBytes
    self.summarises = summarises
  }

  /// The limit without what the write-ahead log may take: a checkpoint comes at 4 MiB, and then a batch.
  package var databaseBytes: Int64 { limitBytes - min(max(limitBytes / 8, 6 << 20), 16 << 20) }
  /// Beyond this the oldest goes, a piece at a time: far enough below the limit for what arrives meanwhile.
  package var fullBytes: Int64 { databaseBytes / 100 * 95 }
  /// Beyond this somebody should know, if what would go first is still needed.
  package var shortBytes: Int64 { databaseBytes / 100 * 90 }
  /// How many rows go at a time for lack of room: few gaps, and no alert waits for long.
  package var dropRows: Int { Int(min(max(databaseBytes / 100 / 150, 500), 2000)) }
}

/// The time by which is judged what is old: the wall clock, which may lie.
///
/// A network time that is ten years ahead must not make everything old at once. So it moves ahead no faster than the
/// monotonic clock, and from one run to the next by no more than ``longestAbsence``.
package struct RetentionClock: Sendable, Equatable {
  static let longestAbsence: Int64 = 30 * 24 * 3_600_000

  /// Milliseconds since 1970; nil while it was never known.
  package private(set) var wallMs: Int64?
  private var seen: Moment?

  /// - Parameter wallMs: where it stood when it was last saved.
  package init(wallMs: Int64?) { self.wallMs = wallMs }

  package mutating func advance(to now: Moment) {
    let elapsed = seen.flatMap { $0.bootID == now.bootID ? max(0, now.monotonicMs &- $0.monotonicMs) : nil }
    guard now.synchronized, let wall = now.wallMs else {
      if let ms = wallMs { wallMs = ms &+ (elapsed ?? 0) }
      seen = now
      return
    }
    wallMs = wallMs.map { min(wall, $0 &+ (elapsed ?? Self.longestAbsence)) } ?? wall
    seen = now
  }
}
