// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite

/// How far a work has come, mostly over the rows of `reading`: the table `progress`. Inside the transactions of ``Journal``.
struct Progress {
  enum Work: String {
    /// The last sample that a summary counts, or that needs none.
    case summarised
    /// The last row that has a number of its own because all had one.
    case numbered
    /// The last number of the reading lane whose time was looked at.
    case timed
    /// Which of the two it is now: 1 while streams become summaries.
    case summaries
    /// Rows of `reading` up to this have no captures any more; no samples; no spot readings.
    case captures
    case samples
    case readings
    /// Of a database of before: its last reading without a `seq`, and the number up to which they have theirs.
    case unnumbered
    case numbering
    /// The day for which ids of spot readings were last looked at.
    case spotDay = "spot-day"
    /// Where ``RetentionClock`` stood.
    case clock = "retention-ms"
    /// How many readings were dropped for lack of room, ever.
    case dropped
  }

  let connection: Connection

  /// nil for a work that has not begun.
  func value(_ work: Work) throws -> Int64? {
    let found = try connection.statement("SELECT value FROM progress WHERE name = ?")
      .first(.text(work.rawValue)) { $0.integer(0) }
    return found ?? nil
  }

  func set(_ work: Work, to value: Int64) throws {
    try connection.statement("INSERT INTO progress VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value")
      .run(.text(work.rawValue), .integer(value))
  }

  /// The work begins anew.
  func remove(_ work: Work) throws {
    try connection.statement("DELETE FROM progress WHERE name = ?").run(.text(work.rawValue))
  }

  /// The last sample that may go without its minute's summary being the poorer for it.
  func spokenFor(_ policy: StoragePolicy) throws -> Int64 {
    policy.summarises ? try value(.summarised) ?? 0 : .max
  }
}
