// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// A command of the clinic that somebody known has sent, and what became of it.
package struct CommandRecord: Sendable, Equatable {
  /// Its id, in lower case.
  package let request: String
  package let name: String
  /// The key that signed it, nil where the broker's word counts.
  package let keyID: String?
  package let role: String
  /// Who, by the clinic's id.
  package let by: String
  /// `done` or `refused`, and then why.
  package let outcome: String
  package let reason: String?
  /// The whole answer, so that it is the same however often it is given.
  package let answer: String

  package init(
    request: String, name: String, keyID: String?, role: String, by: String, outcome: String, reason: String?,
    answer: String
  ) {
    self.request = request
    self.name = name
    self.keyID = keyID
    self.role = role
    self.by = by
    self.outcome = outcome
    self.reason = reason
    self.answer = answer
  }
}

/// The commands, each once.
extension Journal {
  /// What became of a request; nil for one that is new.
  package func command(_ request: String) throws -> CommandRecord? {
    let found = try connection.statement(
      "SELECT name, kid, role, by, outcome, reason, result FROM command WHERE request = ?"
    ).first(.text(request)) { row -> CommandRecord? in
      guard let name = row.text(0), let role = row.text(2), let by = row.text(3), let outcome = row.text(4),
        let answer = row.text(6)
      else { return nil }
      return CommandRecord(
        request: request, name: name, keyID: row.text(1), role: role, by: by, outcome: outcome, reason: row.text(5),
        answer: answer)
    }
    guard let found else { return nil }
    // It is known, so it must not be taken for new.
    guard let record = found else { throw JournalError.damaged("command \(request) cannot be read") }
    return record
  }

  /// Remembers a command. It is on the disk when this returns, so its effect comes after it and never twice.
  ///
  /// - Throws: ``JournalError/rejected(_:)`` for a request that is known already.
  package func append(_ record: CommandRecord, now: Moment) throws {
    try write(now: now) { try $0.append(record, at: now) }
  }

  /// Notes a command that came to nothing before it was known who had sent it.
  package func appendTurnedAway(name: String, code: String, now: Moment) throws {
    try write(now: now) { _ in
      try audits.append(AuditEntry(.commandTurnedAway, code: code, uid: nil, subject: name), at: now)
    }
  }
}

extension Journal.Writer {
  /// Remembers a command in the transaction of its effect.
  package func append(_ record: CommandRecord, at now: Moment) throws {
    try journal.connection.statement(
      """
      INSERT INTO command(request, name, kid, role, by, boot, monotonic_ms, wall_ms, outcome, reason, result)
      VALUES(?,?,?,?,?,?,?,?,?,?,?)
      """
    ).run(
      .text(record.request), .text(record.name), Value(record.keyID), .text(record.role), .text(record.by),
      .integer(try journal.readings.boot(now.bootID)), .integer(now.monotonicMs), Value(now.wallMs),
      .text(record.outcome), Value(record.reason), .text(record.answer))
  }
}
