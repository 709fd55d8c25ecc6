// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// How much of the database is used.
package struct StorageUse: Sendable, Equatable {
  /// Of the database without its write-ahead log.
  package let databaseBytes: Int64
  package let logBytes: Int64
  package var fileBytes: Int64 { databaseBytes &+ logBytes }
  /// Of what is in it, without pages that are free for use.
  package let usedBytes: Int64
  /// Dropped for lack of room, ever.
  package let droppedReadings: Int64
}

/// Retention and the bounds of the file: what ``StorageKeeper`` asks for, a step at a time.
extension Journal {
  package func storageUse() throws -> StorageUse {
    let size = try pragma("page_size")
    let (pages, free) = (try pragma("page_count"), try pragma("freelist_count"))
    return StorageUse(
      databaseBytes: pages &* size, logBytes: connection.logBytes, usedBytes: (pages &- free) &* size,
      droppedReadings: try Progress(connection: connection).value(.dropped) ?? 0)
  }

  /// Where the clock of retention stood when it was last saved.
  package func retentionClock() throws -> RetentionClock {
    if let saved = try Progress(connection: connection).value(.clock) { return RetentionClock(wallMs: saved) }
    // A network time that lies at the first start must not make everything old.
    let newest = try connection.statement(
      "SELECT max(at_ms) FROM (SELECT at_ms FROM ledger WHERE lane = 1 ORDER BY seq DESC LIMIT 100)"
    ).first { $0.integer(0) }
    return RetentionClock(wallMs: newest ?? nil)
  }

  /// One step of one part of retention, in a transaction of its own.
  ///
  /// - Returns: whether there may be more of it to do.
  package func retain(_ work: RetentionWork, _ policy: StoragePolicy, clock: RetentionClock, now: Moment) throws -> Bool
  {
    let positions = try positions()
    return try write(now: now) { _ in
      let progress = Progress(connection: connection)
      let isMore = try Retention(
        connection: connection, progress: progress, ages: try RowAges(connection: connection, now: now, clock: clock),
        policy: policy, delivered: { positions[$0] ?? 0 }
      ).step(work)
      if let ms = clock.wallMs, try progress.value(.clock).map({ ms &- $0 > 3_600_000 || $0 > ms }) ?? true {
        try progress.set(.clock, to: ms)
      }
      return isMore
    }
  }

  /// Drops the oldest where room runs out, a piece of it.
  ///
  /// - Returns: how many gaps that made; nil where there is room, or nothing that may go.
  package func makeRoom(_ policy: StoragePolicy, clock: RetentionClock, now: Moment) throws -> Int? {
    guard try storageUse().usedBytes > policy.fullBytes else { return nil }
    if try Progress(connection: connection).value(.unnumbered) != nil {
      _ = try retain(.numbering, policy, clock: clock, now: now)
      return 0
    }
    return try write(now: now) { _ in try capacity(policy, clock: clock, now: now).drop() }
  }

  /// Whether room is short and what would go first is something that the clinic does not have.
  package func isLossNear(_ policy: StoragePolicy, clock: RetentionClock, now: Moment) throws -> Bool {
    guard try storageUse().usedBytes > policy.shortBytes else { return false }
    return try capacity(policy, clock: clock, now: now).isLossNext()
  }

  /// Bounds the file, and gives room back to the file system where much of it is free.
  ///
  /// - Returns: whether there is more to give back.
  package func shrink(_ policy: StoragePolicy) throws -> Bool {
    let size = max(1, try pragma("page_size"))
    let most = policy.databaseBytes / size
    let (pages, free) = (try pragma("page_count"), try pragma("freelist_count"))
    try connection.execute("PRAGMA max_page_count=\(max(most, 1))")
    // Moving pages costs as much writing as they hold: a quarter free, and 16 MiB, or the limit was made smaller.
    guard free > 0, free > max(pages / 4, (16 << 20) / size) || pages > most else { return false }
    guard try pragma("auto_vacuum") == 2 else { return false }
    try connection.execute("PRAGMA incremental_vacuum(\((1 << 20) / size))")
    return try pragma("freelist_count") < free
  }

  private func capacity(_ policy: StoragePolicy, clock: RetentionClock, now: Moment) throws -> Capacity {
    let positions = try positions()
    return Capacity(
      connection: connection, ledger: Ledger(connection: connection), progress: Progress(connection: connection),
      ages: try RowAges(connection: connection, now: now, clock: clock), policy: policy, nowWallMs: now.wallMs,
      delivered: { positions[$0] ?? 0 })
  }

  /// What is delivered, that too which is saved with the next commit.
  private func positions() throws -> [Lane: Int64] {
    Dictionary(try Lane.allCases.map { ($0, try position($0).delivered) }, uniquingKeysWith: { $1 })
  }

  private func pragma(_ name: String) throws -> Int64 {
    try connection.statement("PRAGMA \(name)").first { $0.integer(0) ?? 0 } ?? 0
  }
}
