// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// Minutes of streams; inside the transactions of ``Journal``.
struct SummaryTable {
  /// A second summary of a minute follows the first one soon.
  private static let recent: Int64 = 10_000

  let connection: Connection
  let readings: ReadingTable

  func insert(_ summary: StreamSummary, source: Int64) throws -> Int64 {
    let (status, content) = (summary.status.joined(separator: " "), StoredForm.text(summary.values))
    try connection.statement(
      """
      INSERT INTO summary(source, boot, from_ms, to_ms, from_wall_ms, to_wall_ms, synchronized, covered_seconds, samples,
        quality, status, content, seal) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)
      """
    ).run(
      .integer(source), .integer(try readings.boot(summary.from.bootID)), .integer(summary.from.monotonicMs),
      .integer(summary.to.monotonicMs), Value(summary.from.wallMs), Value(summary.to.wallMs),
      Value(summary.from.synchronized), .integer(Int64(summary.coveredSeconds)), .integer(Int64(summary.samples)),
      .text(summary.quality.rawValue), .text(status), .text(content),
      .integer(Seal.of(summary, status: status, content: content)))
    return connection.lastInsertRowID
  }

  /// Whether there is a summary of that source that begins at this moment.
  func holds(source: Int64, bootID: String, fromMs: Int64) throws -> Bool {
    try connection.statement(
      """
      SELECT 1 FROM summary WHERE id > (SELECT max(id) - ? FROM summary) AND source = ? AND boot = ? AND from_ms = ?
      """
    ).first(.integer(Self.recent), .integer(source), .integer(try readings.boot(bootID)), .integer(fromMs)) { _ in
      true
    } ?? false
  }

  func read(_ row: Int64) throws -> StreamSummary {
    let found = try connection.statement(
      """
      SELECT m.from_ms, m.to_ms, m.from_wall_ms, m.to_wall_ms, m.synchronized, m.covered_seconds, m.samples, m.quality,
        m.status, m.content, b.uuid, s.device, s.address, s.model, s.profile, s.characteristic, s.resident, s.link,
        s.purpose, m.seal
      FROM summary m JOIN source s ON s.id = m.source JOIN boot b ON b.id = m.boot WHERE m.id = ?
      """
    ).first(.integer(row), read: decode)
    guard let summary = found ?? nil else { throw JournalError.damaged("summary \(row) cannot be read") }
    return summary
  }

  private func decode(_ row: Row) -> StreamSummary? {
    guard let fromMs = row.integer(0), let toMs = row.integer(1),
      let covered = row.integer(5).flatMap(Int.init(exactly:)),
      let samples = row.integer(6).flatMap(Int.init(exactly:)), let quality = row.text(7).flatMap(Quality.init),
      let values = row.text(9).flatMap(StoredForm.summaryValues), let bootID = row.text(10), let device = row.text(11),
      let address = row.text(12).flatMap(DeviceAddress.init), let profile = row.text(14),
      let characteristic = row.text(15), let resident = row.text(16).flatMap(ResidentID.init),
      let link = row.text(17).flatMap(LinkSecurity.init), let purpose = row.text(18).flatMap(Purpose.init)
    else { return nil }
    let synchronized = row.integer(4) == 1
    let (status, content) = (row.text(8) ?? "", row.text(9) ?? "")
    let summary = StreamSummary(
      device: DeviceReference(id: device, model: row.text(13) ?? "", address: address), profile: profile,
      characteristic: characteristic, link: link, resident: resident, purpose: purpose,
      from: Moment(bootID: bootID, monotonicMs: fromMs, wallMs: row.integer(2), synchronized: synchronized),
      to: Moment(bootID: bootID, monotonicMs: toMs, wallMs: row.integer(3), synchronized: synchronized),
      coveredSeconds: covered, samples: samples, quality: quality,
      status: status.split(separator: " ").map(String.init), values: values)
    return row.integer(19).map { $0 == Seal.of(summary, status: status, content: content) } ?? true ? summary : nil
  }
}
