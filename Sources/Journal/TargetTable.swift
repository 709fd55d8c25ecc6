// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite

/// A table of a new database, as the goal of rows whose octets were read from a damaged one.
struct TargetTable {
  let name: String
  let hasRowids: Bool
  private let columns: [Column]

  private struct Column {
    let name: String
    let type: String
    /// nil where a value has to be there.
    let missing: Value?
    let isNullable: Bool
    let isRowid: Bool
  }

  init(_ name: String, in connection: Connection) throws {
    let isWithout = try connection.statement("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?")
      .first(.text(name)) { $0.integer(0) == 1 }
    var columns: [Column] = []
    try connection.statement("SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info(?) ORDER BY cid")
      .query([.text(name)]) { row in
        let isKey = (row.integer(4) ?? 0) > 0
        let isRowid = isKey && isWithout == false && row.text(1) == "INTEGER"
        let isNullable = row.integer(2) == 0 && !isKey
        let missing = row.text(3).flatMap { Int64($0) }.map { Value.integer($0) } ?? (isNullable ? .null : nil)
        columns.append(
          Column(
            name: row.text(0) ?? "", type: row.text(1) ?? "", missing: missing, isNullable: isNullable, isRowid: isRowid
          ))
      }
    self.name = name
    hasRowids = isWithout == false
    self.columns = columns
  }

  /// The value of a column, nil where the table has no such column.
  subscript(column: String, values: [Value]) -> Value? {
    guard let index = columns.firstIndex(where: { $0.name == column }), index < values.count else { return nil }
    return values[index]
  }

  func text(_ column: String, _ values: [Value]) -> String? { self[column, values]?.text }

  /// A record as a row of this table: columns that came later are filled, the number that a row had in an old ledger is
  /// left out. nil for what cannot be one.
  func values(of record: DatabaseImage.Record) -> [Value]? {
    guard record.values.count <= columns.count, (record.rowid != nil) == hasRowids else { return nil }
    var values: [Value] = []
    values.reserveCapacity(columns.count)
    for (index, column) in columns.enumerated() {
      guard index < record.values.count else {
        guard let missing = column.missing else { return nil }
        values.append(missing)
        continue
      }
      let value = record.values[index]
      switch (value, column.type) {
      case (.null, _) where column.isRowid: values.append(Value(record.rowid))
      case (.null, _) where column.isNullable, (.text, "TEXT"), (.blob, "BLOB"): values.append(value)
      case (.integer, "INTEGER") where !column.isRowid:
        let isNumber = column.name == "escalation_seq" || column.name == "seq" && name != "ledger"
        values.append(isNumber ? .null : value)
      default: return nil
      }
    }
    return values
  }

  /// Whether a record of a page that nothing leads to has as many values as this table's rows: entries of an index have
  /// fewer, and could be taken for a row that lacks the last ones.
  func isFormOf(_ record: DatabaseImage.Record) -> Bool {
    hasRowids || record.values.count == columns.count || name == "spot"
  }

  /// - Returns: false where such a row is there already.
  func insert(_ values: [Value], into connection: Connection) throws -> Bool {
    let marks = columns.map { _ in "?" }.joined(separator: ",")
    try connection.statement("INSERT OR IGNORE INTO \(name) VALUES(\(marks))").run(values)
    return connection.changes == 1
  }
}
