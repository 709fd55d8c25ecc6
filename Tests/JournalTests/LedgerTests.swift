// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import GatewayTestKit
import Testing
import Vitals

@testable import Journal

/// Numbers without a row of their own.
@Suite struct LedgerTests {
  let directory: TemporaryDirectory
  let journal: Journal

  init() throws {
    directory = try TemporaryDirectory()
    journal = try Journal(
      path: directory.file("vigil.db"), loop: EventLoop(name: "journal"), newEpoch: "epoch", now: Samples.moment(0))
  }

  /// Readings with the numbers from 2 on; 1 is the epoch's.
  func fill(_ count: Int64) async throws {
    let samples = try (1...count).map { try Samples.observation(at: $0, [Samples.quantity(.heartRate, 70)]) }
    try await journal.write(now: Samples.moment(count)) { writer in
      for sample in samples { try writer.append(sample, bytes: [0, 70]) }
    }
  }

  func execute(_ sql: String) async throws { try await Self.execute(sql, journal) }

  private static func execute(_ sql: String, _ journal: isolated Journal) throws {
    try journal.connection.execute(sql)
  }

  func gap(_ entry: LedgerEntry?) throws -> Gap {
    guard case .gap(let gap) = try #require(entry).content else { throw TestKitError("not a gap") }
    return gap
  }

  @Test func aRowKnowsItsNumber() async throws {
    try await fill(3)
    let numbers = try await Self.numbers(journal)
    #expect(numbers == [2, 3, 4])
  }

  private static func numbers(_ journal: isolated Journal) throws -> [Int64?] {
    var found: [Int64?] = []
    try journal.connection.statement("SELECT seq FROM reading ORDER BY id").query { found.append($0.integer(0)) }
    return found
  }

  @Test func missingRowsAreOneGapEach() async throws {
    try await fill(9)
    try await execute("DELETE FROM ledger WHERE lane = 1 AND seq IN (1, 2, 5, 6, 7, 10)")
    let entries = try await journal.entries(.reading, after: 0, limit: 100)
    #expect(entries.map(\.numbers) == [1...2, 3...3, 4...4, 5...7, 8...8, 9...9, 10...10])
    for index in [0, 3, 6] {
      let gap = try gap(entries[index])
      #expect(gap.reason == .expired)
      #expect(gap.count == entries[index].numbers.count)
    }
    // The same again from within, and never more than asked for.
    #expect(try await journal.entries(.reading, after: 5, limit: 100).map(\.numbers) == [5...7, 8...8, 9...9, 10...10])
    #expect(try await journal.entries(.reading, after: 9, limit: 1).map(\.numbers) == [10...10])
    #expect(try await journal.entries(.reading, after: 4, limit: 1).map(\.numbers) == [5...7])
    #expect(try await journal.entries(.reading, after: 10, limit: 1).isEmpty)
  }

  @Test func aGapThatStandsForSeveralLeavesNoHole() async throws {
    try await fill(9)
    try await execute(
      """
      INSERT INTO gap(id, reason, count, from_seq, to_seq) VALUES(77, 'capacity', 3, 4, 6);
      DELETE FROM ledger WHERE lane = 1 AND seq IN (3, 4, 5);
      UPDATE ledger SET kind = 2, reference = 77 WHERE lane = 1 AND seq = 6;
      """)
    let entries = try await journal.entries(.reading, after: 2, limit: 100)
    #expect(entries.map(\.numbers) == [3...3, 4...6, 7...7, 8...8, 9...9, 10...10])
    #expect(try gap(entries.first).reason == .expired)
    #expect(try gap(entries.dropFirst().first).reason == .capacity)
  }

  @Test func aRowOfAnUnknownKindIsAGap() async throws {
    try await fill(2)
    try await execute("UPDATE ledger SET kind = 99 WHERE lane = 1 AND seq = 2")
    let entries = try await journal.entries(.reading, after: 1, limit: 100)
    #expect(entries.map(\.seq) == [2, 3])
    #expect(try gap(entries.first).reason == .unreadable)
  }
}
