// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// What was said later of a reading or a summary; inside the transactions of ``Journal``.
struct CorrectionTable {
  struct Correction {
    let kind: LedgerKind
    let reference: Int64
    let revision: Int
    let state: ReadingState
    let received: (wallMs: Int64?, synchronized: Bool)
    let observedWallMs: Int64?
    let age: Age
    /// nil: as before.
    let resident: ResidentID?
    /// nil: as before.
    let purpose: Purpose?
  }

  let connection: Connection

  /// - Returns: the row's number.
  func insert(
    of reference: Int64, _ kind: LedgerKind, state: ReadingState, wallMs: Int64?, synchronized: Bool,
    observedWallMs: Int64?, age: Age, resident: ResidentID? = nil, purpose: Purpose? = nil
  ) throws -> Int64 {
    try connection.statement(
      """
      INSERT INTO correction(kind, reference, revision, state, wall_ms, observed_ms, age, synchronized, resident,
        purpose)
      VALUES(?1, ?2, (SELECT coalesce(max(revision), 1) + 1 FROM correction WHERE kind = ?1 AND reference = ?2),
        ?3, ?4, ?5, ?6, ?7, ?8, ?9)
      """
    ).run(
      .integer(kind.rawValue), .integer(reference), .text(state.rawValue), Value(wallMs), Value(observedWallMs),
      .text(age.rawValue), Value(synchronized), Value(resident?.description), Value(purpose?.rawValue))
    return connection.lastInsertRowID
  }

  func read(_ id: Int64) throws -> Correction {
    let found = try connection.statement(
      """
      SELECT kind, reference, revision, state, wall_ms, observed_ms, age, synchronized, resident, purpose
      FROM correction WHERE id = ?
      """
    ).first(.integer(id)) { row -> Correction? in
      guard let kind = row.integer(0).flatMap(LedgerKind.init), let reference = row.integer(1),
        let revision = row.integer(2).flatMap({ Int(exactly: $0) }),
        let state = row.text(3).flatMap(ReadingState.init), let age = row.text(6).flatMap(Age.init)
      else { return nil }
      return Correction(
        kind: kind, reference: reference, revision: revision, state: state,
        received: (row.integer(4), row.integer(7) == 1), observedWallMs: row.integer(5), age: age,
        resident: row.text(8).flatMap(ResidentID.init), purpose: row.text(9).flatMap(Purpose.init))
    }
    guard let correction = found ?? nil else { throw JournalError.damaged("correction \(id) cannot be read") }
    return correction
  }

  /// What is corrected, as it is now.
  func content(of id: Int64, _ readings: ReadingTable) throws -> LedgerEntry.Content {
    let correction = try read(id)
    switch correction.kind {
    case .reading: return .reading(try readings.read(correction.reference).with(correction))
    case .summary:
      let summary = try SummaryTable(connection: connection, readings: readings).read(correction.reference)
      return .summary(
        summary.corrected(
          revision: correction.revision, state: correction.state, wallMs: correction.received.wallMs,
          synchronized: correction.received.synchronized, resident: correction.resident))
    case .alert, .gap, .correction, .escalation:
      throw JournalError.damaged("correction \(id) is of what is never corrected")
    }
  }

  /// Whether anything was said of it already.
  func latest(of reference: Int64, _ kind: LedgerKind) throws -> Correction? {
    let id = try connection.statement(
      "SELECT id FROM correction WHERE kind = ? AND reference = ? ORDER BY revision DESC LIMIT 1"
    ).first(.integer(kind.rawValue), .integer(reference)) { $0.integer(0) }
    return try (id ?? nil).map(read)
  }
}

extension Observation {
  /// As it is with what was said of it later.
  func with(_ correction: CorrectionTable.Correction) -> Observation {
    Observation(
      reading: reading, device: device, profile: profile, characteristic: characteristic, link: link,
      resident: correction.resident ?? resident, purpose: correction.purpose ?? purpose, user: user,
      received: Moment(
        bootID: received.bootID, monotonicMs: received.monotonicMs, wallMs: correction.received.wallMs,
        synchronized: correction.received.synchronized),
      observedWallMs: correction.observedWallMs, clock: clock, age: correction.age, quality: quality, status: status,
      values: values, isStream: isStream, revision: correction.revision, state: correction.state)
  }
}

extension Journal.Writer {
  /// Takes back the readings of a device that a technician tried out and did not take: the clinic is told so.
  func markTrialAsError(of device: String) throws {
    try correctTrial(of: device) { $0.state == .enteredInError ? nil : (.enteredInError, $0.purpose) }
  }

  /// What a confirmed device had stored before its trial belongs to the person, as all that it tells from now on. Nothing
  /// else of the trial does, and no rule has seen any of it.
  func takeOverStored(from device: String) throws {
    // A trial lasts as long as a fresh reading may be old, so what is proven to be late was measured before it.
    try correctTrial(of: device) { $0.age == .late && $0.purpose == .commissioning ? (.amended, .care) : nil }
  }

  /// - Parameter correction: of a reading as it is now; nil where nothing is to be said of it.
  private func correctTrial(
    of device: String, _ correction: (Observation) -> (state: ReadingState, purpose: Purpose)?
  ) throws {
    var rows: [Int64] = []
    // A trial lasts a quarter of an hour at most, so they are among the latest.
    try journal.connection.statement(
      """
      SELECT r.id FROM reading r JOIN source s ON s.id = r.source
      WHERE r.id > (SELECT max(id) - 20000 FROM reading) AND s.device = ? AND s.purpose = ? AND r.seq IS NOT NULL
      ORDER BY r.id
      """
    ).query([.text(device), .text(Purpose.commissioning.rawValue)]) { row in
      if let id = row.integer(0) { rows.append(id) }
    }
    let corrections = CorrectionTable(connection: journal.connection)
    for row in rows {
      guard let observation = try? journal.readings.read(row) else { continue }
      let latest = try corrections.latest(of: row, .reading).map { observation.with($0) } ?? observation
      guard let (state, purpose) = correction(latest) else { continue }
      let id = try corrections.insert(
        of: row, .reading, state: state, wallMs: latest.received.wallMs, synchronized: latest.received.synchronized,
        observedWallMs: latest.observedWallMs, age: latest.age, resident: latest.resident, purpose: purpose)
      try append(correction: id)
    }
  }

  func append(correction id: Int64) throws {
    try journal.ledger.append(.correction, id, to: .reading, atWallMs: atWallMs)
  }
}
