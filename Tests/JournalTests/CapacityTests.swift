// SPDX-License-Identifier: GPL-3.0-or-later
import GatewayTestKit
import Testing
import Vitals

@testable import Journal

@Suite struct CapacityTests {
  let box: StorageBox

  init() throws { box = try StorageBox() }

  /// The clinic is away, and the box has room for a third of what comes.
  @Test func theOldestSamplesGoAndEachIsDeclaredOnce() async throws {
    let policy = StorageBox.policy(limitBytes: 8 << 20)
    _ = try await box.journal.shrink(policy)
    var spots = 0
    for round in Int64(0)..<100 {
      try await box.samples(300, from: round * 300_000)
      if round % 10 == 0 {
        try await box.spot(at: round * 300_000 + 299_500)
        spots += 1
      }
      while try await box.makeRoom(policy, at: round * 300_000) != nil {}
      #expect(try await box.journal.storageUse().fileBytes <= policy.limitBytes)
    }
    let entries = try await box.entries()
    // Every number is accounted for, and by one message only.
    var next: Int64 = 1
    for entry in entries {
      #expect(entry.numbers.lowerBound == next)
      next = entry.numbers.upperBound + 1
    }
    #expect(try await next == box.journal.position(.reading).nextSeq)
    let gaps = entries.compactMap(\.gap).filter { $0.reason == .capacity }
    let dropped = gaps.reduce(0) { $0 + ($1.count ?? -1_000_000) }
    #expect(dropped > 10_000)
    #expect(try await box.journal.storageUse().droppedReadings == Int64(dropped))
    let readings = entries.count { $0.gap == nil }
    #expect(readings + dropped == 100 * 300 + spots)
    #expect(try await box.number("SELECT count(*) FROM reading WHERE spot IS NOT NULL") == Int64(spots))
    // Big enough that gaps are few, and each says when.
    #expect(gaps.count < 60)
    #expect(gaps.allSatisfy { $0.fromWallMs != nil && $0.toWallMs != nil })
    // A resend is identical.
    #expect(try await box.entries().map(\.numbers) == entries.map(\.numbers))
  }

  /// So little room that everything has to go.
  @Test func theOrderIsSamplesCapturesSummariesSpotReadingsAlerts() async throws {
    let policy = StorageBox.policy(limitBytes: 6 << 20 | 1 << 10)
    try await box.alert("open", version: 1, .active, at: 500)
    try await box.alert("a", version: 1, .active, at: 1000)
    try await box.alert("a", version: 2, .ended, at: 1000)
    try await box.alert("b", version: 1, .active, at: 1000)
    for ms in 1...3 as ClosedRange<Int64> { try await box.spot(at: ms * 1000) }
    try await box.samples(600, from: 10_000)
    try await box.undecoded(5, at: 1000)
    for id in 1...3 {
      try await box.execute(
        """
        INSERT INTO summary(id, source, boot, from_ms, to_ms, synchronized, covered_seconds, samples, quality, status,
          content, seq) VALUES(\(id), 1, 1, 0, 60000, 0, 60, 60, 'valid', '', '', \(700 + id));
        INSERT INTO ledger(lane, seq, kind, reference) VALUES(1, \(700 + id), 4, \(id));
        """)
    }
    try await box.execute("UPDATE lane SET next_seq = 704 WHERE lane = 1")
    let tables = [
      "SELECT count(*) FROM reading WHERE spot IS NULL", "SELECT count(*) FROM undecoded",
      "SELECT count(*) FROM reading WHERE length(bytes) > 0", "SELECT count(*) FROM summary",
      "SELECT count(*) FROM reading WHERE spot IS NOT NULL", "SELECT count(*) FROM alert",
    ]
    func counts() async throws -> [Int64?] {
      var counts: [Int64?] = []
      for table in tables { counts.append(try await box.number(table)) }
      return counts
    }
    var seen = [try await counts()]
    while try await box.makeRoom(policy, at: 20_000) != nil, seen.count < 50 {
      let now = try await counts()
      if now != seen.last { seen.append(now) }
    }
    // The newest row of each table stays, and an open episode.
    #expect(
      seen == [
        [600, 5, 603, 3, 3, 4], [100, 5, 103, 3, 3, 4], [1, 5, 4, 3, 3, 4], [1, 1, 4, 3, 3, 4], [1, 1, 0, 3, 3, 4],
        [1, 1, 0, 1, 3, 4], [1, 1, 0, 1, 0, 4], [1, 1, 0, 1, 0, 2],
      ])
    #expect(try await box.journal.openAlerts().count == 2)
    #expect(try await box.entries(.alert).map(\.numbers) == [1...1, 2...2, 3...4, 5...5])
    #expect(try await box.entries(.alert)[2].gap?.reason == .capacity)
  }

  @Test func anEscalationIsDroppedWithItsAlert() async throws {
    let policy = StorageBox.policy(limitBytes: 6 << 20 | 1 << 10)
    try await box.alert("a", version: 1, .active, at: 1000)
    try await box.alert("a", version: 2, .active, at: 2000, phase: .escalate)
    try await box.alert("a", version: 3, .ended, at: 3000)
    try await box.alert("open", version: 1, .active, at: 4000)
    try await box.undecoded(200, at: 1000)
    while try await box.makeRoom(policy, at: 20_000) != nil {}
    let entries = try await box.entries(.alert)
    #expect(entries.map(\.numbers) == [1...1, 2...5, 6...6])
    #expect(entries[1].gap?.reason == .capacity && entries[1].gap?.count == 3)
  }

  /// What the clinic has needs no declaration; what has no number gets a gap with one.
  @Test func onlyALossIsDeclared() async throws {
    let policy = StorageBox.policy(limitBytes: 6 << 20 | 1 << 10, summarises: true)
    try await box.samples(400, from: 1000)
    try await box.deliverAll()
    try await box.samples(300, from: 500_000, isNumbered: false)
    try await box.samples(1, from: 900_000, isNumbered: false)
    try await box.execute("INSERT INTO progress VALUES('summarised', 700)")
    #expect(try await box.makeRoom(policy, at: 900_000) == 1)
    #expect(try await box.makeRoom(policy, at: 900_000) == 1)
    let entries = try await box.entries()
    // The last number that had a row when it went keeps it.
    #expect(entries.map(\.numbers) == [1...1, 2...400, 401...401, 402...402, 403...403])
    #expect(entries.map { $0.gap?.reason } == [.epoch, .expired, .unreadable, .capacity, .capacity])
    #expect(entries.compactMap { $0.gap?.count } == [0, 399, 1, 100, 200])
    #expect(try await box.journal.storageUse().droppedReadings == 300)
  }

  @Test func whatWasSaidLaterOfADroppedReadingIsAccountedFor() async throws {
    let policy = StorageBox.policy(limitBytes: 6 << 20 | 1 << 10)
    try await box.samples(3, from: 1000)
    try await box.execute(
      """
      INSERT INTO correction(id, kind, reference, revision, state, age, synchronized, seq)
        VALUES(1, 0, 2, 2, 'amended', 'fresh', 1, 5);
      INSERT INTO ledger(lane, seq, kind, reference) VALUES(1, 5, 3, 1); UPDATE lane SET next_seq = 6 WHERE lane = 1
      """)
    #expect(try await box.makeRoom(policy, at: 9000) == 2)
    let entries = try await box.entries()
    #expect(entries.map(\.numbers) == [1...1, 2...3, 4...4, 5...5])
    #expect(entries.map { $0.gap?.count } == [0, 2, nil, 0])
  }

  @Test func roomIsGivenBack() async throws {
    for round in Int64(0)..<6 { try await box.samples(5000, from: round * 5_000_000) }
    try await box.samples(10, from: 20 * StorageBox.day)
    try await box.deliverAll()
    try await box.retain(at: 20 * StorageBox.day)
    // A little that is free is left for what comes.
    #expect(try await !box.journal.shrink(StorageBox.policy()))
    let smaller = StorageBox.policy(limitBytes: 8 << 20)
    #expect(try await box.journal.storageUse().databaseBytes > smaller.databaseBytes)
    while try await box.journal.shrink(smaller) {}
    #expect(try await box.journal.storageUse().databaseBytes <= smaller.databaseBytes)
    #expect(try await box.number("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
    #expect(try await box.entries().count == 12)
  }
}
