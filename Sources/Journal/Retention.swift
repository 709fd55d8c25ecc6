// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// The parts of retention, in the order in which they are looked at.
package enum RetentionWork: Sendable, CaseIterable {
  /// Rows of a database of before get the number of their ledger row.
  case numbering
  case captures
  case undecoded
  case samples
  case summaries
  case readings
  case alerts
  case audit
  case commands
  case spots
}

/// Deletes what its time is over for, in steps; inside the transactions of ``Journal``. What is not delivered stays.
struct Retention {
  static let stepRows: Int64 = 500

  let connection: Connection
  let progress: Progress
  let ages: RowAges
  let policy: StoragePolicy
  /// By the clinic, of the lane.
  let delivered: (Lane) -> Int64

  /// - Returns: whether there may be more to do.
  func step(_ work: RetentionWork) throws -> Bool {
    switch work {
    case .numbering: try number()
    case .captures: try emptyCaptures()
    case .undecoded: try deleteOldest(of: .undecoded, keep: policy.captures)
    case .samples: try deleteReadings(.samples, keep: policy.samples)
    case .summaries: try deleteSummaries()
    case .readings: try deleteReadings(.readings, keep: policy.readings)
    case .alerts: try deleteAlerts()
    case .audit: try deleteOldest(of: .audit, keep: policy.alerts)
    case .commands: try deleteCommands()
    case .spots: try deleteSpots()
    }
  }

  /// In a database of versions 1 and 2 every reading is in the ledger, in order.
  private func number() throws -> Bool {
    guard let last = try progress.value(.unnumbered) else { return false }
    var rows: [(seq: Int64, reading: Int64)] = []
    var seq = try progress.value(.numbering) ?? 0
    var count: Int64 = 0
    try connection.statement("SELECT seq, kind, reference FROM ledger WHERE lane = 1 AND seq > ? ORDER BY seq LIMIT ?")
      .query([.integer(seq), .integer(Self.stepRows)]) { row in
        guard let number = row.integer(0), let reference = row.integer(2) else { return }
        count += 1
        seq = number
        if row.integer(1) == LedgerKind.reading.rawValue { rows.append((number, reference)) }
      }
    for row in rows where row.reading <= last {
      try connection.statement("UPDATE reading SET seq = ? WHERE id = ?").run(.integer(row.seq), .integer(row.reading))
    }
    if count < Self.stepRows || rows.contains(where: { $0.reading > last }) {
      try progress.remove(.unnumbered)
      try progress.remove(.numbering)
      return false
    }
    try progress.set(.numbering, to: seq)
    return true
  }

  /// In place: another table for them would cost a page more with each commit.
  private func emptyCaptures() throws -> Bool {
    let from = try progress.value(.captures) ?? 0
    let old = try ages.last(in: .reading, olderThan: policy.captures, after: from)
    let last = try connection.statement(
      "SELECT max(id), count(*) FROM (SELECT id FROM reading WHERE id > ? AND id <= ? ORDER BY id LIMIT ?)"
    ).first(.integer(from), .integer(old), .integer(Self.stepRows)) { ($0.integer(0), $0.integer(1)) }
    guard let last, let to = last.0 else { return false }
    try connection.statement("UPDATE reading SET bytes = x'' WHERE id > ? AND id <= ? AND length(bytes) > 0")
      .run(.integer(from), .integer(to))
    try progress.set(.captures, to: to)
    return last.1 == Self.stepRows
  }

  private func deleteOldest(of table: RowAges.Table, keep: Int64) throws -> Bool {
    let name = table.rawValue
    let old = try ages.last(in: table, olderThan: keep, after: 0)
    try connection.statement(
      "DELETE FROM \(name) WHERE id IN (SELECT id FROM \(name) WHERE id <= ? ORDER BY id LIMIT ?)"
    )
    .run(.integer(old), .integer(Self.stepRows))
    return connection.changes == Int(Self.stepRows)
  }

  private func deleteReadings(_ mark: Progress.Work, keep: Int64) throws -> Bool {
    guard try progress.value(.unnumbered) == nil else { return false }
    let from = try progress.value(mark) ?? 0
    let isSamples = mark == .samples
    let old = try ages.last(in: .reading, olderThan: keep, after: from)
    var rows = try LedgerRows(connection: connection, kind: .reading).oldest(
      after: from, upTo: old, which: isSamples ? .samples : .spots, limit: Int(Self.stepRows))
    let isWhole = rows.count == Int(Self.stepRows)
    let spokenFor = try progress.spokenFor(policy)
    let done = delivered(.reading)
    // In order, so that none is left behind: what cannot go yet holds back those after it.
    let kept = rows.firstIndex { row in
      row.seq.map { $0 > done } ?? (isSamples && row.id > spokenFor) || row.lastCorrection > done
    }
    if let kept { rows.removeSubrange(kept...) }
    guard let last = rows.last else { return false }
    try LedgerRows(connection: connection, kind: .reading).delete(rows, lane: .reading)
    try progress.set(mark, to: last.id)
    return isWhole && kept == nil
  }

  private func deleteSummaries() throws -> Bool {
    let old = try ages.last(in: .summary, olderThan: policy.readings, after: 0)
    let table = LedgerRows(connection: connection, kind: .summary)
    var rows = try table.oldest(after: 0, upTo: old, which: .all, limit: Int(Self.stepRows))
    let isWhole = rows.count == Int(Self.stepRows)
    let done = delivered(.reading)
    if let kept = rows.firstIndex(where: { ($0.seq ?? 0) > done || $0.lastCorrection > done }) {
      rows.removeSubrange(kept...)
    }
    try table.delete(rows, lane: .reading)
    return isWhole && rows.count == Int(Self.stepRows)
  }

  /// Whole episodes that have ended; an open one is never deleted.
  private func deleteAlerts() throws -> Bool {
    let old = try ages.last(in: .alert, olderThan: policy.alerts, after: 0)
    let table = LedgerRows(connection: connection, kind: .alert)
    let rows = try table.oldest(
      after: 0, upTo: old, which: .endedAlerts(delivered: delivered(.alert)), limit: Int(Self.stepRows))
    try table.delete(rows, lane: .alert)
    return rows.count == Int(Self.stepRows)
  }

  private func deleteCommands() throws -> Bool {
    guard let wall = ages.wallMs else { return false }
    try connection.statement(
      "DELETE FROM command WHERE request IN (SELECT request FROM command WHERE wall_ms < ? LIMIT ?)"
    ).run(.integer(wall &- policy.alerts), .integer(Self.stepRows))
    return connection.changes == Int(Self.stepRows)
  }

  private func deleteSpots() throws -> Bool {
    guard let wall = ages.wallMs else { return false }
    let day = (wall &- policy.alerts) / 86_400_000
    guard try progress.value(.spotDay).map({ $0 < day }) ?? true else { return false }
    try connection.statement("DELETE FROM spot WHERE reading IN (SELECT reading FROM spot WHERE day < ? LIMIT ?)")
      .run(.integer(day), .integer(Self.stepRows))
    if connection.changes == Int(Self.stepRows) { return true }
    try progress.set(.spotDay, to: day)
    return false
  }
}
