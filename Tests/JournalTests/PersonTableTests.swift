// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import GatewayTestKit
import Testing
import Vitals

@testable import Journal

@Suite struct PersonTableTests {
  let box: StorageBox
  let resident: ResidentID

  init() throws {
    box = try StorageBox()
    resident = try #require(ResidentID("r-31k7"))
  }

  private var settings: PersonSettings {
    var settings = PersonSettings()
    settings.version = 4
    settings.born = 1948
    settings.conditions = [.scale2, .oxygen]
    settings.limits = [
      PersonSettings.OwnLimit(rule: "OX-2", kind: .spo2, op: .atMost, value: ExactDecimal(94), by: "u-12"),
      PersonSettings.OwnLimit(
        rule: "OX-1", kind: .spo2, op: .below, value: ExactDecimal(88), by: "u-12", why: "慢阻肺  稳定", untilWallMs: 7),
    ]
    settings.plan = [
      PersonSettings.PlanItem(kinds: [.systolic, .diastolic], when: .times([420, 1140], tolerance: 120)),
      PersonSettings.PlanItem(kinds: [.spo2], when: .continuous(from: 1320, to: 360)),
    ]
    return settings
  }

  @Test func settingsComeBackWhole() async throws {
    let (settings, resident) = (settings, resident)
    try await box.journal.write(now: Samples.moment(1)) { try $0.set(settings, of: resident) }
    #expect(try await box.journal.personSettings() == [resident: settings])
    try await box.journal.write(now: Samples.moment(1)) { try $0.set(PersonSettings(), of: resident) }
    #expect(try await box.journal.personSettings() == [resident: PersonSettings()])
  }

  /// A limit that says something else than what the clinic said would be worse than none.
  @Test(arguments: [
    "UPDATE person SET settings = replace(settings, '88', '80')", "UPDATE person SET version = 3",
    "UPDATE person SET resident = 'r-31k6'",
  ]) func settingsAreSealed(_ damage: String) async throws {
    let (settings, resident) = (settings, resident)
    try await box.journal.write(now: Samples.moment(1)) { try $0.set(settings, of: resident) }
    try await box.execute(damage)
    #expect(try await box.journal.personSettings().map(\.value) == [nil])
  }

  @Test func pausesAreThoseThatWereSetLast() async throws {
    let resident = resident
    let pauses = [Pause.Scope.resident, .rule("HR-1"), .alert(StableID(hashing: ["a"]))].enumerated().map {
      Pause(
        id: StableID(hashing: ["\($0)"]), scope: $1, reason: "洗澡", by: "u-1", from: Samples.moment(Int64($0)),
        milliseconds: $0 == 0 ? nil : 60_000)
    }
    let other = Pause(
      id: StableID(hashing: ["other"]), scope: .resident, reason: "x", by: "u-2",
      from: Moment(bootID: "another", monotonicMs: 5, wallMs: nil, synchronized: false), milliseconds: 1)
    try await box.journal.write(now: Samples.moment(1)) { writer in
      try writer.set(pauses, of: resident)
      try writer.set([other], of: .gateway)
    }
    #expect(try await box.journal.pauses() == [resident: pauses, .gateway: [other]])
    try await box.journal.write(now: Samples.moment(2)) { try $0.set([pauses[1]], of: resident) }
    #expect(try await box.journal.pauses()[resident] == [pauses[1]])
  }

  @Test func aDayComesBackWhole() async throws {
    let resident = resident
    var day = DayMemory()
    (day.day, day.told, day.digestDay) = (20_500, ["medium": 2, "late": 6], 20_499)
    day.untold = [
      DayMemory.Untold(rule: "BP-3", name: ["zh": "血压高", "en": "high"], isLate: false, count: 3),
      DayMemory.Untold(rule: "BP-3", name: ["zh": "血压高", "en": "high"], isLate: true, count: 1),
    ]
    try await box.journal.write(now: Samples.moment(1)) { [day] in try $0.set(day, of: resident) }
    #expect(try await box.journal.days() == [resident: day])
    (day.told, day.untold) = (["low": 1], [])
    try await box.journal.write(now: Samples.moment(1)) { [day] in
      try $0.set(day, of: resident)
      try $0.set(DayMemory(), of: .gateway)
    }
    #expect(try await box.journal.days() == [resident: day])
  }

  @Test func aDeviceRemembersWhenItWasHeard() async throws {
    let device = try await box.journal.enrol(
      NewDevice(
        address: try #require(DeviceAddress("F5:F1:F2:F3:F4:01")), model: "m", profiles: [], resident: resident,
        link: .open), uid: nil, now: Samples.moment(0))
    #expect(try await box.journal.lastSeen().isEmpty)
    try await box.journal.saw([device.id: 77, "d-99": 5])
    #expect(try await box.journal.lastSeen() == [device.id: 77])
  }
}

extension PersonTableTests {
  @Test func hoursOfThePastStayForAWeekAndTheRicherOneCounts() async throws {
    let resident = resident
    func hour(_ day: Int, _ hour: Int = 8, median: Int = 97, count: Int = 60) -> Baseline.Hour {
      Baseline.Hour(kind: .spo2, day: day, hour: hour, median: ExactDecimal(median), count: count)
    }
    func add(_ hours: [Baseline.Hour]) async throws {
      try await box.journal.write(now: Samples.moment(1)) { try $0.add(hours, of: resident) }
    }
    try await add([hour(100), hour(101)])
    try await add([hour(101, median: 90, count: 5)])
    #expect(try await box.journal.baselines() == [resident: [hour(100), hour(101)]])
    try await add([hour(101, median: 96, count: 61), hour(109, 7)])
    #expect(try await box.journal.baselines()[resident] == [hour(100), hour(101, median: 96, count: 61), hour(109, 7)])
    try await add([hour(110)])
    #expect(try await box.journal.baselines()[resident]?.map(\.day) == [101, 109, 110])
  }

  /// Old ones too, and however many samples have come since.
  @Test func spotReadingsOfDaysAreFound() async throws {
    for day in Int64(0)..<10 { try await box.spot(at: day * StorageBox.day) }
    try await box.samples(100, from: 9 * StorageBox.day)
    let since = Samples.wallMs + 2 * StorageBox.day
    let found = try await box.journal.recentSpots(sinceWallMs: since, limit: 100)
    #expect(found.map { $0.received.monotonicMs / StorageBox.day } == [2, 3, 4, 5, 6, 7, 8, 9])
    #expect(try await box.journal.recentSpots(sinceWallMs: since, limit: 3).count == 3)
  }
}
