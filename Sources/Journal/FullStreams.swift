// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// Whose streams are sent in full around an alert (contract.md): from a minute before its start to a minute after.
///
/// The samples are stored anyhow, only without a number of their own; in a window they get one, row by row, in a
/// transaction with how far that has come. So none gets two, however windows overlap and whatever ends the program.
package struct FullStreamWindow: Sendable, Equatable {
  /// Before and after the start, in milliseconds.
  package static let length: Int64 = 60_000

  package let resident: ResidentID
  package let bootID: String
  /// Its end, monotonic.
  package let untilMs: Int64
  let boot: Int64
  let nextReading: Int64
}

extension Journal {
  /// The windows that are not done.
  package func fullStreams() throws -> [FullStreamWindow] {
    try FullStreamTable(connection: connection).open()
  }

  /// Whether a window has samples that have no number yet.
  package func hasSamples(_ window: FullStreamWindow) throws -> Bool {
    try !StreamSamples(connection: connection).rows(
      of: window.resident.description, from: window.nextReading, boot: window.boot, upTo: window.untilMs, limit: 1
    ).isEmpty
  }
}

/// Inside the transactions of ``Journal``. A window that is done keeps its row with `until_ms` 0, for where it ended.
private struct FullStreamTable {
  private static let columns = """
    SELECT f.resident, b.uuid, f.until_ms, f.boot, f.next_reading FROM full_stream f JOIN boot b ON b.id = f.boot
    """

  let connection: Connection

  func open() throws -> [FullStreamWindow] {
    var found: [FullStreamWindow] = []
    try connection.statement(Self.columns + " WHERE f.until_ms > 0 ORDER BY f.resident").query { row in
      if let window = decode(row) { found.append(window) }
    }
    return found
  }

  /// Done or not.
  func latest(of resident: ResidentID) throws -> FullStreamWindow? {
    let found = try connection.statement(Self.columns + " WHERE f.resident = ?")
      .first(.text(resident.description), read: decode)
    return found ?? nil
  }

  func set(_ resident: ResidentID, boot: Int64, untilMs: Int64, nextReading: Int64) throws {
    try connection.statement("INSERT OR REPLACE INTO full_stream VALUES(?, ?, ?, ?)").run(
      .text(resident.description), .integer(boot), .integer(untilMs), .integer(nextReading))
  }

  private func decode(_ row: Row) -> FullStreamWindow? {
    guard let resident = row.text(0).flatMap(ResidentID.init), let bootID = row.text(1), let untilMs = row.integer(2),
      let boot = row.integer(3), let next = row.integer(4)
    else { return nil }
    return FullStreamWindow(resident: resident, bootID: bootID, untilMs: untilMs, boot: boot, nextReading: next)
  }
}

extension Journal.Writer {
  private var samples: StreamSamples { StreamSamples(connection: journal.connection) }
  private var windows: FullStreamTable { FullStreamTable(connection: journal.connection) }

  /// An alert has started: the streams of its resident are to be sent in full around this moment.
  package func openFullStream(of resident: ResidentID, around start: Moment) throws {
    let boot = try journal.readings.boot(start.bootID)
    let (fromMs, untilMs) = (start.monotonicMs &- FullStreamWindow.length, start.monotonicMs &+ FullStreamWindow.length)
    let before = try windows.latest(of: resident)
    if let before, before.boot == boot, before.untilMs >= fromMs {
      // It goes on from where it is.
      try windows.set(
        resident, boot: boot, untilMs: max(untilMs, before.untilMs), nextReading: before.nextReading)
      return
    }
    if let before, before.untilMs > 0 { while try sendInFull(before, limit: 1000) > 0 {} }
    // What has a number already: of windows before, and of a time when every sample had one.
    let numbered = try Progress(connection: journal.connection).value(.numbered) ?? 0
    let next = max(
      try samples.beginning(boot: boot, at: fromMs), try windows.latest(of: resident)?.nextReading ?? 0, numbered &+ 1)
    try windows.set(resident, boot: boot, untilMs: untilMs, nextReading: next)
  }

  /// Gives the next samples of a window their numbers.
  ///
  /// - Returns: how many; fewer than `limit` where it has no more for now.
  @discardableResult
  package func sendInFull(_ window: FullStreamWindow, limit: Int) throws -> Int {
    guard let window = try windows.latest(of: window.resident), window.untilMs > 0 else { return 0 }
    let rows = try samples.rows(
      of: window.resident.description, from: window.nextReading, boot: window.boot, upTo: window.untilMs, limit: limit)
    guard let last = rows.last else { return 0 }
    for row in rows { try journal.ledger.append(.reading, row, to: .reading, atWallMs: atWallMs) }
    try windows.set(window.resident, boot: window.boot, untilMs: window.untilMs, nextReading: last &+ 1)
    return rows.count
  }

  /// Nothing more will come in it.
  package func closeFullStream(_ window: FullStreamWindow) throws {
    guard let window = try windows.latest(of: window.resident), window.untilMs > 0 else { return }
    try windows.set(window.resident, boot: window.boot, untilMs: 0, nextReading: window.nextReading)
  }
}
