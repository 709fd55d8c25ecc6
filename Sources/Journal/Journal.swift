// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import EventLoop
import SQLite
import Vitals

/// What the box remembers. The one owner of the one connection to the database, on an event loop of its own.
///
/// Its methods are synchronous: whoever shares its executor writes a batch in one transaction with no `await` between
/// BEGIN and COMMIT.
package actor Journal {
  package nonisolated let loop: EventLoop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  let connection: Connection
  private let ledger: Ledger
  let registry: DeviceRegistry
  let audits: AuditTable
  private let readings: ReadingTable
  private let alerts: AlertTable
  /// The life of this database.
  package nonisolated let epoch: String
  /// Delivered, and not yet saved: goes with the next commit.
  private var unsavedDelivered: [Lane: Int64] = [:]

  /// Opens or makes the database and brings its tables up to date.
  ///
  /// - Parameter newEpoch: a random id for the life of a new database.
  package init(path: String, loop: EventLoop, newEpoch: String, now: Moment) throws {
    let connection: Connection
    do {
      connection = try Connection(path: path)
      try Schema.migrate(connection)
    } catch let error as SQLiteError where error.isBusy {
      throw JournalError.inUse(path)
    } catch let error as SQLiteError where error.isCorrupt {
      throw JournalError.damaged("\(path): \(error)")
    }
    let ledger = Ledger(connection: connection)
    self.loop = loop
    self.connection = connection
    self.ledger = ledger
    registry = DeviceRegistry(connection: connection)
    let readings = ReadingTable(connection: connection)
    self.readings = readings
    audits = AuditTable(connection: connection, readings: readings)
    alerts = AlertTable(connection: connection, readings: readings)
    epoch = try Self.epoch(in: connection, ledger, newEpoch: newEpoch, now: now)
  }

  private static func epoch(in connection: Connection, _ ledger: Ledger, newEpoch: String, now: Moment) throws -> String
  {
    if let epoch = try connection.statement("SELECT value FROM meta WHERE key = 'epoch'").first(read: { $0.text(0) }),
      let epoch
    {
      return epoch
    }
    try connection.transaction {
      try connection.statement("INSERT INTO meta(key, value) VALUES('epoch', ?)").run(.text(newEpoch))
      for lane in Lane.allCases {
        let row = try insert(Gap(reason: .epoch, count: 0, fromWallMs: nil, toWallMs: nil), in: connection)
        try ledger.append(.gap, row, to: lane, atWallMs: now.wallMs)
      }
    }
    return newEpoch
  }

  private static func insert(_ gap: Gap, in connection: Connection) throws -> Int64 {
    try connection.statement("INSERT INTO gap(reason, count, from_ms, to_ms, previous_epoch) VALUES(?,?,?,?,?)").run(
      .text(gap.reason.rawValue), .integer(Int64(gap.count)), Value(gap.fromWallMs), Value(gap.toWallMs),
      Value(gap.previousEpoch))
    return connection.lastInsertRowID
  }

  // MARK: writing

  /// What may be written inside a transaction.
  package struct Writer {
    fileprivate let journal: Pieces
    fileprivate let atWallMs: Int64?

    /// Adds a reading, and its row in the ledger.
    /// - Returns: that row's number; nil for a spot reading that is there already.
    @discardableResult
    package func append(_ observation: Observation, bytes: [UInt8]) throws -> Int64? {
      guard let row = try journal.readings.insert(observation, bytes: bytes) else { return nil }
      return try journal.ledger.append(.reading, row, to: .reading, atWallMs: atWallMs)
    }

    package func append(_ alert: Alert) throws {
      try journal.ledger.append(.alert, try journal.alerts.insert(alert), to: .alert, atWallMs: atWallMs)
    }

    package func append(_ gap: Gap, to lane: Lane) throws {
      let row = try Journal.insert(gap, in: journal.connection)
      try journal.ledger.append(.gap, row, to: lane, atWallMs: atWallMs)
    }

    /// Keeps a value that no profile could decode.
    package func appendUndecoded(
      device: String, characteristic: String, received: Moment, bytes: [UInt8], reason: String
    ) throws {
      try journal.connection.statement(
        """
        INSERT INTO undecoded(device, characteristic, boot, monotonic_ms, wall_ms, bytes, reason)
        VALUES(?,?,?,?,?,?,?)
        """
      ).run(
        .text(device), .text(characteristic), .integer(try journal.readings.boot(received.bootID)),
        .integer(received.monotonicMs), Value(received.wallMs), .blob(bytes), .text(reason))
    }
  }

  fileprivate struct Pieces {
    let connection: Connection
    let ledger: Ledger
    let readings: ReadingTable
    let alerts: AlertTable
  }

  /// Runs `body` in one transaction; what it wrote is on the disk when this returns.
  ///
  /// - Throws: ``JournalError/rejected(_:)`` where trying again is of no use; anything else may pass, a full disk say.
  @discardableResult
  package func write<T>(now: Moment, _ body: (Writer) throws -> T) throws -> T {
    let pieces = Pieces(connection: connection, ledger: ledger, readings: readings, alerts: alerts)
    let result: T
    do {
      result = try connection.transaction {
        let result = try body(Writer(journal: pieces, atWallMs: now.wallMs))
        try saveDelivered()
        return result
      }
    } catch let error as SQLiteError where error.isConstraint {
      throw JournalError.rejected("\(error)")
    }
    unsavedDelivered = [:]
    return result
  }

  /// Notes that the clinic's broker has everything of a lane up to and with this; saved with the next commit.
  package func noteDelivered(_ seq: Int64, in lane: Lane) {
    unsavedDelivered[lane] = max(seq, unsavedDelivered[lane] ?? 0)
  }

  /// Saves what ``noteDelivered(_:in:)`` was told, without waiting for another commit.
  package func flushDelivered() throws {
    guard !unsavedDelivered.isEmpty else { return }
    try connection.transaction { try saveDelivered() }
    unsavedDelivered = [:]
  }

  private func saveDelivered() throws {
    for (lane, seq) in unsavedDelivered { try ledger.setDelivered(seq, in: lane) }
  }

  package func close() {
    try? flushDelivered()
    connection.close()
  }

  // MARK: reading

  /// Whether a spot reading has been stored before.
  package func isKnownSpot(_ reading: StableID) throws -> Bool { try readings.isKnownSpot(reading) }

  package func position(_ lane: Lane) throws -> LanePosition {
    let saved = try ledger.position(lane)
    return LanePosition(nextSeq: saved.nextSeq, delivered: max(saved.delivered, unsavedDelivered[lane] ?? 0))
  }

  /// The next rows of a lane. One that cannot be read is given as a gap: it must not hold back those behind it.
  package func entries(_ lane: Lane, after seq: Int64, limit: Int) throws -> [LedgerEntry] {
    try ledger.rows(lane, after: seq, limit: limit).map { row in
      LedgerEntry(lane: lane, seq: row.seq, atWallMs: row.atWallMs, content: try content(of: row))
    }
  }

  private func content(of row: Ledger.Row) throws -> LedgerEntry.Content {
    do {
      switch row.kind {
      case .reading: return .reading(try readings.read(row.reference))
      case .alert: return .alert(try alerts.read(row.reference))
      case .gap: return .gap(try gap(row.reference))
      }
    } catch is JournalError {
      return .gap(Gap(reason: .unreadable, count: 1, fromWallMs: row.atWallMs, toWallMs: row.atWallMs))
    }
  }

  /// Whether there is any transition of this alert.
  package func isKnownAlert(_ alert: StableID) throws -> Bool {
    try connection.statement("SELECT 1 FROM alert WHERE alert = ?").first(.blob(alert.bytes)) { _ in true } ?? false
  }

  private func gap(_ id: Int64) throws -> Gap {
    let found = try connection.statement("SELECT reason, count, from_ms, to_ms, previous_epoch FROM gap WHERE id = ?")
      .first(.integer(id)) { row in
        row.text(0).flatMap(Gap.Reason.init).map { reason in
          Gap(
            reason: reason, count: Int(row.integer(1) ?? 0), fromWallMs: row.integer(2), toWallMs: row.integer(3),
            previousEpoch: row.text(4))
        }
      }
    guard let gap = found ?? nil else { throw JournalError.damaged("gap \(id) cannot be read") }
    return gap
  }

  /// The latest transition of each episode that has not ended.
  package func openAlerts() throws -> [Alert] { try alerts.open() }

  /// The same with the alert lane's last number of the same moment, all that the list takes into account.
  package func openAlertsUpToNow() throws -> (alerts: [Alert], upTo: Int64) {
    (try alerts.open(), try ledger.position(.alert).nextSeq &- 1)
  }

  /// Readings of this boot since then, in order: what the rules' windows are rebuilt from.
  package func recentObservations(bootID: String, sinceMonotonicMs: Int64, limit: Int) throws -> [Observation] {
    try readings.recent(bootID: bootID, sinceMonotonicMs: sinceMonotonicMs, limit: limit)
  }

  /// Spot readings received since then by the wall clock, of whatever boot, in order.
  package func recentSpots(sinceWallMs: Int64, limit: Int) throws -> [Observation] {
    try readings.recentSpots(sinceWallMs: sinceWallMs, limit: limit)
  }

  /// How many values no profile could decode.
  package func undecodedCount() throws -> Int {
    Int(try connection.statement("SELECT max(id) FROM undecoded").first { $0.integer(0) ?? 0 } ?? 0)
  }
}
