// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import SQLite
import Vitals

/// The transitions of alert episodes; inside the transactions of ``Journal``.
struct AlertTable {
  let connection: Connection
  let readings: ReadingTable

  func insert(_ alert: Alert) throws -> Int64 {
    let (limits, evidence) = (StoredForm.text(alert.limits), StoredForm.text(alert.evidence))
    let course = StoredForm.text(alert.course)
    try connection.statement(
      """
      INSERT INTO alert(alert, version, resident, rule, rule_version, phase, state, category, priority, level, limits,
        evidence, raised_boot, raised_monotonic_ms, raised_wall_ms, raised_synchronized, superseded_by, link,
        text_en, text_zh, seal, course)
      VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
      """
    ).run(
      .blob(alert.alert.bytes), .integer(Int64(alert.version)), .text(alert.resident.description), .text(alert.rule),
      .integer(Int64(alert.ruleVersion)), .text(alert.phase.rawValue), .text(alert.state.rawValue),
      .text(alert.category.rawValue), .text(alert.priority.rawValue), .integer(Int64(alert.level)),
      .text(limits), .text(evidence),
      .integer(try readings.boot(alert.raised.bootID)), .integer(alert.raised.monotonicMs),
      Value(alert.raised.wallMs), Value(alert.raised.synchronized), Value(alert.supersededBy?.bytes),
      .text(alert.link.rawValue), .text(alert.text["en"] ?? ""), .text(alert.text["zh"] ?? ""),
      .integer(Seal.of(alert, limits: limits, evidence: evidence, course: course)), .text(course))
    return connection.lastInsertRowID
  }

  private static let columns = """
    SELECT a.id, a.alert, a.version, a.resident, a.rule, a.rule_version, a.phase, a.state, a.category, a.priority,
      a.level, a.limits, a.evidence, b.uuid, a.raised_monotonic_ms, a.raised_wall_ms, a.raised_synchronized,
      a.superseded_by, a.link, a.text_en, a.text_zh, a.seal,
      a.course
    FROM alert a JOIN boot b ON b.id = a.raised_boot
    """

  func read(_ row: Int64) throws -> Alert {
    guard let found = try connection.statement(Self.columns + " WHERE a.id = ?").first(.integer(row), read: decode)
    else { throw JournalError.damaged("alert transition \(row) is missing") }
    return found
  }

  /// The latest transition of each episode that has not ended, the oldest episode first.
  func open() throws -> [Alert] {
    var found: [Alert] = []
    try connection.statement(
      Self.columns
        + """
         WHERE a.state <> 'ended' AND a.version = (SELECT max(version) FROM alert x WHERE x.alert = a.alert)
        ORDER BY a.id
        """
    ).query { row in
      // One that cannot be read must not keep the others from being taken up; the ledger declares it.
      if let alert = try? decode(row) { found.append(alert) }
    }
    return found
  }

  /// The number in the ledger of the last time that an episode began, in a pause too; nil where it has none.
  func beginning(of alert: StableID) throws -> Int64? {
    let found = try connection.statement(
      "SELECT max(seq) FROM alert WHERE alert = ? AND (version = 1 OR phase IN ('start', 'resume'))"
    )
    .first(.blob(alert.bytes)) { $0.integer(0) }
    return found ?? nil
  }

  private func decode(_ row: Row) throws -> Alert {
    guard let alert = row.blob(1).flatMap({ StableID(bytes: $0) }), let version = row.integer(2),
      let resident = row.text(3).flatMap(ResidentID.init), let rule = row.text(4), let ruleVersion = row.integer(5),
      let phase = row.text(6).flatMap(Alert.Phase.init), let state = row.text(7).flatMap(Alert.State.init),
      let category = row.text(8).flatMap(Alert.Category.init), let priority = row.text(9).flatMap(Alert.Priority.init),
      let level = row.integer(10), let bootID = row.text(13), let monotonicMs = row.integer(14),
      let link = row.text(18).flatMap(LinkSecurity.init)
    else { throw JournalError.damaged("alert transition \(row.integer(0) ?? 0) cannot be read") }
    let (limits, evidence) = (row.text(11) ?? "", row.text(12) ?? "")
    let course = row.text(22)
    let found = Alert(
      alert: alert, version: Int(version), resident: resident, rule: rule, ruleVersion: Int(ruleVersion),
      phase: phase, state: state, category: category, priority: priority, level: Int(level),
      limits: StoredForm.limits(limits), evidence: StoredForm.evidence(evidence),
      raised: Moment(
        bootID: bootID, monotonicMs: monotonicMs, wallMs: row.integer(15), synchronized: row.integer(16) == 1),
      supersededBy: row.blob(17).flatMap { StableID(bytes: $0) },
      text: ["en": row.text(19) ?? "", "zh": row.text(20) ?? ""], link: link,
      course: course.flatMap(StoredForm.course))
    if let seal = row.integer(21), seal != Seal.of(found, limits: limits, evidence: evidence, course: course) {
      throw JournalError.damaged("alert transition \(row.integer(0) ?? 0) does not say what it said")
    }
    return found
  }
}
