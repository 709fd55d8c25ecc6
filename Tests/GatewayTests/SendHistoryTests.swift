// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
import EventLoop
import GatewayTestKit
import Journal
import Synchronization
import Testing
import Vitals

@testable import Gateway

@Suite struct SendHistoryTests {
  final class Resent: Sendable {
    private let ranges = Mutex<[ClosedRange<Int64>]>([])
    var all: [ClosedRange<Int64>] { ranges.withLock { $0 } }
    func add(_ range: ClosedRange<Int64>) { ranges.withLock { $0.append(range) } }
  }

  let directory: TemporaryDirectory
  let journal: Journal

  init() throws {
    directory = try TemporaryDirectory()
    journal = try Journal(
      path: directory.file("vigil.db"), loop: EventLoop(name: "journal"), newEpoch: "epoch", now: Samples.moment(1))
  }

  /// What is decided, and what is sent again then.
  func outcome(_ body: String, most: Int64 = 100_000, isBusy: Bool = false) async throws -> (
    code: String, sent: [ClosedRange<Int64>]
  ) {
    let resent = Resent()
    let effect = SendHistory(
      most: most, journal: journal, isBusy: { isBusy },
      resend: { lane, range in if lane == .reading { resent.add(range) } })
    let payload = """
      {"schema":"vigil.command/1","request":"0b0c8a4e-1111-4222-8333-444455556666","gateway":"gw-1",\
      "name":"send-history","by":{"id":"u","role":"nurse"},"issuedAt":"2026-03-14T07:59:00+08:00",\
      "expiresAt":"2026-03-14T09:00:00+08:00","body":\(body)}
      """
    let command = try #require(ClinicCommand(json: Array(payload.utf8)))
    switch await effect.decide(CommandGate.Proven(command: command, keyID: nil, role: .nurse)) {
    case .together: throw TestKitError("it is not about alerts")
    case .refused(let refusal, _): return (refusal.rawValue, resent.all)
    case .todo(let answer, let perform):
      #expect(resent.all == [])
      await perform()
      return (String(decoding: try JSONText.encode(answer), as: UTF8.self), resent.all)
    }
  }

  @Test func whatThereIsOfTheRangeIsSentAgain() async throws {
    try await journal.write(now: Samples.moment(2)) { writer in
      for _ in 2...40 { try writer.append(Gap(reason: .overflow, count: 1, fromWallMs: 1, toWallMs: 2), to: .reading) }
    }
    func body(_ first: String, _ last: String, epoch: String = "epoch", lane: String = "reading") -> String {
      #"{"epoch":"\#(epoch)","lane":"\#(lane)","fromSeq":\#(first),"toSeq":\#(last)}"#
    }
    var done = try await outcome(body("3", "7"))
    #expect(done.code == #"{"epoch":"epoch","fromSeq":3,"lane":"reading","toSeq":7}"# && done.sent == [3...7])
    done = try await outcome(body("40", "9223372036854775807"))
    #expect(done.code == #"{"epoch":"epoch","fromSeq":40,"lane":"reading","toSeq":40}"# && done.sent == [40...40])
    #expect(try await outcome(body("3", "7"), isBusy: true).code == "busy")
    for (body, code) in [
      (body("41", "90"), "empty-range"), (body("7", "3"), "empty-range"), (body("1", "-9"), "empty-range"),
      (body("0", "3"), "bad-body"), (body("-9223372036854775808", "3"), "bad-body"), (body("1.5", "3"), "bad-body"),
      (body("1", "9223372036854775808"), "bad-body"), (body("1", "3", lane: "gap"), "bad-body"), ("[]", "bad-body"),
      (body("1", "3", epoch: "other"), "unknown-epoch"), ("null", "bad-body"), ("7", "bad-body"),
    ] {
      let refused = try await outcome(body)
      #expect(refused.code == code && refused.sent == [], "\(body)")
    }
    await journal.close()
    #expect(try await outcome(body("3", "7")).code == "storage")
  }

  @Test func notMoreThanTheMostAtOnce() async throws {
    try await journal.write(now: Samples.moment(2)) { writer in
      for _ in 0..<10 { try writer.append(Gap(reason: .overflow, count: 1, fromWallMs: 1, toWallMs: 2), to: .reading) }
    }
    #expect(
      try await outcome(#"{"epoch":"epoch","lane":"reading","fromSeq":1,"toSeq":999999}"#, most: 10).code == "too-many")
    let done = try await outcome(#"{"epoch":"epoch","lane":"reading","fromSeq":2,"toSeq":999999}"#, most: 10)
    #expect(done.sent == [2...11])
  }
}
