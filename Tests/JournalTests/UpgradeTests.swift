// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import SQLite
import Testing
import Vitals

@testable import Journal

@Suite("Databases of earlier and later versions")
struct UpgradeTests {
  let files: JournalFiles

  init() throws { files = try JournalFiles() }

  private func rows(_ sql: String) throws -> [[Value]] {
    let connection = try Connection(path: files.path)
    defer { connection.close() }
    var found: [[Value]] = []
    try connection.statement(sql).query { row in found.append((0..<row.count).map { row.value($0) ?? .null }) }
    return found
  }

  private static let before = [
    "SELECT id, source, boot, monotonic_ms, wall_ms, observed_ms, device_time, content, bytes, spot FROM reading",
    "SELECT lane, seq, kind, reference, at_ms FROM ledger", "SELECT id, alert, version, state, evidence FROM alert",
    "SELECT id, address, resident, forgotten FROM device", "SELECT reading FROM spot", "SELECT * FROM undecoded",
    "SELECT * FROM source", "SELECT lane, next_seq, delivered FROM lane", "SELECT id, reason, count FROM gap",
  ]

  @Test(arguments: [1, 2, 3]) func `Each opens, and says what it said before`(version: Int) async throws {
    try files.make(version: version)
    let before = try Self.before.map(rows)
    let journal = try files.open(epoch: "another")
    #expect(journal.recovery == nil)
    #expect(journal.epoch == "02036cf9-4d31-418d-a530-abf7e64ca9e1")
    #expect(try await journal.position(.reading) == LanePosition(nextSeq: 22, accepted: 7, delivered: 7))
    #expect(try await journal.devices().map(\.id) == ["d-2", "d-3"])
    // Whose readings they are stays as it was.
    #expect(try await journal.devices().allSatisfy { $0.slots == nil })
    #expect(try await journal.openAlerts().map(\.rule) == ["OX-1"])
    let entries = try await journal.entries(.reading, after: 0, limit: 100)
    #expect(entries.map(\.seq) == Array(1...21))
    #expect(entries.count { if case .reading = $0.content { true } else { false } } == 20)
    await journal.close()
    #expect(try Self.before.map(rows) == before)
    #expect(try rows("PRAGMA user_version") == [[.integer(Int64(Schema.migrations.count))]])
    #expect(try rows("PRAGMA application_id") == [[.integer(Int64(Schema.applicationID))]])
    #expect(!files.exists(files.path + ".damaged-1"))
  }

  @Test(arguments: [1, 2, 3]) func `A disk that fills up in the middle leaves the old version`(version: Int) throws {
    try files.make(version: version)
    let before = try Self.before.map(rows)
    let connection = try Connection(path: files.path)
    let pages = try connection.statement("PRAGMA page_count").first { $0.integer(0) ?? 0 }
    _ = try connection.statement("PRAGMA max_page_count=\((pages ?? 0) + 1)").first { _ in true }
    let error = #expect(throws: SQLiteError.self) { try Schema.migrate(connection) }
    #expect(error?.isFull == true)
    connection.close()
    #expect(try Self.before.map(rows) == before)
    // From version 1 the second may have been reached: each is a transaction.
    #expect(try rows("PRAGMA user_version") != [[.integer(Int64(Schema.migrations.count))]])
    #expect(throws: Never.self) { try files.open() }
  }

  @Test(arguments: [1, 97, 1_000_000]) func `A newer one is refused and not touched`(ahead: Int) async throws {
    let old = try JournalFiles()
    let journal = try old.open()
    try await old.fill(journal)
    files.keep(from: old)
    let newer = try Connection(path: files.path)
    try newer.leaveLog(true)
    try newer.execute("PRAGMA user_version=\(Schema.migrations.count + ahead)")
    // It notes it a second time: a difference of one bit would be damage.
    try newer.execute("UPDATE meta SET value = '\(Schema.migrations.count + ahead)' WHERE key = 'version'")
    newer.close()
    let (database, log) = (files.octets(of: files.path), files.octets(of: files.log))
    #expect(!log.isEmpty)
    let error = #expect(throws: JournalError.self) { try files.open() }
    #expect("\(error.map { "\($0)" } ?? "")".contains("this program knows up to \(Schema.migrations.count)"))
    #expect(files.octets(of: files.path) == database)
    #expect(files.octets(of: files.log) == log)
    #expect(!files.exists(files.path + ".damaged-1"))
  }
}
