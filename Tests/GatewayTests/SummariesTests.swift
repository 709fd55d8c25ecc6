// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import GatewayTestKit
import Journal
import Testing
import Vitals

@testable import Gateway

/// Streams as summaries, from the air to the ledger. The clock begins in the middle of a minute, at 1,000 s.
extension IngestTests {
  /// What stands in the reading lane behind the epoch's gap.
  func contents(_ box: Box) async throws -> (summaries: [StreamSummary], singly: [Int64]) {
    var found: (summaries: [StreamSummary], singly: [Int64]) = ([], [])
    for entry in try await box.journal.entries(.reading, after: 1, limit: 5000) {
      switch entry.content {
      case .summary(let summary): found.summaries.append(summary)
      case .reading(let observation) where observation.isStream: found.singly.append(observation.received.monotonicMs)
      case .reading: continue
      case .alert, .escalation, .gap: Issue.record("there is something else in the reading lane: \(entry)")
      }
    }
    return found
  }

  /// So many seconds of this oxygen saturation, with a tick in each, and the batch written every four of them.
  func live(_ seconds: Int, _ spo2: UInt8, _ box: Box) async {
    for second in 0..<seconds {
      await say(spo2, to: box)
      if second % 4 == 3 { await box.ingest.commit() }
      await box.ingest.tick()
    }
  }

  @Test func aMinuteIsSummedUpSoonAfterItsEnd() async throws {
    let box = try await open(enrolling: true, streams: .summaries)
    // 1,001 s to 1,020 s: the minute ends at 1,020 s.
    await live(20, 97, box)
    #expect(try await contents(box).summaries.isEmpty)
    await live(5, 97, box)
    let (summaries, singly) = try await contents(box)
    #expect(singly.isEmpty)
    let summary = try #require(summaries.first)
    #expect(summaries.count == 1 && summary.samples == 19 && summary.coveredSeconds == 19)
    #expect(summary.from.monotonicMs == 960_000 && summary.to.monotonicMs == 1_020_000)
    #expect(summary.values.map(\.kind) == [.spo2, .pulseRate] && summary.values.allSatisfy { $0.count == 19 })
    #expect(summary.resident == ResidentID("r-31k7") && summary.link == .encrypted)
    await live(60, 97, box)
    #expect(try await contents(box).summaries.map(\.samples) == [19, 60])
  }

  /// What is in memory still may belong to the minute.
  @Test func aMinuteWaitsForWhatIsNotWritten() async throws {
    let box = try await open(enrolling: true, streams: .summaries)
    await live(17, 97, box)
    for _ in 0..<3 { await say(97, to: box) }
    hand.advance(60_000)
    await box.ingest.tick()
    #expect(try await contents(box).summaries.isEmpty)
    await box.ingest.commit()
    await box.ingest.tick()
    #expect(try await contents(box).summaries.map(\.samples) == [19])
  }

  @Test func aMinuteGoesOnAfterARestart() async throws {
    let first = try await open(enrolling: true, streams: .summaries)
    await live(8, 97, first)
    await first.journal.close()
    let second = try await open(enrolling: false, streams: .summaries)
    await live(8, 97, second)
    await second.journal.close()
    hand.advance(60_000)
    let third = try await open(enrolling: false, streams: .summaries)
    await third.ingest.tick()
    #expect(try await contents(third).summaries.map(\.samples) == [16])
  }

  @Test func aroundAnAlertEverySampleIsSent() async throws {
    let box = try await open(enrolling: true, streams: .summaries)
    await live(100, 97, box)
    await live(3, 86, box)
    let start = try #require(try await alerts(box).first)
    #expect(start.phase == .start && start.raised.monotonicMs == 1_103_000)
    await live(1, 86, box)
    // A minute back: it had not been sent then.
    #expect(try await contents(box).singly == (1043...1103).map { $0 * 1000 })
    await live(120, 97, box)
    let (summaries, singly) = try await contents(box)
    #expect(singly == (1043...1163).map { $0 * 1000 })
    // And it is in the summaries of its minutes as every other.
    #expect(summaries.map(\.samples) == [19, 60, 60, 60])
    #expect(try await box.journal.fullStreams().isEmpty)
  }

  /// It ends in the middle of the window, and goes on in it.
  @Test func aroundAnAlertEverySampleIsSentOnceAcrossARestart() async throws {
    let first = try await open(enrolling: true, streams: .summaries)
    await live(80, 97, first)
    await live(4, 86, first)
    await live(12, 97, first)
    await first.journal.close()
    let second = try await open(enrolling: false, streams: .summaries)
    await live(80, 97, second)
    #expect(try await alerts(second).filter { $0.rule == "OX-1" }.map(\.phase) == [.start, .clear])
    #expect(try await contents(second).singly == (1023...1143).map { $0 * 1000 })
  }

  /// The configuration is changed, and changed back, each within a minute and within an alert's window.
  @Test func aChangeOfTheConfigurationLosesAndDoublesNothing() async throws {
    let first = try await open(enrolling: true, streams: .summaries)
    await live(40, 97, first)
    await live(4, 86, first)
    await first.journal.close()
    let second = try await open(enrolling: false, streams: .full)
    await live(8, 97, second)
    await second.journal.close()
    let third = try await open(enrolling: false, streams: .summaries)
    await live(80, 97, third)
    let (summaries, singly) = try await contents(third)
    // Those of before the change are in summaries, those of the time in between are not.
    #expect(singly == (1001...1052).map { $0 * 1000 })
    #expect(summaries.map(\.samples) == [19, 25, 27])
    #expect(Set(summaries.map(\.reading)).count == 3)
  }

  @Test func withFullStreamsThereAreNoSummaries() async throws {
    let box = try await open(enrolling: true, streams: .full)
    await live(160, 97, box)
    let (summaries, singly) = try await contents(box)
    #expect(summaries.isEmpty && singly.count == 160)
  }
}
