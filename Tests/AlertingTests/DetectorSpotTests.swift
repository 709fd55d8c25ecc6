// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// What second spot readings raise and clear.
@Suite struct DetectorSpotTests {
  // MARK: oximetry and pulse

  @Test func twoLowValuesAMinuteApart() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.spot((.spo2, "86"), at: 0)
    #expect(story.spot((.spo2, "86"), at: 59.9).isEmpty)
    #expect(story.spot((.spo2, "86"), at: 60).brief == ["OX-1 began"])
    #expect(
      story.findings.first?.onset?.evidence.map(\.reading) == ["spot 1", "spot 3"].map { StableID(hashing: [$0]) })
    var late = DetectorStory(TestRules.some("OX-1"))
    late.spot((.spo2, "86"), at: 0)
    #expect(late.spot((.spo2, "86"), at: 600.1).isEmpty)
    #expect(late.spot((.spo2, "86"), at: 660.1).brief == ["OX-1 began"])
    var justInTime = DetectorStory(TestRules.some("OX-1"))
    justInTime.spot((.spo2, "86"), at: 0)
    #expect(justInTime.spot((.spo2, "86"), at: 600).brief == ["OX-1 began"])
  }

  @Test func anyEarlierReadingThatIsNotTooOldConfirms() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.spot((.spo2, "86"), at: 0)
    story.spot((.spo2, "86"), at: 50)
    #expect(story.spot((.spo2, "86"), at: 640).brief == ["OX-1 began"])
    #expect(story.findings.first?.onset?.evidence.first?.reading == StableID(hashing: ["spot 2"]))
  }

  @Test func aFullyQualifiedValueNeedsNoSecond() {
    var story = DetectorStory()
    story.spot((.spo2, "86"), at: 0, quality: .questionable, status: ["fully-qualified"])
    #expect(story.findings.isEmpty)
    #expect(story.spot((.spo2, "86"), at: 1, status: ["fully-qualified"]).brief == ["OX-1 began"])
    #expect(story.findings.first?.onset?.isUnconfirmed == false)
    var lower = DetectorStory()
    #expect(lower.spot((.spo2, "91"), at: 0, status: ["fully-qualified"]).isEmpty)
  }

  @Test func theSameReadingTwiceIsOne() {
    var story = DetectorStory()
    story.spot((.spo2, "86"), at: 0, reading: "same")
    #expect(story.spot((.spo2, "86"), at: 70, reading: "same").isEmpty)
    story.spot((.spo2, "86"), at: 80)
    story.spot((.spo2, "97"), at: 100, reading: "good")
    #expect(story.spot((.spo2, "97"), at: 170, reading: "good").isEmpty)
    #expect(story.findings.brief == ["OX-1 began"])
    #expect(story.spot((.spo2, "97"), at: 180).brief == ["OX-1 ended"])
  }

  @Test func aNormalValueBetweenBeginsAnew() {
    var story = DetectorStory(TestRules.some("OX-2"))
    story.spot((.spo2, "91"), at: 0)
    story.spot((.spo2, "93"), at: 60)
    #expect(story.spot((.spo2, "91"), at: 120).isEmpty)
    #expect(story.spot((.spo2, "91"), at: 419).brief == ["OX-2 began"])
    // A doubtful normal value, or one of something else, does not.
    var doubtful = DetectorStory(TestRules.some("OX-2"))
    doubtful.spot((.spo2, "91"), at: 0)
    doubtful.spot((.spo2, "97"), at: 60, quality: .questionable)
    doubtful.spot((.spo2, "nan"), at: 70)
    doubtful.spot((.pulseRate, "70"), at: 80)
    #expect(doubtful.spot((.spo2, "91"), at: 120).brief == ["OX-2 began"])
  }

  @Test func aReadingWithoutTheValueThatOffendedEndsNothing() {
    var story = DetectorStory(TestRules.some("BP-1"))
    story.pressure("150", "125", at: 0)
    story.spot((.systolic, "150"), at: 60)
    #expect(story.pressure("150", "121", at: 120).brief == ["BP-1 began"])
  }

  @Test func aCuffsPulseCounts() {
    var story = DetectorStory()
    story.spot((.systolic, "120"), (.diastolic, "80"), (.pulseRate, "38"), at: 0, device: "cuff")
    #expect(story.spot((.pulseRate, "39"), at: 100, device: "finger").brief == ["HR-1 began"])
    #expect(
      story.findings.first?.onset?.limits
        == [Limit(kind: .pulseRate, op: .atMost, value: ExactDecimal(40), basis: .default)])
  }

  @Test func whenTheHigherEndsTheLowerMayBegin() {
    var story = DetectorStory()
    for (second, value) in [(0.0, "135"), (60, "135"), (120, "120"), (180, "120")] {
      story.spot((.pulseRate, value), at: second)
    }
    #expect(story.findings.brief == ["HR-1 began", "HR-1 ended", "HR-2 began"])
  }

  @Test func threeMildReadingsAQuarterOfAnHourApart() {
    var story = DetectorStory()
    story.spot((.spo2, "92.4"), at: 0)
    story.spot((.spo2, "93"), at: 899)
    #expect(story.findings.isEmpty)
    #expect(story.spot((.spo2, "94"), at: 900).brief == ["OX-3 began"])
    story.spot((.spo2, "94.5"), at: 1000)
    story.spot((.spo2, "95"), at: 1100)
    #expect(story.spot((.spo2, "95"), at: 1200).brief == ["OX-3 ended"])
  }

  // MARK: trust

  @Test func aQuestionableFirstIsConfirmedAndAQuestionableSecondConfirmsNothing() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.spot((.spo2, "86"), at: 0, quality: .questionable)
    story.spot((.spo2, "86"), at: 60, quality: .questionable)
    #expect(story.findings.isEmpty)
    #expect(story.spot((.spo2, "86"), at: 120).brief == ["OX-1 began"])
    story.spot((.spo2, "97"), at: 200, quality: .questionable)
    story.spot((.spo2, "97"), at: 300)
    #expect(story.findings.count == 1)
    #expect(story.spot((.spo2, "97"), at: 400).brief == ["OX-1 ended"])
    // It is kept, and a clean one confirms it when the first is too long ago.
    var kept = DetectorStory(TestRules.some("OX-1"))
    kept.spot((.spo2, "86"), at: 0)
    kept.spot((.spo2, "86"), at: 500, quality: .questionable)
    #expect(kept.spot((.spo2, "86"), at: 700).brief == ["OX-1 began"])
  }

  @Test func aLateReadingConfirmsAndClearsNothingAndAnInvalidOneIsNone() {
    var story = DetectorStory(TestRules.some("OX-1"))
    for second in [0.0, 100, 200] {
      story.spot((.spo2, "80"), at: second, quality: .invalid)
      story.spot((.spo2, "80"), at: second + 1, age: .late)
    }
    #expect(story.findings.brief.allSatisfy { $0 == "OX-1 late" })
    story.spot((.spo2, "80"), at: 300)
    #expect(story.spot((.spo2, "80"), at: 360).brief == ["OX-1 began"])
    story.findings = []
    for second in [400.0, 500, 600] { story.spot((.spo2, "97"), at: second, age: .late) }
    #expect(story.findings.isEmpty)
  }

  @Test func aReadingWhoseTimeIsUnknownRaisesFully() {
    var story = DetectorStory()
    story.clock = nil
    story.spot((.spo2, "86"), at: 0, age: .unknown)
    #expect(story.spot((.spo2, "86"), at: 60, age: .unknown).brief == ["OX-1 began"])
    #expect(story.findings.first?.onset?.decisive.age == .unknown)
  }

  @Test func aWorseLinkNeitherConfirmsNorClears() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.spot((.spo2, "86"), at: 0)
    story.spot((.spo2, "86"), at: 70, link: .open)
    #expect(story.findings.isEmpty)
    story.spot((.spo2, "97"), at: 80, link: .open)
    #expect(story.spot((.spo2, "86"), at: 90).brief == ["OX-1 began"])
    for second in [100.0, 110, 120] { story.spot((.spo2, "97"), at: second, link: .encrypted) }
    #expect(story.findings.count == 1)
    story.spot((.spo2, "97"), at: 130)
    #expect(story.spot((.spo2, "97"), at: 140).brief == ["OX-1 ended"])
  }

  @Test func readingsOverTheWorseLinkStillRaiseByThemselves() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.spot((.spo2, "86"), at: 0)
    story.spot((.spo2, "86"), at: 10, link: .open)
    #expect(story.spot((.spo2, "86"), at: 70, link: .open).brief == ["OX-1 began"])
    #expect(story.findings.first?.onset?.link == .open)
    var better = DetectorStory(TestRules.some("OX-1"))
    better.spot((.spo2, "86"), at: 0, link: .open)
    #expect(better.spot((.spo2, "86"), at: 60).brief == ["OX-1 began"])
    #expect(better.findings.first?.onset?.link == .authenticated)
  }

  @Test func aFloodOverAWorseLinkDoesNotPushOutWhatCameOverABetterOne() {
    var story = DetectorStory(TestRules.some("BP-1"))
    for index in 0..<20 { story.pressure("50", "125", at: Double(index), quality: .questionable, link: .open) }
    story.pressure("185", "100", at: 30, quality: .questionable)
    for index in 31..<60 { story.pressure("50", "125", at: Double(index), quality: .questionable, link: .open) }
    story.pressure("120", "80", at: 70, link: .open)
    #expect(story.pressure("185", "100", at: 80).brief == ["BP-1 began"])
  }

  @Test func aStoredReadingOfBeforeDoesNotClear() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.spot((.spo2, "86"), at: 1000)
    story.spot((.spo2, "86"), at: 1060)
    for (index, second) in [1100.0, 1110, 1120].enumerated() {
      story.spot((.spo2, "97"), at: second, measured: 300 + Double(index), age: .unknown)
    }
    #expect(story.findings.brief == ["OX-1 began"])
    story.spot((.spo2, "97"), at: 1200, measured: 1061)
    #expect(story.spot((.spo2, "97"), at: 1210, measured: 1100).brief == ["OX-1 ended"])
  }

  // MARK: blood pressure

  @Test func aSecondCrisisReadingConfirms() {
    var story = DetectorStory(TestRules.some("BP-1"))
    story.pressure("185", "100", at: 0)
    #expect(story.pressure("170", "121", at: 30).brief == ["BP-1 began"])
    #expect(
      story.findings.first?.onset?.limits
        == [Limit(kind: .diastolic, op: .atLeast, value: ExactDecimal(120), basis: .default)])
    story.pressure("165", "110", at: 200)
    story.pressure("165", "100", at: 300)
    #expect(story.pressure("165", "100", at: 400).brief == ["BP-1 ended"])
  }

  @Test func aCrisisThatNobodyMeasuresAgainIsFoundByTheClock() throws {
    var story = DetectorStory(TestRules.some("BP-1"))
    story.pressure("185", "100", at: 0)
    story.pressure("190", "100", at: 60, quality: .invalid)
    #expect(story.tick(at: 899.9).isEmpty)
    #expect(story.tick(at: 900).brief == ["BP-1 began"])
    let onset = try #require(story.findings.first?.onset)
    #expect(onset.isUnconfirmed && onset.evidence.count == 1)
    #expect(story.tick(at: 2000).isEmpty)
  }

  @Test func withoutTicksTheNextReadingBringsIt() {
    var story = DetectorStory(TestRules.some("BP-1"))
    story.pressure("185", "100", at: 0)
    #expect(story.pressure("130", "80", at: 1000).brief == ["BP-1 began"])
  }

  @Test func aNormalOrAQuestionableCrisisReadingDoesNot() {
    var story = DetectorStory(TestRules.some("BP-1"))
    story.pressure("185", "100", at: 0)
    story.pressure("150", "90", at: 600)
    #expect(story.tick(at: 1000).isEmpty)
    story.pressure("185", "100", at: 2000, quality: .questionable)
    #expect(story.tick(at: 4000).isEmpty)
    #expect(story.detector.storedCount < 20)
  }

  @Test func aCrisisWhileAMoreSeriousRuleIsOnIsNotFoundLater() {
    var rules = TestRules.some("BP-1")
    rules.append(
      TestRules.rule(
        "LO", .high, when: [.init(.value([.systolic], Bound(.atMost, 90)))],
        spot: .second(.init(apart: 0, within: 900_000, unconfirmedAfter: 900_000)), clear: []))
    rules[0] = TestRules.rule(
      "BP-1", .high, over: ["LO"], when: rules[0].conditions, spot: rules[0].confirmation.spot, clear: [])
    var story = DetectorStory(rules)
    story.pressure("185", "100", at: 0)
    story.pressure("185", "100", at: 1)
    story.pressure("85", "50", at: 10)
    #expect(story.tick(at: 2000).isEmpty)
    #expect(story.detector.on == ["BP-1"])
  }

  @Test func lowPressureIsHighOnlyWithAnotherSign() throws {
    var story = DetectorStory(TestRules.some("BP-5"))
    story.pressure("88", "50", at: 0)
    story.pressure("90", "50", at: 300)
    #expect(story.findings.first?.onset?.priority == .medium)
    story.pressure("100", "60", at: 400)
    #expect(story.pressure("100", "60", at: 500).brief == ["BP-5 ended"])

    for (kind, value, isHigh) in [
      (ObservationKind.heartRate, "111", true), (.heartRate, "110", false), (.pulseRate, "40", true),
      (.pulseRate, "41", false), (.spo2, "91", true), (.spo2, "91.1", false),
    ] {
      var aggravated = DetectorStory(TestRules.some("BP-5"))
      aggravated.spot((kind, value), at: 0)
      aggravated.pressure("88", "50", at: 200)
      aggravated.pressure("88", "50", at: 300)
      let onset = try #require(aggravated.findings.first?.onset)
      #expect(onset.priority == (isHigh ? .high : .medium), "\(kind) \(value)")
      #expect(onset.evidence.count == (isHigh ? 3 : 2))
      #expect(onset.aggravation == (isHigh ? onset.evidence.last?.values.first : nil))
    }
  }

  @Test func theLatestPulseWithinFiveMinutesDecides() {
    var story = DetectorStory(TestRules.some("BP-5"))
    story.spot((.heartRate, "120"), at: 0)
    story.spot((.systolic, "88"), (.diastolic, "50"), (.pulseRate, "120"), at: 100)
    story.spot((.systolic, "88"), (.diastolic, "50"), (.pulseRate, "80"), at: 200)
    #expect(story.findings.map { $0.onset?.priority } == [.medium])
    var old = DetectorStory(TestRules.some("BP-5"))
    old.spot((.spo2, "91"), at: 0)
    old.pressure("88", "50", at: 200)
    old.pressure("88", "50", at: 301)
    #expect(old.findings.map { $0.onset?.priority } == [.medium])
    var stream = DetectorStory(TestRules.some("BP-5"))
    stream.stream(.heartRate, "112", 0...10)
    stream.pressure("88", "50", at: 11)
    stream.pressure("88", "50", at: 100)
    #expect(stream.findings.map { $0.onset?.priority } == [.high])
  }

  // MARK: glucose

  @Test func whatIsBeyondTheMeterIsAsCleanAsANumber() {
    var story = DetectorStory(TestRules.some("GL-1-high", "GL-1"))
    story.spot((.glucose, "ninf"), at: 0, quality: .questionable, status: ["result-too-low"])
    #expect(
      story.spot((.glucose, "ninf"), at: 300, quality: .questionable, status: ["result-too-low"]).brief
        == ["GL-1-high began"])
    #expect(story.findings.first?.onset?.limits == [])
    for second in [700.0, 800] { story.spot((.glucose, "4.39"), at: second) }
    #expect(story.findings.count == 1)
    story.spot((.glucose, "4.4"), at: 900)
    #expect(story.spot((.glucose, "4.4"), at: 1000).brief == ["GL-1-high ended"])
    var high = DetectorStory(TestRules.some("GL-2-high", "GL-2"))
    high.spot((.glucose, "17"), at: 0)
    // HI is at least 16.7, so it is the second one.
    #expect(high.spot((.glucose, "pinf"), at: 100, quality: .questionable).brief == ["GL-2 began"])
    #expect(high.spot((.glucose, "pinf"), at: 3700, quality: .questionable).brief == ["GL-2-high began over GL-2"])
    for second in [3800.0, 3900] { #expect(high.spot((.glucose, "14"), at: second).isEmpty) }
    high.spot((.glucose, "13.9"), at: 4000)
    #expect(high.spot((.glucose, "13.9"), at: 4100).brief == ["GL-2-high ended"])
    var mixed = DetectorStory(TestRules.some("GL-1-high", "GL-1"))
    mixed.spot((.glucose, "ninf"), at: 0, quality: .questionable)
    #expect(mixed.spot((.glucose, "3.5"), at: 100).brief == ["GL-1 began"])
    // What else makes it doubtful stands in the status.
    var doubtful = DetectorStory(TestRules.some("GL-1-high"))
    for second in [0.0, 100, 200] {
      doubtful.spot((.glucose, "ninf"), at: second, quality: .questionable, status: ["sensor-malfunction"])
    }
    #expect(doubtful.findings.isEmpty)
  }

  @Test func whatSaysNothingOfALimitBreaksNoRowOfNormalReadings() {
    var story = DetectorStory(TestRules.some("GL-1-high", "GL-1"))
    for second in [0.0, 100] { story.spot((.glucose, "2.5"), at: second) }
    story.spot((.glucose, "5"), at: 200)
    // Beyond the meter is no number of the deadband, and not low either.
    #expect(story.spot((.glucose, "pinf"), at: 300).isEmpty)
    #expect(story.spot((.glucose, "5"), at: 400).brief == ["GL-1-high ended"])
    var low = DetectorStory(TestRules.some("GL-1"))
    for second in [0.0, 100] { low.spot((.glucose, "3.5"), at: second) }
    low.spot((.glucose, "5"), at: 200)
    low.spot((.glucose, "ninf"), at: 300, quality: .questionable)
    #expect(low.spot((.glucose, "5"), at: 400).isEmpty)
    #expect(low.spot((.glucose, "5"), at: 500).brief == ["GL-1 ended"])
  }

  @Test func whatOffendsDoesNotClear() {
    // Her mean is 150, so that 107 is a fall of more than 40 though it is at least 105.
    var story = DetectorStory(TestRules.some("BP-6"))
    for day in 1...4 { for _ in 0..<2 { story.pressure("150", "80", at: Double(day) * 86_400) } }
    let now = 5 * 86_400.0
    story.pressure("107", "60", at: now)
    #expect(story.pressure("107", "60", at: now + 60).brief == ["BP-6 began"])
    for index in 2...6 { story.pressure("107", "60", at: now + Double(index) * 60) }
    #expect(story.detector.on == ["BP-6"])
    story.pressure("118", "60", at: now + 420)
    #expect(story.pressure("118", "60", at: now + 480).brief == ["BP-6 ended"])
  }

  @Test(arguments: [
    ("2.9", "GL-1-high"), ("3.0", "GL-1"), ("3.89", "GL-1"), ("3.9", ""), ("16.69", ""), ("16.7", "GL-2"),
  ])
  func theEdgesOfGlucose(value: String, rule: String) {
    var story = DetectorStory()
    for second in [0.0, 300] { story.spot((.glucose, value), at: second) }
    #expect(story.detector.on == [rule].filter { !$0.isEmpty })
  }

  @Test(arguments: [
    ("179.9", "100", []), ("180", "100", ["BP-1"]), ("150", "119.9", ["BP-2"]), ("150", "120", ["BP-1"]),
    ("90", "60", ["BP-5"]), ("90.1", "60", []), ("150", "109.9", []), ("150", "110", ["BP-2"]),
  ])
  func theEdgesOfPressure(systolic: String, diastolic: String, rules: [String]) {
    var story = DetectorStory()
    for second in [0.0, 60, 120] { story.pressure(systolic, diastolic, at: second) }
    #expect(story.detector.on == rules)
  }

  // MARK: about the measurement

  @Test func aDoubtfulMeasurementIsFoundInInvalidReadingsToo() {
    var story = DetectorStory(TestRules.some("BP-7", "BP-5"))
    #expect(story.pressure("80", "90", at: 0, quality: .invalid).brief == ["BP-7 began"])
    #expect(story.findings.first?.onset?.limits == [])
    #expect(story.pressure("120", "101", at: 10).isEmpty)
    #expect(story.pressure("120", "100", at: 20, quality: .invalid).isEmpty)
    #expect(story.pressure("120", "100", at: 30).brief == ["BP-7 ended"])
    #expect(story.pressure("301", "100", at: 40, quality: .questionable).brief == ["BP-7 began"])
    #expect(story.pressure("80", "nan", at: 50, quality: .invalid).isEmpty)
  }
}
