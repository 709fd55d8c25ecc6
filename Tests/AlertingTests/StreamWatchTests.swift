// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// ND-2. The box starts at 06:00; 22:00 is hour 16, the next 06:00 is hour 24.
@Suite struct StreamWatchTests {
  static let silent = TechnicalCondition.streamSilent(WatchStory.oximeter, WatchStory.person)
  static let strapSilent = TechnicalCondition.streamSilent(WatchStory.strap, WatchStory.person)

  var story = WatchStory()

  init() {
    story.watch.devicesAre([
      (WatchStory.oximeter, WatchStory.person), (WatchStory.strap, WatchStory.person),
      (WatchStory.cuff, WatchStory.other),
    ])
    story.watch.plansAre([WatchStory.person: [WatchStory.nightly()]])
  }

  var nightChanges: [String] { story.changes.filter { $0.rule == "ND-2" }.map(\.description) }

  @Test mutating func aStreamThatStopsInTheNightIsMissed() {
    story.run(until: 15.9)
    story.stream([(.spo2, "96")], until: 20)
    story.run(until: 20.2)
    #expect(nightChanges.isEmpty)
    story.run(until: 20.3)
    #expect(story.isOn(Self.silent))
    story.stream([(.spo2, "96")], until: 20.4)
    story.run(until: 20.41)
    #expect(!story.isOn(Self.silent))
  }

  @Test mutating func aSensorTakenOffByDayIsNobodysAlert() {
    story.stream([(.spo2, "96")], until: 3)
    story.run(until: 15.9)
    #expect(nightChanges.isEmpty)
  }

  /// It was last seen at 09:00: it is missed a quarter of an hour after it is due.
  @Test mutating func aStreamThatDoesNotBeginInTheEveningIsMissed() {
    story.stream([(.spo2, "96")], until: 3)
    story.run(until: 16.24)
    #expect(nightChanges.isEmpty)
    story.run(until: 24.1)
    #expect(nightChanges == ["ND-2 on 16.25", "ND-2 off 24.0"])
  }

  /// A plan for a device that was never there is another matter.
  @Test mutating func aStreamThatNeverCameIsNotMissed() {
    story.run(until: 30)
    #expect(story.look().contains { $0.condition == Self.silent && !$0.holds })
    #expect(nightChanges.isEmpty)
  }

  @Test(arguments: [(Quality.valid, true), (.questionable, true), (.invalid, false)])
  func onlyMeasuredValuesAreAStream(_ quality: Quality, _ counts: Bool) {
    var tests = self
    tests.story.run(until: 15.9)
    tests.story.stream([(.spo2, "96")], until: 17)
    // A finger that slipped out is nothing measured, however often it is said.
    tests.story.stream([(.spo2, "96")], until: 17.5, quality: quality)
    #expect(tests.story.isOn(Self.silent) != counts)
    tests.story.stream([(.spo2, nil)], until: 18)
    #expect(tests.story.isOn(Self.silent))
  }

  /// The strap is missed for the heart rate although the oximeter sends something else.
  @Test mutating func theDeviceOfTheKindIsMissed() {
    story.watch.plansAre([WatchStory.person: [WatchStory.nightly([.heartRate])]])
    story.run(until: 16)
    story.stream([(.heartRate, "70")], until: 17, from: WatchStory.strap)
    story.stream([(.spo2, "96")], until: 18)
    #expect(story.isOn(Self.strapSilent))
    #expect(!story.isOn(Self.silent))
  }

  @Test mutating func anotherDeviceMayTakeOver() {
    story.watch.plansAre([WatchStory.person: [WatchStory.nightly([.heartRate, .pulseRate])]])
    story.run(until: 16)
    story.stream([(.heartRate, "70")], until: 17, from: WatchStory.strap)
    story.run(until: 18)
    #expect(story.isOn(Self.strapSilent))
    story.stream([(.spo2, "96"), (.pulseRate, "70")], until: 19)
    #expect(!story.isOn(Self.strapSilent))
    #expect(!story.isOn(Self.silent))
    story.run(until: 19.5)
    #expect(!story.isOn(Self.strapSilent))
    #expect(story.isOn(Self.silent))
  }

  @Test mutating func othersStreamsAreTheirOwn() {
    story.watch.plansAre([WatchStory.other: [WatchStory.nightly()]])
    story.run(until: 16)
    story.stream([(.spo2, "96")], until: 17)
    story.run(until: 20)
    #expect(nightChanges.isEmpty)
  }

  // MARK: open alerts

  @Test mutating func aStreamThatAnAlertIsAboutIsMissed() {
    story.stream([(.spo2, "85")], until: 3)
    story.monitored = [WatchStory.person: [.spo2]]
    story.look()
    story.run(until: 3.24)
    #expect(nightChanges.isEmpty)
    story.run(until: 3.3)
    #expect(story.isOn(Self.silent))
    // The clinic ended it.
    story.monitored = [:]
    story.run(until: 3.4)
    #expect(nightChanges == ["ND-2 on 3.25", "ND-2 off 3.32"])
  }

  @Test mutating func othersAlertsAreNoReason() {
    story.stream([(.spo2, "96")], until: 3)
    story.monitored = [WatchStory.other: [.spo2], WatchStory.person: [.bodyTemperature]]
    story.run(until: 4)
    #expect(nightChanges.isEmpty)
  }

  /// An alert from a spot measurement at noon does not ask for the oximeter that was taken off in the morning.
  @Test mutating func whatWasTakenOffBeforeTheAlertIsNotMissed() {
    story.stream([(.spo2, "96")], until: 2)
    story.run(until: 6)
    story.monitored = [WatchStory.person: [.spo2]]
    story.run(until: 8)
    #expect(nightChanges.isEmpty)
    story.stream([(.spo2, "85")], until: 8.5)
    story.run(until: 9)
    #expect(story.isOn(Self.silent))
  }

  // MARK: restarts and clocks

  /// One that was missed before the restart stays so until it comes, or is due no longer.
  @Test mutating func aRestartInTheNightEndsNothing() {
    story.skip(to: 18)
    #expect(!story.look().contains { $0.condition == Self.silent })
    story.run(until: 23.9)
    #expect(!story.look().contains { $0.condition == Self.silent })
    story.run(until: 24)
    #expect(story.look().contains { $0.condition == Self.silent && !$0.holds })
  }

  @Test mutating func whileTheClockIsUnknownNothingIsDueByThePlan() {
    story.clockError = nil
    story.stream([(.spo2, "96")], until: 16)
    story.run(until: 20)
    #expect(nightChanges.isEmpty)
    #expect(!story.look().contains { $0.condition == Self.silent })
    story.clockError = 0
    story.run(until: 20.2)
    #expect(nightChanges.isEmpty)
    story.run(until: 20.3)
    #expect(story.isOn(Self.silent))
  }

  @Test mutating func theWholeDayNeedsNoClock() {
    story.clockError = nil
    story.watch.plansAre([WatchStory.person: [.init(kinds: [.spo2], when: .continuous(from: 0, to: 0))]])
    story.stream([(.spo2, "96")], until: 1)
    story.run(until: 1.3)
    #expect(story.isOn(Self.silent))
  }

  @Test mutating func aClockThatJumpsMakesNothingSilent() {
    story.run(until: 15.9)
    story.stream([(.spo2, "96")], until: 17)
    for error in [3.0, -1, 48, 0] {
      story.clockError = error
      story.stream([(.spo2, "96")], until: story.hour + 0.2)
    }
    #expect(nightChanges.isEmpty)
  }
}
