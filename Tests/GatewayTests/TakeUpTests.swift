// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Testing
import Vitals

@testable import Gateway

/// A box that starts without knowing the time, and how it starts in a pause.
extension IngestTests {
  private func crisis(_ box: Box) async throws {
    try await hasNoClock(box)
    box.ingest.receive(address: box.address, characteristic: Self.cuff, bytes: [0, 190, 0, 125, 0, 140, 0])
    await box.ingest.drain()
  }

  @Test func aCrisisOfBeforeIsRaisedOnceTheTimeIsKnown() async throws {
    let first = try await open(enrolling: true)
    try await crisis(first)
    await first.journal.close()

    hand.reboot(after: 40 * 60_000)
    let second = try await open(enrolling: false)
    await pass(minutes: 1, second)
    #expect(try await alerts(second).isEmpty)
    hand.learnTime()
    await pass(minutes: 1, second)
    #expect(try await phases(second, of: "BP-1") == [.start])
    await pass(minutes: 2, second)
    await second.journal.close()

    let third = try await open(enrolling: false)
    await third.ingest.tick()
    #expect(try await phases(third, of: "BP-1") == [.start])
  }

  @Test func whatHasComeInTheMeantimeIsNotForgotten() async throws {
    let first = try await open(enrolling: true)
    try await crisis(first)
    await first.journal.close()

    hand.reboot(after: 3 * 60_000)
    let second = try await open(enrolling: false)
    let alert = try await raised(second)
    hand.learnTime()
    await second.ingest.tick()
    #expect(await second.ingest.persons[alert.resident]?.episodes.map(\.alert) == [alert.alert])
    // The second one within fifteen minutes of the first, which came before the power cut.
    try await crisis(second)
    #expect(try await phases(second, of: "BP-1") == [.start])
    for _ in 0..<4 { await say(97, to: second) }
    #expect(try await phases(second) == [.start, .clear])
  }

  /// It would not know what nobody could have known when it came.
  @Test func aReadingWithoutAWallTimeIsSeenAgainAfterHours() async throws {
    hand.reboot(after: 0)
    let first = try await open(enrolling: true)
    try await crisis(first)
    await first.journal.close()
    hand.advance(40 * 60_000)
    let second = try await open(enrolling: false)
    #expect(try await phases(second, of: "BP-1") == [.start])
  }

  @Test func whatWaitedThroughAPowerCutIsRaisedInSilenceInAPause() async throws {
    let first = try await open(enrolling: true)
    try await crisis(first)
    let pause = #"{"resident":"r-31k7","scope":"resident","reason":"洗澡","minutes":60}"#
    #expect(try await desk(first).ask("pause", pause).code == "done")
    await first.journal.close()

    hand.advance(40 * 60_000)
    let second = try await open(enrolling: false)
    #expect(try await phases(second, of: "BP-1") == [.pause])
    await pass(minutes: 21, second)
    #expect(try await phases(second, of: "BP-1").prefix(2) == [.pause, .resume])
  }

  /// Somebody asked not to hear of one rule. The alert that was there for a milder one is still somebody's to answer.
  @Test func aShelvedRuleSilencesNoOther() async throws {
    let box = try await open(enrolling: true)
    for _ in 0..<122 { await say(91, to: box) }
    #expect(try await phases(box, of: "OX-2") == [.start])
    let shelf = #"{"resident":"r-31k7","scope":"rule","rule":"OX-1","reason":"探头旧","minutes":600}"#
    #expect(try await desk(box).ask("pause", shelf).code == "done")
    for _ in 0..<3 { await say(86, to: box) }
    #expect(try await phases(box) == [.pause])
    #expect(try await phases(box, of: "OX-2") == [.start])
    for _ in 0..<140 { await say(96, to: box) }
    #expect(try await phases(box) == [.pause, .end])
    #expect(try await phases(box, of: "OX-2") == [.start, .clear])
  }

  private func doubtful(_ times: Int, _ box: Box) async throws {
    for _ in 0..<times {
      // A pulse pressure of 10, and one that could be true.
      for diastolic: UInt8 in [120, 80] {
        hand.advance(60_000)
        box.ingest.receive(address: box.address, characteristic: Self.cuff, bytes: [0, 130, 0, diastolic, 0, 93, 0])
        await box.ingest.drain()
      }
    }
    await box.ingest.tick()
  }

  @Test func theDaysCapAndTheDigestOutliveARestart() async throws {
    let first = try await open(enrolling: true)
    try await hasNoClock(first)
    try await doubtful(8, first)
    #expect(try await phases(first, of: "BP-7").count { $0 == .start } == 6)
    await first.journal.close()

    let second = try await open(enrolling: false)
    try await hasNoClock(second)
    try await doubtful(3, second)
    #expect(try await phases(second, of: "BP-7").count { $0 == .start } == 6)
    await pass(minutes: 24 * 60, second)
    let digest = try #require(try await alerts(second).first { $0.rule == "DG-1" && !$0.isOfBox })
    #expect(digest.text["zh"]?.contains("血压测量可疑 5 次") == true, "\(digest.text)")
    await second.journal.close()

    let third = try await open(enrolling: false)
    await pass(minutes: 24 * 60, third)
    #expect(try await alerts(third).count { $0.rule == "DG-1" && !$0.isOfBox } == 1)
  }
}
