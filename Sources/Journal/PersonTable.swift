// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import SQLite
import Vitals

/// What the clinic has said of persons, and their pauses.
extension Journal {
  /// Settings of everybody of whom the clinic has said something.
  ///
  /// - Returns: nil for settings that cannot be read any more.
  package func personSettings() throws -> [ResidentID: PersonSettings?] {
    var found: [ResidentID: PersonSettings?] = [:]
    try connection.statement("SELECT resident, version, settings, seal FROM person ORDER BY resident").query { row in
      guard let name = row.text(0), let resident = ResidentID(name) else { return }
      guard let version = row.integer(1), let text = row.text(2),
        row.integer(3) == Seal.of(name, version: version, settings: text), let number = Int(exactly: version)
      else {
        found[resident] = .some(nil)
        return
      }
      found[resident] = StoredForm.settings(text, version: number)
    }
    return found
  }

  /// The pauses that have not ended, by whom they are about; the gateway itself for technical alerts.
  package func pauses() throws -> [ResidentID: [Pause]] {
    var found: [ResidentID: [Pause]] = [:]
    try connection.statement(
      """
      SELECT p.id, p.resident, p.scope, p.reason, p.by, b.uuid, p.monotonic_ms, p.wall_ms, p.synchronized, p.milliseconds,
        p.seal
      FROM pause p JOIN boot b ON b.id = p.boot ORDER BY p.boot, p.monotonic_ms, p.id
      """
    ).query { row in
      // One that cannot be read must not silence anybody.
      guard let id = row.blob(0).flatMap({ StableID(bytes: $0) }), let resident = row.text(1).flatMap(ResidentID.init),
        let scope = row.text(2).flatMap({ StoredForm.scope($0) }), let reason = row.text(3), let by = row.text(4),
        let boot = row.text(5), let monotonicMs = row.integer(6)
      else { return }
      let from = Moment(
        bootID: boot, monotonicMs: monotonicMs, wallMs: row.integer(7), synchronized: row.integer(8) == 1)
      let pause = Pause(id: id, scope: scope, reason: reason, by: by, from: from, milliseconds: row.integer(9))
      guard row.integer(10) == Seal.of(pause, about: resident.description) else { return }
      found[resident, default: []].append(pause)
    }
    return found
  }
}

extension Journal.Writer {
  package func set(_ settings: PersonSettings, of resident: ResidentID) throws {
    let (name, version, text) = (resident.description, Int64(settings.version), StoredForm.text(settings))
    try journal.connection.statement("INSERT OR REPLACE INTO person(resident, version, settings, seal) VALUES(?,?,?,?)")
      .run(.text(name), .integer(version), .text(text), .integer(Seal.of(name, version: version, settings: text)))
  }

  /// These are all the pauses about somebody.
  package func set(_ pauses: [Pause], of resident: ResidentID) throws {
    try journal.connection.statement("DELETE FROM pause WHERE resident = ?").run(.text(resident.description))
    for pause in pauses {
      try journal.connection.statement(
        """
        INSERT OR REPLACE INTO pause(id, resident, scope, reason, by, boot, monotonic_ms, wall_ms, synchronized,
          milliseconds, seal) VALUES(?,?,?,?,?,?,?,?,?,?,?)
        """
      ).run(
        .blob(pause.id.bytes), .text(resident.description), .text(StoredForm.text(pause.scope)), .text(pause.reason),
        .text(pause.by), .integer(try journal.readings.boot(pause.from.bootID)), .integer(pause.from.monotonicMs),
        Value(pause.from.wallMs), Value(pause.from.synchronized), Value(pause.milliseconds),
        .integer(Seal.of(pause, about: resident.description)))
    }
  }
}

/// When devices were last heard.
extension Journal {
  /// By the devices' ids, in milliseconds since 1970.
  package func lastSeen() throws -> [String: Int64] {
    var found: [String: Int64] = [:]
    try connection.statement("SELECT id, seen_ms FROM device WHERE forgotten = 0 AND seen_ms NOTNULL").query { row in
      if let number = row.integer(0), let seen = row.integer(1) { found["d-\(number)"] = seen }
    }
    return found
  }

  package func saw(_ seen: [String: Int64]) throws {
    try connection.transaction {
      for (device, wallMs) in seen {
        guard let number = Int64(device.dropFirst(2)) else { continue }
        try connection.statement("UPDATE device SET seen_ms = ? WHERE id = ?").run(.integer(wallMs), .integer(number))
      }
    }
  }
}
