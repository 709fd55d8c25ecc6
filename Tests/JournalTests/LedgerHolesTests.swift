// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import GatewayTestKit
import SQLite
import Testing
import Vitals

@testable import Journal

@Suite struct LedgerHolesTests {
  let directory: TemporaryDirectory
  let journal: Journal

  /// Readings 2 to 21 behind the epoch's gap.
  init() async throws {
    directory = try TemporaryDirectory()
    journal = try Journal(
      path: directory.file("vigil.db"), loop: EventLoop(name: "journal"), newEpoch: "e", now: Samples.moment(0))
    let samples = try (1...20).map { try Samples.observation(at: Int64($0), [Samples.quantity(.heartRate, 70)]) }
    try await journal.write(now: Samples.moment(1)) { writer in
      for sample in samples { try writer.append(sample, bytes: [0]) }
    }
  }

  func delete(_ numbers: ClosedRange<Int64>) async throws {
    try await journal.run { connection in
      try connection.statement("DELETE FROM ledger WHERE lane = 1 AND seq BETWEEN ? AND ?")
        .run(.integer(numbers.lowerBound), .integer(numbers.upperBound))
    }
  }

  /// `7` for a row, `2-5 expired` for what accounts for many.
  func entries(after seq: Int64, limit: Int = 100) async throws -> [String] {
    try await journal.entries(.reading, after: seq, limit: limit).map { entry in
      guard case .gap(let gap) = entry.content else { return "\(entry.seq)" }
      #expect(gap.numbers == nil || gap.numbers == entry.numbers)
      #expect(gap.numbers == nil || gap.count == entry.numbers.count)
      return "\(entry.numbers.lowerBound)-\(entry.seq) \(gap.reason.rawValue)"
    }
  }

  @Test func rowsThatAreGoneAreOneGap() async throws {
    try await delete(1...5)
    try await delete(9...10)
    #expect(try await entries(after: 0, limit: 4) == ["1-5 expired", "6", "7", "8"])
  }

  @Test func itIsTheSameGapFromWhereverItIsAskedFor() async throws {
    try await delete(3...9)
    for seq in 2...8 as ClosedRange<Int64> {
      #expect(try await entries(after: seq, limit: 1) == ["3-9 expired"], "after \(seq)")
    }
    #expect(try await entries(after: 9, limit: 1) == ["10"])
  }

  @Test func whenAllIsGoneOneGapSaysSo() async throws {
    try await delete(1...21)
    #expect(try await entries(after: 0) == ["1-21 expired"])
    #expect(try await entries(after: 7) == ["1-21 expired"])
    #expect(try await entries(after: 21) == [])
  }

  @Test func whatAWrittenGapAccountsForIsNotDeclaredTwice() async throws {
    try await delete(2...20)
    try await journal.run { connection in
      try connection.execute(
        """
        INSERT INTO gap(id, reason, count, from_seq, to_seq) VALUES(100, 'capacity', 16, 5, 20);
        INSERT INTO ledger(lane, seq, kind, reference) VALUES(1, 20, 2, 100)
        """)
    }
    #expect(try await entries(after: 1) == ["2-4 expired", "5-20 capacity", "21"])
    #expect(try await entries(after: 12) == ["5-20 capacity", "21"])
  }

  @Test func aRowOfAnUnknownKindIsAnUnreadableGap() async throws {
    try await journal.run { try $0.execute("UPDATE ledger SET kind = 99 WHERE lane = 1 AND seq = 3") }
    #expect(try await entries(after: 1, limit: 3) == ["2", "3-3 unreadable", "4"])
  }

  @Test func whatTheClinicTakesBackIsSavedAtOnce() async throws {
    await journal.noteDelivered(15, in: .reading)
    try await journal.flushWatermarks()
    await journal.noteDelivered(18, in: .reading)
    try await journal.takeBackDelivered(to: 4, in: .reading)
    #expect(try await journal.position(.reading).delivered == 4)
    // A higher one is no going back.
    try await journal.takeBackDelivered(to: 9, in: .reading)
    #expect(try await journal.position(.reading).delivered == 4)
    await journal.noteDelivered(6, in: .reading)
    #expect(try await journal.position(.reading).delivered == 6)
  }
}

extension Journal {
  fileprivate func run(_ body: (Connection) throws -> Void) throws { try body(connection) }
}
