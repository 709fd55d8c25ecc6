// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// The samples of streams that are for care, by the order in which they came; inside the transactions of ``Journal``.
///
/// The ring stamps values in order, and they are written in order: within a boot a higher row has a later moment.
struct StreamSamples {
  let connection: Connection

  struct Sample {
    let row: Int64
    let source: Int64
    let bootID: String
    let monotonicMs: Int64
  }

  /// CROSS JOIN: by the rows of `reading`, in their order.
  private static let tables = "reading r CROSS JOIN source s ON s.id = r.source CROSS JOIN boot b ON b.id = r.boot"
  private static let isSample = "s.stream = 1 AND s.purpose = 'care'"

  /// The first one behind a row.
  func first(after row: Int64) throws -> Sample? {
    let found = try connection.statement(
      """
      SELECT r.id, r.source, b.uuid, r.monotonic_ms FROM \(Self.tables) WHERE r.id > ? AND \(Self.isSample)
      ORDER BY r.id LIMIT 1
      """
    ).first(.integer(row), read: sample)
    return found ?? nil
  }

  /// Those behind a row that are of one boot and one span of time, up to the first one that is not.
  func run(after row: Int64, bootID: String, from fromMs: Int64, to toMs: Int64) throws -> [Sample] {
    let isOther = "(b.uuid <> ? OR r.monotonic_ms < ? OR r.monotonic_ms >= ?)"
    let end = try connection.statement(
      "SELECT r.id FROM \(Self.tables) WHERE r.id > ? AND \(Self.isSample) AND \(isOther) ORDER BY r.id LIMIT 1"
    ).first(.integer(row), .text(bootID), .integer(fromMs), .integer(toMs)) { $0.integer(0) }
    var found: [Sample] = []
    try connection.statement(
      """
      SELECT r.id, r.source, b.uuid, r.monotonic_ms FROM \(Self.tables) WHERE r.id > ? AND r.id < ? AND \(Self.isSample)
      ORDER BY r.id
      """
    ).query([.integer(row), .integer((end ?? nil) ?? .max)]) { if let sample = sample($0) { found.append(sample) } }
    return found
  }

  /// The row behind the last one that came before a moment.
  func beginning(boot: Int64, at monotonicMs: Int64) throws -> Int64 {
    let last = try connection.statement(
      """
      SELECT r.id FROM \(Self.tables) WHERE \(Self.isSample) AND (r.boot < ? OR (r.boot = ? AND r.monotonic_ms < ?))
      ORDER BY r.id DESC LIMIT 1
      """
    ).first(.integer(boot), .integer(boot), .integer(monotonicMs)) { $0.integer(0) }
    return ((last ?? nil) ?? 0) &+ 1
  }

  /// The rows of one resident from one on, of one boot, that came up to a moment and have no number, in order.
  func rows(of resident: String, from row: Int64, boot: Int64, upTo monotonicMs: Int64, limit: Int) throws -> [Int64] {
    var found: [Int64] = []
    try connection.statement(
      """
      SELECT r.id FROM \(Self.tables) WHERE r.id >= ? AND r.seq IS NULL AND \(Self.isSample) AND s.resident = ? AND r.boot = ?
        AND r.monotonic_ms <= ? ORDER BY r.id LIMIT ?
      """
    ).query([.integer(row), .text(resident), .integer(boot), .integer(monotonicMs), .integer(Int64(limit))]) { row in
      if let id = row.integer(0) { found.append(id) }
    }
    return found
  }

  /// The last row of all readings; 0 without one.
  func last() throws -> Int64 {
    let last = try connection.statement("SELECT max(id) FROM reading").first { $0.integer(0) }
    return (last ?? nil) ?? 0
  }

  private func sample(_ row: Row) -> Sample? {
    guard let id = row.integer(0), let source = row.integer(1), let bootID = row.text(2), let ms = row.integer(3) else {
      return nil
    }
    return Sample(row: id, source: source, bootID: bootID, monotonicMs: ms)
  }
}
