// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import SQLite

/// The tables, as a list of migrations that only ever grows: version n of a database has the first n of them.
///
/// A stream sample is one row with its raw bytes and no secondary index; that was measured to write a fifth of what
/// separate capture, observation and JSON rows did. Rows are never changed once written.
enum Schema {
  /// `PRAGMA application_id`: "Vgil". Older databases have none.
  static let applicationID: Int32 = 0x5667_696c
  /// The key in `meta` by which a database's version is noted a second time.
  static let versionKey = "version"

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
    """
    -- elapsed_ms: from the measurement to its receipt, where the device's own clock proves it. offset_ms: that clock minus
    -- the true time, where both were known.
    ALTER TABLE reading ADD COLUMN elapsed_ms INTEGER;
    ALTER TABLE reading ADD COLUMN offset_ms INTEGER;

    -- Over what a row says, null for rows of before: a flipped bit makes it unreadable, never another value.
    ALTER TABLE reading ADD COLUMN seal INTEGER;
    ALTER TABLE alert ADD COLUMN seal INTEGER;

    -- The number of its row in the ledger; null where there is none, as of a sample that a summary speaks for.
    ALTER TABLE reading ADD COLUMN seq INTEGER;
    ALTER TABLE alert ADD COLUMN seq INTEGER;
    UPDATE alert SET seq = l.seq FROM ledger l WHERE l.lane = 0 AND l.kind = 1 AND l.reference = alert.id;

    -- The day of its receipt since 1970; null while unknown.
    ALTER TABLE spot ADD COLUMN day INTEGER;

    -- The numbers of its lane that a gap stands for, its own too; null where it stands for its own alone. A count of -1
    -- cannot be known.
    ALTER TABLE gap ADD COLUMN from_seq INTEGER;
    ALTER TABLE gap ADD COLUMN to_seq INTEGER;

    -- What the broker has; `delivered` is what counts as being with the clinic.
    ALTER TABLE lane ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
    UPDATE lane SET accepted = delivered;

    -- What is said later of a reading or a summary (kind: see LedgerKind): its time, whose it is, that it was an error.
    CREATE TABLE correction(
      id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, reference INTEGER NOT NULL, revision INTEGER NOT NULL,
      state TEXT NOT NULL, wall_ms INTEGER, observed_ms INTEGER, age TEXT NOT NULL, synchronized INTEGER NOT NULL,
      resident TEXT, seq INTEGER, UNIQUE(kind, reference, revision)) STRICT;

    -- A minute of a stream. from_ms and to_ms are monotonic.
    CREATE TABLE summary(
      id INTEGER PRIMARY KEY, source INTEGER NOT NULL, boot INTEGER NOT NULL, from_ms INTEGER NOT NULL,
      to_ms INTEGER NOT NULL, from_wall_ms INTEGER, to_wall_ms INTEGER, synchronized INTEGER NOT NULL,
      covered_seconds INTEGER NOT NULL, samples INTEGER NOT NULL, quality TEXT NOT NULL, status TEXT NOT NULL,
      content TEXT NOT NULL, seal INTEGER, seq INTEGER) STRICT;

    -- Values as they came, whose age is being found out.
    CREATE TABLE held(
      id INTEGER PRIMARY KEY, address TEXT NOT NULL, characteristic TEXT NOT NULL, boot INTEGER NOT NULL,
      monotonic_ms INTEGER NOT NULL, wall_ms INTEGER, synchronized INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;

    -- How far a work has come, by its name: the last row of `reading`, for 'timed' the last number of the reading lane.
    CREATE TABLE progress(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    -- The rows of before get their `seq` in steps: all at once would need as much room as they take.
    INSERT INTO progress SELECT 'unnumbered', id FROM reading ORDER BY id DESC LIMIT 1;

    -- Whose streams are sent in full around an alert: until when, and from which row of `reading` on.
    CREATE TABLE full_stream(
      resident TEXT PRIMARY KEY, boot INTEGER NOT NULL, until_ms INTEGER NOT NULL, next_reading INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- The clinic's commands, each once, with what became of it: the audit of them.
    CREATE TABLE command(
      request TEXT PRIMARY KEY, name TEXT NOT NULL, kid TEXT, role TEXT, by TEXT, boot INTEGER NOT NULL,
      monotonic_ms INTEGER NOT NULL, wall_ms INTEGER, outcome TEXT NOT NULL, reason TEXT, result TEXT
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- Where an episode stands on its way (StoredForm), null for rows of before. escalation_seq: the number of the escalation
    -- that says the same.
    ALTER TABLE alert ADD COLUMN course TEXT;
    ALTER TABLE alert ADD COLUMN escalation_seq INTEGER;

    -- Pauses that have not ended. resident is '_gateway' for technical alerts; milliseconds is null for out of service.
    CREATE TABLE pause(
      id BLOB PRIMARY KEY, resident TEXT NOT NULL, scope TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL,
      boot INTEGER NOT NULL, monotonic_ms INTEGER NOT NULL, wall_ms INTEGER, synchronized INTEGER NOT NULL,
      milliseconds INTEGER, seal INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    -- What the clinic has said of a person (StoredForm); version counts the commands that changed it.
    CREATE TABLE person(
      resident TEXT PRIMARY KEY, version INTEGER NOT NULL, settings TEXT NOT NULL, seal INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- The daily caps and the digest. told: how often something was said to people on a day (subject 'digest': the day whose
    -- digest was due last); untold: what the next digest says. resident is '_gateway' for technical alerts.
    CREATE TABLE told(
      resident TEXT NOT NULL, subject TEXT NOT NULL, day INTEGER NOT NULL, count INTEGER NOT NULL,
      PRIMARY KEY(resident, subject)) STRICT, WITHOUT ROWID;
    CREATE TABLE untold(
      resident TEXT NOT NULL, rule TEXT NOT NULL, late INTEGER NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
      count INTEGER NOT NULL, PRIMARY KEY(resident, rule, late)) STRICT, WITHOUT ROWID;

    -- Medians of an hour of a person's values. day: since 1970, at the site.
    CREATE TABLE baseline(
      resident TEXT NOT NULL, kind TEXT NOT NULL, day INTEGER NOT NULL, hour INTEGER NOT NULL, median TEXT NOT NULL,
      count INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY(resident, kind, day, hour)) STRICT, WITHOUT ROWID;

    -- When something was last heard of a device, by the wall clock; to an hour or so.
    ALTER TABLE device ADD COLUMN seen_ms INTEGER;

    -- Whose the readings of each user of a shared device are: '0=r-31k7 1=r-8m2q'; null where no user was ever assigned.
    -- Here, so that a device is never saved from damage without them.
    ALTER TABLE device ADD COLUMN slots TEXT;

    -- Of spot readings alone, which are few among the samples: a start looks at those of the last days.
    CREATE INDEX reading_spot ON reading(wall_ms) WHERE spot IS NOT NULL;
    """,
    """
    -- The sequence number of the last record in a device's memory that is here with all before it.
    CREATE TABLE last_record(device TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    """,
    """
    -- What a reading is for after all; null: as before.
    ALTER TABLE correction ADD COLUMN purpose TEXT;
    """,
  ]

  /// Brings a database up to date, each migration in a transaction of its own.
  static func migrate(_ connection: Connection, to wanted: Int = migrations.count) throws {
    let version = try connection.userVersion
    guard version <= migrations.count else { throw JournalError.tooNew(version: version, known: migrations.count) }
    for (index, migration) in migrations.prefix(wanted).enumerated() where index >= version {
      try connection.transaction {
        try connection.execute(migration)
        try connection.setUserVersion(Int32(clamping: index + 1))
        try connection.execute("PRAGMA application_id=\(applicationID)")
        try connection.statement("INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)")
          .run(.text(versionKey), .text(String(index + 1)))
      }
    }
  }
}

package enum JournalError: Error, Sendable, CustomStringConvertible {
  case tooNew(version: Int, known: Int)
  case damaged(String)
  /// Another process has the database open.
  case inUse(String)
  /// A person has to see to a file or directory: its path, and the system's reason.
  case unusable(String, Int32)
  case alreadyEnrolled(String)
  /// The tables do not allow what was to be written; trying again is of no use.
  case rejected(String)

  package var description: String {
    switch self {
    case .tooNew(let version, let known):
      "the database has version \(version), this program knows up to \(known): install the newer program again"
    case .damaged(let what): "the database is damaged: \(what)"
    case .unusable(let path, let reason): "\(path): \(String(cString: strerror(reason)))"
    case .inUse(let path): "\(path) is in use: does another vigild run?"
    case .rejected(let what): "the database does not allow this: \(what)"
    case .alreadyEnrolled(let device): "this device is already enrolled as \(device): forget that first"
    }
  }
}
