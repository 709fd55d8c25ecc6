// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite

/// The tables, as a list of migrations that only ever grows: version n of a database has the first n of them.
///
/// A stream sample is one row with its raw bytes and no secondary index; that was measured to write a fifth of what
/// separate capture, observation and JSON rows did. Rows are never changed once written.
enum Schema {
  static let migrations = [
    """
    CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    -- Kernel boots: monotonic times compare within one only.
    CREATE TABLE boot(id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE) STRICT;

    -- Enrolled devices; a forgotten one stays, its readings refer to it. Numbers are never used again.
    CREATE TABLE device(
      id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL, model TEXT NOT NULL, profiles TEXT NOT NULL,
      resident TEXT NOT NULL, link TEXT NOT NULL, enrolled_ms INTEGER, forgotten INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE UNIQUE INDEX device_address ON device(address) WHERE forgotten = 0;

    -- Where readings come from, as it was when they came: device, profile, person, link.
    CREATE TABLE source(
      id INTEGER PRIMARY KEY, device TEXT NOT NULL, address TEXT NOT NULL, model TEXT NOT NULL,
      profile TEXT NOT NULL, characteristic TEXT NOT NULL, resident TEXT NOT NULL, link TEXT NOT NULL,
      purpose TEXT NOT NULL, stream INTEGER NOT NULL,
      UNIQUE(device, address, model, profile, characteristic, resident, link, purpose, stream)) STRICT;

    -- Readings with the bytes that they were decoded from. wall_ms and observed_ms are null while time was unknown.
    CREATE TABLE reading(
      id INTEGER PRIMARY KEY, source INTEGER NOT NULL, boot INTEGER NOT NULL, monotonic_ms INTEGER NOT NULL,
      wall_ms INTEGER, synchronized INTEGER NOT NULL, observed_ms INTEGER, device_time TEXT, clock TEXT NOT NULL,
      user INTEGER, age TEXT NOT NULL, quality TEXT NOT NULL, status TEXT NOT NULL, content TEXT NOT NULL,
      bytes BLOB NOT NULL, spot BLOB) STRICT;

    -- The ids of spot readings, which a device may send twice. A stream's id is computed, no device sends it again.
    CREATE TABLE spot(reading BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

    -- Values that no profile could decode, with the reason.
    CREATE TABLE undecoded(
      id INTEGER PRIMARY KEY, device TEXT NOT NULL, characteristic TEXT NOT NULL, boot INTEGER NOT NULL,
      monotonic_ms INTEGER NOT NULL, wall_ms INTEGER, bytes BLOB NOT NULL, reason TEXT NOT NULL) STRICT;

    -- Transitions of alert episodes; the highest version of an alert is its present state.
    CREATE TABLE alert(
      id INTEGER PRIMARY KEY, alert BLOB NOT NULL, version INTEGER NOT NULL, resident TEXT NOT NULL,
      rule TEXT NOT NULL, rule_version INTEGER NOT NULL, phase TEXT NOT NULL, state TEXT NOT NULL,
      category TEXT NOT NULL, priority TEXT NOT NULL, level INTEGER NOT NULL, limits TEXT NOT NULL,
      evidence TEXT NOT NULL, raised_boot INTEGER NOT NULL, raised_monotonic_ms INTEGER NOT NULL,
      raised_wall_ms INTEGER, raised_synchronized INTEGER NOT NULL, superseded_by BLOB, link TEXT NOT NULL,
      text_en TEXT NOT NULL, text_zh TEXT NOT NULL, UNIQUE(alert, version)) STRICT;

    -- Declared losses, and the beginning of an epoch.
    CREATE TABLE gap(
      id INTEGER PRIMARY KEY, reason TEXT NOT NULL, count INTEGER NOT NULL, from_ms INTEGER, to_ms INTEGER,
      previous_epoch TEXT) STRICT;

    -- What goes to the clinic, in order, without a hole. kind: see Ledger.Kind. reference: a row of that kind's table.
    CREATE TABLE ledger(
      lane INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, reference INTEGER NOT NULL, at_ms INTEGER,
      PRIMARY KEY(lane, seq)) STRICT, WITHOUT ROWID;
    -- next_seq is a row of its own: a table whose rows are deleted would begin again at 1.
    CREATE TABLE lane(lane INTEGER PRIMARY KEY, next_seq INTEGER NOT NULL, delivered INTEGER NOT NULL) STRICT;
    INSERT INTO lane VALUES(0, 1, 0), (1, 1, 0);
    """,
    """
    -- What the device calls itself; and whether a technician has confirmed its first reading: until then its readings are
    -- commissioning, and it is forgotten at the next start.
    ALTER TABLE device ADD COLUMN serial TEXT;
    ALTER TABLE device ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 1;

    -- Bonds that bluetoothd is to forget as soon as it is there: of pairings that came to nothing, of forgotten devices.
    CREATE TABLE unwanted_bond(address TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

    -- Who did what at this box, and when. uid is null for the daemon itself. No values and no digits.
    CREATE TABLE audit(
      id INTEGER PRIMARY KEY, boot INTEGER NOT NULL, monotonic_ms INTEGER NOT NULL, wall_ms INTEGER, uid INTEGER,
      what TEXT NOT NULL, code TEXT, subject TEXT NOT NULL) STRICT;
    """,
  ]

  /// Brings a database up to date, each migration in a transaction of its own.
  static func migrate(_ connection: Connection) throws {
    let version = try connection.userVersion
    guard version <= migrations.count else { throw JournalError.tooNew(version: version, known: migrations.count) }
    for (index, migration) in migrations.enumerated() where index >= version {
      try connection.transaction {
        try connection.execute(migration)
        try connection.setUserVersion(Int32(clamping: index + 1))
      }
    }
  }
}

package enum JournalError: Error, Sendable, CustomStringConvertible {
  case tooNew(version: Int, known: Int)
  case damaged(String)
  /// Another process has the database open.
  case inUse(String)
  case alreadyEnrolled(String)
  /// The tables do not allow what was to be written; trying again is of no use.
  case rejected(String)

  package var description: String {
    switch self {
    case .tooNew(let version, let known):
      "the database has version \(version), this program knows up to \(known): install the newer program again"
    case .damaged(let what): "the database is damaged: \(what)"
    case .inUse(let path): "\(path) is in use: does another vigild run?"
    case .rejected(let what): "the database does not allow this: \(what)"
    case .alreadyEnrolled(let device): "this device is already enrolled as \(device): forget that first"
    }
  }
}
