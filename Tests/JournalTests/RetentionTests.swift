// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import EventLoop
import GatewayTestKit
import SQLite
import Testing
import Vitals

@testable import Journal

@Suite struct RetentionTests {
  let box: StorageBox
  let day = StorageBox.day

  init() throws { box = try StorageBox() }

  @Test func samplesGoAfterAWeekAndSpotReadingsStay() async throws {
    try await box.samples(700, from: 1000)
    try await box.spot(at: 800_000)
    try await box.samples(700, from: 900_000)
    try await box.samples(10, from: 7 * day)
    try await box.deliverAll()
    try await box.retain(at: 7 * day + 600_000)
    // The first 600 s are over, the samples of the rest are not, nor is any spot reading.
    #expect(try await box.number("SELECT count(*) FROM reading") == 101 + 1 + 700 + 10)
    #expect(
      try await box.number("SELECT count(*) FROM reading")
        == box.number("SELECT count(*) FROM ledger WHERE lane = 1 AND kind = 0"))
    try await box.retain(at: 7 * day + 3_600_000)
    #expect(try await box.number("SELECT count(*) FROM reading") == 11)
    let entries = try await box.entries()
    #expect(entries.map(\.numbers) == [1...1, 2...701, 702...702, 703...1402] + (1403...1412).map { $0...$0 })
    #expect(entries[1].gap?.reason == .expired)
    #expect(entries[1].gap?.count == 700)
  }

  @Test func whatIsNotDeliveredStays() async throws {
    try await box.samples(600, from: 1000)
    try await box.samples(1, from: 30 * day)
    try await box.retain(at: 30 * day)
    #expect(try await box.number("SELECT count(*) FROM reading") == 601)
    await box.journal.noteDelivered(301, in: .reading)
    try await box.retain(at: 30 * day)
    #expect(try await box.number("SELECT count(*) FROM reading") == 301)
    #expect(try await box.number("SELECT min(seq) FROM reading") == 302)
  }

  /// Where streams become summaries a sample has no number: it goes once a summary speaks for it.
  @Test func aSampleWaitsForItsSummary() async throws {
    try await box.samples(600, from: 1000, isNumbered: false)
    try await box.samples(1, from: 30 * day, isNumbered: false)
    try await box.execute("INSERT INTO progress VALUES('summarised', 400)")
    try await box.retain(StorageBox.policy(summarises: true), at: 30 * day)
    #expect(try await box.number("SELECT count(*) FROM reading") == 201)
  }

  @Test func captureGoesAfterTwoDaysAndTheReadingIsAsBefore() async throws {
    let spot = try await box.spot(at: 1000)
    try await box.undecoded(3, at: 1000)
    try await box.spot(at: 3 * day)
    try await box.undecoded(1, at: 3 * day)
    try await box.retain(at: 3 * day)
    #expect(try await box.number("SELECT count(*) FROM reading WHERE length(bytes) > 0") == 1)
    #expect(try await box.number("SELECT count(*) FROM undecoded") == 1)
    guard case .reading(let read) = try await box.entries()[1].content else {
      Issue.record("no reading")
      return
    }
    #expect(read == spot)
  }

  /// A cuff that sends its whole memory is known by the ids of what it sent, long after the readings have gone.
  @Test func theIdOfASpotReadingOutlivesIt() async throws {
    let spot = try await box.spot(at: 1000)
    try await box.spot(at: 100 * day)
    try await box.deliverAll()
    try await box.retain(at: 100 * day)
    #expect(try await box.number("SELECT count(*) FROM reading") == 1)
    #expect(try await box.journal.isKnownSpot(spot.reading))
    try await box.retain(at: 740 * day)
    #expect(try await !box.journal.isKnownSpot(spot.reading))
  }

  @Test func anOpenEpisodeStaysAndOneThatEndedGoesWhole() async throws {
    try await box.alert("open", version: 1, .active, at: 1000)
    try await box.alert("ended", version: 1, .active, at: 2000)
    try await box.alert("ended", version: 2, .ended, at: 2000)
    try await box.alert("new", version: 1, .active, at: 1000 * day)
    try await box.retain(at: 1000 * day)
    #expect(try await box.number("SELECT count(*) FROM alert") == 4)
    try await box.deliverAll()
    try await box.retain(at: 1000 * day)
    #expect(try await box.number("SELECT count(*) FROM alert") == 2)
    #expect(try await box.journal.openAlerts().count == 2)
    #expect(try await box.entries(.alert).map(\.numbers) == [1...1, 2...2, 3...4, 5...5])
  }

  @Test func anEscalationGoesWithItsAlertAndHoldsItBack() async throws {
    try await box.alert("a", version: 1, .active, at: 1000)
    try await box.alert("a", version: 2, .active, at: 2000, phase: .escalate)
    try await box.alert("a", version: 3, .ended, at: 3000)
    try await box.alert("new", version: 1, .active, at: 1000 * day)
    // The clinic has the alert that goes up, and not its escalation.
    await box.journal.noteDelivered(3, in: .alert)
    try await box.retain(at: 1000 * day)
    #expect(try await box.number("SELECT count(*) FROM alert") == 4)
    try await box.deliverAll()
    try await box.retain(at: 1000 * day)
    #expect(try await box.number("SELECT count(*) FROM alert") == 1)
    #expect(try await box.entries(.alert).map(\.numbers) == [1...1, 2...5, 6...6])
  }

  /// Numbers of rows must not come again: others remember how far they are by them.
  @Test func theNewestRowStays() async throws {
    try await box.samples(20, from: 1000)
    try await box.deliverAll()
    try await box.retain(at: 400 * day)
    #expect(try await box.number("SELECT min(id) FROM reading") == 20)
  }

  @Test func aReadingWaitsForWhatWasSaidLaterOfIt() async throws {
    try await box.samples(3, from: 1000)
    try await box.samples(1, from: 9 * day)
    try await box.execute(
      """
      INSERT INTO correction(id, kind, reference, revision, state, age, synchronized, seq)
        VALUES(1, 0, 2, 2, 'amended', 'fresh', 1, 6);
      INSERT INTO ledger(lane, seq, kind, reference) VALUES(1, 6, 3, 1); UPDATE lane SET next_seq = 7 WHERE lane = 1
      """)
    await box.journal.noteDelivered(5, in: .reading)
    try await box.retain(at: 9 * day)
    #expect(try await box.number("SELECT min(id) FROM reading") == 2)
    await box.journal.noteDelivered(6, in: .reading)
    try await box.retain(at: 9 * day)
    #expect(try await box.number("SELECT min(id) FROM reading") == 4)
    #expect(try await box.number("SELECT count(*) FROM correction") == 0)
    // The lane's last row stays: a start knows by it that they fit.
    #expect(try await box.number("SELECT max(seq) FROM ledger WHERE lane = 1") == 6)
  }

  /// Of an earlier boot, with a clock that nobody had set.
  @Test func whatStandsBeforeAnOldRowIsOld() async throws {
    try await box.samples(40, from: 1000)
    try await box.samples(1, from: 9 * day)
    try await box.execute(
      """
      INSERT INTO boot(uuid) VALUES('another'); UPDATE reading SET boot = last_insert_rowid() WHERE id <= 40;
      UPDATE reading SET wall_ms = NULL, synchronized = 0 WHERE id BETWEEN 1 AND 20;
      UPDATE reading SET wall_ms = wall_ms + 315360000000, synchronized = 0 WHERE id BETWEEN 30 AND 40
      """)
    try await box.deliverAll()
    try await box.retain(at: 8 * day + 3_600_000)
    // Of the last ones nobody can say how old they are, and nothing that stands behind them is old.
    #expect(try await box.number("SELECT min(id) FROM reading") == 30)
    try await box.samples(2, from: 30 * day)
    try await box.deliverAll()
    try await box.retain(at: 37 * day)
    #expect(try await box.number("SELECT min(id) FROM reading") == 42)
  }

  @Test func aClockThatLiesMakesNothingOld() throws {
    func moment(_ ms: Int64, wall: Int64?, boot: String = "a") -> Moment {
      Moment(bootID: boot, monotonicMs: ms, wallMs: wall, synchronized: wall != nil)
    }
    let year = 365 * day
    var clock = RetentionClock(wallMs: nil)
    clock.advance(to: moment(0, wall: nil))
    #expect(clock.wallMs == nil)
    clock.advance(to: moment(1000, wall: 50 * year))
    #expect(clock.wallMs == 50 * year)
    clock.advance(to: moment(2000, wall: 60 * year))
    #expect(clock.wallMs == 50 * year + 1000)
    clock.advance(to: moment(3000, wall: 50 * year + 2000))
    #expect(clock.wallMs == 50 * year + 2000)
    clock.advance(to: moment(4000, wall: nil))
    #expect(clock.wallMs == 50 * year + 3000)
    clock.advance(to: moment(0, wall: 60 * year, boot: "b"))
    #expect(clock.wallMs == 50 * year + 3000 + 30 * day)
    clock.advance(to: moment(1, wall: 40 * year, boot: "b"))
    #expect(clock.wallMs == 40 * year)
  }

  @Test func rowsOfBeforeGetTheirNumbers() async throws {
    let directory = try TemporaryDirectory()
    let connection = try Connection(path: directory.file("vigil.db"))
    for migration in Schema.migrations.prefix(2) { try connection.execute(migration) }
    try connection.setUserVersion(2)
    try connection.execute(
      """
      INSERT INTO meta VALUES('epoch', 'e'); INSERT INTO boot(uuid) VALUES('b');
      INSERT INTO source(device, address, model, profile, characteristic, resident, link, purpose, stream)
        VALUES('d-1', 'F5:F1:F2:F3:F4:01', 'm', 'p', '2A37', 'r-31k7', 'open', 'care', 1);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
        INSERT INTO reading(source, boot, monotonic_ms, synchronized, clock, age, quality, status, content, bytes)
        SELECT 1, 1, i, 0, 'receipt', 'fresh', 'valid', '', 'heart-rate=70', x'00' FROM n;
      INSERT INTO ledger(lane, seq, kind, reference) SELECT 1, id + 1, 0, id FROM reading;
      UPDATE lane SET next_seq = 1202 WHERE lane = 1
      """)
    connection.close()
    let journal = try Journal(
      path: directory.file("vigil.db"), loop: EventLoop(name: "journal"), newEpoch: "x", now: Samples.moment(0))
    let new = try Samples.observation(at: 5, [Samples.quantity(.heartRate, 70)])
    try await journal.write(now: Samples.moment(5)) { try $0.append(new, bytes: [0]) }
    func step(_ work: RetentionWork) async throws -> Bool {
      try await journal.retain(
        work, StorageBox.policy(), clock: RetentionClock(wallMs: nil), now: Samples.moment(5))
    }
    while try await step(.numbering) {}
    #expect(try await Self.unnumbered(journal) == [0, 1201])
  }

  private static func unnumbered(_ journal: isolated Journal) throws -> [Int64?]? {
    try journal.connection.statement(
      "SELECT (SELECT count(*) FROM reading WHERE seq IS NULL), (SELECT count(*) FROM reading WHERE seq = id + 1)"
    ).first { [$0.integer(0), $0.integer(1)] }
  }

  @Test(arguments: [
    "UPDATE reading SET content = 'heart-rate=61'", "UPDATE reading SET wall_ms = wall_ms + 65536",
    "UPDATE source SET resident = 'r-31k6'", "UPDATE boot SET uuid = '11111111-2222-3333-4444-555555555554'",
    "UPDATE reading SET quality = 'invalid'", "UPDATE reading SET observed_ms = NULL",
  ])
  func aFlippedBitIsNeverAnotherValue(_ damage: String) async throws {
    try await box.samples(1, from: 1000)
    #expect(try await box.entries().last?.gap == nil)
    try await box.execute(damage)
    #expect(try await box.entries().last?.gap?.reason == .unreadable)
    #expect(
      try await box.journal.recentObservations(bootID: Samples.bootID, sinceMonotonicMs: 0, limit: 9).isEmpty)
  }

  @Test(arguments: [
    "UPDATE alert SET state = 'ended'", "UPDATE alert SET text_en = 'z'", "UPDATE alert SET priority = 'low'",
    "UPDATE alert SET course = replace(course, 'since', 'cince')", "UPDATE alert SET course = NULL",
  ])
  func anAlertIsSealedToo(_ damage: String) async throws {
    try await box.alert("a", version: 1, .active, at: 1000)
    #expect(try await box.journal.openAlerts().count == 1)
    try await box.execute(damage)
    #expect(try await box.entries(.alert).last?.gap?.reason == .unreadable)
    #expect(try await box.journal.openAlerts().isEmpty)
  }
}
