// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import EventLoop
import GatewayTestKit
import SQLite
import Testing
import Vitals

@testable import Journal

/// A real database whose days pass by hand.
struct StorageBox {
  static let day: Int64 = 24 * 3_600_000

  let directory: TemporaryDirectory
  let journal: Journal

  init() throws {
    directory = try TemporaryDirectory()
    journal = try Journal(
      path: directory.file("vigil.db"), loop: EventLoop(name: "journal"), newEpoch: "epoch", now: Samples.moment(0))
  }

  static func policy(limitBytes: Int64 = 512 << 20, summarises: Bool = false) -> StoragePolicy {
    StoragePolicy(
      captureHours: 48, sampleDays: 7, readingDays: 90, alertDays: 731, limitBytes: limitBytes, summarises: summarises)
  }

  /// Samples of a stream, one each second.
  func samples(_ count: Int64, from ms: Int64, isNumbered: Bool = true) async throws {
    let samples = try (0..<count).map {
      try Samples.observation(at: ms + $0 * 1000, [Samples.quantity(.heartRate, 60 + Int($0 % 40))])
    }
    try await journal.write(now: Samples.moment(ms)) { writer in
      for sample in samples { try writer.append(sample, bytes: [0, 70], isNumbered: isNumbered) }
    }
  }

  @discardableResult
  func spot(at ms: Int64) async throws -> Observation {
    let spot = try Samples.observation(
      at: ms, [Samples.quantity(.systolic, 128)], stream: false, characteristic: "2A35")
    try await journal.write(now: Samples.moment(ms)) { try $0.append(spot, bytes: [1, 2, 3]) }
    return spot
  }

  func undecoded(_ count: Int, at ms: Int64) async throws {
    try await journal.write(now: Samples.moment(ms)) { writer in
      for _ in 0..<count {
        try writer.appendUndecoded(
          device: "d-1", characteristic: "2A35", received: Samples.moment(ms), bytes: [9], reason: "truncated")
      }
    }
  }

  func alert(
    _ name: String, version: Int, _ state: Alert.State, at ms: Int64, phase: Alert.Phase? = nil
  ) async throws {
    let alert = Alert(
      alert: StableID(hashing: [name]), version: version, resident: try #require(ResidentID("r-31k7")), rule: "OX-1",
      ruleVersion: 1, phase: phase ?? (version == 1 ? .start : .clear), state: state, category: .physiological,
      priority: .medium,
      level: 1, limits: [], evidence: [], raised: Samples.moment(ms), supersededBy: nil, text: ["en": "x", "zh": "y"],
      link: .encrypted)
    try await journal.write(now: Samples.moment(ms)) { _ = try $0.append(alert) }
  }

  func deliverAll() async throws {
    for lane in Lane.allCases {
      await journal.noteDelivered(try await journal.position(lane).nextSeq - 1, in: lane)
    }
  }

  /// All of retention, to its end.
  func retain(_ policy: StoragePolicy = policy(), at ms: Int64) async throws {
    var clock = RetentionClock(wallMs: nil)
    clock.advance(to: Samples.moment(ms))
    for work in RetentionWork.allCases {
      while try await journal.retain(work, policy, clock: clock, now: Samples.moment(ms)) {}
    }
  }

  /// - Returns: how many gaps one piece made, nil where there is room.
  func makeRoom(_ policy: StoragePolicy, at ms: Int64) async throws -> Int? {
    var clock = RetentionClock(wallMs: nil)
    clock.advance(to: Samples.moment(ms))
    return try await journal.makeRoom(policy, clock: clock, now: Samples.moment(ms))
  }

  func number(_ sql: String) async throws -> Int64? { try await Self.number(sql, journal) }
  func execute(_ sql: String) async throws { try await Self.execute(sql, journal) }

  private static func number(_ sql: String, _ journal: isolated Journal) throws -> Int64? {
    try journal.connection.statement(sql).first { $0.integer(0) } ?? nil
  }

  private static func execute(_ sql: String, _ journal: isolated Journal) throws {
    try journal.connection.execute(sql)
  }

  /// Everything of the reading lane, in pieces as the publisher asks for it.
  func entries(_ lane: Lane = .reading) async throws -> [LedgerEntry] {
    var entries: [LedgerEntry] = []
    while true {
      let more = try await journal.entries(lane, after: entries.last?.seq ?? 0, limit: 500)
      if more.isEmpty { return entries }
      entries += more
    }
  }
}

extension LedgerEntry {
  var gap: Gap? { if case .gap(let gap) = content { gap } else { nil } }
}
