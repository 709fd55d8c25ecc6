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
    /// Dropped for lack of room before its time.
    case capacity
    /// Asked for again after its time was over.
    case expired
    /// The database was damaged, and this of it could not be saved.
    case damaged
  }

  package let reason: Reason
  /// nil where it cannot be known.
  package let count: Int?
  package let fromWallMs: Int64?
  package let toWallMs: Int64?
  /// The numbers of its lane that it stands for, its own the last; nil where it stands for its own alone.
  package let numbers: ClosedRange<Int64>?
  package let previousEpoch: String?

  package init(
    reason: Reason, count: Int?, fromWallMs: Int64?, toWallMs: Int64?, numbers: ClosedRange<Int64>? = nil,
    previousEpoch: String? = nil
  ) {
    self.reason = reason
    self.count = count
    self.fromWallMs = fromWallMs
    self.toWallMs = toWallMs
    self.numbers = numbers
    self.previousEpoch = previousEpoch
  }
}

/// A row of the ledger with what it refers to.
package struct LedgerEntry: Sendable {
  package enum Content: Sendable {
    case reading(Observation)
    case alert(Alert)
    /// An alert that goes up a level, once more for whoever takes only these.
    case escalation(Alert)
    case gap(Gap)
    case summary(StreamSummary)
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

  /// The numbers of its lane that it accounts for, its own the last.
  package var numbers: ClosedRange<Int64> {
    if case .gap(let gap) = content, let numbers = gap.numbers, numbers.upperBound == seq { numbers } else { seq...seq }
  }

  /// What stands for rows that retention has deleted.
  static func expired(_ numbers: ClosedRange<Int64>, of lane: Lane) -> LedgerEntry {
    let count = Int(exactly: numbers.upperBound &- numbers.lowerBound &+ 1)
    let gap = Gap(reason: .expired, count: count, fromWallMs: nil, toWallMs: nil, numbers: numbers)
    return LedgerEntry(lane: lane, seq: numbers.upperBound, atWallMs: nil, content: .gap(gap))
  }
}

/// How far a lane is.
package struct LanePosition: Sendable, Equatable {
  package let nextSeq: Int64
  /// The broker has everything up to and with this.
  package let accepted: Int64
  /// Everything up to and with this counts as being with the clinic.
  package let delivered: Int64
  package var waiting: Int64 { nextSeq &- 1 &- delivered }

  package init(nextSeq: Int64, accepted: Int64, delivered: Int64) {
    self.nextSeq = nextSeq
    self.accepted = accepted
    self.delivered = delivered
  }
}

enum LedgerKind: Int64 {
  case reading = 0
  case alert = 1
  case gap = 2
  case correction = 3
  case summary = 4
  /// Of a row of `alert`, which has a number as an alert besides.
  case escalation = 5

  /// Notes the number in the row that it is given to; gaps are found by the ledger alone.
  var numbering: String? {
    switch self {
    case .reading: "UPDATE reading SET seq = ? WHERE id = ?"
    case .alert: "UPDATE alert SET seq = ? WHERE id = ?"
    case .gap: nil
    case .correction: "UPDATE correction SET seq = ? WHERE id = ?"
    case .summary: "UPDATE summary SET seq = ? WHERE id = ?"
    case .escalation: "UPDATE alert SET escalation_seq = ? WHERE id = ?"
    }
  }
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
    if let numbering = kind.numbering {
      try connection.statement(numbering).run(.integer(next &- 1), .integer(reference))
    }
    return next &- 1
  }

  /// Puts a gap in the place of rows that go.
  func replace(_ run: ClosedRange<Int64>, of lane: Lane, by gap: Int64, atWallMs: Int64?) throws {
    let lane = Int64(lane.rawValue)
    try connection.statement("DELETE FROM ledger WHERE lane = ? AND seq >= ? AND seq < ?")
      .run(.integer(lane), .integer(run.lowerBound), .integer(run.upperBound))
    try connection.statement("UPDATE ledger SET kind = ?, reference = ?, at_ms = ? WHERE lane = ? AND seq = ?")
      .run(
        .integer(LedgerKind.gap.rawValue), .integer(gap), Value(atWallMs), .integer(lane), .integer(run.upperBound))
  }

  func position(_ lane: Lane) throws -> LanePosition {
    let position = try connection.statement("SELECT next_seq, accepted, delivered FROM lane WHERE lane = ?")
      .first(.integer(Int64(lane.rawValue))) { row in
        LanePosition(nextSeq: row.integer(0) ?? 1, accepted: row.integer(1) ?? 0, delivered: row.integer(2) ?? 0)
      }
    guard let position else { throw JournalError.damaged("lane \(lane.name) is missing") }
    return position
  }

  func setAccepted(_ seq: Int64, in lane: Lane) throws {
    try connection.statement("UPDATE lane SET accepted = ? WHERE lane = ? AND accepted < ?")
      .run(.integer(seq), .integer(Int64(lane.rawValue)), .integer(seq))
  }

  func setDelivered(_ seq: Int64, in lane: Lane) throws {
    try connection.statement("UPDATE lane SET delivered = ? WHERE lane = ? AND delivered < ?")
      .run(.integer(seq), .integer(Int64(lane.rawValue)), .integer(seq))
  }

  /// The highest number in a lane's rows that is not above this; 0 where there is none.
  func last(_ lane: Lane, upTo seq: Int64) throws -> Int64 {
    let found = try connection.statement("SELECT max(seq) FROM ledger WHERE lane = ? AND seq <= ?")
      .first(.integer(Int64(lane.rawValue)), .integer(seq)) { $0.integer(0) }
    return max(0, (found ?? nil) ?? 0)
  }

  /// Unlike ``setDelivered(_:in:)`` it moves back.
  func takeBackDelivered(to seq: Int64, in lane: Lane) throws {
    try connection.statement("UPDATE lane SET delivered = ? WHERE lane = ? AND delivered > ?")
      .run(.integer(seq), .integer(Int64(lane.rawValue)), .integer(seq))
  }

  struct Row {
    let seq: Int64
    /// nil for one that cannot be known any more.
    let kind: LedgerKind?
    let reference: Int64
    let atWallMs: Int64?
  }

  func rows(_ lane: Lane, after seq: Int64, limit: Int) throws -> [Row] {
    var rows: [Row] = []
    try connection.statement(
      "SELECT seq, kind, reference, at_ms FROM ledger WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?"
    ).query([.integer(Int64(lane.rawValue)), .integer(seq), .integer(Int64(limit))]) { row in
      guard let seq = row.integer(0), let reference = row.integer(2) else {
        throw JournalError.damaged("a row of the ledger cannot be read")
      }
      rows.append(
        Row(seq: seq, kind: row.integer(1).flatMap(LedgerKind.init), reference: reference, atWallMs: row.integer(3)))
    }
    return rows
  }
}
