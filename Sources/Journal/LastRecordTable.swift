// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite

/// Up to which of a device's stored records nothing is missing here; inside the transactions of ``Journal``.
///
/// A database that was salvaged has none: what it has lost is asked for again.
struct LastRecordTable {
  let connection: Connection

  /// - Parameter device: `d-2`
  func value(of device: String) throws -> UInt16? {
    let found = try connection.statement("SELECT number FROM last_record WHERE device = ?")
      .first(.text(device)) { $0.integer(0) }
    return (found ?? nil).flatMap(UInt16.init(exactly:))
  }

  func set(_ number: UInt16?, of device: String) throws {
    guard let number else {
      try connection.statement("DELETE FROM last_record WHERE device = ?").run(.text(device))
      return
    }
    try connection.statement(
      "INSERT INTO last_record VALUES(?, ?) ON CONFLICT(device) DO UPDATE SET number = excluded.number"
    ).run(.text(device), .integer(Int64(number)))
  }
}

extension Journal.Writer {
  /// Of the records that this number speaks for, the readings stand in the same transaction or an earlier one.
  ///
  /// - Parameter number: nil: nobody knows.
  package func setLastRecord(_ number: UInt16?, of device: String) throws {
    try LastRecordTable(connection: journal.connection).set(number, of: device)
  }
}

extension Journal {
  /// The sequence number of the last stored record of a device that is here with all before it; nil where none is.
  package func lastRecord(of device: String) throws -> UInt16? {
    try LastRecordTable(connection: connection).value(of: device)
  }
}
