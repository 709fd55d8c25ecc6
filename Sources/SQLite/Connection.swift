// SPDX-License-Identifier: GPL-3.0-or-later
import CSQLite
import Glibc

/// The one connection to a database, used by whoever owns it and from one thread at a time (SQLITE_OPEN_NOMUTEX).
///
/// It is a WAL database with `synchronous=FULL`: what was committed survives a power cut. There must be only one
/// connection to a file: SQLite 3.7.0 to 3.51.2 can lose commits when a WAL is reset under two.
package final class Connection {
  private var handle: OpaquePointer?
  private var statements: [String: Statement] = [:]
  /// Empty in memory.
  private let path: String
  /// Between BEGIN and the end of ``transaction(_:)``; a nested one is refused by SQLite and spares the outer one.
  private var isInsideTransaction = false
  /// The first sign of damage that any statement has met.
  package private(set) var damage: SQLiteError?

  /// Of a new database, in bytes.
  package static let pageSize = 1024

  /// Opens a database, or makes it with mode 0600; its WAL takes the same mode.
  /// - Parameters:
  ///   - path: `:memory:` gives one without a file, hence without a WAL.
  ///   - isScratch: without a WAL, and nothing survives a power cut: for one that is finished before anybody relies on it.
  package init(path: String, isScratch: Bool = false) throws(SQLiteError) {
    let isFile = path != ":memory:"
    self.path = isFile ? path : ""
    if isFile { try Self.restrict(path) }
    let result = sqlite3_open_v2(
      path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    do throws(SQLiteError) {
      guard result == SQLITE_OK else { throw SQLiteError(handle, code: result) }
      // What cannot be opened is closed again as it is.
      try leaveLog(true)
      sqlite3_busy_timeout(handle, 1000)
      // Nobody else gets in: with a second connection a WAL reset can lose commits.
      try execute("PRAGMA locking_mode=EXCLUSIVE")
      // They count only in a file that is new. Small pages, because a commit of a few rows writes whole pages: measured
      // 0.6 of the octets written with pages of 4096 (`tools/bench wear`). And a file can be made smaller again.
      if try isEmpty() { try execute("PRAGMA page_size=\(Self.pageSize); PRAGMA auto_vacuum=INCREMENTAL") }
      // The order matters: changing the journal mode may put `synchronous` back to its default.
      try execute("PRAGMA journal_mode=\(isScratch ? "MEMORY" : "WAL")")
      try execute("PRAGMA synchronous=\(isScratch ? "OFF" : "FULL")")
      try execute("PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF")
      try execute("PRAGMA cache_size=-512; PRAGMA journal_size_limit=4194304")
      // The log goes into the database at the same size, whatever the pages.
      try execute("PRAGMA wal_autocheckpoint=\(4_194_304 / max(512, try actualPageSize()))")
      if isFile { try expect("PRAGMA journal_mode", .text(isScratch ? "memory" : "wal")) }
      try expect("PRAGMA synchronous", .integer(isScratch ? 0 : 2))
      try expect("PRAGMA foreign_keys", .integer(1))
      try leaveLog(false)
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  /// Runs one or more statements that take no values; rows are passed over.
  package func execute(_ sql: String) throws(SQLiteError) {
    let result = sqlite3_exec(try open(), sql, nil, nil, nil)
    guard result == SQLITE_OK else { throw noted(SQLiteError(handle, code: result, statement: sql)) }
  }

  /// The prepared statement of this text, made once. The text must hold exactly one statement.
  package func statement(_ sql: String) throws(SQLiteError) -> Statement {
    if let statement = statements[sql] { return statement }
    let database = try open()
    var prepared: OpaquePointer?
    var rest = false
    let result = sql.withCString { text in
      var tail: UnsafePointer<CChar>?
      let result = sqlite3_prepare_v3(database, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &tail)
      rest = tail.map { strspn($0, " \t\r\n;") < strlen($0) } ?? false
      return result
    }
    guard result == SQLITE_OK else { throw noted(SQLiteError(database, code: result, statement: sql)) }
    guard let prepared, !rest else {
      sqlite3_finalize(prepared)
      throw SQLiteError(code: SQLITE_MISUSE, message: "not exactly one statement", statement: sql)
    }
    let statement = Statement(sql, handle: prepared, of: self)
    statements[sql] = statement
    return statement
  }

  /// Runs `body` between BEGIN IMMEDIATE and COMMIT. If it throws, or COMMIT does, everything is rolled back and the error
  /// is passed on. It does not nest.
  package func transaction<T>(_ body: () throws -> T) throws -> T {
    // One that a failed ROLLBACK left open would block every later one.
    if isInTransaction, !isInsideTransaction { try execute("ROLLBACK") }
    try execute("BEGIN IMMEDIATE")
    isInsideTransaction = true
    defer { isInsideTransaction = false }
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // SQLite has rolled back by itself after some errors (a full disk, for one). Where ROLLBACK fails the first error
      // is still the one that tells.
      if let handle, sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
      throw error
    }
  }

  package var lastInsertRowID: Int64 { handle.map { sqlite3_last_insert_rowid($0) } ?? 0 }

  /// The rows that the last INSERT, UPDATE or DELETE changed.
  package var changes: Int { handle.map { Int(sqlite3_changes($0)) } ?? 0 }

  /// Of the write-ahead log, in bytes; 0 in memory.
  package var logBytes: Int64 {
    var info = stat()
    guard !path.isEmpty, stat(path + "-wal", &info) == 0 else { return 0 }
    return Int64(info.st_size)
  }

  /// Whether a transaction is open.
  package var isInTransaction: Bool { handle.map { sqlite3_get_autocommit($0) == 0 } ?? false }

  /// `PRAGMA user_version`: 0 in a new database.
  package var userVersion: Int {
    get throws { Int(try statement("PRAGMA user_version").first { $0.integer(0) ?? 0 } ?? 0) }
  }

  /// Takes part in a transaction.
  package func setUserVersion(_ version: Int32) throws(SQLiteError) { try execute("PRAGMA user_version=\(version)") }

  /// Ends every statement and closes the file; a second time does nothing. Use after it throws SQLITE_MISUSE.
  package func close() {
    for statement in statements.values { statement.finalize() }
    statements = [:]
    sqlite3_close_v2(handle)
    handle = nil
  }

  func noted(_ error: SQLiteError) -> SQLiteError {
    if error.isCorrupt, damage == nil { damage = error }
    return error
  }

  func open() throws(SQLiteError) -> OpaquePointer {
    guard let handle else { throw SQLiteError(code: SQLITE_MISUSE, message: "the connection is closed") }
    return handle
  }

  private func actualPageSize() throws(SQLiteError) -> Int {
    do { return Int(try statement("PRAGMA page_size").first { $0.integer(0) ?? 0 } ?? 0) } catch {
      throw error as? SQLiteError ?? SQLiteError(code: SQLITE_ERROR, message: "\(error)")
    }
  }

  private func isEmpty() throws(SQLiteError) -> Bool {
    do { return try statement("PRAGMA page_count").first { $0.integer(0) } == 0 } catch {
      throw error as? SQLiteError ?? SQLiteError(code: SQLITE_ERROR, message: "\(error)")
    }
  }

  private func expect(_ sql: String, _ wanted: Value) throws(SQLiteError) {
    let found: Value?
    do { found = try statement(sql).first { $0.value(0) ?? .null } } catch {
      throw error as? SQLiteError ?? SQLiteError(code: SQLITE_ERROR, message: "\(error)", statement: sql)
    }
    guard found == wanted else {
      throw SQLiteError(code: SQLITE_ERROR, message: "the setting was not taken", statement: sql)
    }
  }

  /// Makes the file with mode 0600 or gives it that mode.
  private static func restrict(_ path: String) throws(SQLiteError) {
    // Only a new file is opened here: closing a descriptor of an open database would drop its locks (POSIX).
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor >= 0 {
      Glibc.close(descriptor)
      return
    }
    let reason = errno
    var info = stat()
    // A directory named by mistake must keep its mode.
    guard reason == EEXIST, stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      let text = reason == EEXIST ? "not a file" : String(cString: strerror(reason))
      throw SQLiteError(code: SQLITE_CANTOPEN, message: "\(path): \(text)")
    }
    guard chmod(path, 0o600) == 0 else {
      throw SQLiteError(code: SQLITE_CANTOPEN, message: "\(path): \(String(cString: strerror(errno)))")
    }
  }
}
