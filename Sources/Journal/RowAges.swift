// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// Which rows of a table are older than something. Rows come in order, so what stands before an old row is old as well,
/// whatever its own clock said.
struct RowAges {
  /// A table with the columns that tell a row's time.
  enum Table: String {
    case reading
    case undecoded
    case summary
    case alert
    case audit

    /// Boot, monotonic time, wall time, and whether that was synchronized.
    fileprivate var columns: String {
      switch self {
      case .reading: "r.boot, r.monotonic_ms, r.wall_ms, r.synchronized"
      case .undecoded, .audit: "r.boot, r.monotonic_ms, r.wall_ms, 1 AS synchronized"
      case .summary: "r.boot, r.to_ms AS monotonic_ms, r.to_wall_ms AS wall_ms, r.synchronized"
      case .alert:
        // When it was written. When the episode was raised may be long before that, and out of order.
        """
        NULL AS boot, NULL AS monotonic_ms,
          (SELECT at_ms FROM ledger WHERE lane = 0 AND ledger.seq = r.seq) AS wall_ms, 1 AS synchronized
        """
      }
    }
  }

  let connection: Connection
  /// The number of this boot; nil where nothing was written in it yet.
  let boot: Int64?
  let monotonicMs: Int64
  /// nil while it is unknown.
  let wallMs: Int64?

  init(connection: Connection, now: Moment, clock: RetentionClock) throws {
    self.connection = connection
    boot =
      try connection.statement("SELECT id FROM boot WHERE uuid = ?").first(.text(now.bootID)) { $0.integer(0) } ?? nil
    monotonicMs = now.monotonicMs
    wallMs = clock.wallMs
  }

  /// The last row that is older, but never the table's last one: numbers of rows must not come again.
  ///
  /// - Parameter row: rows up to this do not matter.
  /// - Returns: `row` where there is none.
  func last(in table: Table, olderThan keep: Int64, after row: Int64) throws -> Int64 {
    let newest = try connection.statement("SELECT max(id) FROM \(table.rawValue)").first { $0.integer(0) } ?? nil
    guard let newest, newest &- 1 > row else { return row }
    // Where the times are in order this finds the border; where a clock lied, less is old than could be.
    var old = row
    var young = newest
    var step: Int64 = 1
    while step < newest &- row {
      let probe = row &+ step
      if let found = try known(from: probe, in: table, keep) {
        if found.isOld { old = max(old, found.row) } else if probe > old { young = min(young, found.row) }
      }
      step &*= 2
    }
    if young <= old { young = newest }
    old = min(old, newest &- 1)
    while young &- old > 1 {
      let middle = old &+ (young &- old) / 2
      if let found = try known(from: middle, in: table, keep), found.isOld, found.row < young {
        old = found.row
      } else {
        young = middle
      }
    }
    return old
  }

  /// The next row whose age can be known, within ``reach`` rows.
  private func known(from row: Int64, in table: Table, _ keep: Int64) throws -> (row: Int64, isOld: Bool)? {
    try connection.statement(
      """
      SELECT id, boot, monotonic_ms, wall_ms FROM (
        SELECT r.id AS id, \(table.columns) FROM \(table.rawValue) r WHERE r.id >= ?1 AND r.id < ?2)
      WHERE boot = ?3 OR (synchronized = 1 AND wall_ms IS NOT NULL AND ?4) ORDER BY id LIMIT 1
      """
    ).first(.integer(row), .integer(row &+ Self.reach), Value(boot), Value(wallMs != nil)) { found in
      let id = found.integer(0) ?? row
      // Within this boot there is a clock that never lies.
      if let boot, found.integer(1) == boot, let then = found.integer(2) {
        return (row: id, isOld: monotonicMs &- then > keep)
      }
      return (row: id, isOld: (wallMs ?? 0) &- (found.integer(3) ?? .max) > keep)
    }
  }

  /// How many rows of unknown age are passed over in search of one.
  private static let reach: Int64 = 1000
}
