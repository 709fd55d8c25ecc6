// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import SQLite
import Vitals

/// What was said of somebody on a day, and what the next digest is to say.
extension Journal {
  fileprivate static let digest = "digest"

  /// By whom it is about; the gateway itself for technical alerts.
  package func days() throws -> [ResidentID: DayMemory] {
    var found: [ResidentID: DayMemory] = [:]
    try connection.statement("SELECT resident, subject, day, count FROM told ORDER BY resident, subject").query { row in
      guard let resident = row.text(0).flatMap(ResidentID.init), let subject = row.text(1),
        let day = row.integer(2).flatMap({ Int(exactly: $0) }), let count = row.integer(3)
      else { return }
      if subject == Self.digest {
        found[resident, default: DayMemory()].digestDay = day
      } else {
        found[resident, default: DayMemory()].day = day
        found[resident]?.told[subject] = Int(clamping: max(0, count))
      }
    }
    try connection.statement("SELECT resident, rule, late, zh, en, count FROM untold ORDER BY resident, rule, late")
      .query { row in
        guard let resident = row.text(0).flatMap(ResidentID.init), let rule = row.text(1), let zh = row.text(3),
          let en = row.text(4), let count = row.integer(5)
        else { return }
        found[resident, default: DayMemory()].untold.append(
          DayMemory.Untold(
            rule: rule, name: ["zh": zh, "en": en], isLate: row.integer(2) == 1, count: Int(clamping: max(0, count))))
      }
    return found
  }
}

extension Journal.Writer {
  package func set(_ memory: DayMemory, of resident: ResidentID) throws {
    let name = Value.text(resident.description)
    try journal.connection.statement("DELETE FROM told WHERE resident = ?").run(name)
    try journal.connection.statement("DELETE FROM untold WHERE resident = ?").run(name)
    let told = try journal.connection.statement("INSERT INTO told(resident, subject, day, count) VALUES(?,?,?,?)")
    if let day = memory.day {
      for (subject, count) in memory.told {
        try told.run(name, .text(subject), .integer(Int64(day)), .integer(Int64(count)))
      }
    }
    if let day = memory.digestDay { try told.run(name, .text(Journal.digest), .integer(Int64(day)), .integer(0)) }
    for entry in memory.untold {
      try journal.connection.statement(
        "INSERT OR REPLACE INTO untold(resident, rule, late, zh, en, count) VALUES(?,?,?,?,?,?)"
      ).run(
        name, .text(entry.rule), Value(entry.isLate), .text(entry.name["zh"] ?? ""), .text(entry.name["en"] ?? ""),
        .integer(Int64(entry.count)))
    }
  }
}
