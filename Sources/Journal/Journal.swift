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
  let readings: ReadingTable
  private let alerts: AlertTable
  /// The life of this database.
  package nonisolated let epoch: String
  /// Accepted and delivered, and not yet saved: goes with the next commit.
  private var unsavedAccepted: [Lane: Int64] = [:]
  private var unsavedDelivered: [Lane: Int64] = [:]

  /// What was done at the opening about a database that was damaged, or that is no longer there.
  package nonisolated let recovery: Recovery?
  private nonisolated let place: DatabasePlace

  /// Opens the database, whatever stands at its place: see ``Opening``.
  ///
  /// - Parameter newEpoch: a random id for the life of a new database.
  package init(path: String, loop: EventLoop, newEpoch: String, now: Moment) throws {
    let opening = try Opening.open(path, newEpoch: newEpoch, now: now)
    let connection = opening.connection
    self.loop = loop
    self.connection = connection
    ledger = Ledger(connection: connection)
    registry = DeviceRegistry(connection: connection)
    let readings = ReadingTable(connection: connection)
    self.readings = readings
    audits = AuditTable(connection: connection, readings: readings)
    alerts = AlertTable(connection: connection, readings: readings)
    epoch = opening.epoch
    recovery = opening.recovery
    place = DatabasePlace(path: path)
  }

  static func insert(_ gap: Gap, in connection: Connection) throws -> Int64 {
    try connection.statement(
      "INSERT INTO gap(reason, count, from_ms, to_ms, from_seq, to_seq, previous_epoch) VALUES(?,?,?,?,?,?,?)"
    ).run(
      .text(gap.reason.rawValue), .integer(gap.count.map { Int64($0) } ?? -1), Value(gap.fromWallMs),
      Value(gap.toWallMs), Value(gap.numbers?.lowerBound), Value(gap.numbers?.upperBound), Value(gap.previousEpoch))
    return connection.lastInsertRowID
  }

  // MARK: writing

  /// What may be written inside a transaction.
  package struct Writer {
    let journal: Pieces
    let atWallMs: Int64?

    /// Adds a reading, and its row in the ledger.
    ///
    /// - Parameter isNumbered: false for a sample of a stream that its minute's summary counts.
    /// - Returns: that row's number; nil for a spot reading that is there already, and for a row without one.
    @discardableResult
    package func append(_ observation: Observation, bytes: [UInt8], isNumbered: Bool = true) throws -> Int64? {
      guard let row = try journal.readings.insert(observation, bytes: bytes), isNumbered else { return nil }
      return try journal.ledger.append(.reading, row, to: .reading, atWallMs: atWallMs)
    }

    /// Adds a transition, and its row in the ledger: one that goes up a level has a second one.
    ///
    /// - Returns: the first one's number.
    @discardableResult
    package func append(_ alert: Alert) throws -> Int64 {
      let row = try journal.alerts.insert(alert)
      let seq = try journal.ledger.append(.alert, row, to: .alert, atWallMs: atWallMs)
      if alert.phase == .escalate { try journal.ledger.append(.escalation, row, to: .alert, atWallMs: atWallMs) }
      return seq
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

  struct Pieces {
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
        try saveWatermarks()
        return result
      }
    } catch let error as SQLiteError where error.isConstraint {
      throw JournalError.rejected("\(error)")
    }
    unsavedAccepted = [:]
    unsavedDelivered = [:]
    return result
  }

  /// Notes that the clinic's broker has everything of a lane up to and with this; saved with the next commit.
  package func noteAccepted(_ seq: Int64, in lane: Lane) {
    unsavedAccepted[lane] = max(seq, unsavedAccepted[lane] ?? 0)
  }

  /// Notes that the clinic has everything of a lane up to and with this; saved with the next commit.
  package func noteDelivered(_ seq: Int64, in lane: Lane) {
    unsavedDelivered[lane] = max(seq, unsavedDelivered[lane] ?? 0)
  }

  /// Both, with no moment between in which the clinic could take something back.
  package func note(accepted: Int64?, delivered: Int64?, in lane: Lane) {
    if let accepted { noteAccepted(accepted, in: lane) }
    if let delivered { noteDelivered(delivered, in: lane) }
  }

  /// The clinic says that it has less than it had: saved at once, so that nothing more of it is deleted.
  package func takeBackDelivered(to seq: Int64, in lane: Lane) throws {
    unsavedDelivered[lane] = nil
    try connection.transaction { try ledger.takeBackDelivered(to: seq, in: lane) }
  }

  /// Saves what ``noteAccepted(_:in:)`` and ``noteDelivered(_:in:)`` were told, without waiting for another commit.
  package func flushWatermarks() throws {
    guard !unsavedAccepted.isEmpty || !unsavedDelivered.isEmpty else { return }
    try connection.transaction { try saveWatermarks() }
    unsavedAccepted = [:]
    unsavedDelivered = [:]
  }

  private func saveWatermarks() throws {
    for (lane, seq) in unsavedAccepted { try ledger.setAccepted(seq, in: lane) }
    for (lane, seq) in unsavedDelivered { try ledger.setDelivered(seq, in: lane) }
  }

  package func close() {
    try? flushWatermarks()
    if damage != nil { try? connection.leaveLog(true) }
    connection.close()
  }

  /// What SQLite has met while running that cannot be mended here: the daemon has to begin again. The next start is told,
  /// since it might not meet it within its time.
  package var damage: JournalError? {
    guard let damage = connection.damage else { return nil }
    place.leaveMark("\(damage)")
    return .damaged("\(damage)")
  }

  // MARK: reading

  /// Whether a spot reading has been stored before.
  package func isKnownSpot(_ reading: StableID) throws -> Bool { try readings.isKnownSpot(reading) }

  package func position(_ lane: Lane) throws -> LanePosition {
    let saved = try ledger.position(lane)
    return LanePosition(
      nextSeq: saved.nextSeq, accepted: max(saved.accepted, unsavedAccepted[lane] ?? 0),
      delivered: max(saved.delivered, unsavedDelivered[lane] ?? 0))
  }

  /// The next rows of a lane. One that cannot be read is given as a gap: it must not hold back those behind it. Rows that
  /// are not there any more are one gap, up to the next row; it is the same whenever it is asked for.
  package func entries(_ lane: Lane, after seq: Int64, limit: Int) throws -> [LedgerEntry] {
    var entries: [LedgerEntry] = []
    var last = seq
    func close(_ hole: ClosedRange<Int64>) throws {
      // The first one may have begun before the number that was asked for.
      let first = entries.isEmpty ? min(hole.lowerBound, try ledger.last(lane, upTo: seq) &+ 1) : hole.lowerBound
      entries.append(.expired(first...hole.upperBound, of: lane))
    }
    let rows = try ledger.rows(lane, after: seq, limit: limit)
    for row in rows {
      let entry = LedgerEntry(lane: lane, seq: row.seq, atWallMs: row.atWallMs, content: try content(of: row))
      if last &+ 1 < entry.numbers.lowerBound { try close(last &+ 1...entry.numbers.lowerBound &- 1) }
      entries.append(entry)
      last = row.seq
    }
    if rows.count < limit {
      let end = try ledger.position(lane).nextSeq &- 1
      if last < end { try close(last &+ 1...end) }
    }
    return Array(entries.prefix(limit))
  }

  private func content(of row: Ledger.Row) throws -> LedgerEntry.Content {
    do {
      switch row.kind {
      case .reading: return .reading(try readings.read(row.reference))
      case .alert: return .alert(try alerts.read(row.reference))
      case .escalation: return .escalation(try alerts.read(row.reference))
      case .gap: return .gap(try gap(row.reference))
      case .summary: return .summary(try SummaryTable(connection: connection, readings: readings).read(row.reference))
      case .correction: return try CorrectionTable(connection: connection).content(of: row.reference, readings)
      case nil: throw JournalError.damaged("row \(row.seq) of the ledger is of an unknown kind")
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
    let found = try connection.statement(
      "SELECT reason, count, from_ms, to_ms, from_seq, to_seq, previous_epoch FROM gap WHERE id = ?"
    ).first(.integer(id)) { row in
      row.text(0).flatMap(Gap.Reason.init).map { reason in
        let count = row.integer(1).flatMap { Int(exactly: $0) }.flatMap { $0 < 0 ? nil : $0 }
        var numbers: ClosedRange<Int64>?
        if let first = row.integer(4), let last = row.integer(5), first <= last { numbers = first...last }
        return Gap(
          reason: reason, count: count, fromWallMs: row.integer(2), toWallMs: row.integer(3), numbers: numbers,
          previousEpoch: row.text(6))
      }
    }
    guard let gap = found ?? nil else { throw JournalError.damaged("gap \(id) cannot be read") }
    return gap
  }

  /// The latest transition of each episode that has not ended.
  package func openAlerts() throws -> [Alert] { try alerts.open() }

  /// The number in the ledger of the last time that an episode began to call for somebody; nil where it has none.
  package func beginning(of alert: StableID) throws -> Int64? { try alerts.beginning(of: alert) }

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

  /// Spot readings of this boot since then that were received while the wall clock was unknown, in order.
  package func recentSpots(bootID: String, sinceMonotonicMs: Int64, limit: Int) throws -> [Observation] {
    try readings.recentSpots(bootID: bootID, sinceMonotonicMs: sinceMonotonicMs, limit: limit)
  }

  /// How many values no profile could decode.
  package func undecodedCount() throws -> Int {
    // Counting them would read them.
    Int(
      clamping: try connection.statement("SELECT (SELECT max(id) FROM undecoded) - (SELECT min(id) FROM undecoded) + 1")
        .first { $0.integer(0) ?? 0 } ?? 0)
  }
}
