// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import SQLite
import Vitals

/// The two numbered lanes of messages for the clinic, so that an alert may overtake a backlog of readings.
package enum Lane: Int, Sendable, CaseIterable {
  case alert = 0
  case reading = 1

  package var name: String { self == .alert ? "alert" : "reading" }
}

/// A declared loss, or the beginning of an epoch.
package struct Gap: Sendable, Equatable {
  package enum Reason: String, Sendable {
    /// The first message of an epoch in its lane.
    case epoch
    /// More values arrived than memory was kept for.
    case overflow
    /// What this number stood for cannot be read any more, or is too large for the broker.
    case unreadable
  }

  package let reason: Reason
  package let count: Int
  package let fromWallMs: Int64?
  package let toWallMs: Int64?
  package let previousEpoch: String?

  package init(reason: Reason, count: Int, fromWallMs: Int64?, toWallMs: Int64?, previousEpoch: String? = nil) {
    self.reason = reason
    self.count = count
    self.fromWallMs = fromWallMs
    self.toWallMs = toWallMs
    self.previousEpoch = previousEpoch
  }
}

/// A row of the ledger with what it refers to.
package struct LedgerEntry: Sendable {
  package enum Content: Sendable {
    case reading(Observation)
    case alert(Alert)
    case gap(Gap)
  }

  package let lane: Lane
  package let seq: Int64
  /// When it was committed, in milliseconds since 1970; nil while the wall clock was unknown.
  package let atWallMs: Int64?
  package let content: Content

  package init(lane: Lane, seq: Int64, atWallMs: Int64?, content: Content) {
    self.lane = lane
    self.seq = seq
    self.atWallMs = atWallMs
    self.content = content
  }
}

/// How far a lane is.
package struct LanePosition: Sendable, Equatable {
  package let nextSeq: Int64
  /// Everything up to and with this has been delivered.
  package let delivered: Int64
  package var waiting: Int64 { nextSeq &- 1 &- delivered }

  package init(nextSeq: Int64, delivered: Int64) {
    self.nextSeq = nextSeq
    self.delivered = delivered
  }
}

enum LedgerKind: Int64 {
  case reading = 0
  case alert = 1
  case gap = 2
}

/// The ledger's rows; inside the transactions of ``Journal``.
struct Ledger {
  let connection: Connection

  /// - Returns: the row's number in its lane.
  @discardableResult
  func append(_ kind: LedgerKind, _ reference: Int64, to lane: Lane, atWallMs: Int64?) throws -> Int64 {
    let next = try connection.statement("UPDATE lane SET next_seq = next_seq + 1 WHERE lane = ? RETURNING next_seq")
      .first(.integer(Int64(lane.rawValue))) { $0.integer(0) }
    guard let next = next ?? nil else { throw JournalError.damaged("lane \(lane.name) is missing") }
    try connection.statement("INSERT INTO ledger(lane, seq, kind, reference, at_ms) VALUES(?,?,?,?,?)").run(
      .integer(Int64(lane.rawValue)), .integer(next &- 1), .integer(kind.rawValue), .integer(reference), Value(atWallMs)
    )
    return next &- 1
  }

  func position(_ lane: Lane) throws -> LanePosition {
    let position = try connection.statement("SELECT next_seq, delivered FROM lane WHERE lane = ?")
      .first(.integer(Int64(lane.rawValue))) { row in
        LanePosition(nextSeq: row.integer(0) ?? 1, delivered: row.integer(1) ?? 0)
      }
    guard let position else { throw JournalError.damaged("lane \(lane.name) is missing") }
    return position
  }

  func setDelivered(_ seq: Int64, in lane: Lane) throws {
    try connection.statement("UPDATE lane SET delivered = ? WHERE lane = ? AND delivered < ?")
      .run(.integer(seq), .integer(Int64(lane.rawValue)), .integer(seq))
  }

  struct Row {
    let seq: Int64
    let kind: LedgerKind
    let reference: Int64
    let atWallMs: Int64?
  }

  func rows(_ lane: Lane, after seq: Int64, limit: Int) throws -> [Row] {
    var rows: [Row] = []
    try connection.statement(
      "SELECT seq, kind, reference, at_ms FROM ledger WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?"
    ).query([.integer(Int64(lane.rawValue)), .integer(seq), .integer(Int64(limit))]) { row in
      guard let seq = row.integer(0), let kind = row.integer(1).flatMap(LedgerKind.init), let reference = row.integer(2)
      else { throw JournalError.damaged("a row of the ledger cannot be read") }
      rows.append(Row(seq: seq, kind: kind, reference: reference, atWallMs: row.integer(3)))
    }
    return rows
  }
}
