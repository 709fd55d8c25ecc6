// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import DeviceProfiles

/// How the users of a device have their turns over one connection. Octets: User Data Service 1.1, User Control Point.
@Suite struct UserConsentsTests {
  private static let control = DeviceSession.userControl
  private static let values = "00002a18-0000-1000-8000-00805f9b34fb"
  private static let records = "00002a52-0000-1000-8000-00805f9b34fb"
  private static let granted: [UInt8] = [0x20, 0x02, 0x01]
  private static let refused: [UInt8] = [0x20, 0x02, 0x05]

  private func session(
    codes: [(Int, Int)] = [(1, 1234), (2, 9999)], stored: Bool = false, has: [String] = [control, values, records],
    connection: String = "stay"
  ) throws -> DeviceSession {
    let memory = stored ? ", memory: {procedure: racp, characteristic: 2A52, deletes-on-read: false}" : ""
    let profile = try ProfileLoader.load(
      """
      id: maker.meter
      title: Meter
      evidence: simulated
      sources: [none]
      match: {names: ["M*"]}
      characteristics:
        - uuid: 2A18
          title: Values
          fields: [{name: spo2, type: uint8, kind: spo2, unit: "%"}]
          vectors: [{hex: "60", values: [spo2 96]}]
        - uuid: 2A52
          title: Record Access Control Point
          use: information
          fields: [{name: answer, type: uint8}]
          vectors: [{hex: "06", values: []}]
      session: {connection: \(connection)\(memory)}
      """, file: "meter.yaml")
    return DeviceSession(
      [profile], characteristics: Set(has),
      consents: try codes.map { (user: $0.0, code: try #require(ConsentCode($0.1))) })
  }

  private func write(_ bytes: [UInt8], _ name: String, to characteristic: String) -> DeviceSession.Action {
    .write(DeviceSession.Write(characteristic: characteristic, bytes: bytes, withResponse: true, name: name))
  }
  private func consent(_ user: UInt8, _ low: UInt8, _ high: UInt8) -> DeviceSession.Action {
    write([0x02, user, low, high], "consent of user \(user)", to: Self.control)
  }
  private var first: DeviceSession.Action { consent(1, 0xD2, 0x04) }
  private var second: DeviceSession.Action { consent(2, 0x0F, 0x27) }
  private var report: DeviceSession.Action { write([1, 1], "report stored records", to: Self.records) }

  @Test func theAnswersAreSubscribedToFirst() throws {
    var session = try session()
    #expect(session.connected(at: 0) == [.subscribe(Self.control), first])
    #expect(session.due == 30_000)
  }

  @Test func aDeviceThatSendsByItselfIsWaitedForUntilItIsSilent() throws {
    var session = try session()
    _ = session.connected(at: 0)
    #expect(session.received(Self.granted, from: Self.control, at: 100) == [.consent(user: 1, .granted)])
    #expect(session.received([0x60], from: Self.values, at: 4_000).isEmpty)
    #expect(session.due == 9_000)
    #expect(session.timePassed(to: 8_999).isEmpty)
    #expect(session.timePassed(to: 9_000) == [second])
    #expect(session.received(Self.granted, from: Self.control, at: 9_100) == [.consent(user: 2, .granted)])
    #expect(session.timePassed(to: 14_100).isEmpty)
    #expect(session.due == nil)
    #expect(session.timePassed(to: 1_000_000).isEmpty, "nobody is asked twice")
  }

  @Test func eachUsersRecordsAreReportedAfterHerConsent() throws {
    var session = try session(stored: true)
    #expect(session.connected(at: 0) == [.subscribe(Self.control), first], "no report before a consent")
    #expect(session.received(Self.granted, from: Self.control, at: 100) == [.consent(user: 1, .granted), report])
    #expect(session.received(Self.granted, from: Self.control, at: 110).isEmpty, "not asked for")
    #expect(session.received([0x60], from: Self.values, at: 200).isEmpty)
    let none = session.received([6, 0, 1, 6], from: Self.records, at: 300)
    #expect(none == [.recordsAreWhole, .note("no records are stored"), second])
    #expect(session.received(Self.granted, from: Self.control, at: 400).last == report)
    let all = session.received([6, 0, 1, 1], from: Self.records, at: 500)
    #expect(all == [.recordsAreWhole, .note("all stored records were reported")])
    #expect(session.due == nil)
  }

  /// What one user's records came to says nothing of the next one's.
  @Test func aReportThatHaltsDoesNotKeepTheNextUserWaiting() throws {
    var session = try session(stored: true)
    _ = session.connected(at: 0)
    _ = session.received(Self.granted, from: Self.control, at: 0)
    #expect(session.timePassed(to: 10_000).last == write([3, 0], "abort the report", to: Self.records))
    #expect(session.timePassed(to: 20_000).last == second)
    #expect(session.received(Self.granted, from: Self.control, at: 20_100).last == report)
    let request = DeviceSession.Write(
      characteristic: Self.records, bytes: [1, 1], withResponse: true, name: "report stored records")
    #expect(session.writeFailed(request, at: 20_200) == [write([3, 0], "abort the report", to: Self.records)])
  }

  @Test(arguments: [2, 3, 4, 5, 0, 255] as [UInt8])
  func aRefusalIsSaidAndTheNextOneIsAsked(result: UInt8) throws {
    var session = try session()
    _ = session.connected(at: 0)
    let said = session.received([0x20, 0x02, result], from: Self.control, at: 100)
    #expect(said == [.consent(user: 1, .refused), second])
    #expect(session.received(Self.refused, from: Self.control, at: 200) == [.consent(user: 2, .refused)])
    #expect(session.due == nil)
  }

  @Test(arguments: [[], [0x20], [0x20, 0x02], [0x20, 0x04, 0x01, 0x02], [0x02, 0x01, 0x01]] as [[UInt8]])
  func whatIsNoAnswerSaysNothing(bytes: [UInt8]) throws {
    var session = try session()
    _ = session.connected(at: 0)
    #expect(session.received(bytes, from: Self.control, at: 100).isEmpty)
    #expect(session.due == 30_000)
  }

  @Test func afterATimeOutNothingMoreIsAskedOverTheLink() throws {
    var session = try session(stored: true, connection: "idle, idle-seconds: 3")
    _ = session.connected(at: 0)
    #expect(session.timePassed(to: 29_999).isEmpty, "the silence of a device that is asked is no reason to hang up")
    #expect(session.timePassed(to: 30_000) == [.consent(user: 1, .unanswered), .hangUp])
    #expect(session.due == nil)
    #expect(session.timePassed(to: 60_000).isEmpty)
  }

  @Test func aWriteThatFailsIsNoProcedure() throws {
    var session = try session()
    let asked = session.connected(at: 0)
    guard case .write(let write)? = asked.last else { throw Oddity() }
    #expect(session.writeFailed(write, at: 50) == [.consent(user: 1, .unanswered), second])
  }
  private struct Oddity: Error {}

  @Test func withoutCodesOrAControlPointThereAreNoTurns() throws {
    var none = try session(codes: [], stored: true)
    #expect(none.connected(at: 0) == [report])
    #expect(none.received(Self.granted, from: Self.control, at: 10).isEmpty)
    var plain = try session(stored: true, has: [Self.values, Self.records])
    #expect(plain.connected(at: 0) == [report])
  }

  @Test func nothingIsWrittenThatIsForbidden() throws {
    var session = try session(codes: [(0, 0), (254, 9999)])
    var writes = session.connected(at: 0)
    writes += session.received(Self.refused, from: Self.control, at: 1)
    let bytes = writes.compactMap { action in if case .write(let write) = action { write.bytes } else { nil } }
    #expect(bytes == [[2, 0, 0, 0], [2, 254, 0x0F, 0x27]])
    #expect(bytes.allSatisfy { ForbiddenWrites.harm(of: $0, to: Self.control) == nil })
  }
}
