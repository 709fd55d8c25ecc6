// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// Gives readings their time when it becomes known: what was received in this boot before the box knew the time.
extension Journal {
  /// A stored time that is off by less stays.
  private static let toleranceMs: Int64 = 2000

  /// The number of the reading lane that ``amendTimes(after:limit:now:)`` has last saved.
  package func timesAmendedUpTo() throws -> Int64 {
    try Progress(connection: connection).value(.timed) ?? 0
  }

  /// Looks at the next numbers of the reading lane and amends the readings whose time is now known to be another one.
  /// Nothing is written where there is nothing to amend.
  ///
  /// - Parameters:
  ///   - seq: looked at already.
  ///   - now: the box's clocks, the wall clock being synchronized.
  /// - Returns: the last number that was looked at, and how many readings were amended.
  package func amendTimes(after seq: Int64, limit: Int, now: Moment) throws -> (upTo: Int64, amended: Int) {
    guard now.synchronized, let wallMs = now.wallMs else { return (seq, 0) }
    let rows = try unsynchronized(after: seq, limit: limit, bootID: now.bootID)
    let late = rows.found.filter { row in
      guard let stored = row.wallMs else { return true }
      let (difference, overflow) = stored.subtractingReportingOverflow(wallMs &- (now.monotonicMs &- row.monotonicMs))
      return overflow || difference.magnitude > UInt64(Self.toleranceMs)
    }
    // How far it has come is saved with what is amended, and now and then: a start need not look at everything again.
    guard try !late.isEmpty || rows.upTo &- timesAmendedUpTo() >= 10_000 else { return (rows.upTo, 0) }
    let amended = try write(now: now) { writer in
      let corrections = CorrectionTable(connection: connection)
      var count = 0
      for row in late {
        let received = wallMs &- (now.monotonicMs &- row.monotonicMs)
        do {
          try writer.append(correction: amend(row, received: received, corrections, writer.journal.readings))
          count += 1
        } catch is JournalError {
          // One that cannot be read is declared as such by its own number.
        }
      }
      try Progress(connection: connection).set(.timed, to: rows.upTo)
      return count
    }
    return (rows.upTo, amended)
  }

  private func amend(
    _ row: Row, received: Int64, _ corrections: CorrectionTable, _ readings: ReadingTable
  ) throws -> Int64 {
    let latest = try corrections.latest(of: row.id, row.kind)
    var (age, observed) = (Age.fresh, Int64?.none)
    if row.kind == .reading {
      let observation = try readings.read(row.id)
      age = observation.age
      // Where only that it was long ago is known nobody knows when.
      observed = observation.clock.elapsedMs.map { received &- $0 } ?? (age == .late ? nil : received)
    }
    return try corrections.insert(
      of: row.id, row.kind, state: latest?.state == .enteredInError ? .enteredInError : .amended, wallMs: received,
      synchronized: true, observedWallMs: observed, age: age, resident: latest?.resident, purpose: latest?.purpose)
  }

  private struct Row {
    let kind: LedgerKind
    let id: Int64
    let monotonicMs: Int64
    let wallMs: Int64?
  }

  private func unsynchronized(after seq: Int64, limit: Int, bootID: String) throws -> (found: [Row], upTo: Int64) {
    var (found, upTo): ([Row], Int64) = ([], seq)
    try connection.statement(
      """
      SELECT l.seq, l.kind, l.reference, coalesce(r.monotonic_ms, m.to_ms), coalesce(r.wall_ms, m.to_wall_ms),
        coalesce(r.synchronized, m.synchronized) = 0
          AND coalesce(r.boot, m.boot) = (SELECT id FROM boot WHERE uuid = ?)
      FROM ledger l LEFT JOIN reading r ON l.kind = ? AND r.id = l.reference
        LEFT JOIN summary m ON l.kind = ? AND m.id = l.reference
      WHERE l.lane = ? AND l.seq > ? ORDER BY l.seq LIMIT ?
      """
    ).query([
      .text(bootID), .integer(LedgerKind.reading.rawValue), .integer(LedgerKind.summary.rawValue),
      .integer(Int64(Lane.reading.rawValue)), .integer(seq), .integer(Int64(limit)),
    ]) { row in
      upTo = row.integer(0) ?? upTo
      guard row.integer(5) == 1, let kind = row.integer(1).flatMap(LedgerKind.init), let id = row.integer(2),
        let monotonicMs = row.integer(3)
      else { return }
      found.append(Row(kind: kind, id: id, monotonicMs: monotonicMs, wallMs: row.integer(4)))
    }
    return (found, upTo)
  }
}
