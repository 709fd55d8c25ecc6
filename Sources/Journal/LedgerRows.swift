// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// Rows of one kind together with what the ledger has of them; inside the transactions of ``Journal``.
struct LedgerRows {
  struct Row {
    let id: Int64
    /// nil for one without a number of its own.
    let seq: Int64?
    let wallMs: Int64?
    /// The numbers of what was said later of it; of an alert, of its escalation.
    var corrections: [Int64] = []

    var lastCorrection: Int64 { corrections.max() ?? 0 }
  }

  let connection: Connection
  let kind: LedgerKind

  private var table: String {
    switch kind {
    case .reading: "reading"
    case .alert, .escalation: "alert"
    case .gap: "gap"
    case .correction: "correction"
    case .summary: "summary"
    }
  }

  private var wallColumn: String {
    switch kind {
    case .reading, .correction: "wall_ms"
    case .alert, .escalation: "raised_wall_ms"
    case .gap: "from_ms"
    case .summary: "from_wall_ms"
    }
  }

  /// The number of the newest row; 0 without one.
  func last() throws -> Int64 {
    try connection.statement("SELECT max(id) FROM \(table)").first { $0.integer(0) ?? 0 } ?? 0
  }

  enum Which {
    case all
    case samples
    case spots
    /// Of episodes that have ended and that the clinic knows all of, up to this number.
    case endedAlerts(delivered: Int64)
  }

  /// In order.
  func oldest(after: Int64, upTo last: Int64, which: Which, limit: Int) throws -> [Row] {
    var values: [Value] = [.integer(after), .integer(last), .integer(Int64(limit))]
    let condition: String
    switch which {
    case .all: condition = "1"
    case .samples: condition = "spot IS NULL"
    case .spots: condition = "spot IS NOT NULL"
    case .endedAlerts(let delivered):
      values.append(.integer(delivered))
      condition = """
        max(coalesce(seq, 0), coalesce(escalation_seq, 0)) <= ?4 AND EXISTS (
          SELECT 1 FROM alert x WHERE x.alert = alert.alert AND x.state = 'ended' AND x.id <= ?2
            AND max(coalesce(x.seq, 0), coalesce(x.escalation_seq, 0)) <= ?4)
        """
    }
    var rows: [Row] = []
    try connection.statement(
      "SELECT id, seq, \(wallColumn) FROM \(table) WHERE id > ?1 AND id <= ?2 AND \(condition) ORDER BY id LIMIT ?3"
    ).query(values) { row in
      if let id = row.integer(0) { rows.append(Row(id: id, seq: row.integer(1), wallMs: row.integer(2))) }
    }
    return try rows.map(corrected)
  }

  private func corrected(_ row: Row) throws -> Row {
    let sql: String
    switch kind {
    case .reading, .summary: sql = "SELECT seq FROM correction WHERE reference = ?1 AND kind = ?2"
    case .alert: sql = "SELECT escalation_seq FROM alert WHERE id = ?1 AND ?2 NOTNULL"
    case .gap, .correction, .escalation: return row
    }
    var row = row
    try connection.statement(sql).query([.integer(row.id), .integer(kind.rawValue)]) { found in
      if let seq = found.integer(0) { row.corrections.append(seq) }
    }
    return row
  }

  /// Deletes rows, what was said later of them, and the ledger's rows of both.
  func delete(_ rows: [Row], lane: Lane) throws {
    try deleteFromLedger(rows.flatMap { ($0.seq.map { [$0] } ?? []) + $0.corrections }, lane)
    try forget(rows)
  }

  /// Deletes rows and what was said later of them; the ledger is another matter.
  func forget(_ rows: [Row]) throws {
    for run in Self.runs(rows.map(\.id)) {
      try connection.statement("DELETE FROM \(table) WHERE id BETWEEN ? AND ?")
        .run(.integer(run.lowerBound), .integer(run.upperBound))
    }
    for row in rows where kind != .alert && !row.corrections.isEmpty {
      try connection.statement("DELETE FROM correction WHERE kind = ? AND reference = ?")
        .run(.integer(kind.rawValue), .integer(row.id))
    }
  }

  func deleteFromLedger(_ numbers: [Int64], _ lane: Lane) throws {
    for run in Self.runs(numbers.sorted()) {
      // The last one stays: a start knows by it that the lane and its ledger fit.
      try connection.statement(
        """
        DELETE FROM ledger WHERE lane = ?1 AND seq BETWEEN ?2 AND ?3
          AND seq < (SELECT next_seq - 1 FROM lane WHERE lane = ?1)
        """
      ).run(.integer(Int64(lane.rawValue)), .integer(run.lowerBound), .integer(run.upperBound))
    }
  }

  /// The runs of numbers that follow one another.
  static func runs(_ sorted: [Int64]) -> [ClosedRange<Int64>] {
    var runs: [ClosedRange<Int64>] = []
    for number in sorted {
      if let last = runs.last, last.upperBound &+ 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs
  }
}
