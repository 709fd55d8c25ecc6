// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// What streams of samples raise and clear.
@Suite struct DetectorTests {
  @Test func aStreamRaisesAfterItsTime() throws {
    var story = DetectorStory()
    #expect(story.stream(.spo2, "86", 0...29).isEmpty)
    #expect(story.stream(.spo2, "85", 30...40).brief == ["OX-1 began"])
    let onset = try #require(story.findings.first?.onset)
    #expect(onset.priority == .high)
    #expect(onset.limits == [Limit(kind: .spo2, op: .below, value: ExactDecimal(90), basis: .default)])
    #expect(
      onset.evidence.map(\.values) == [
        [Quantity(.spo2, .number(ExactDecimal(86)))], [Quantity(.spo2, .number(ExactDecimal(85)))],
      ])
    #expect(onset.evidence.first?.reading == StableID(hashing: ["sample 1"]))
    #expect(onset.decisive == onset.evidence.last)
    #expect(onset.link == .authenticated)
    #expect(onset.figure == nil && onset.aggravation == nil && !onset.isUnconfirmed && onset.superseded.isEmpty)
  }

  @Test func anyNormalSampleBeginsAnew() {
    var story = DetectorStory()
    story.stream(.spo2, "86", 0...29)
    story.stream(.spo2, "93", 30...30)
    #expect(story.stream(.spo2, "86", 31...60).isEmpty)
    #expect(story.stream(.spo2, "86", 61...61).brief == ["OX-1 began"])
  }

  @Test func aSilenceStopsTheTimerButASampleEachTenSecondsIsNone() {
    var story = DetectorStory()
    story.stream(.spo2, "86", 0...20)
    #expect(story.stream(.spo2, "86", 31...40).isEmpty)
    #expect(story.stream(.spo2, "86", 41...41).brief == ["OX-1 began"])
    var slow = DetectorStory()
    for second in [0, 10, 20] { slow.stream(.spo2, "86", second...second) }
    #expect(slow.stream(.spo2, "86", 30...30).brief == ["OX-1 began"])
  }

  @Test func twoDevicesDoNotShareATimer() {
    var story = DetectorStory()
    for second in 0...29 {
      story.stream(.heartRate, "135", second...second, device: second < 15 ? "strap" : "finger")
    }
    #expect(story.stream(.heartRate, "135", 30...30, device: "finger").isEmpty)
    // A normal value of the one does not end what the other shows.
    var both = DetectorStory()
    for second in 0...30 {
      both.stream(.heartRate, "135", second...second, device: "strap")
      both.stream(.pulseRate, "70", second...second, device: "finger")
    }
    #expect(both.findings.brief == ["HR-1 began"])
  }

  @Test func samplesThatCannotBeUsedStopTheTimer() {
    var story = DetectorStory()
    story.stream(.spo2, "86", 0...20)
    story.stream(.spo2, "86", 21...28, quality: .invalid)
    #expect(story.stream(.spo2, "86", 29...38).isEmpty)  // 20 s before, 9 s after
    #expect(story.stream(.spo2, "86", 39...39).brief == ["OX-1 began"])
    var absent = DetectorStory()
    absent.stream(.spo2, "86", 0...20)
    absent.stream(.spo2, "nan", 21...28)
    #expect(absent.stream(.spo2, "86", 29...38).isEmpty)
    #expect(absent.stream(.spo2, "86", 39...39).brief == ["OX-1 began"])
  }

  @Test func notLongerThanAQuarterOfAnHour() {
    var story = DetectorStory()
    story.stream(.spo2, "86", 0...20)
    story.stream(.spo2, "86", 21...1000, quality: .invalid)
    #expect(story.stream(.spo2, "86", 1001...1030).isEmpty)
    #expect(story.stream(.spo2, "86", 1031...1031).brief == ["OX-1 began"])
  }

  @Test func valuesThatJumpBetweenTwoBandsRaiseTheLesserRule() {
    var story = DetectorStory()
    for second in 0...119 { story.stream(.spo2, second % 2 == 0 ? "91" : "89", second...second) }
    #expect(story.findings.isEmpty)
    #expect(story.stream(.spo2, "91", 120...120).brief == ["OX-2 began"])
  }

  @Test func afterSensorOnADesaturationIsDelayedNotLost() {
    var story = DetectorStory(settle: 30_000)
    #expect(story.stream(.spo2, "86", 0...59).isEmpty)
    #expect(story.stream(.spo2, "86", 60...60).brief == ["OX-1 began"])
    // A finger that was out and comes back settles again, and clears nothing meanwhile.
    story.stream(.spo2, "0", 61...80, quality: .invalid)
    #expect(story.stream(.spo2, "97", 81...170).isEmpty)
    #expect(story.stream(.spo2, "97", 171...171).brief == ["OX-1 ended"])
  }

  @Test func aStreamClearsAfterItsTimeInsideTheDeadband() {
    var story = DetectorStory()
    story.stream(.spo2, "86", 0...30)
    #expect(story.stream(.spo2, "91.9", 31...200).isEmpty)
    #expect(story.stream(.spo2, "92", 201...260).isEmpty)
    // OX-2 has the same value in its band, for long enough by now.
    let new = story.stream(.spo2, "92", 261...261)
    #expect(new.brief == ["OX-1 ended", "OX-2 began"])
    guard case .ended(let evidence)? = new.first?.change else {
      Issue.record("not ended")
      return
    }
    #expect(evidence?.values == [Quantity(.spo2, .number(ExactDecimal(92)))])
  }

  @Test func aSilenceClearsNothing() {
    var story = DetectorStory()
    story.stream(.spo2, "86", 0...30)
    story.stream(.spo2, "97", 31...60)
    for second in 61...400 { story.tick(at: Double(second)) }
    // 29 s were before it.
    #expect(story.stream(.spo2, "97", 401...431).isEmpty)
    #expect(story.stream(.spo2, "97", 432...432).brief == ["OX-1 ended"])
  }

  @Test func noFlappingAtTheEdge() {
    var story = DetectorStory()
    for second in 0...3600 { story.stream(.spo2, second / 40 % 2 == 0 ? "89.9" : "90", second...second) }
    #expect(story.findings.brief == ["OX-1 began"])
  }

  @Test func itMayBeginAgain() {
    var story = DetectorStory()
    for round in 0..<3 {
      story.stream(.spo2, "86", round * 200...round * 200 + 40)
      story.stream(.spo2, "97", round * 200 + 41...round * 200 + 199)
    }
    #expect(story.findings.brief == (0..<3).flatMap { _ in ["OX-1 began", "OX-1 ended"] })
    #expect(Set(story.findings.compactMap { $0.onset?.evidence.first?.reading }).count == 3)
  }

  @Test func theMoreSeriousRuleSupersedesAndSilences() {
    var story = DetectorStory()
    story.stream(.heartRate, "115", 0...600)
    #expect(story.stream(.heartRate, "140", 601...631).brief == ["HR-1 began over HR-2"])
    #expect(story.detector.on == ["HR-1"])
    #expect(story.stream(.heartRate, "128", 632...1400).isEmpty)
    // HR-2's own waits ran meanwhile.
    #expect(story.stream(.heartRate, "120", 1401...1461).brief == ["HR-1 ended", "HR-2 began"])
  }

  @Test func theLeastSeriousRuleIsTheSlowest() {
    var story = DetectorStory()
    story.stream(.heartRate, "105", 0...600)
    #expect(story.findings.brief == ["HR-3 began"])
    #expect(story.stream(.heartRate, "112", 601...1201).brief == ["HR-2 began over HR-3"])
    var both = DetectorStory()
    // Both are due at the same sample: the first in order silences the other.
    #expect(both.stream(.heartRate, "112", 0...600).brief == ["HR-2 began"])
  }

  /// Each side of the edges that the references name; nothing is rounded.
  @Test(arguments: [
    (ObservationKind.spo2, "89.9", "OX-1"), (.spo2, "90", "OX-2"), (.spo2, "92", "OX-2"), (.spo2, "92.4", "OX-3"),
    (.spo2, "93", "OX-3"), (.spo2, "94", "OX-3"), (.spo2, "94.1", ""), (.heartRate, "40", "HR-1"),
    (.heartRate, "40.1", "HR-2"), (.heartRate, "41", "HR-2"), (.heartRate, "45.1", "HR-3"), (.heartRate, "50", "HR-3"),
    (.heartRate, "50.1", ""), (.heartRate, "100.9", ""), (.heartRate, "101", "HR-3"), (.heartRate, "110.9", "HR-3"),
    (.heartRate, "111", "HR-2"), (.heartRate, "130", "HR-2"), (.heartRate, "130.9", "HR-2"),
    (.heartRate, "131", "HR-1"), (.bodyTemperature, "38.0", ""), (.bodyTemperature, "38.1", "TP-2"),
    (.bodyTemperature, "39.09", "TP-2"), (.bodyTemperature, "39.1", "TP-1"), (.bodyTemperature, "35.0", "TP-1"),
    (.bodyTemperature, "35.01", ""),
  ])
  func theEdgesOfStreams(kind: ObservationKind, value: String, rule: String) {
    var story = DetectorStory()
    story.stream(kind, value, 0...1000)
    #expect(story.detector.on == [rule].filter { !$0.isEmpty })
  }

  @Test(arguments: [
    ("83", "OX-S2-high"), ("83.5", "OX-S2-medium"), ("85", "OX-S2-medium"), ("87", "OX-S2-low"), ("87.1", ""),
    ("96.9", ""), ("97", "OX-S2-oxygen"),
  ])
  func theEdgesOfScaleTwo(value: String, rule: String) {
    var story = DetectorStory(TestRules.scale2)
    story.stream(.spo2, value, 0...1000)
    #expect(story.detector.on == [rule].filter { !$0.isEmpty })
  }

  // MARK: trust

  @Test func aQuestionableSampleNeitherConfirmsNorClears() {
    var story = DetectorStory()
    story.stream(.spo2, "86", 0...60, quality: .questionable)
    #expect(story.findings.isEmpty)
    #expect(story.stream(.spo2, "86", 61...61).brief == ["OX-1 began"])
    #expect(story.stream(.spo2, "97", 62...200, quality: .questionable).isEmpty)
  }

  @Test func aLateStreamSaysNothing() {
    var story = DetectorStory()
    #expect(story.stream(.spo2, "86", 0...100, age: .late).isEmpty)
    story.stream(.spo2, "86", 101...131)
    #expect(story.stream(.spo2, "97", 132...300, age: .late).isEmpty)
    #expect(story.findings.brief == ["OX-1 began"])
  }

  @Test func aWorseLinkNeitherConfirmsNorEndsAStreamsCondition() {
    var story = DetectorStory()
    story.stream(.spo2, "86", 0...28)
    story.stream(.spo2, "97", 29...29, link: .open)
    #expect(story.stream(.spo2, "86", 30...36, link: .open).isEmpty)
    #expect(story.stream(.spo2, "86", 37...37).brief == ["OX-1 began"])
    #expect(story.stream(.spo2, "97", 38...200, link: .encrypted).isEmpty)
    // The worse one counts from its own beginning, and does not end the better one's.
    var worse = DetectorStory()
    worse.stream(.spo2, "86", 0...20)
    worse.stream(.spo2, "86", 21...50, link: .open)
    #expect(worse.findings.isEmpty)
    var back = worse
    #expect(worse.stream(.spo2, "86", 51...51, link: .open).brief == ["OX-1 began"])
    #expect(worse.findings.first?.onset?.link == .open)
    #expect(back.stream(.spo2, "86", 51...51).brief == ["OX-1 began"])
    #expect(back.findings.first?.onset?.link == .authenticated)
    // What guards nothing is cleared over any link.
    var medium = DetectorStory()
    medium.stream(.heartRate, "115", 0...600)
    medium.stream(.heartRate, "70", 601...661, link: .advert)
    #expect(medium.findings.brief == ["HR-2 began", "HR-2 ended"])
  }

  // MARK: time

  @Test func timeThatDoesNotMoveRaisesNothing() {
    var story = DetectorStory()
    for _ in 0..<1000 { story.stream(.spo2, "86", 5...5) }
    #expect(story.findings.isEmpty)
    for index in 0..<100 { story.spot((.spo2, "86"), at: 5, reading: "at once \(index)") }
    // Two readings of one moment are two readings where the rule asks for no time between.
    #expect(story.findings.brief == ["OX-2 began"])
  }

  @Test func aWallClockThatJumpsChangesNoDuration() {
    var story = DetectorStory()
    story.stream(.spo2, "86", 0...15)
    story.clock = -86_400_000
    story.stream(.spo2, "86", 16...29)
    #expect(story.findings.isEmpty)
    story.clock = 86_400_000
    #expect(story.stream(.spo2, "86", 30...30).brief == ["OX-1 began"])
    story.clock = -3_600_000
    story.spot((.spo2, "97"), at: 40)
    #expect(story.spot((.spo2, "97"), at: 50).brief == ["OX-1 ended"])
  }

  @Test func bigAndBackwardTimesDoNoHarm() {
    for rules in [TestRules.all, TestRules.scale2] {
      var detector = Detector()
      let extremes = [Int64.min, .max, 0, -1, .max, .min, 1]
      for (index, elapsed) in extremes.enumerated() {
        for wallMs in extremes + [DetectorStory.start] {
          let story = DetectorStory(rules)
          let now = Moment(bootID: "boot", monotonicMs: elapsed, wallMs: wallMs, synchronized: true)
          let occasion = Occasion(now: now) { LocalTime(day: Int(truncatingIfNeeded: $0), minute: .min) }
          for age in Age.allCases {
            let o = story.observation(
              [
                (.spo2, "80"), (.systolic, "9223372036854775807"), (.diastolic, "-9223372036854775807"),
                (.bodyWeight, "1\(String(repeating: "0", count: 150))"),
                (.heartRate, "0.\(String(repeating: "0", count: 150))1"),
              ],
              at: 0, stream: index % 2 == 0, age: age, reading: "\(index) \(wallMs) \(age)")
            let extreme = Observation(
              reading: o.reading, device: o.device, profile: o.profile, characteristic: o.characteristic, link: o.link,
              resident: o.resident, purpose: o.purpose, user: nil, received: now, observedWallMs: wallMs,
              clock: o.clock, age: age, quality: o.quality, status: [], values: o.values, isStream: o.isStream)
            _ = detector.take(extreme, at: occasion, rules: rules, settle: .max)
            _ = detector.tick(at: occasion, rules: rules)
          }
        }
      }
      #expect(Set(detector.on).count == detector.on.count)
    }
  }
}
