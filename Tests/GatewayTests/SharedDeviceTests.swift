// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Journal
import Testing
import Vitals

@testable import Gateway

/// A cuff for two people: each has her own readings, and what is of nobody known is nobody's.
extension IngestTests {
  /// A blood pressure of a device's user, 255 for an unknown one; nil where the device does not say.
  private func press(_ systolic: UInt8, user: Int?, _ box: Box) async {
    hand.advance(1000)
    box.ingest.receive(
      address: box.address, characteristic: Self.cuff,
      bytes: [user == nil ? 0 : 8, systolic, 0, 120, 0, 140, 0] + (user.map { [UInt8(clamping: $0)] } ?? []))
    await box.ingest.drain()
  }

  private func assign(_ user: Int, _ resident: String, _ box: Box) async throws {
    let device = try #require(try await box.journal.devices().first)
    let devices = try await box.journal.assign(
      user, of: device, to: try #require(ResidentID(resident)), uid: 0, now: hand.clock())
    await box.ingest.devicesChanged(try #require(devices))
  }

  private func residents(_ box: Box) async throws -> [String] {
    try await readings(box).map(\.resident.description)
  }

  @Test func withoutAnAssignmentAllReadingsAreTheResidents() async throws {
    let box = try await open(enrolling: true)
    try await hasNoClock(box)
    for (number, user) in [nil, 0, 1, 254, 255].enumerated() { await press(120 + UInt8(number), user: user, box) }
    #expect(try await residents(box) == Array(repeating: "r-31k7", count: 5))
    #expect(try await readings(box).map(\.user) == [nil, 0, 1, 254, nil])
  }

  @Test func fromTheFirstAssignmentOnEachUserHasHerOwn() async throws {
    let box = try await open(enrolling: true)
    try await hasNoClock(box)
    await press(119, user: 1, box)
    try await assign(0, "r-8m2q", box)
    try await assign(254, "r-9n3s", box)
    for (number, user) in [0, 254, 1, 255, nil].enumerated() { await press(120 + UInt8(number), user: user, box) }
    #expect(
      try await residents(box) == ["r-31k7", "r-8m2q", "r-9n3s", "_unassigned", "_unassigned", "_unassigned"])
    try await assign(0, "_unassigned", box)
    await press(130, user: 0, box)
    #expect(try await residents(box).last == "_unassigned")
    // None is left out of the ledger.
    #expect(try await box.journal.position(.reading).nextSeq == 9)
  }

  @Test func whatIsNobodysRaisesNoAlertAndIsKeptOfNobody() async throws {
    let first = try await open(enrolling: true)
    try await hasNoClock(first)
    try await assign(0, "r-8m2q", first)
    for (number, user) in [1, 1, 255, 255, nil, nil].enumerated() {
      await press(190 + UInt8(number), user: user, first)
    }
    await first.ingest.tick()
    #expect(try await alerts(first).isEmpty)
    #expect(await first.ingest.persons.isEmpty)
    #expect(await !first.ingest.knows(.unassigned))
    await first.journal.close()

    let second = try await open(enrolling: false)
    try await hasNoClock(second)
    await second.ingest.tick()
    #expect(try await alerts(second).isEmpty)
    #expect(await second.ingest.persons.isEmpty)
    // After the restart too it is hers alone.
    for systolic in [UInt8(200), 201] { await press(systolic, user: 0, second) }
    #expect(try await alerts(second).map(\.resident.description) == ["r-8m2q"])
    #expect(await second.ingest.knows(try #require(ResidentID("r-8m2q"))))
  }

  /// Two people's crises do not confirm each other.
  @Test func aReadingOfOneConfirmsNothingOfAnother() async throws {
    let box = try await open(enrolling: true)
    try await hasNoClock(box)
    try await assign(0, "r-8m2q", box)
    try await assign(1, "r-9n3s", box)
    for user in [0, 1] { await press(190, user: user, box) }
    #expect(try await alerts(box).isEmpty)
    await press(191, user: 1, box)
    #expect(try await alerts(box).map(\.resident.description) == ["r-9n3s"])
  }

  /// It had arrived before the technician said whose it is.
  @Test func whatWaitedForTheClockCountsAsItCame() async throws {
    let box = try await open(enrolling: true)
    await press(120, user: 1, box)
    #expect(try await readings(box).isEmpty)
    try await assign(1, "r-8m2q", box)
    #expect(try await residents(box) == ["r-31k7"])
  }

  @Test func aClinicMayNameEverybodyWhoSharesIt() async throws {
    let box = try await open(enrolling: true)
    try await assign(1, "r-8m2q", box)
    #expect(await box.ingest.knows(try #require(ResidentID("r-8m2q"))))
    #expect(await box.ingest.knows(try #require(ResidentID("r-31k7"))))
    #expect(await !box.ingest.knows(try #require(ResidentID("r-9n3s"))))
  }
}
