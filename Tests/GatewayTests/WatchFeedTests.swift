// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import FoundationEssentials
import GatewayTestKit
import Glibc
import Testing
import Vitals

@testable import Gateway

/// What those who watch are told, and that they hold nobody up.
@Suite struct WatchFeedTests {
  private struct Line: Decodable {
    struct Reading: Decodable { let reading: String }
    struct Alert: Decodable { let version: Int }
    let reading: Reading?
    let alert: Alert?
    let missed: Int?
  }

  /// The client's end.
  private final class Client {
    let descriptor: Int32
    private var buffer: [UInt8] = []
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    /// What has come so far.
    func lines() throws -> [Line] {
      var chunk = [UInt8](repeating: 0, count: 1 << 20)
      while true {
        let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { break }
        buffer += chunk.prefix(count)
      }
      let end = (buffer.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
      defer { buffer.removeSubrange(..<end) }
      return try buffer[..<end].split(separator: UInt8(ascii: "\n")).map {
        try JSONDecoder().decode(Line.self, from: Data($0))
      }
    }

    func lines(_ count: Int) async throws -> [Line] {
      var found: [Line] = []
      let end = ContinuousClock.now + .seconds(120)
      while found.count < count, ContinuousClock.now < end {
        found += try lines()
        // One that only yields takes a thread of the few from those that are waited for.
        try await Task.sleep(for: .milliseconds(5))
      }
      return found
    }
  }

  private let feed = WatchFeed()

  private func enter() throws -> (watcher: Watcher, client: Client) {
    let (channel, end) = try LineChannel.make()
    let client = Client(end)
    return (try #require(feed.enter(channel)), client)
  }

  private func readings(_ count: Int) throws -> [WatchFeed.Item] {
    try (0..<count).map { .reading(try Samples.observation(at: Int64($0), [Samples.quantity(.heartRate, 70)])) }
  }

  private func alert(version: Int) throws -> Alert {
    Alert(
      alert: StableID(hashing: ["a"]), version: version, resident: try #require(ResidentID("r-31k7")), rule: "OX-1",
      ruleVersion: 1, phase: .start, state: .active, category: .physiological, priority: .high, level: 1, limits: [],
      evidence: [], raised: Samples.moment(1), supersededBy: nil, text: ["en": "x", "zh": "x"], link: .encrypted)
  }

  @Test func oneIsToldWhatCameAfterTheOpenAlerts() async throws {
    let (watcher, client) = try enter()
    feed.add(try readings(3))
    feed.add([.open([try alert(version: 2)], watcher.id)])
    feed.add(try readings(2))
    let lines = try await client.lines(3)
    #expect(lines.map { $0.alert?.version } == [2, nil, nil])
    #expect(lines.count { $0.reading != nil } == 2)
  }

  @Test func oneWhoDoesNotReadLosesLinesAndIsToldHowMany() async throws {
    let (slow, slowClient) = try enter()
    let (quick, quickClient) = try enter()
    feed.add([.open([], slow.id), .open([], quick.id)])
    let count = 3000
    var seen = 0
    for _ in 0..<count / 100 {
      feed.add(try readings(100))
      seen += try await quickClient.lines(100).count
    }
    #expect(seen == count)
    // Its socket is full: so much has it, the rest is gone.
    let kept = try slowClient.lines()
    #expect(kept.count > 50 && kept.count < count)
    #expect(slow.recover())
    let told = try slowClient.lines()
    #expect(told.map(\.missed) == [count - kept.count])
    // And nothing more is missed from now on.
    #expect(!slow.recover())
    feed.add(try readings(1))
    #expect(try await slowClient.lines(1).count { $0.reading != nil } == 1)
  }

  @Test func thereIsRoomForSoManyAndAgainWhenOneHasLeft() throws {
    let all = try (0..<WatchFeed.watcherLimit).map { _ in try enter() }
    let (channel, end) = try LineChannel.make()
    defer { close(end) }
    #expect(feed.enter(channel) == nil)
    feed.leave(all[0].watcher)
    #expect(feed.enter(channel) != nil)
  }

  @Test func withoutAWatcherNothingIsKept() throws {
    #expect(!feed.isWatched)
    feed.add(try readings(10))
    let (watcher, client) = try enter()
    #expect(feed.isWatched)
    #expect(try client.lines().isEmpty)
    feed.leave(watcher)
    #expect(!feed.isWatched)
  }
}
