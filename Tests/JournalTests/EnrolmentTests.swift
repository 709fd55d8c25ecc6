// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import GatewayTestKit
import Journal
import Testing
import Vitals

@Suite struct EnrolmentTests {
  let directory: TemporaryDirectory
  let loop: EventLoop
  let now = Samples.moment(5000)

  init() throws {
    directory = try TemporaryDirectory()
    loop = try EventLoop(name: "journal")
  }

  func open() throws -> Journal {
    try Journal(path: directory.file("vigil.db"), loop: loop, newEpoch: "epoch", now: now)
  }

  func address(_ last: String) throws -> DeviceAddress { try #require(DeviceAddress("F5:F1:F2:F3:F4:\(last)")) }

  func device(_ last: String, serial: String? = "SN 1") throws -> NewDevice {
    NewDevice(
      address: try address(last), model: "BP cuff", profiles: ["bluetooth.blood-pressure", "bluetooth.battery"],
      resident: try #require(ResidentID("r-31k7")), link: .authenticated, serial: serial)
  }

  func openPairing(_ last: String, in journal: Journal) async throws {
    try await journal.openPairing(
      try address(last), audit: AuditEntry(.pairingOpened, uid: 1000, subject: "F5:F1:F2:F3:F4:\(last)"), now: now)
  }

  @Test func aBondIsUnwantedUntilTheDeviceIsConfirmed() async throws {
    let journal = try open()
    try await openPairing("02", in: journal)
    #expect(try await journal.unwantedBonds() == [try address("02")])
    let provisional = try await journal.enrolProvisionally(try device("02"), now: now)
    #expect(!provisional.isConfirmed && provisional.purpose == .commissioning)
    #expect(try await journal.unwantedBonds() == [try address("02")])
    let confirmed = try await journal.confirm(provisional, uid: 1000, now: now)
    #expect(confirmed.purpose == .care)
    #expect(try await journal.devices() == [confirmed])
    #expect(try await journal.unwantedBonds().isEmpty)
    #expect(
      try await journal.latestAudits(10) == [
        AuditEntry(.pairingOpened, uid: 1000, subject: "F5:F1:F2:F3:F4:02"),
        AuditEntry(.enrolled, uid: 1000, subject: "d-1"),
      ])
  }

  @Test func theSerialComesBackAsItWas() async throws {
    let journal = try open()
    _ = try await journal.enrol(try device("02"), uid: nil, now: now)
    _ = try await journal.enrol(try device("03", serial: nil), uid: nil, now: now)
    #expect(try await journal.devices().map(\.serial) == ["SN 1", nil])
  }

  @Test func whatNobodyConfirmedIsForgottenAtTheNextStart() async throws {
    let first = try open()
    let kept = try await first.enrol(try device("02"), uid: 0, now: now)
    try await openPairing("03", in: first)
    let left = try await first.enrolProvisionally(try device("03"), now: now)
    await first.close()

    let second = try open()
    #expect(try await second.forgetUnconfirmed(code: "interrupted", now: now) == [left])
    #expect(try await second.devices() == [kept])
    #expect(try await second.unwantedBonds() == [try address("03")])
    #expect(
      try await second.latestAudits(1) == [
        AuditEntry(.pairingFailed, code: "interrupted", uid: nil, subject: "F5:F1:F2:F3:F4:03")
      ])
    try await second.bondRemoved(try address("03"))
    #expect(try await second.unwantedBonds().isEmpty)
    #expect(try await second.forgetUnconfirmed(code: "interrupted", now: now).isEmpty)
  }

  @Test func aForgottenDeviceCannotBeConfirmed() async throws {
    let journal = try open()
    let provisional = try await journal.enrolProvisionally(try device("02"), now: now)
    try await journal.forget(provisional, audit: AuditEntry(.pairingCancelled, uid: 0, subject: "d-1"), now: now)
    await #expect(throws: JournalError.self) { try await journal.confirm(provisional, uid: 0, now: now) }
    #expect(try await journal.devices().isEmpty)
  }

  /// A bond that was unwanted is wanted again with the enrolment; one of another device stays unwanted.
  @Test func anEnrolledDevicesBondIsNeverUnwanted() async throws {
    let journal = try open()
    let first = try await journal.enrol(try device("02"), uid: 0, now: now)
    try await journal.forget(first, audit: AuditEntry(.forgotten, uid: 0, subject: first.id), now: now)
    try await openPairing("04", in: journal)
    #expect(try await journal.unwantedBonds() == [try address("02"), try address("04")])
    _ = try await journal.enrol(try device("02"), uid: 0, now: now)
    try await journal.addUnwantedBond(try address("02"))
    #expect(try await journal.unwantedBonds() == [try address("04")])
  }

  /// A change and its audit are one transaction.
  @Test func whatCannotBeEnrolledIsNotAudited() async throws {
    let journal = try open()
    _ = try await journal.enrol(try device("02"), uid: 0, now: now)
    await #expect(throws: JournalError.self) { try await journal.enrol(try device("02"), uid: 0, now: now) }
    #expect(try await journal.latestAudits(10).map(\.what) == [.enrolled])
  }
}
