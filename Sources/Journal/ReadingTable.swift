// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// The readings; inside the transactions of ``Journal``.
struct ReadingTable {
  let connection: Connection

  func isKnownSpot(_ reading: StableID) throws -> Bool {
    try connection.statement("SELECT 1 FROM spot WHERE reading = ?").first(.blob(reading.bytes)) { _ in true } ?? false
  }

  /// - Returns: the row's number, nil for a spot reading that is there already.
  func insert(_ observation: Observation, bytes: [UInt8]) throws -> Int64? {
    if !observation.isStream, try isKnownSpot(observation.reading) { return nil }
    let (status, content) = (observation.status.joined(separator: " "), StoredForm.text(observation.values))
    try connection.statement(
      """
      INSERT INTO reading(source, boot, monotonic_ms, wall_ms, synchronized, observed_ms, device_time, clock, user, age,
        quality, status, content, bytes, spot, elapsed_ms, offset_ms, seal)
      VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
      """
    ).run(
      .integer(try source(of: observation)), .integer(try boot(observation.received.bootID)),
      .integer(observation.received.monotonicMs), Value(observation.received.wallMs),
      Value(observation.received.synchronized), Value(observation.observedWallMs),
      Value(observation.clock.deviceTime?.description), .text(observation.clock.source.rawValue),
      Value(observation.user), .text(observation.age.rawValue), .text(observation.quality.rawValue),
      .text(status), .text(content), .blob(bytes),
      observation.isStream ? .null : .blob(observation.reading.bytes), Value(observation.clock.elapsedMs),
      Value(observation.clock.offsetMs), .integer(Seal.of(observation, status: status, content: content)))
    let row = connection.lastInsertRowID
    if !observation.isStream {
      try connection.statement("INSERT INTO spot(reading, day) VALUES(?, ?)").run(
        .blob(observation.reading.bytes), Value(observation.received.wallMs.map { $0 / 86_400_000 }))
    }
    return row
  }

  private static let columns = """
    SELECT r.id, b.uuid, r.monotonic_ms, r.wall_ms, r.synchronized, r.observed_ms, r.device_time, r.clock, r.user, r.age,
      r.quality, r.status, r.content, s.device, s.address, s.model, s.profile, s.characteristic, s.resident, s.link,
      s.purpose, s.stream, r.spot, r.elapsed_ms, r.offset_ms, r.seal
    FROM reading r JOIN source s ON s.id = r.source JOIN boot b ON b.id = r.boot
    """

  func read(_ row: Int64) throws -> Observation {
    guard let found = try connection.statement(Self.columns + " WHERE r.id = ?").first(.integer(row), read: decode)
    else { throw JournalError.damaged("reading \(row) is missing") }
    return found
  }

  /// The readings of this boot that were received since then, in order, at most `limit`: what windows are rebuilt from.
  func recent(bootID: String, sinceMonotonicMs: Int64, limit: Int) throws -> [Observation] {
    try readable(
      " WHERE b.uuid = ? AND r.monotonic_ms >= ? AND r.id > (SELECT max(id) - ? FROM reading)",
      [.text(bootID), .integer(sinceMonotonicMs), .integer(Int64(limit))])
  }

  func recentSpots(sinceWallMs: Int64, limit: Int) throws -> [Observation] {
    try readable(
      " WHERE r.spot IS NOT NULL AND r.wall_ms >= ? ORDER BY r.wall_ms DESC LIMIT ?",
      [.integer(sinceWallMs), .integer(Int64(limit))])
  }

  /// Spot readings of this boot since then that have no wall time, in order.
  func recentSpots(bootID: String, sinceMonotonicMs: Int64, limit: Int) throws -> [Observation] {
    try readable(
      " WHERE r.spot IS NOT NULL AND r.wall_ms IS NULL AND b.uuid = ? AND r.monotonic_ms >= ?"
        + " ORDER BY r.monotonic_ms DESC LIMIT ?",
      [.text(bootID), .integer(sinceMonotonicMs), .integer(Int64(limit))])
  }

  /// In order. One that cannot be read is left out: it must not keep the daemon from starting.
  private func readable(_ condition: String, _ values: [Value]) throws -> [Observation] {
    var found: [Observation] = []
    try connection.statement("SELECT * FROM (" + Self.columns + condition + ") ORDER BY 1").query(values) { row in
      do { found.append(try decode(row)) } catch is JournalError {}
    }
    return found
  }

  private func decode(_ row: Row) throws -> Observation {
    guard let bootID = row.text(1), let monotonicMs = row.integer(2), let age = row.text(9).flatMap(Age.init),
      let quality = row.text(10).flatMap(Quality.init), let content = row.text(12), let device = row.text(13),
      let address = row.text(14).flatMap(DeviceAddress.init), let profile = row.text(16),
      let characteristic = row.text(17), let resident = row.text(18).flatMap(ResidentID.init),
      let link = row.text(19).flatMap(LinkSecurity.init), let purpose = row.text(20).flatMap(Purpose.init)
    else { throw JournalError.damaged("reading \(row.integer(0) ?? 0) cannot be read") }
    let values = StoredForm.values(content)
    let received = Moment(
      bootID: bootID, monotonicMs: monotonicMs, wallMs: row.integer(3), synchronized: row.integer(4) == 1)
    let user = row.integer(8).map { Int($0) }
    let deviceTime = row.text(6).flatMap(CivilTime.init)
    // A stream's id is not stored, it is computed again: that spares an index.
    let reading =
      row.blob(22).flatMap { StableID(bytes: $0) }
      ?? ReadingIdentity.id(
        device: device, characteristic: characteristic, user: user, values: values, deviceTime: nil,
        received: received)
    let status = row.text(11) ?? ""
    let observation = Observation(
      reading: reading, device: DeviceReference(id: device, model: row.text(15) ?? "", address: address),
      profile: profile, characteristic: characteristic, link: link, resident: resident, purpose: purpose, user: user,
      received: received, observedWallMs: row.integer(5),
      clock: ClockEvidence(
        source: row.text(7).flatMap(ClockEvidence.Source.init) ?? .receipt, deviceTime: deviceTime,
        elapsedMs: row.integer(23), offsetMs: row.integer(24)),
      age: age, quality: quality, status: status.split(separator: " ").map(String.init),
      values: values, isStream: row.integer(21) == 1)
    if let seal = row.integer(25), seal != Seal.of(observation, status: status, content: content) {
      throw JournalError.damaged("reading \(row.integer(0) ?? 0) does not say what it said")
    }
    return observation
  }

  func boot(_ uuid: String) throws -> Int64 {
    try intern("boot", ["uuid"], [.text(uuid)])
  }

  private func source(of observation: Observation) throws -> Int64 {
    try intern(
      "source",
      ["device", "address", "model", "profile", "characteristic", "resident", "link", "purpose", "stream"],
      [
        .text(observation.device.id), .text(observation.device.address.description), .text(observation.device.model),
        .text(observation.profile), .text(observation.characteristic), .text(observation.resident.description),
        .text(observation.link.rawValue), .text(observation.purpose.rawValue), Value(observation.isStream),
      ])
  }

  /// The number of a row with these values, which is made where it is missing.
  private func intern(_ table: String, _ columns: [String], _ values: [Value]) throws -> Int64 {
    let condition = columns.map { "\($0) = ?" }.joined(separator: " AND ")
    let found = try connection.statement("SELECT id FROM \(table) WHERE \(condition)").first(values) { $0.integer(0) }
    if let id = found ?? nil { return id }
    let marks = columns.map { _ in "?" }.joined(separator: ",")
    try connection.statement("INSERT INTO \(table)(\(columns.joined(separator: ","))) VALUES(\(marks))").run(values)
    return connection.lastInsertRowID
  }
}
