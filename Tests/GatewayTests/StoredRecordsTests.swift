// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import EventLoop
import GatewayTestKit
import Testing
import Vitals

@testable import Gateway
@testable import Journal

/// How far the stored records of a glucose meter are on the disk.
@Suite struct StoredRecordsTests {
  typealias Gate = DeviceTimeTests.Gate

  private let site: DeviceTimeTests
  private static let glucose = "00002a18-0000-1000-8000-00805f9b34fb"

  init() throws { site = try DeviceTimeTests() }

  private func open() async throws -> Gate {
    let gate = try await site.open(profiles: ["bluetooth.glucose"])
    await gate.ingest.hasNoClock(gate.device)
    return gate
  }

  /// - Parameter second: of its time stamp: two records of one number differ in it.
  private func tell(_ number: UInt16, second: UInt8 = 30, to gate: Gate) {
    gate.ingest.receive(
      address: gate.device.address, characteristic: Self.glucose,
      bytes: [0x02, UInt8(number & 0xFF), UInt8(number >> 8), 0xEA, 7, 3, 14, 8, 5, second, 0x5F, 0xB0, 0x11])
  }

  private func stored(_ gate: Gate) async throws -> UInt16? { try await gate.journal.lastRecord(of: gate.device.id) }

  @Test func itMovesOnOnceAllIsReported() async throws {
    let gate = try await open()
    #expect(await gate.ingest.recordsBegin(of: gate.device) == nil)
    for number in [UInt16(3), 1, 2] { tell(number, to: gate) }
    _ = await gate.ingest.weighRecords(of: gate.device)
    #expect(try await stored(gate) == nil, "more may come")
    await gate.ingest.recordsAreWhole(of: gate.device)
    #expect(try await stored(gate) == 3)
    #expect(try await site.readings(gate).count == 3)
    #expect(await gate.ingest.recordsBegin(of: gate.device) == 3)
  }

  /// Each user may have numbers of her own: how far one's are here would hide another's.
  @Test func recordsByUserMoveNothing() async throws {
    let gate = try await open()
    _ = await gate.ingest.recordsBegin(of: gate.device)
    tell(7, to: gate)
    await gate.ingest.recordsAreWhole(of: gate.device)
    #expect(try await stored(gate) == 7)
    #expect(await gate.ingest.recordsBegin(of: gate.device, isByUser: true) == nil)
    #expect(try await stored(gate) == nil)
    tell(2, to: gate)
    await gate.ingest.recordsAreWhole(of: gate.device)
    #expect(try await stored(gate) == nil)
    #expect(try await site.readings(gate).count == 2)
    #expect(await gate.ingest.recordsBegin(of: gate.device) == nil, "all are asked for once the users have no codes")
  }

  @Test func aLinkThatEndsHalfWayMovesNothing() async throws {
    let gate = try await open()
    _ = await gate.ingest.recordsBegin(of: gate.device)
    for number in [UInt16(1), 2] { tell(number, to: gate) }
    await gate.ingest.linkEnded(gate.device)
    await gate.ingest.recordsAreWhole(of: gate.device)
    #expect(try await stored(gate) == nil)
    #expect(try await site.readings(gate).count == 2, "what came is there")
  }

  @Test func whatIsReportedAgainIsKnown() async throws {
    let gate = try await open()
    _ = await gate.ingest.recordsBegin(of: gate.device)
    tell(1, to: gate)
    await gate.ingest.recordsAreWhole(of: gate.device)
    _ = await gate.ingest.recordsBegin(of: gate.device)
    tell(1, to: gate)
    #expect(await gate.ingest.weighRecords(of: gate.device) == (true, false))
    tell(2, to: gate)
    #expect(await gate.ingest.weighRecords(of: gate.device) == (true, true))
    #expect(try await site.readings(gate).count == 2)
  }

  /// A kill right behind it must not leave a record that shows it no more, and a number that hides the others.
  @Test(arguments: [UInt16(2), 7]) func aNewRecordOfBeforeForgetsTheNumberInItsTransaction(number: UInt16) async throws
  {
    let gate = try await open()
    _ = await gate.ingest.recordsBegin(of: gate.device)
    tell(7, to: gate)
    await gate.ingest.recordsAreWhole(of: gate.device)
    _ = await gate.ingest.recordsBegin(of: gate.device)
    tell(number, second: 31, to: gate)
    await gate.ingest.drain()
    #expect(try await stored(gate) == nil)
    #expect(try await site.readings(gate).count == 2)
    #expect(await gate.ingest.recordsBegin(of: gate.device) == nil)
  }

  @Test func whatCannotBeWrittenMovesNothing() async throws {
    let gate = try await open()
    _ = await gate.ingest.recordsBegin(of: gate.device)
    let journal = gate.journal
    func room(_ pages: Int, in journal: isolated Journal) throws {
      try journal.connection.execute("PRAGMA max_page_count=\(pages)")
    }
    try await room(1, in: journal)
    var number: UInt16 = 0
    while await gate.ingest.writeError == nil, number < 1000 {
      number += 1
      tell(number, to: gate)
      await gate.ingest.drain()
    }
    try #require(await gate.ingest.writeError != nil)
    await gate.ingest.recordsAreWhole(of: gate.device)
    #expect(try await stored(gate) == nil)
    // The next connection begins meanwhile: what waits is known.
    #expect(await gate.ingest.recordsBegin(of: gate.device) == number)
    try await room(1_000_000, in: journal)
    await gate.ingest.commit()
    #expect(try await stored(gate) == number)
  }

  @Test func anotherServicesNumbersAreOthers() async throws {
    let gate = try await site.open(profiles: ["bluetooth.glucose", "bluetooth.blood-pressure"])
    await gate.ingest.hasNoClock(gate.device)
    _ = await gate.ingest.recordsBegin(of: gate.device)
    await site.say(120, stamped: nil, to: gate)
    #expect(await gate.ingest.weighRecords(of: gate.device) == (false, false))
  }
}
