// SPDX-License-Identifier: GPL-3.0-or-later
import CSQLite

/// What SQLite refused. It carries the text of the statement, never the values bound to it.
package struct SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The extended result code (https://sqlite.org/rescode.html).
  package let code: Int32
  package let message: String
  /// The statement's text with its placeholders; nil where no statement is to blame.
  package let statement: String?

  package init(code: Int32, message: String, statement: String? = nil) {
    self.code = code
    self.message = message
    self.statement = statement
  }

  init(_ database: OpaquePointer?, code: Int32, statement: String? = nil) {
    let extended = database.map { sqlite3_extended_errcode($0) } ?? code
    // sqlite3_errmsg speaks of the last call on the connection, which need not be the one that gave `code`.
    let matches = extended & 0xff == code & 0xff
    self.code = matches ? extended : code
    message = matches && database != nil ? text(sqlite3_errmsg(database)) : text(sqlite3_errstr(code))
    self.statement = statement
  }

  /// The code without its extension, the lowest eight bits.
  package var primaryCode: Int32 { code & 0xff }
  /// The disk, or the limit set by `max_page_count`, is full.
  package var isFull: Bool { primaryCode == SQLITE_FULL }
  /// The file or its file system may only be read.
  package var isReadOnly: Bool { primaryCode == SQLITE_READONLY }
  package var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }
  /// The file is damaged, or is no database at all.
  package var isCorrupt: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB }
  /// The disk did not give back what stands there.
  package var isUnreadable: Bool { primaryCode == SQLITE_IOERR }
  /// Its time was over.
  package var isInterrupted: Bool { primaryCode == SQLITE_INTERRUPT }
  package var isConstraint: Bool { primaryCode == SQLITE_CONSTRAINT }

  package var description: String {
    "SQLite error \(code): \(message)" + (statement.map { " in \($0.prefix { !$0.isNewline }.prefix(120))" } ?? "")
  }
}

private func text(_ cString: UnsafePointer<CChar>?) -> String { cString.map { String(cString: $0) } ?? "unknown" }
