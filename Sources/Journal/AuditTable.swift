// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// Something that a person did at this box, or that was done for them. No values and no digits are in it.
package struct AuditEntry: Sendable, Equatable {
  package enum Event: String, Sendable, CaseIterable {
    case pairingOpened = "pairing-opened"
    /// It did not begin.
    case pairingRefused = "pairing-refused"
    case pairingFailed = "pairing-failed"
    /// A person ended it.
    case pairingCancelled = "pairing-cancelled"
    /// The device deletes its stored readings once they were read; they may be taken over.
    case memoryAgreed = "memory-agreed"
    /// Confirmed: from now on its readings are for care.
    case enrolled
    case forgotten
    /// A user of a shared device: `code` says whose the readings are, `1=r-31k7`, `1=_unassigned`.
    case assigned
    /// A clinic's command that nobody known had sent; the others stand in `command`.
    case commandTurnedAway = "command-turned-away"
  }

  package let what: Event
  /// Why, for those that did not come about: `hung-up`.
  package let code: String?
  /// The caller's, nil for the daemon itself or where the bus did not say.
  package let uid: UInt32?
  /// The device's id where it has one, or else its address; of a command its name.
  package let subject: String

  package init(_ what: Event, code: String? = nil, uid: UInt32?, subject: String) {
    self.what = what
    self.code = code
    self.uid = uid
    self.subject = subject
  }
}

/// Who did what; inside the transactions of ``Journal``.
struct AuditTable {
  let connection: Connection
  let readings: ReadingTable

  func append(_ entry: AuditEntry, at now: Moment) throws {
    try connection.statement(
      "INSERT INTO audit(boot, monotonic_ms, wall_ms, uid, what, code, subject) VALUES(?,?,?,?,?,?,?)"
    ).run(
      .integer(try readings.boot(now.bootID)), .integer(now.monotonicMs), Value(now.wallMs),
      Value(entry.uid.map { Int64($0) }), .text(entry.what.rawValue), Value(entry.code), .text(entry.subject))
  }

  /// The latest entries, in order.
  func latest(_ limit: Int) throws -> [AuditEntry] {
    var found: [AuditEntry] = []
    try connection.statement(
      "SELECT what, code, uid, subject FROM (SELECT * FROM audit ORDER BY id DESC LIMIT ?) ORDER BY id"
    ).query([.integer(Int64(limit))]) { row in
      guard let what = row.text(0).flatMap(AuditEntry.Event.init) else { return }
      found.append(
        AuditEntry(
          what, code: row.text(1), uid: row.integer(2).map { UInt32(truncatingIfNeeded: $0) },
          subject: row.text(3) ?? ""
        ))
    }
    return found
  }
}
