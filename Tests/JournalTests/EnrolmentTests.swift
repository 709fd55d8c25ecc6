// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import GatewayTestKit
import SQLite
import Testing
import Vitals

@testable import Journal

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
    let devices = try await journal.confirm(provisional, uid: 1000, now: now)
    #expect(devices.map(\.purpose) == [.care])
    #expect(try await journal.devices() == devices)
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

  private func assign(_ user: Int, _ resident: String, to device: EnrolledDevice, in journal: Journal) async throws
    -> Bool
  {
    try await journal.assign(user, of: device, to: try #require(ResidentID(resident)), uid: 1000, now: now) != nil
  }

  @Test func aDeviceIsOnePersonsUntilAUserIsAssigned() async throws {
    let first = try open()
    let (shared, other) = (
      try await first.enrol(try device("02"), uid: 0, now: now),
      try await first.enrol(try device("03"), uid: 0, now: now)
    )
    #expect(shared.slots == nil)
    for user in [nil, 0, 255] { #expect(shared.resident(of: user) == shared.resident) }
    #expect(try await assign(0, "r-8m2q", to: shared, in: first))
    // What it knew of the device may be old: the other assignment stays.
    #expect(try await assign(254, "r-9n3s", to: shared, in: first))
    await first.close()

    let second = try open()
    let devices = try await second.devices()
    #expect(devices.last == other)
    let found = try #require(devices.first)
    #expect([0, 254].map(found.resident(of:)) == [ResidentID("r-8m2q"), ResidentID("r-9n3s")])
    for user in [nil, 1, 255] { #expect(found.resident(of: user) == .unassigned) }
    #expect(
      ["r-31k7", "r-8m2q", "r-9n3s", "r-0000"].map { ResidentID($0).map(found.serves) } == [true, true, true, false])
    for user in [0, 254] { #expect(try await assign(user, "_unassigned", to: found, in: second)) }
    #expect(try await second.devices().first?.slots == UserSlots())
    #expect(
      try await second.latestAudits(4)
        == ["0=r-8m2q", "254=r-9n3s", "0=_unassigned", "254=_unassigned"].map {
          AuditEntry(.assigned, code: $0, uid: 1000, subject: shared.id)
        })
  }

  @Test func aForgottenDeviceHasNoUsersAndGetsNone() async throws {
    let journal = try open()
    let shared = try await journal.enrol(try device("02"), uid: 0, now: now)
    #expect(try await assign(1, "r-8m2q", to: shared, in: journal))
    try await journal.forget(shared, audit: AuditEntry(.forgotten, uid: 0, subject: shared.id), now: now)
    #expect(try await !assign(1, "r-8m2q", to: shared, in: journal))
    #expect(try await journal.latestAudits(1).map(\.what) == [.forgotten])
    let again = try await journal.enrol(try device("02"), uid: 0, now: now)
    #expect(again.slots == nil)
    #expect(try await journal.devices().map(\.slots) == [nil])
    await journal.close()
    let connection = try Connection(path: directory.file("vigil.db"))
    defer { connection.close() }
    #expect(try connection.statement("SELECT COUNT(*) FROM device WHERE slots NOTNULL").first { $0.integer(0) } == 0)
  }

  private func code(_ value: Int) throws -> ConsentCode { try #require(ConsentCode(value)) }

  @Test func aConsentIsKeptBesideItsUserAndNotAudited() async throws {
    let (she, he) = (try #require(ResidentID("r-8m2q")), try #require(ResidentID("r-9n3s")))
    let first = try open()
    let shared = try await first.enrol(try device("02"), uid: 0, now: now)
    #expect(try await first.assign(1, of: shared, to: she, consent: code(42), uid: 1000, now: now) != nil)
    #expect(try await first.assign(2, of: shared, to: he, consent: code(7391), uid: 1000, now: now) != nil)
    // Her code is the device's, whosever her readings are.
    #expect(try await assign(1, "r-9n3s", to: shared, in: first))
    await first.close()

    let second = try open()
    let found = try #require(try await second.devices().first)
    #expect(try found.slots?.consents == [1: code(42), 2: code(7391)])
    #expect(found.slots?.residents == [1: he, 2: he])
    #expect(
      try await second.latestAudits(3).map(\.code) == ["1=r-8m2q consent", "2=r-9n3s consent", "1=r-9n3s"])
    #expect(try await assign(2, "_unassigned", to: found, in: second))
    #expect(try await assign(2, "r-9n3s", to: found, in: second))
    #expect(try await second.devices().first?.slots?.consents == [1: code(42)])
    try await second.forget(found, audit: AuditEntry(.forgotten, uid: 0, subject: found.id), now: now)
    await second.close()
    let connection = try Connection(path: directory.file("vigil.db"))
    defer { connection.close() }
    #expect(try connection.statement("SELECT COUNT(*) FROM device WHERE slots NOTNULL").first { $0.integer(0) } == 0)
  }

  /// A device as it is read when its users stand so in the database.
  private func enrolled(withSlots stored: String) async throws -> EnrolledDevice {
    let first = try open()
    _ = try await first.enrol(try device("02"), uid: 0, now: now)
    await first.close()
    let connection = try Connection(path: directory.file("vigil.db"))
    try connection.statement("UPDATE device SET slots = ?").run(.text(stored))
    connection.close()
    return try #require(try await open().devices().first)
  }

  /// A code without its user is none, and what is no code takes nothing from the users.
  @Test(arguments: [
    ("1=r-8m2q 1:42", [1: 42]), ("1:42 1=r-8m2q", [1: 42]), ("1=r-8m2q 2:42", [:]), ("1=r-8m2q 1:10000 1:x 1:", [:]),
    ("1=r-8m2q 1:-1 :5 1:4:2", [:]),
  ])
  func whatCannotBeReadOfTheConsentsIsNone(stored: String, expected: [Int: Int]) async throws {
    let found = try await enrolled(withSlots: stored)
    #expect(found.slots?.residents == [1: try #require(ResidentID("r-8m2q"))])
    #expect(found.slots?.consents.mapValues { Int($0.value) } == expected)
  }

  /// Damage must not make a shared device one person's.
  @Test(arguments: [
    ("", [:]), ("garbage", [:]), ("1=", [:]), ("=r-8m2q", [:]), ("1=R", [:]), ("255=r-8m2q", [:]), ("-1=r-8m2q", [:]),
    ("1=_unassigned", [:]), ("x=r-8m2q 2=r-9n3s  3=r=4", [2: "r-9n3s"]),
  ])
  func whatCannotBeReadOfTheUsersIsNobodys(stored: String, expected: [Int: String]) async throws {
    let found = try await enrolled(withSlots: stored)
    #expect(found.slots?.residents.mapValues(\.description) == expected)
    #expect(found.resident(of: 1) == .unassigned && found.resident(of: nil) == .unassigned)
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

  /// Where the devices cannot be read any more once one has changed, that one has not changed.
  ///
  /// - Parameter column: whose change damages another device.
  private func damage(afterChangeOf column: String, in journal: isolated Journal) throws {
    try journal.connection.execute(
      """
      CREATE TEMP TRIGGER damage AFTER UPDATE OF \(column) ON device WHEN NEW.id = 1
      BEGIN UPDATE device SET resident = '' WHERE id = 2; END
      """)
  }

  @Test(arguments: ["slots", "forgotten", "confirmed"])
  func whatIsSaidToHaveFailedWasNotDone(column: String) async throws {
    let journal = try open()
    try await openPairing("02", in: journal)
    let device = try await journal.enrolProvisionally(try device("02"), now: now)
    let before = [device, try await journal.enrol(try self.device("03"), uid: 0, now: now)]
    let audits = try await journal.latestAudits(10)
    try await damage(afterChangeOf: column, in: journal)
    await #expect(throws: JournalError.self) {
      switch column {
      case "slots": _ = try await assign(1, "r-8m2q", to: device, in: journal)
      case "forgotten":
        try await journal.forget(device, audit: AuditEntry(.forgotten, uid: 0, subject: device.id), now: now)
      default: _ = try await journal.confirm(device, uid: 0, now: now)
      }
    }
    #expect(try await journal.devices() == before)
    #expect(try await journal.latestAudits(10) == audits)
    #expect(try await journal.unwantedBonds() == [try address("02")])
  }

  /// A change and its audit are one transaction.
  @Test func whatCannotBeEnrolledIsNotAudited() async throws {
    let journal = try open()
    _ = try await journal.enrol(try device("02"), uid: 0, now: now)
    await #expect(throws: JournalError.self) { try await journal.enrol(try device("02"), uid: 0, now: now) }
    #expect(try await journal.latestAudits(10).map(\.what) == [.enrolled])
  }
}
