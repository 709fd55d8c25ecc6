// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

@Suite struct SpotTests {
  // MARK: oximetry and pulse

  @Test func twoLowValuesAMinuteApart() {
    var story = Story()
    story.spot((.spo2, "86"), at: 0)
    #expect(story.spot((.spo2, "86"), at: 59.9).isEmpty)
    #expect(story.spot((.spo2, "86"), at: 60).brief == ["OX-1 start active"])
    var late = Story()
    late.spot((.spo2, "86"), at: 0)
    #expect(late.spot((.spo2, "86"), at: 601).isEmpty)
    #expect(late.spot((.spo2, "86"), at: 661).brief == ["OX-1 start active"])
  }

  @Test func aFullyQualifiedValueNeedsNoSecond() {
    var story = Story()
    story.spot((.spo2, "86"), at: 0, quality: .questionable, status: ["fully-qualified"])
    #expect(story.alerts.isEmpty)
    #expect(story.spot((.spo2, "86"), at: 1, status: ["fully-qualified"]).brief == ["OX-1 start active"])
    var lower = Story()
    #expect(lower.spot((.spo2, "91"), at: 0, status: ["fully-qualified"]).isEmpty)
  }

  @Test func theSameReadingTwiceIsOne() {
    var story = Story()
    story.spot((.spo2, "86"), at: 0, reading: "same")
    #expect(story.spot((.spo2, "86"), at: 70, reading: "same").isEmpty)
    story.spot((.spo2, "86"), at: 80)
    story.spot((.spo2, "97"), at: 100, reading: "good")
    #expect(story.spot((.spo2, "97"), at: 170, reading: "good").isEmpty)
    #expect(story.alerts.count == 1)
  }

  @Test func aNormalValueBetweenBeginsAnew() {
    var story = Story()
    story.spot((.spo2, "91"), at: 0)
    story.spot((.spo2, "93"), at: 60)
    #expect(story.spot((.spo2, "91"), at: 120).isEmpty)
    #expect(story.spot((.spo2, "91"), at: 419).brief == ["OX-2 start active"])
  }

  @Test func aCuffsPulseCounts() {
    var story = Story()
    story.spot((.systolic, "120"), (.diastolic, "80"), (.pulseRate, "38"), at: 0, device: "cuff")
    #expect(story.spot((.pulseRate, "39"), at: 100, device: "finger").brief == ["HR-1 start active"])
    #expect(story.alerts.first?.text["en"] == "pulse rate 39 /min, at or below 40 /min")
  }

  @Test func whenTheHigherClearsTheLowerMayStart() {
    var story = Story()
    for (second, value) in [(0.0, "135"), (60, "135"), (120, "120"), (180, "120")] {
      story.spot((.pulseRate, value), at: second)
    }
    #expect(story.alerts.brief == ["HR-1 start active", "HR-1 clear cleared-unacknowledged", "HR-2 start active"])
  }

  // MARK: blood pressure

  @Test func aSecondCrisisReadingConfirms() {
    var story = Story()
    story.spot((.systolic, "185"), (.diastolic, "100"), at: 0)
    #expect(story.spot((.systolic, "170"), (.diastolic, "121"), at: 30).brief == ["BP-1 start active"])
    #expect(
      story.alerts.first?.text == [
        "zh": "舒张压 121 mmHg，达到或高于 120 mmHg", "en": "diastolic pressure 121 mmHg, at or above 120 mmHg",
      ])
    story.spot((.systolic, "165"), (.diastolic, "100"), at: 300)
    #expect(
      story.spot((.systolic, "165"), (.diastolic, "100"), at: 400).brief == ["BP-1 clear cleared-unacknowledged"])
  }

  @Test func aCrisisThatNobodyMeasuresAgainAlertsByTheClock() {
    var story = Story()
    story.spot((.systolic, "185"), (.diastolic, "100"), at: 0)
    story.spot((.systolic, "0"), (.diastolic, "0"), at: 60, quality: .invalid)
    #expect(story.play(.tick, at: 899.9).isEmpty)
    let alerts = story.play(.tick, at: 900)
    #expect(alerts.brief == ["BP-1 start active"])
    #expect(alerts.first?.evidence.count == 1)
    #expect(
      alerts.first?.text == [
        "zh": "收缩压 185 mmHg，达到或高于 180 mmHg，没有复测，未经确认",
        "en": "systolic pressure 185 mmHg, at or above 180 mmHg, no second reading, unconfirmed",
      ])
    #expect(story.play(.tick, at: 2000).isEmpty)
  }

  @Test func withoutTicksTheNextReadingBringsIt() {
    var story = Story()
    story.spot((.systolic, "185"), (.diastolic, "100"), at: 0)
    #expect(story.spot((.systolic, "130"), (.diastolic, "80"), at: 1000).brief == ["BP-1 start active"])
  }

  @Test func aNormalOrAQuestionableCrisisReadingDoesNot() {
    var story = Story()
    story.spot((.systolic, "185"), (.diastolic, "100"), at: 0)
    story.spot((.systolic, "150"), (.diastolic, "90"), at: 600)
    #expect(story.play(.tick, at: 1000).isEmpty)
    story.spot((.systolic, "185"), (.diastolic, "100"), at: 2000, quality: .questionable)
    #expect(story.play(.tick, at: 4000).isEmpty)
  }

  @Test func gradeThreePressureNeedsAMinuteBetween() {
    var story = Story()
    story.spot((.systolic, "150"), (.diastolic, "112"), at: 0)
    #expect(story.spot((.systolic, "150"), (.diastolic, "112"), at: 59).isEmpty)
    #expect(story.spot((.systolic, "150"), (.diastolic, "112"), at: 60).brief == ["BP-2 start active"])
    story.spot((.systolic, "190"), (.diastolic, "112"), at: 120)
    #expect(
      story.spot((.systolic, "190"), (.diastolic, "112"), at: 180).brief
        == ["BP-1 start active", "BP-2 supersede ended"])
  }

  @Test func aCrisisAndThenAlmostOneIsBP2() {
    var story = Story()
    story.spot((.systolic, "185"), (.diastolic, "100"), at: 0)
    #expect(story.spot((.systolic, "170"), (.diastolic, "112"), at: 120).brief == ["BP-2 start active"])
    #expect(story.play(.tick, at: 1000).isEmpty)
  }

  @Test func lowPressureIsHighOnlyWithAnotherSign() throws {
    var story = Story()
    story.spot((.systolic, "88"), (.diastolic, "50"), at: 0)
    story.spot((.systolic, "90"), (.diastolic, "50"), at: 300)
    #expect(story.alerts.map(\.priority) == [.medium])
    story.spot((.systolic, "100"), (.diastolic, "60"), at: 400)
    story.spot((.systolic, "100"), (.diastolic, "60"), at: 500)
    #expect(story.alerts.brief == ["BP-5 start active", "BP-5 clear ended"])

    for (kind, value, isHigh) in [
      (ObservationKind.heartRate, "111", true), (.heartRate, "110", false), (.pulseRate, "40", true),
      (.pulseRate, "41", false), (.spo2, "91", true), (.spo2, "91.1", false),
    ] {
      var aggravated = Story()
      aggravated.spot((kind, value), at: 0)
      aggravated.spot((.systolic, "88"), (.diastolic, "50"), at: 200)
      aggravated.spot((.systolic, "88"), (.diastolic, "50"), at: 300)
      let alert = try #require(aggravated.alerts.first)
      #expect(alert.priority == (isHigh ? .high : .medium), "\(kind) \(value)")
      #expect(alert.evidence.count == (isHigh ? 3 : 2))
    }
  }

  @Test func theLatestPulseWithinFiveMinutesDecides() {
    var story = Story()
    story.spot((.heartRate, "120"), at: 0)
    story.spot((.systolic, "88"), (.diastolic, "50"), (.pulseRate, "120"), at: 100)
    story.spot((.systolic, "88"), (.diastolic, "50"), (.pulseRate, "80"), at: 200)
    #expect(story.alerts.filter { $0.rule == "BP-5" }.map(\.priority) == [.medium])
    var old = Story()
    old.spot((.spo2, "91"), at: 0)
    old.spot((.systolic, "88"), (.diastolic, "50"), at: 200)
    old.spot((.systolic, "88"), (.diastolic, "50"), at: 301)
    #expect(old.alerts.map(\.priority) == [.medium])
    var text = Story()
    text.spot((.systolic, "88"), (.diastolic, "50"), (.pulseRate, "112"), at: 0)
    text.spot((.systolic, "88"), (.diastolic, "50"), (.pulseRate, "112"), at: 100)
    #expect(
      text.alerts.first { $0.rule == "BP-5" }?.text["zh"] == "收缩压 88 mmHg，达到或低于 90 mmHg，同时脉率 112 次/分")
  }
}
