// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

@Suite struct EvaluatorTests {
  // MARK: streams

  @Test func aStreamAlertsAfterItsTime() throws {
    var story = Story()
    #expect(story.stream(.spo2, "86", 0...29).isEmpty)
    #expect(story.stream(.spo2, "85", 30...40).brief == ["OX-1 start active"])
    let alert = try #require(story.alerts.first)
    #expect(alert.version == 1)
    #expect(alert.priority == .high)
    #expect(alert.raised == Story.now(30))
    #expect(alert.resident == Story.person)
    #expect(alert.limits == [Limit(kind: .spo2, op: .below, value: ExactDecimal(90), basis: .default)])
    #expect(
      alert.evidence.map(\.values) == [
        [Quantity(.spo2, .number(ExactDecimal(86)))], [Quantity(.spo2, .number(ExactDecimal(85)))],
      ])
    #expect(
      alert.alert
        == StableID(hashing: ["alert", "r-31k7", "OX-1", StableID(hashing: ["sample 1"]).description]))
    #expect(alert.text == ["zh": "血氧 85%，低于 90%", "en": "SpO2 85 %, below 90 %"])
  }

  @Test func anyNormalSampleBeginsAnew() {
    var story = Story()
    story.stream(.spo2, "86", 0...29)
    story.stream(.spo2, "93", 30...30)
    #expect(story.stream(.spo2, "86", 31...60).isEmpty)
    #expect(story.stream(.spo2, "86", 61...61).brief == ["OX-1 start active"])
  }

  @Test func aSilenceBeginsAnewButASampleEachTenSecondsIsNone() {
    var story = Story()
    story.stream(.spo2, "86", 0...20)
    #expect(story.stream(.spo2, "86", 31...60).isEmpty)
    #expect(story.stream(.spo2, "86", 61...61).brief == ["OX-1 start active"])
    var slow = Story()
    for second in [0, 10, 20] { slow.stream(.spo2, "86", second...second) }
    #expect(slow.stream(.spo2, "86", 30...30).brief == ["OX-1 start active"])
  }

  @Test func twoDevicesDoNotShareATimer() {
    var story = Story()
    for second in 0...29 {
      story.stream(.heartRate, "135", second...second, device: second < 15 ? "strap" : "finger")
    }
    #expect(story.stream(.heartRate, "135", 30...30, device: "finger").isEmpty)
    // A normal value of the one does not end what the other shows.
    var both = Story()
    for second in 0...30 {
      both.stream(.heartRate, "135", second...second, device: "strap")
      both.stream(.pulseRate, "70", second...second, device: "finger")
    }
    #expect(both.alerts.brief == ["HR-1 start active"])
  }

  @Test func samplesThatCannotBeUsedStopTheTimer() {
    var story = Story()
    story.stream(.spo2, "86", 0...20)
    story.stream(.spo2, "86", 21...28, quality: .invalid)
    #expect(story.stream(.spo2, "86", 29...37).isEmpty)  // 21 s before, 8 s after
    #expect(story.stream(.spo2, "86", 38...38).brief == ["OX-1 start active"])
  }

  @Test func notLongerThanAQuarterOfAnHour() {
    var story = Story()
    story.stream(.spo2, "86", 0...20)
    story.stream(.spo2, "86", 21...1000, quality: .invalid)
    #expect(story.stream(.spo2, "86", 1001...1030).isEmpty)
    #expect(story.stream(.spo2, "86", 1031...1031).brief == ["OX-1 start active"])
  }

  @Test func valuesThatJumpBetweenTwoBandsAlert() {
    var story = Story()
    for second in 0...119 { story.stream(.spo2, second % 2 == 0 ? "91" : "89", second...second) }
    #expect(story.alerts.isEmpty)
    #expect(story.stream(.spo2, "91", 120...120).brief == ["OX-2 start active"])
  }

  @Test func afterSensorOnADesaturationIsDelayedNotLost() {
    var story = Story(.defaults)
    #expect(story.stream(.spo2, "86", 0...59).isEmpty)
    #expect(story.stream(.spo2, "86", 60...60).brief == ["OX-1 start active"])
    // A finger that was out and comes back settles again, and clears nothing meanwhile.
    story.stream(.spo2, "0", 61...80, quality: .invalid)
    #expect(story.stream(.spo2, "97", 81...170).isEmpty)
    #expect(story.stream(.spo2, "97", 171...171).brief == ["OX-1 clear cleared-unacknowledged"])
  }

  @Test func aStreamClearsAfterItsTimeInsideTheDeadband() {
    var story = Story()
    story.stream(.spo2, "86", 0...30)
    #expect(story.stream(.spo2, "91.9", 31...200).isEmpty)
    #expect(story.stream(.spo2, "92", 201...260).isEmpty)
    let cleared = story.stream(.spo2, "92", 261...261)
    // OX-2 has the same value in its band, for long enough by now.
    #expect(cleared.brief == ["OX-1 clear cleared-unacknowledged", "OX-2 start active"])
    #expect(cleared.first?.version == 2)
    #expect(cleared.first?.text == ["zh": "血氧恢复到 92%", "en": "SpO2 back to 92 %"])
    #expect(cleared.first?.alert == story.alerts.first?.alert)
  }

  @Test func aSilenceClearsNothing() {
    var story = Story()
    story.stream(.spo2, "86", 0...30)
    story.stream(.spo2, "97", 31...60)
    for second in 61...400 { story.play(.tick, at: Double(second)) }
    #expect(story.stream(.spo2, "97", 401...460).isEmpty)
    #expect(story.stream(.spo2, "97", 461...461).brief == ["OX-1 clear cleared-unacknowledged"])
  }

  @Test func noFlappingAtTheEdge() {
    var story = Story()
    for second in 0...3600 { story.stream(.spo2, second / 40 % 2 == 0 ? "89.9" : "90", second...second) }
    #expect(story.alerts.brief == ["OX-1 start active"])
  }

  @Test func aSecondEpisodeIsAnotherAlert() {
    var story = Story()
    for round in 0..<3 {
      story.stream(.spo2, "86", round * 200...round * 200 + 40)
      story.stream(.spo2, "97", round * 200 + 41...round * 200 + 199)
    }
    #expect(story.alerts.map(\.phase) == [.start, .clear, .start, .clear, .start, .clear])
    #expect(Set(story.alerts.map(\.alert)).count == 3)
    #expect(story.state.episodes.count == 3)
  }

  @Test func aMediumAlertEnds() {
    var story = Story()
    story.stream(.heartRate, "115", 0...600)
    story.stream(.heartRate, "100", 601...661)
    #expect(story.alerts.brief == ["HR-2 start active", "HR-2 clear ended"])
    #expect(story.state.episodes.isEmpty)
  }

  @Test func theMoreSeriousRuleSupersedes() throws {
    var story = Story()
    story.stream(.heartRate, "115", 0...600)
    let both = story.stream(.heartRate, "140", 601...631)
    #expect(both.brief == ["HR-1 start active", "HR-2 supersede ended"])
    let (higher, lower) = (try #require(both.first), try #require(both.last))
    #expect(lower.supersededBy == higher.alert)
    #expect(lower.version == 2)
    #expect(story.state.episodes.map(\.rule) == ["HR-1"])
    // Nor does the lower one start beside it.
    #expect(story.stream(.heartRate, "128", 632...1400).isEmpty)
  }

  // MARK: trust

  @Test func aQuestionableReadingNeitherConfirmsNorClears() {
    var story = Story()
    story.stream(.spo2, "86", 0...60, quality: .questionable)
    #expect(story.alerts.isEmpty)
    #expect(story.stream(.spo2, "86", 61...61).brief == ["OX-1 start active"])
    #expect(story.stream(.spo2, "97", 62...200, quality: .questionable).isEmpty)
    var spots = Story()
    spots.spot((.spo2, "86"), at: 0, quality: .questionable)
    spots.spot((.spo2, "86"), at: 60, quality: .questionable)
    #expect(spots.alerts.isEmpty)
    #expect(spots.spot((.spo2, "86"), at: 120).brief == ["OX-1 start active"])
    spots.spot((.spo2, "97"), at: 200, quality: .questionable)
    spots.spot((.spo2, "97"), at: 300)
    #expect(spots.alerts.count == 1)
    #expect(spots.spot((.spo2, "97"), at: 400).brief == ["OX-1 clear cleared-unacknowledged"])
  }

  @Test func whatIsNotOfThisPersonOrNotNowIsNotLookedAt() {
    var story = Story()
    for second in [0.0, 100, 200] {
      story.spot((.spo2, "80"), at: second, quality: .invalid)
      story.spot((.spo2, "80"), at: second, age: .late)
      story.spot((.spo2, "80"), at: second, purpose: .commissioning)
      story.spot((.spo2, "80"), at: second, resident: .unassigned)
    }
    #expect(story.alerts.isEmpty)
    story.spot((.spo2, "80"), at: 300)
    story.spot((.spo2, "80"), at: 360)
    #expect(story.alerts.count == 1)
    for second in [400.0, 500, 600] { story.spot((.spo2, "97"), at: second, age: .late) }
    #expect(story.alerts.count == 1)
    for reserved in [ResidentID.unassigned, .gateway] {
      var state = PersonState(resident: reserved)
      for second in [0.0, 100] {
        let observation = story.observation(
          [(.spo2, "80")], at: second, stream: false, resident: reserved, reading: "\(second)")
        #expect(
          Evaluator.evaluate(
            .observation(observation), elapsedMs: Int64(second * 1000), now: Story.now(second), state: &state,
            rules: .defaults
          ).isEmpty)
      }
    }
  }

  @Test func aWorseLinkNeitherConfirmsNorClears() {
    var story = Story()
    story.spot((.spo2, "86"), at: 0)
    story.spot((.spo2, "86"), at: 70, link: .open)
    #expect(story.alerts.isEmpty)
    story.spot((.spo2, "97"), at: 80, link: .open)
    #expect(story.spot((.spo2, "86"), at: 90).brief == ["OX-1 start active"])
    for second in [100.0, 110, 120] { story.spot((.spo2, "97"), at: second, link: .encrypted) }
    #expect(story.alerts.count == 1)
    story.spot((.spo2, "97"), at: 130)
    #expect(story.spot((.spo2, "97"), at: 140).brief == ["OX-1 clear cleared-unacknowledged"])
  }

  @Test func aWorseLinkNeitherConfirmsNorEndsAStreamsCondition() {
    var story = Story()
    story.stream(.spo2, "86", 0...28)
    story.stream(.spo2, "97", 29...29, link: .open)
    #expect(story.stream(.spo2, "86", 30...36, link: .open).isEmpty)
    #expect(story.stream(.spo2, "86", 37...37).brief == ["OX-1 start active"])
    // Where the better link does not come back the worse one counts from its own beginning.
    var worse = Story()
    worse.stream(.spo2, "86", 0...20)
    worse.stream(.spo2, "86", 21...60, link: .open)
    #expect(worse.alerts.isEmpty)
    #expect(worse.stream(.spo2, "86", 61...61, link: .open).brief == ["OX-1 start active"])
  }

  @Test func readingsOverTheWorseLinkStillAlertByThemselves() {
    var story = Story()
    story.spot((.spo2, "86"), at: 0)
    story.spot((.spo2, "86"), at: 10, link: .open)
    #expect(story.spot((.spo2, "86"), at: 70, link: .open).brief == ["OX-1 start active"])
    #expect(story.alerts.first?.link == .open)
    var better = Story()
    better.spot((.spo2, "86"), at: 0, link: .open)
    #expect(better.spot((.spo2, "86"), at: 60).brief == ["OX-1 start active"])
    #expect(better.alerts.first?.link == .authenticated)
  }

  @Test func anUnknownTimeAlertsAndSaysSo() {
    var story = Story()
    story.spot((.spo2, "86"), at: 0, age: .unknown, status: ["fully-qualified"])
    #expect(
      story.alerts.first?.text == [
        "zh": "血氧 86%，低于 90%，测量时间未知", "en": "SpO2 86 %, below 90 %, measurement time unknown",
      ])
  }

  @Test func bigAndBackwardTimesDoNoHarm() {
    var state = PersonState(resident: Story.person)
    for (index, elapsed) in [Int64.min, .max, 0, -1, .max, .min].enumerated() {
      let observation = Story().observation([(.spo2, "80")], at: 0, stream: index % 2 == 0, reading: "\(index)")
      _ = Evaluator.evaluate(
        .observation(observation), elapsedMs: elapsed, now: Story.now(0), state: &state, rules: .defaults)
    }
    #expect(state.episodes.count <= 1)
  }
}
