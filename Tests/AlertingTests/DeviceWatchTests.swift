// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// ND-3 and DV-1.
@Suite struct DeviceWatchTests {
  static let unseen = TechnicalCondition.deviceUnseen(WatchStory.cuff, WatchStory.person)
  static let low = TechnicalCondition.batteryLow(WatchStory.cuff, WatchStory.person)
  static let empty = TechnicalCondition.batteryEmpty(WatchStory.cuff, WatchStory.person)
  static let fault = TechnicalCondition.sensorFault(WatchStory.cuff, WatchStory.person)
  static let failing = TechnicalCondition.measurementsFail(WatchStory.cuff, WatchStory.person)

  var story = WatchStory()

  init() { story.watch.devicesAre([(WatchStory.cuff, WatchStory.person)]) }

  private mutating func battery(_ percent: String?, quality: Quality = .valid) {
    story.take([(.battery, percent)], quality: quality)
    story.run(until: story.hour + 0.1)
  }

  // MARK: signs of life

  @Test mutating func aDeviceThatIsNotHeardForAWeekIsMissed() {
    story.run(until: 10)
    story.watch.heard("d-1", at: story.occasion(10))
    story.run(until: 177.98)
    #expect(story.changes.isEmpty)
    story.run(until: 178.1)
    #expect(story.changes.map(\.description) == ["ND-3 on 178.0"])
    story.take([(.battery, "80")])
    story.run(until: 178.2)
    #expect(!story.isOn(Self.unseen))
  }

  @Test mutating func oneThatWasNeverHeardIsMissedAWeekAfterTheStart() {
    story.run(until: 168.1)
    #expect(story.changes.map(\.description) == ["ND-3 on 168.0"])
  }

  @Test mutating func aNewDeviceHasItsOwnWeek() {
    story.run(until: 100)
    story.watch.devicesAre([(WatchStory.strap, WatchStory.person)])
    story.run(until: 267.9)
    #expect(story.changes.isEmpty)
    story.run(until: 268.1)
    #expect(story.changes.map(\.rule) == ["ND-3"])
  }

  @Test mutating func theWeekGoesOnOverARestart() {
    story.watch.restore(seen: ["d-1": WatchStory.hours(-160), "d-9": 0])
    story.run(until: 7.98)
    #expect(story.changes.isEmpty)
    story.run(until: 8.1)
    #expect(story.isOn(Self.unseen))
    #expect(story.watch.lastHeard("d-1") == WatchStory.hours(-160))
    #expect(story.watch.lastHeard("d-9") == nil)
  }

  /// A box that comes back after two weeks listens first.
  @Test mutating func afterALongAbsenceTheBoxListensFirst() {
    story.watch.restore(seen: ["d-1": WatchStory.hours(-400)])
    story.run(until: 0.2)
    #expect(story.changes.isEmpty)
    story.watch.heard("d-1", at: story.occasion(0.2))
    story.run(until: 2)
    #expect(story.changes.isEmpty)
  }

  @Test mutating func whenItWasSeenIsKeptForTheNextRun() {
    #expect(story.watch.seen.isEmpty)
    story.run(until: 2)
    story.watch.heard("d-1", at: story.occasion(2))
    #expect(story.watch.seen == ["d-1": 1_773_439_200_000 + WatchStory.hours(2)])
    // What came before is told after it.
    story.take([(.systolic, "120")], at: 1)
    #expect(story.watch.seen == ["d-1": 1_773_439_200_000 + WatchStory.hours(2)])
  }

  @Test mutating func whatWasHeardWithoutAClockIsDatedLater() {
    story.clockError = nil
    story.run(until: 2)
    story.watch.heard("d-1", at: story.occasion(2))
    story.run(until: 3)
    #expect(story.watch.seen.isEmpty)
    story.clockError = 0
    story.run(until: 4)
    #expect(story.watch.seen == ["d-1": 1_773_439_200_000 + WatchStory.hours(2)])
  }

  @Test mutating func devicesThatAreNotEnrolledLeaveNoTrace() {
    let before = story.watch
    story.watch.heard("d-9", at: story.occasion(1))
    story.take([(.spo2, "96")], from: WatchStory.oximeter, stream: true)
    #expect(story.watch == before)
  }

  // MARK: batteries

  @Test(
    arguments: [
      (["21", "20"], ["DV-1 on"]),
      (["19", "21", "19", "24", "20"], ["DV-1 on"]),
      (["20", "24", "25"], ["DV-1 on", "DV-1 off"]),
      (["6", "5"], ["DV-1 on", "DV-1 on"]),
      (["5", "9", "4", "6"], ["DV-1 on", "DV-1 on"]),
      (["5", "10"], ["DV-1 on", "DV-1 on", "DV-1 off"]),
      (["5", "100"], ["DV-1 on", "DV-1 on", "DV-1 off", "DV-1 off"]),
      (["22", "24", "21"], []),
    ] as [([String], [String])])
  func aBatteryThatWaversIsOneCondition(_ values: [String], _ changes: [String]) {
    var tests = self
    for value in values { tests.battery(value) }
    #expect(tests.story.changes.map { "\($0.rule) \($0.holds ? "on" : "off")" } == changes)
  }

  @Test mutating func whatIsNoBatteryValueSaysNothing() {
    battery("3", quality: .invalid)
    battery(nil)
    #expect(story.changes.isEmpty)
  }

  /// Between the limits nobody knows after a restart: what was said stays said.
  @Test mutating func betweenTheLimitsNothingIsJudgedAfterARestart() {
    story.take([(.battery, "22")], at: -1)
    #expect(!story.look().contains { $0.condition == Self.low })
    battery("26")
    #expect(story.look().contains { $0.condition == Self.low && !$0.holds })
  }

  @Test mutating func someDevicesHaveAWordForIt() {
    story.take([(.glucose, "5.5")], status: ["battery-low"])
    story.look()
    #expect(story.isOn(Self.low))
    for _ in 1...2 { story.take([(.glucose, "5.5")]) }
    story.take([(.glucose, "5.5")], status: ["battery-low"])
    for _ in 1...2 { story.take([(.glucose, "5.5")]) }
    story.look()
    #expect(story.isOn(Self.low))
    story.take([(.glucose, "5.5")])
    story.look()
    #expect(!story.isOn(Self.low))
  }

  // MARK: faults

  @Test(arguments: ["equipment-malfunction", "sensor-malfunctioning", "sensor-malfunction", "general-fault"])
  func threeReadingsWithAFaultAreABrokenDevice(_ word: String) {
    var tests = self
    for _ in 1...2 { tests.story.take([(.spo2, "96")], status: [word]) }
    tests.story.look()
    #expect(!tests.story.isOn(Self.fault))
    tests.story.take([(.spo2, "96")], status: [word])
    tests.story.look()
    #expect(tests.story.isOn(Self.fault))
    tests.story.take([(.spo2, nil)])
    tests.story.look()
    #expect(tests.story.isOn(Self.fault))
    tests.story.take([(.spo2, "96")])
    tests.story.look()
    #expect(!tests.story.isOn(Self.fault))
  }

  @Test mutating func aGoodReadingBetweenBeginsTheCountAnew() {
    for status in [["general-fault"], ["general-fault"], [], ["general-fault"], ["general-fault"]] {
      story.take([(.glucose, "5.5")], status: status)
    }
    story.take([(.glucose, "5.5")], status: ["irregular-pulse"])
    story.look()
    #expect(!story.isOn(Self.fault))
  }

  /// A stream says it each second: that is one reading a minute.
  @Test mutating func aStreamIsWorthAReadingAMinute() {
    for second in 0..<119 {
      story.take(
        [(.spo2, "96")], at: Double(second) / 3600, stream: true, status: ["sensor-malfunctioning"])
    }
    story.look()
    #expect(!story.isOn(Self.fault))
    story.skip(to: 0.05)
    story.take([(.spo2, "96")], stream: true, status: ["sensor-malfunctioning"])
    story.look()
    #expect(story.isOn(Self.fault))
    story.take([(.spo2, "96")], at: 0.051, stream: true)
    story.look()
    #expect(story.isOn(Self.fault))
    story.take([(.spo2, "96")], at: 0.07, stream: true)
    story.look()
    #expect(!story.isOn(Self.fault))
  }

  // MARK: measurements that fail

  @Test(
    arguments: [
      (nil, .valid), (nil, .questionable), ("120", .invalid),
    ] as [(String?, Quality)])
  func threeFailuresInADayAreTrouble(_ value: String?, _ quality: Quality) {
    var tests = self
    for hour in [1.0, 5, 9] {
      tests.story.run(until: hour)
      #expect(!tests.story.isOn(Self.failing))
      tests.story.take([(.systolic, value)], quality: quality)
    }
    tests.story.run(until: 40)
    #expect(tests.story.isOn(Self.failing))
    tests.story.take([(.systolic, "120")], quality: .questionable)
    tests.story.look()
    #expect(!tests.story.isOn(Self.failing))
  }

  @Test mutating func oneGoodBetweenIsEnough() {
    for value in [nil, nil, "120", nil, nil] { story.take([(.systolic, value)]) }
    story.look()
    #expect(!story.isOn(Self.failing))
  }

  @Test mutating func failuresOfDaysAreNotOfADay() {
    for hour in [1.0, 20, 26] {
      story.run(until: hour)
      story.take([(.systolic, nil)])
    }
    story.look()
    #expect(!story.isOn(Self.failing))
  }

  @Test mutating func theSameReadingAgainIsOne() {
    for _ in 1...3 { story.take([(.systolic, nil)], reading: "same") }
    story.look()
    #expect(!story.isOn(Self.failing))
  }

  @Test(
    arguments: [
      ([.battery], false, []), ([.systolic], true, []), ([.glucose], false, ["control-solution"]),
    ] as [([ObservationKind], Bool, [String])])
  func whatIsNoMeasurementOfAPersonFailsNothing(_ kinds: [ObservationKind], _ isStream: Bool, _ status: [String]) {
    var tests = self
    for _ in 1...5 {
      tests.story.take(kinds.map { ($0, nil) }, stream: isStream, quality: .invalid, status: status)
    }
    tests.story.look()
    #expect(!tests.story.isOn(Self.failing))
  }

  /// Lo on a meter is a result.
  @Test func tooLowToShowIsAResult() {
    #expect(Quantity(.glucose, .absent(.ninf)).isResult)
    #expect(Quantity(.glucose, .absent(.pinf)).isResult)
    #expect(!Quantity(.glucose, .absent(.nan)).isResult)
  }

  /// A battery value is no measurement: it does not end what failed.
  @Test mutating func aBatteryValueIsNoGoodMeasurement() {
    for _ in 1...3 { story.take([(.systolic, nil)]) }
    story.take([(.battery, "80")])
    story.look()
    #expect(story.isOn(Self.failing))
  }
}
