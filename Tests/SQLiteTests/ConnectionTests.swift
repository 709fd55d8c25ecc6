// SPDX-License-Identifier: GPL-3.0-or-later
import GatewayTestKit
import Glibc
import SQLite
import Testing

@Suite("A SQLite connection, on a real disk")
struct ConnectionTests {
  let directory: TemporaryDirectory
  let connection: Connection

  init() throws {
    directory = try TemporaryDirectory()
    connection = try Connection(path: directory.file("test.db"))
    try connection.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, body BLOB, weight REAL) STRICT")
  }

  @Test func `What goes in comes out, after a reopening too`() throws {
    let blob = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try connection.statement("INSERT INTO item VALUES(?, ?, ?, ?)")
      .run(.integer(.min), .text("血氧\u{0}after the NUL"), .blob(blob), .real(-0.5))
    #expect(connection.lastInsertRowID == .min)
    #expect(connection.changes == 1)
    connection.close()
    let again = try Connection(path: directory.file("test.db"))
    var rows = 0
    try again.statement("SELECT * FROM item").query { row in
      rows += 1
      #expect(row.count == 4)
      #expect(row.integer(0) == .min)
      #expect(row.text(1) == "血氧\u{0}after the NUL")
      #expect(row.blob(2) == blob)
      #expect(row.real(3) == -0.5)
    }
    #expect(rows == 1)
  }

  @Test func `An empty blob, an empty text and null are three things`() throws {
    let insert = try connection.statement("INSERT INTO item(name, body) VALUES(?, ?)")
    try insert.run(.text(""), .blob([]))
    try insert.run(Value(nil as String?), Value(nil as [UInt8]?))
    var seen: [[Value?]] = []
    try connection.statement("SELECT name, body FROM item ORDER BY id").query {
      seen.append([$0.value(0), $0.value(1)])
    }
    #expect(seen == [[.text(""), .blob([])], [.null, .null]])
  }

  @Test func `Another type and a column that is not there are nil`() throws {
    try connection.statement("INSERT INTO item VALUES(7, 'seven', x'07', 7.0)").run()
    var kept: Row?
    try connection.statement("SELECT id, name, NULL, CAST(x'ff' AS TEXT) FROM item").query { row in
      #expect(row.text(0) == nil)
      #expect(row.integer(1) == nil)
      #expect(row.blob(1) == nil)
      #expect(row.real(0) == nil)
      #expect(row.integer(2) == nil)
      #expect(row.isNull(2))
      #expect(!row.isNull(0))
      #expect(row.text(3) == nil)
      for column in [-1, 4, .max, .min] {
        #expect(row.value(column) == nil)
        #expect(!row.isNull(column))
      }
      kept = row
    }
    #expect(kept?.integer(0) == nil)
    connection.close()
    #expect(kept?.integer(0) == nil)
  }

  @Test func `The settings are those of a database that survives a power cut`() throws {
    #expect(try pragma("journal_mode") == .text("wal"))
    #expect(try pragma("synchronous") == .integer(2))
    #expect(try pragma("foreign_keys") == .integer(1))
    #expect(try connection.userVersion == 0)
    try connection.setUserVersion(12)
    #expect(try connection.userVersion == 12)
  }

  @Test func `Only the owner may read the files`() throws {
    for name in ["test.db", "test.db-wal"] {
      #expect(mode(directory.file(name)) == 0o600, "\(name)")
    }
    let open = try directory.write("open.db", "", mode: 0o644)
    chmod(open, 0o644)
    _ = try Connection(path: open)
    #expect(mode(open) == 0o600)
  }

  @Test func `An error in a transaction undoes it and is passed on`() throws {
    struct Refusal: Error {}
    #expect(throws: Refusal.self) {
      try connection.transaction {
        try connection.execute("INSERT INTO item(id) VALUES(1)")
        throw Refusal()
      }
    }
    #expect(try count() == 0)
    let two = try connection.transaction {
      try connection.execute("INSERT INTO item(id) VALUES(1)")
      return 2
    }
    #expect(two == 2)
    #expect(try count() == 1)
  }

  @Test func `A COMMIT that fails undoes the transaction`() throws {
    try connection.execute(
      "CREATE TABLE part(item INTEGER REFERENCES item(id) DEFERRABLE INITIALLY DEFERRED) STRICT")
    let error = #expect(throws: SQLiteError.self) {
      try connection.transaction { try connection.execute("INSERT INTO part VALUES(99)") }
    }
    #expect(error?.isConstraint == true)
    #expect(!connection.isInTransaction)
    #expect(try connection.statement("SELECT count(*) FROM part").first { $0.integer(0) } == 0)
  }

  @Test func `A transaction inside another fails and spares it`() throws {
    try connection.transaction {
      try connection.execute("INSERT INTO item(id) VALUES(1)")
      #expect(throws: SQLiteError.self) { try connection.transaction {} }
      #expect(connection.isInTransaction)
    }
    #expect(try count() == 1)
  }

  @Test func `A full disk is an error that can be told, and afterwards the database works`() throws {
    try connection.execute("PRAGMA max_page_count=20")
    let insert = try connection.statement("INSERT INTO item(body) VALUES(?)")
    let error = #expect(throws: SQLiteError.self) {
      try connection.transaction {
        try insert.run(.blob([1]))
        try insert.run(.blob([UInt8](repeating: 7, count: 200_000)))
      }
    }
    #expect(error?.isFull == true)
    #expect(error?.description.contains("7, 7") == false)
    #expect(!connection.isInTransaction)
    #expect(try count() == 0)
    try insert.run(.blob([2]))
    #expect(try count() == 1)
  }

  @Test func `A statement can be used again after an error, without what was bound before`() throws {
    let insert = try connection.statement("INSERT INTO item(id, name) VALUES(?, ?)")
    try insert.run(.integer(1), .text("secret"))
    let error = #expect(throws: SQLiteError.self) { try insert.run(.integer(1), .text("secret")) }
    #expect(error?.isConstraint == true)
    #expect(error?.statement == insert.sql)
    #expect(error?.description.contains("secret") == false)
    try insert.run(.integer(2), .null)
    #expect(try connection.statement(insert.sql) === insert)

    let select = try connection.statement("SELECT id FROM item ORDER BY id")
    struct Enough: Error {}
    #expect(throws: Enough.self) { try select.query { _ in throw Enough() } }
    #expect(try select.first { $0.integer(0) } == 1)
    var ids: [Int64?] = []
    try select.query { ids.append($0.integer(0)) }
    #expect(ids == [1, 2])
    #expect(try connection.statement("SELECT id FROM item WHERE id > ?").first(.integer(9)) { $0.integer(0) } == nil)
  }

  @Test func `Wrong use throws`() throws {
    let select = try connection.statement("SELECT 1 UNION ALL SELECT 2")
    try select.query { _ in #expect(throws: SQLiteError.self) { try select.run() } }
    #expect(throws: SQLiteError.self) { try select.run(.integer(1)) }
    for text in ["", "-- nothing", "SELECT 1; SELECT 2", "SELEC 1", "SELECT ?1 FROM nowhere"] {
      #expect(throws: SQLiteError.self, "\(text)") { try connection.statement(text) }
    }
    _ = try connection.statement("SELECT 3 ; \n")
    // Closing from inside a row closure ends the query.
    #expect(throws: SQLiteError.self) { try select.query { _ in connection.close() } }
    connection.close()
    #expect(throws: SQLiteError.self) { try select.run() }
    #expect(throws: SQLiteError.self) { try connection.execute("SELECT 1") }
    #expect(throws: SQLiteError.self) { try connection.statement("SELECT 3") }
    #expect(throws: SQLiteError.self) { try connection.transaction {} }
    #expect(connection.changes == 0)
  }

  @Test func `A damaged file is an error`() throws {
    let noise = try directory.write("noise.db", String(repeating: "this is no database. ", count: 500))
    let error = #expect(throws: SQLiteError.self) { try Connection(path: noise) }
    #expect(error?.isCorrupt == true)

    for index in 1...300 { try connection.execute("INSERT INTO item(name) VALUES('\(index) \(blanks)')") }
    connection.close()
    let descriptor = open(directory.file("test.db"), O_WRONLY)
    // The pages behind the header and the schema.
    for page in 1...6 { pwrite(descriptor, [UInt8](repeating: 0xa5, count: 4096), 4096, off_t(page * 4096)) }
    close(descriptor)
    let damaged = try Connection(path: directory.file("test.db"))
    let found = #expect(throws: SQLiteError.self) {
      try damaged.statement("SELECT * FROM item").query { _ in }
    }
    #expect(found?.isCorrupt == true)
  }

  @Test func `A path that cannot be opened is an error with the path`() throws {
    let error = #expect(throws: SQLiteError.self) { try Connection(path: directory.file("none/test.db")) }
    #expect(error?.description.contains("none/test.db") == true)
    let before = mode(directory.path)
    #expect(throws: SQLiteError.self) { try Connection(path: directory.path) }
    #expect(mode(directory.path) == before)
  }

  @Test func `A second connection is kept out, and the first one is not disturbed`() throws {
    let error = #expect(throws: SQLiteError.self) { try Connection(path: directory.file("test.db")) }
    #expect(error?.isBusy == true)
    try connection.transaction {}
  }

  @Test func `In memory there is no file and no WAL`() throws {
    let memory = try Connection(path: ":memory:")
    try memory.execute("CREATE TABLE t(x ANY) STRICT")
    try memory.statement("INSERT INTO t VALUES(?)").run(.integer(1))
    #expect(try memory.statement("SELECT x FROM t").first { $0.value(0) } == .integer(1))
  }

  private let blanks = String(repeating: "x", count: 200)

  private func count() throws -> Int64? {
    try connection.statement("SELECT count(*) FROM item").first { $0.integer(0) } ?? nil
  }

  private func pragma(_ name: String) throws -> Value? {
    try connection.statement("PRAGMA \(name)").first { $0.value(0) } ?? nil
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }
}
