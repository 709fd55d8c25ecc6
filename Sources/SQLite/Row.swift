// SPDX-License-Identifier: GPL-3.0-or-later
import CSQLite

/// The row that a statement stands at. It is good inside the closure that received it; kept longer, it reads as nulls.
///
/// A column of another type, or beyond the last one, is nil: nothing is converted.
package struct Row {
  let statement: Statement

  package var count: Int { statement.handle.map { Int(sqlite3_data_count($0)) } ?? 0 }

  package func integer(_ column: Int) -> Int64? {
    at(column, SQLITE_INTEGER) { sqlite3_column_int64($0, $1) }
  }

  package func real(_ column: Int) -> Double? {
    at(column, SQLITE_FLOAT) { sqlite3_column_double($0, $1) }
  }

  /// nil too where the bytes are not UTF-8.
  package func text(_ column: Int) -> String? {
    at(column, SQLITE_TEXT) { handle, column -> String? in
      // The pointer comes first: sqlite3_column_bytes counts the bytes of the form asked for last.
      guard let bytes = sqlite3_column_text(handle, column) else { return nil }
      let count = Int(sqlite3_column_bytes(handle, column))
      return String(validating: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    } ?? nil
  }

  /// An empty blob is an empty array, a null is nil.
  package func blob(_ column: Int) -> [UInt8]? {
    at(column, SQLITE_BLOB) { handle, column in
      guard let bytes = sqlite3_column_blob(handle, column) else { return [] }
      return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))))
    }
  }

  package func isNull(_ column: Int) -> Bool { at(column, SQLITE_NULL) { _, _ in true } ?? false }

  /// The column as whatever it is; nil beyond the last one.
  package func value(_ column: Int) -> Value? {
    if let value = integer(column) { return .integer(value) }
    if let value = text(column) { return .text(value) }
    if let value = blob(column) { return .blob(value) }
    if let value = real(column) { return .real(value) }
    return isNull(column) ? .null : nil
  }

  private func at<T>(_ column: Int, _ type: Int32, _ read: (OpaquePointer, Int32) -> T) -> T? {
    guard let handle = statement.handle, let index = Int32(exactly: column), index >= 0,
      index < sqlite3_data_count(handle), sqlite3_column_type(handle, index) == type
    else { return nil }
    return read(handle, index)
  }
}
