// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// How a database comes to be open, whatever stands at its place: a new one is made, an older one is brought up to date,
/// a newer one is refused untouched, and a damaged or a wrong one is set aside, never changed and never deleted, with
/// a new one in its place that has what could be saved.
struct Opening {
  /// A start takes ten seconds at most: looking for damage and saving have a part of them each.
  static let lookingTime = Duration.seconds(2)
  static let savingTime = Duration.seconds(5)

  let connection: Connection
  let epoch: String
  let recovery: Recovery?

  static func open(_ path: String, newEpoch: String, now: Moment) throws -> Opening {
    let place = DatabasePlace(path: path)
    var epochs = EpochList(besides: path)
    let finished = try place.finish(epochs: &epochs)
    let finding = try place.look(epochs: epochs)
    switch finding {
    case .newer(let version): throw JournalError.tooNew(version: version, known: Schema.migrations.count)
    case .nothing: return try begin(place, newEpoch, now, because: nil, &epochs)
    case .damaged(let reason): return try begin(place, newEpoch, now, because: reason, &epochs)
    case .ours(let version):
      let connection: Connection
      do {
        connection = try connect(path, version: version, epochs: epochs)
      } catch JournalError.damaged(let reason) {
        return try begin(place, newEpoch, now, because: reason, &epochs)
      }
      let epoch = try epoch(in: connection)
      try epochs.append(epoch)
      var recovery: Recovery?
      if let finished { recovery = Recovery(reason: "an interrupted start", aside: finished, saved: nil) }
      return Opening(connection: connection, epoch: epoch, recovery: recovery)
    }
  }

  /// Makes a new database and puts it in the place.
  private static func begin(
    _ place: DatabasePlace, _ epoch: String, _ now: Moment, because reason: String?, _ epochs: inout EpochList
  ) throws -> Opening {
    let image = reason == nil ? nil : DatabaseImage(path: place.path, isOurs: true)
    let saved = try make(place, epoch, now, after: image, epochs)
    let aside = try place.finish(epochs: &epochs)
    var recovery: Recovery?
    if let reason { recovery = Recovery(reason: reason, aside: aside, saved: saved) }
    return Opening(connection: try Connection(path: place.path), epoch: epoch, recovery: recovery)
  }

  /// Opens what looks like ours, searches it for damage, and brings its tables up to date.
  /// - Throws: ``JournalError/damaged(_:)`` with the files as they were.
  private static func connect(_ path: String, version: Int, epochs: EpochList) throws -> Connection {
    let connection = try connection(to: path)
    do {
      try connection.leaveLog(true)
      try Examination(connection: connection, version: version, epochs: epochs).run(for: lookingTime)
      try Schema.migrate(connection)
      try connection.leaveLog(false)
    } catch {
      connection.close()
      throw judged(error, path)
    }
    return connection
  }

  private static func judged(_ error: any Error, _ path: String) -> any Error {
    guard let problem = error as? SQLiteError else { return error }
    if problem.isCorrupt { return JournalError.damaged("\(problem)") }
    // A disk that fails only now and then is no reason to begin again.
    guard problem.isUnreadable, DatabaseImage(path: path)?.isReadable != true else { return error }
    return JournalError.damaged("the disk does not give back all of it")
  }

  private static func connection(to path: String) throws -> Connection {
    do {
      return try Connection(path: path)
    } catch let error {
      if error.isBusy { throw JournalError.inUse(path) }
      if error.isCorrupt { throw JournalError.damaged("\(error)") }
      throw error
    }
  }

  static func epoch(in connection: Connection) throws -> String {
    let found = try connection.statement("SELECT value FROM meta WHERE key = 'epoch'").first { $0.text(0) }
    guard let epoch = found ?? nil else { throw JournalError.damaged("it has no epoch") }
    return epoch
  }

  /// Makes a database beside the place, with what can be saved of the one before, and decides for it.
  private static func make(
    _ place: DatabasePlace, _ epoch: String, _ now: Moment, after image: DatabaseImage?, _ epochs: EpochList
  ) throws -> Recovery.Saved? {
    // The list is right where the damaged one says another name.
    var previous = epochs.epochs.last
    if previous == nil { previous = image?.epoch }
    let isLoss = image != nil || !epochs.epochs.isEmpty
    do {
      return try fill(place, epoch, now, previous: previous, image: image, isLoss: isLoss)
    } catch  where image != nil {
      // A box without its past is better than no box.
      return try fill(place, epoch, now, previous: previous, image: nil, isLoss: isLoss)
    }
  }

  private static func fill(
    _ place: DatabasePlace, _ epoch: String, _ now: Moment, previous: String?, image: DatabaseImage?, isLoss: Bool
  ) throws -> Recovery.Saved? {
    place.clearScratch()
    let connection = try Connection(path: place.scratch, isScratch: true)
    defer { connection.close() }
    try Schema.migrate(connection)
    let beginning = Beginning(connection: connection, epoch: epoch, previousEpoch: previous, now: now)
    try beginning.write(isLoss: isLoss)
    var saved: Recovery.Saved?
    if let image {
      let found = try Salvage(image: image, connection: connection, now: now).run(for: savingTime)
      for (lane, loss) in found.losses { try beginning.declare(loss, in: lane) }
      saved = found
    }
    // What its header says is how the next start finds it.
    try connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    try place.decide()
    return saved
  }
}

/// What became of a database that was damaged or is no longer there.
package struct Recovery: Sendable, Equatable {
  package let reason: String
  /// Where it is now, with its log; nil where there was nothing.
  package let aside: String?
  /// nil where nothing could be read, or another start has done it.
  package let saved: Saved?

  package struct Saved: Sendable, Equatable {
    /// Rows by table.
    package internal(set) var rows: [String: Int] = [:]
    /// Of what had not been delivered.
    package internal(set) var losses: [Lane: Loss] = [:]
    /// Not all of it was looked at.
    package internal(set) var isCutShort = false
  }

  package struct Loss: Sendable, Equatable {
    /// nil where it cannot be known.
    package var count: Int?
    package var fromWallMs: Int64?
  }
}

/// The first rows of an epoch: its name, the gaps that begin its lanes, and what was lost before it.
private struct Beginning {
  let connection: Connection
  let epoch: String
  let previousEpoch: String?
  let now: Moment

  func write(isLoss: Bool) throws {
    let ledger = Ledger(connection: connection)
    try connection.transaction {
      try connection.statement("INSERT INTO meta(key, value) VALUES('epoch', ?)").run(.text(epoch))
      for lane in Lane.allCases {
        let begun = try Journal.insert(
          Gap(reason: .epoch, count: 0, fromWallMs: nil, toWallMs: nil, previousEpoch: previousEpoch), in: connection)
        try ledger.append(.gap, begun, to: lane, atWallMs: now.wallMs)
        guard isLoss else { continue }
        let lost = try Journal.insert(
          Gap(reason: .damaged, count: nil, fromWallMs: nil, toWallMs: now.wallMs, previousEpoch: previousEpoch),
          in: connection)
        try ledger.append(.gap, lost, to: lane, atWallMs: now.wallMs)
      }
    }
  }

  /// What was lost is known only when everything else has been saved.
  func declare(_ loss: Recovery.Loss, in lane: Lane) throws {
    try connection.statement(
      """
      UPDATE gap SET count = ?, from_ms = ?
      WHERE id = (SELECT reference FROM ledger WHERE lane = ? AND seq = 2 AND kind = 2)
      """
    ).run(
      .integer(loss.count.map { Int64($0) } ?? -1), Value(loss.fromWallMs), .integer(Int64(lane.rawValue)))
  }
}
