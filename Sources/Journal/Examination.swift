// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// Searches a database that has just been opened for damage: its trees within a time, then what the daemon cannot do
/// without. Rows of the ledger are each on their own: one that cannot be read becomes a gap when it is sent.
struct Examination {
  let connection: Connection
  let version: Int
  let epochs: EpochList

  /// - Throws: ``JournalError/damaged(_:)``
  func run(for time: Duration) throws {
    let deadline = ContinuousClock.now + time
    try schemaFits()
    for table in try tables() {
      if let damage = try connection.damage(in: table, until: deadline) {
        throw JournalError.damaged("table \(table): \(damage)")
      }
    }
    try epochIsTheLast()
    // The tables of before have their own columns, and the next start looks again.
    guard version == Schema.migrations.count else { return }
    try lanesFit()
    let registry = DeviceRegistry(connection: connection)
    _ = try registry.all()
    _ = try registry.unwantedBonds()
    _ = try AlertTable(connection: connection, readings: ReadingTable(connection: connection)).open()
  }

  /// The columns are those of a database that is made now: a damaged name would fail much later.
  private func schemaFits() throws {
    let pristine = try Connection(path: ":memory:")
    defer { pristine.close() }
    try Schema.migrate(pristine, to: version)
    guard try columns(of: connection) == columns(of: pristine) else {
      throw JournalError.damaged("its tables are not those of version \(version)")
    }
  }

  private func columns(of connection: Connection) throws -> [String] {
    var found: [String] = []
    try connection.statement(
      """
      SELECT t.name || ' ' || t.type || ' ' || t.wr || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk
      FROM pragma_table_list t JOIN pragma_table_info(t.name) c
      WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid
      """
    ).query { row in found.append(row.text(0) ?? "") }
    return found
  }

  /// The large ones last: what is small is needed at once.
  private func tables() throws -> [String] {
    let large = ["alert", "summary", "undecoded", "spot", "ledger", "reading"]
    var found: [String] = []
    try connection.statement("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .query { row in if let name = row.text(0) { found.append(name) } }
    return found.filter { !large.contains($0) } + large.filter(found.contains)
  }

  /// A copy of long ago, put back, would give out numbers a second time.
  private func epochIsTheLast() throws {
    let epoch = try Opening.epoch(in: connection)
    guard let last = epochs.epochs.last, last != epoch else { return }
    if epochs.isWhole || epochs.epochs.contains(epoch) {
      throw JournalError.damaged("its epoch is not the one that began last here")
    }
  }

  private func lanesFit() throws {
    let ledger = Ledger(connection: connection)
    for lane in Lane.allCases {
      let position = try ledger.position(lane)
      let last = try connection.statement("SELECT max(seq) FROM ledger WHERE lane = ?")
        .first(.integer(Int64(lane.rawValue))) { $0.integer(0) }
      guard position.nextSeq > 0, (0..<position.nextSeq).contains(position.delivered),
        (0..<position.nextSeq).contains(position.accepted), (last ?? nil).map({ $0 == position.nextSeq &- 1 }) ?? true
      else { throw JournalError.damaged("lane \(lane.name) and its ledger do not fit") }
    }
  }
}
