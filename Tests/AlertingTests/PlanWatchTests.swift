// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// ND-1. The box starts at 06:00; blood pressure is planned at 07:00 and 19:00, two hours early or late count.
@Suite struct PlanWatchTests {
  static let short = TechnicalCondition.nothingMeasured(WatchStory.person, [.systolic], isLong: false)
  static let long = TechnicalCondition.nothingMeasured(WatchStory.person, [.systolic], isLong: true)

  var story = WatchStory()

  init() { story.watch.plansAre([WatchStory.person: [WatchStory.twiceDaily()]]) }

  @Test mutating func threeMissedSlotsAreSomethingMissing() {
    story.run(until: 26.98)
    #expect(story.changes.isEmpty)
    // The third window closes at 09:00 of the second day.
    story.run(until: 27.02)
    #expect(story.changes.map(\.description) == ["ND-1 on 27.0"])
    #expect(story.isOn(Self.short))
  }

  @Test mutating func whoeverMeasuresIsLeftAlone() {
    for day in 0..<4 {
      let morning = Double(day) * 24
      story.run(until: morning + 2.9)
      story.take([(.systolic, "120")])
      story.run(until: morning + 11.1)
      story.take([(.systolic, "120")])
    }
    #expect(story.changes.isEmpty)
  }

  /// A stream that never began does not fall silent; it is missed all the same.
  @Test mutating func aSensorThatWasNeverPutOnIsMissed() {
    story.watch.plansAre([WatchStory.person: [.init(kinds: [.spo2], when: .continuous(from: 1320, to: 360))]])
    story.run(until: 35.9)
    #expect(story.changes.isEmpty)
    story.run(until: 73)
    #expect(story.changes.map(\.description) == ["ND-1 on 36.0", "ND-1 on 72.0"])
    story.take([(.spo2, "97")], stream: true)
    story.run(until: 73.1)
    #expect(!story.isOn(.nothingMeasured(WatchStory.person, [.spo2], isLong: true)))
  }

  /// At noon is not what was planned, but it is a sign of life.
  @Test mutating func anyReadingBeginsTheCountAnew() {
    for day in 0..<5 {
      story.run(until: Double(day) * 24 + 6)
      story.take([(.systolic, "120")])
    }
    story.run(until: 102)
    #expect(story.changes.isEmpty)
    story.run(until: 135.1)
    #expect(story.changes.map(\.description) == ["ND-1 on 135.0"])
  }

  /// One in the morning, then nothing for 36 hours; three days make it worse; a reading ends it.
  @Test mutating func timeAloneTells() {
    story.limits.missedMeasurements = 99
    story.run(until: 1)
    story.take([(.systolic, "120")])
    story.run(until: 36.98)
    #expect(story.changes.isEmpty)
    story.run(until: 72)
    #expect(story.changes.map(\.description) == ["ND-1 on 37.0"])
    story.run(until: 73.1)
    #expect(story.changes.map(\.description) == ["ND-1 on 37.0", "ND-1 on 73.0"])
    #expect(story.isOn(Self.long))
    story.take([(.systolic, "120")])
    story.run(until: 73.2)
    #expect(!story.isOn(Self.long))
    #expect(!story.isOn(Self.short))
  }

  @Test(
    arguments: [
      (Quality.valid, "120", true), (.questionable, "120", true), (.invalid, "120", false), (.valid, nil, false),
    ] as [(Quality, String?, Bool)])
  func onlyWhatWasMeasuredCounts(_ quality: Quality, _ value: String?, _ counts: Bool) {
    var tests = self
    tests.story.run(until: 28)
    #expect(tests.story.isOn(Self.short))
    tests.story.take([(.systolic, value)], quality: quality)
    tests.story.run(until: 28.1)
    #expect(tests.story.isOn(Self.short) != counts)
  }

  @Test mutating func whatIsNotThePersonsOrNotOfTheKindDoesNotCount() {
    story.run(until: 28)
    story.take([(.glucose, "5.5")])
    story.take([(.systolic, "120")], of: WatchStory.other)
    story.take([(.systolic, "120")], purpose: .commissioning)
    story.run(until: 28.1)
    #expect(story.isOn(Self.short))
  }

  @Test mutating func anyOfThePlannedKindsWillDo() {
    story.watch.plansAre([WatchStory.person: [WatchStory.twiceDaily([.heartRate, .pulseRate])]])
    for hour in [1.0, 13, 25, 37, 49] {
      story.run(until: hour)
      story.take([(.pulseRate, "70")])
    }
    #expect(story.changes.isEmpty)
  }

  /// What the device had stored counts by when it was measured.
  @Test mutating func aStoredReadingFillsTheSlotsOfItsTime() {
    story.limits.nothingMeasured = WatchStory.hours(1000)
    story.run(until: 28)
    #expect(story.isOn(Self.short))
    // Of the evening before: this morning's is still missed, the two before are not.
    story.take([(.systolic, "120")], hoursAgo: 15)
    story.run(until: 28.1)
    #expect(!story.isOn(Self.short))
    story.run(until: 50.9)
    #expect(!story.isOn(Self.short))
    story.run(until: 51.1)
    #expect(story.isOn(Self.short))
  }

  @Test mutating func aStoredReadingOfLongAgoEndsNothing() {
    story.limits.missedMeasurements = 99
    story.run(until: 90)
    #expect(story.isOn(Self.long))
    story.take([(.systolic, "120")], hoursAgo: 80)
    story.run(until: 90.1)
    #expect(story.isOn(Self.long))
    // It is no longer three days, but still more than 36 hours.
    story.take([(.systolic, "120")], hoursAgo: 40)
    story.run(until: 90.2)
    #expect(!story.isOn(Self.long))
    #expect(story.isOn(Self.short))
  }

  // MARK: plans

  @Test mutating func aPersonWithNoPlanMissesNothing() {
    story.watch.plansAre([:])
    story.run(until: 100)
    #expect(story.changes.isEmpty)
  }

  /// Clinics change plans by day: what was before is not held against anybody.
  @Test mutating func aNewPlanBeginsAnew() {
    story.watch.plansAre([WatchStory.person: [WatchStory.nightly()]])
    story.run(until: 1)
    story.take([(.systolic, "120")])
    story.run(until: 50)
    story.watch.plansAre([WatchStory.person: [WatchStory.twiceDaily()]])
    // Made at 08:00: the window of that morning is nobody's fault.
    story.run(until: 85.9)
    // Nothing of the nights came, which is held against them no longer.
    #expect(story.changes.map(\.description) == ["ND-1 on 36.0", "ND-1 off 50.02"])
    story.run(until: 86.1)
    #expect(story.changes.map(\.holds) == [true, false, true])
  }

  @Test mutating func otherTimesOfTheSamePlanForgetNothing() {
    story.run(until: 20)
    story.watch.plansAre([
      WatchStory.person: [.init(kinds: [.systolic], when: .times([420, 1140], tolerance: 60))]
    ])
    story.run(until: 26.1)
    #expect(story.changes.map(\.description) == ["ND-1 on 26.0"])
  }

  @Test mutating func aDroppedPlanEndsWhatItAskedFor() {
    story.run(until: 28)
    story.watch.plansAre([WatchStory.person: [WatchStory.twiceDaily([.glucose])]])
    story.run(until: 28.1)
    #expect(!story.isOn(Self.short))
  }

  // MARK: the box

  /// It was off from 10:00 of the first day to 10:00 of the second: two slots are nobody's fault.
  @Test mutating func aBoxThatWasOffBlamesNobody() {
    story.limits.nothingMeasured = WatchStory.hours(1000)
    story.run(until: 4)
    story.skip(to: 28)
    // Missed: the first morning, the second evening; the third morning is the third.
    story.run(until: 50.9)
    #expect(story.changes.isEmpty)
    story.run(until: 51.1)
    #expect(story.changes.map(\.description) == ["ND-1 on 51.0"])
  }

  @Test mutating func aShortBreakIsNoExcuse() {
    for hour in stride(from: 0.4, to: 27, by: 0.4) {
      story.skip(to: hour)
      story.look()
    }
    story.run(until: 27.1)
    #expect(story.isOn(Self.short))
  }

  @Test mutating func aSlotThatBeganBeforeTheBoxDoesNotCount() {
    // From 08:00 on.
    story.skip(to: 2)
    story.run(until: 38.9)
    // The evening and the next morning: two, and 36 hours are not over before 38.
    #expect(story.changes.map(\.description) == ["ND-1 on 38.0"])
  }

  /// After a restart it is told what came before: the hours go on.
  @Test mutating func aRestartForgetsNoReading() {
    story.take([(.systolic, "120")], at: -35)
    story.run(until: 0.98)
    #expect(story.changes.isEmpty)
    story.run(until: 1.1)
    #expect(story.changes.map(\.description) == ["ND-1 on 1.0"])
  }

  /// What a device has stored is handed over first.
  @Test mutating func afterARestartDevicesAreGivenAWhile() {
    story.take([(.systolic, "120")], at: -40)
    story.run(until: 0.2)
    #expect(story.changes.isEmpty)
    story.take([(.systolic, "120")], hoursAgo: 3)
    story.run(until: 1)
    #expect(story.changes.isEmpty)
  }

  /// Slots of before the restart are not remembered, so nothing is said to be over because of it.
  @Test mutating func afterARestartOnlyAReadingEndsAnything() {
    story.take([(.systolic, "120")], at: -20)
    #expect(story.look().isEmpty)
    story.run(until: 1)
    story.take([(.systolic, "120")])
    #expect(story.look().map(\.holds) == [false, false])
  }

  // MARK: the wall clock

  @Test mutating func whileTheClockIsUnknownNoSlotCounts() {
    story.limits.nothingMeasured = WatchStory.hours(1000)
    story.clockError = nil
    story.run(until: 30)
    story.clockError = 0
    // 12:00 of the second day; then the evening and the two slots of the next day.
    story.run(until: 62.9)
    #expect(story.changes.isEmpty)
    story.run(until: 63.1)
    #expect(story.changes.map(\.description) == ["ND-1 on 63.0"])
  }

  @Test mutating func timeGoesOnWhileTheClockIsUnknown() {
    story.clockError = nil
    story.run(until: 36.1)
    #expect(story.changes.map(\.description) == ["ND-1 on 36.0"])
  }

  /// The same slot is not missed twice where the clock steps back over its end, nor three at once where it leaps.
  @Test(arguments: [-1.0, -3, 30, -30, 24_000, -24_000])
  func aClockThatJumpsCountsNothingTwice(_ jump: Double) {
    var tests = self
    tests.story.run(until: 15.1)
    #expect(tests.story.changes.isEmpty)
    tests.story.clockError = jump
    tests.story.run(until: 20)
    #expect(tests.story.changes.isEmpty)
    tests.story.clockError = 0
    tests.story.run(until: 26.9)
    #expect(tests.story.changes.isEmpty)
    tests.story.run(until: 27.1)
    #expect(tests.story.isOn(Self.short))
  }

  @Test mutating func slotsOverMidnightAreJudgedTheNextDay() {
    story.limits.nothingMeasured = WatchStory.hours(1000)
    story.limits.missedMeasurements = 1
    story.watch.plansAre([WatchStory.person: [.init(kinds: [.glucose], when: .times([1410], tolerance: 60))]])
    story.run(until: 18.4)
    #expect(story.changes.isEmpty)
    story.run(until: 18.6)
    #expect(story.changes.map(\.description) == ["ND-1 on 18.5"])
    story.take([(.glucose, "5.5")])
    story.run(until: 41)
    story.take([(.glucose, "5.5")])
    story.run(until: 60)
    #expect(story.changes.map(\.description) == ["ND-1 on 18.5", "ND-1 off 18.62"])
  }
}
