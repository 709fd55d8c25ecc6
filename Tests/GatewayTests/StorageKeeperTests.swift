// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Journal
import Logging
import Synchronization
import Testing
import Vitals

@testable import Gateway

extension IngestTests {
  private func keeper(_ box: Box, limitBytes: Int64, gaps: GapCounter) -> StorageKeeper {
    StorageKeeper(
      journal: box.journal, ingest: box.ingest,
      policy: StoragePolicy(
        captureHours: 48, sampleDays: 7, readingDays: 90, alertDays: 731, limitBytes: limitBytes, summarises: false),
      database: directory.file("vigil.db"), clock: hand.clock, log: Logger(label: "test"), onGaps: { gaps.note() })
  }

  final class GapCounter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func note() { count.withLock { $0 += 1 } }
  }

  /// Somebody should know before the clinic loses something, and after it has everything that is over.
  @Test func aShortageIsAnAlertWhileItWouldBeALoss() async throws {
    let box = try await open(enrolling: true)
    let gaps = GapCounter()
    // Room for some 300 kB.
    let keeper = keeper(box, limitBytes: 6 << 20 | 300 << 10, gaps: gaps)
    await keeper.tick()
    #expect(try await alerts(box).isEmpty)
    for _ in 0..<3000 { await say(97, to: box) }
    await box.ingest.commit()
    await keeper.tick()
    #expect(try await alerts(box).map(\.rule) == ["ST-1"])
    #expect(try await alerts(box).map(\.priority) == [.medium])
    #expect(gaps.value > 0)
    for lane in Lane.allCases {
      await box.journal.noteDelivered(try await box.journal.position(lane).nextSeq - 1, in: lane)
    }
    await keeper.tick()
    #expect(try await alerts(box).map(\.phase) == [.start, .clear])
  }

  @Test func retentionIsDoneAStepATick() async throws {
    let box = try await open(enrolling: true)
    for _ in 0..<700 { await say(97, to: box) }
    await box.ingest.commit()
    for lane in Lane.allCases {
      await box.journal.noteDelivered(try await box.journal.position(lane).nextSeq - 1, in: lane)
    }
    hand.advance(8 * 24 * 3_600_000)
    await say(97, to: box)
    await box.ingest.commit()
    let keeper = keeper(box, limitBytes: 512 << 20, gaps: GapCounter())
    for _ in 0..<20 { await keeper.tick() }
    #expect(try await readings(box).count == 1)
  }
}
