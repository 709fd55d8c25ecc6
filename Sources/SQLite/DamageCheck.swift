// SPDX-License-Identifier: GPL-3.0-or-later
import CSQLite

/// Looking for damage within a time.
extension Connection {
  /// Whether closing leaves the file and its log exactly as they are, instead of emptying the one into the other: what
  /// turns out to be damaged must not be changed.
  package func leaveLog(_ leave: Bool) throws(SQLiteError) {
    let result = vigil_sqlite_leave_log(try open(), leave ? 1 : 0)
    guard result == SQLITE_OK else { throw SQLiteError(code: result, message: "the log cannot be left alone") }
  }

  /// What is wrong with a table's or an index's pages and rows; nil where nothing is, or where the time was over before
  /// anything was found.
  package func damage(in table: String, until deadline: ContinuousClock.Instant) throws -> String? {
    let quoted = table.replacing("'", with: "''")
    let limit = Unmanaged.passRetained(Deadline(deadline))
    defer { limit.release() }
    sqlite3_progress_handler(
      try open(), 20_000,
      { context in
        guard let context else { return 0 }
        return Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue().isOver ? 1 : 0
      }, limit.toOpaque())
    defer { if let handle = try? open() { sqlite3_progress_handler(handle, 0, nil, nil) } }
    do {
      let check = try statement("PRAGMA quick_check('\(quoted)')")
      let found = try check.first { $0.text(0) ?? "unreadable" } ?? "nothing was checked"
      if found == "ok" { return nil }
      // It also says so of a page that the disk did not give this once.
      let again = try? check.first { $0.text(0) ?? "unreadable" }
      return again == "ok" ? nil : found
    } catch let error as SQLiteError where error.isInterrupted {
      return nil
    } catch let error as SQLiteError where error.isCorrupt {
      return error.message
    }
  }

  private final class Deadline {
    private let deadline: ContinuousClock.Instant
    init(_ deadline: ContinuousClock.Instant) { self.deadline = deadline }
    var isOver: Bool { ContinuousClock.now >= deadline }
  }
}
