// SPDX-License-Identifier: GPL-3.0-or-later
import CSQLite

/// A prepared statement of one ``Connection``, which keeps it for reuse.
///
/// Whatever happens, it is reset and its bindings are cleared after each use. It cannot be used again from inside its own
/// `row` closure, nor after the connection was closed: both throw SQLITE_MISUSE.
package final class Statement {
  package let sql: String
  private(set) var handle: OpaquePointer?
  private var isRunning = false
  private weak var connection: Connection?

  init(_ sql: String, handle: OpaquePointer, of connection: Connection) {
    self.sql = sql
    self.handle = handle
    self.connection = connection
  }

  /// Runs to the end; rows, if there are any, are passed over.
  package func run(_ values: Value...) throws(SQLiteError) { try run(values) }

  /// Runs to the end; rows, if there are any, are passed over.
  package func run(_ values: [Value]) throws(SQLiteError) {
    let handle = try begin(values)
    defer { end(handle) }
    while try step(handle) {}
  }

  /// Hands over each row; an error of the closure ends the query and is passed on.
  package func query(_ values: [Value] = [], row: (Row) throws -> Void) throws {
    let handle = try begin(values)
    defer { end(handle) }
    while try step(handle) { try row(Row(statement: self)) }
  }

  /// What `read` makes of the first row, nil without one.
  package func first<T>(_ values: [Value] = [], read: (Row) throws -> T) throws -> T? {
    let handle = try begin(values)
    defer { end(handle) }
    return try step(handle) ? try read(Row(statement: self)) : nil
  }

  /// What `read` makes of the first row, nil without one.
  package func first<T>(_ values: Value..., read: (Row) throws -> T) throws -> T? { try first(values, read: read) }

  /// Ends the statement for good; the connection does it when it closes.
  func finalize() {
    sqlite3_finalize(handle)
    handle = nil
  }

  private func begin(_ values: [Value]) throws(SQLiteError) -> OpaquePointer {
    guard let handle, !isRunning else {
      let message = isRunning ? "the statement is running" : "the connection is closed"
      throw SQLiteError(code: SQLITE_MISUSE, message: message, statement: sql)
    }
    guard Int(sqlite3_bind_parameter_count(handle)) == values.count else {
      let message = "\(values.count) values for \(sqlite3_bind_parameter_count(handle)) placeholders"
      throw SQLiteError(code: SQLITE_RANGE, message: message, statement: sql)
    }
    isRunning = true
    var index: Int32 = 0
    for value in values {
      index += 1
      let result = bind(value, at: index, of: handle)
      guard result == SQLITE_OK else {
        let error = SQLiteError(sqlite3_db_handle(handle), code: result, statement: sql)
        end(handle)
        throw error
      }
    }
    return handle
  }

  private func bind(_ value: Value, at index: Int32, of handle: OpaquePointer) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(handle, index)
    case .integer(let value): return sqlite3_bind_int64(handle, index, value)
    case .real(let value): return sqlite3_bind_double(handle, index, value)
    case .text(var value):
      return value.withUTF8 { bytes in
        // A null pointer would bind a null: an empty buffer may have one.
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
          return sqlite3_bind_text(handle, index, "", 0, vigil_sqlite_transient())
        }
        return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
          sqlite3_bind_text64(handle, index, $0, UInt64(bytes.count), vigil_sqlite_transient(), UInt8(SQLITE_UTF8))
        }
      }
    case .blob(let value):
      return value.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
        return sqlite3_bind_blob64(handle, index, base, UInt64(bytes.count), vigil_sqlite_transient())
      }
    }
  }

  /// - Returns: whether there is a row.
  private func step(_ handle: OpaquePointer) throws(SQLiteError) -> Bool {
    // A row closure may have closed the connection, and with it this statement.
    guard self.handle != nil else {
      throw SQLiteError(code: SQLITE_MISUSE, message: "the connection is closed", statement: sql)
    }
    let result = sqlite3_step(handle)
    switch result {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default:
      let error = SQLiteError(sqlite3_db_handle(handle), code: result, statement: sql)
      throw connection?.noted(error) ?? error
    }
  }

  private func end(_ handle: OpaquePointer) {
    isRunning = false
    guard self.handle != nil else { return }
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }
}
