// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// What is on becomes graver, and never milder.
@Suite struct WorseningTests {
  private func lowPressure(pulse: String = "105") -> DetectorStory {
    var story = DetectorStory(TestRules.some("BP-5", "BP-6"))
    cuff("88", pulse, at: 0, &story)
    cuff("88", pulse, at: 100, &story)
    return story
  }

  @discardableResult
  private func cuff(
    _ systolic: String, _ pulse: String, at second: Double, link: LinkSecurity = .authenticated,
    quality: Quality = .valid, _ story: inout DetectorStory
  ) -> [Finding] {
    story.spot(
      (.systolic, systolic), (.diastolic, "40"), (.pulseRate, pulse), at: second, device: "cuff", link: link,
      quality: quality)
  }

  @Test func lowPressureBecomesHighWhenThePulseRises() throws {
    var story = lowPressure()
    #expect(story.findings.map { $0.onset?.priority } == [.medium])
    let new = cuff("70", "125", at: 3600, &story)
    #expect(new.brief == ["BP-5 began"])
    let onset = try #require(new.first?.onset)
    #expect(onset.priority == .high)
    #expect(onset.decisive.values == [Quantity(.systolic, .number(ExactDecimal(70)))])
    #expect(onset.aggravation == Quantity(.pulseRate, .number(ExactDecimal(125))))
    #expect(onset.evidence.count == 2)
    #expect(onset.limits == [Limit(kind: .systolic, op: .atMost, value: ExactDecimal(90), basis: .default)])
    // Once, and never milder.
    #expect(cuff("70", "125", at: 3700, &story).isEmpty)
    #expect(cuff("88", "80", at: 3800, &story).isEmpty)
    #expect(cuff("70", "125", at: 3900, &story).isEmpty)
    #expect(story.detector.on == ["BP-5"])
  }

  @Test func onlyByReadingsThatCount() {
    var story = lowPressure()
    #expect(cuff("70", "125", at: 400, quality: .questionable, &story).isEmpty)
    #expect(cuff("70", "125", at: 500, link: .open, &story).isEmpty)
    #expect(cuff("91", "125", at: 600, &story).isEmpty)
    #expect(cuff("70", "110", at: 2000, &story).isEmpty)
    #expect(cuff("70", "111", at: 2100, &story).brief == ["BP-5 began"])
  }

  @Test func anotherDevicesReadingMayComeAfterwards() {
    var story = lowPressure()
    #expect(story.spot((.spo2, "91"), at: 401).isEmpty)
    cuff("88", "100", at: 1000, &story)
    #expect(story.spot((.spo2, "91.5"), at: 1100).isEmpty)
    #expect(story.spot((.spo2, "91"), at: 1300).brief == ["BP-5 began"])
    // The pressure was normal since.
    var normal = lowPressure()
    cuff("93", "100", at: 150, &normal)
    #expect(normal.spot((.spo2, "85"), at: 200).isEmpty)
    // Right after it began.
    var soon = lowPressure()
    #expect(soon.spot((.heartRate, "40"), at: 120).brief == ["BP-5 began"])
  }

  @Test func aStreamsSampleCountsWithTheNextReading() {
    var story = lowPressure()
    #expect(story.stream(.heartRate, "120", 110...115).isEmpty)
    #expect(story.spot((.systolic, "88"), at: 120).brief == ["BP-5 began"])
  }

  @Test func afterARestartItIsWhatPeopleWereTold() {
    for (told, again) in [(Alert.Priority.medium, ["BP-5 began"]), (.high, [])] {
      var story = DetectorStory(TestRules.some("BP-5"))
      story.tick(at: 10)
      story.detector.adopt([
        Episode(
          Alert(
            alert: StableID(hashing: ["BP-5"]), version: 1, resident: DetectorStory.person, rule: "BP-5",
            ruleVersion: 1, phase: .start, state: .active, category: .physiological, priority: told, level: 1,
            limits: [], evidence: [], raised: story.moment(0), supersededBy: nil, text: [:], link: .authenticated))
      ])
      #expect(cuff("80", "120", at: 20, &story).brief == again)
    }
  }

  @Test func aRuleThatIsGraverNowIsSaidAgain() {
    var story = DetectorStory(TestRules.some("OX-2"))
    story.rules[0].priority = .medium
    story.stream(.spo2, "91", 0...120)
    #expect(story.findings.map { $0.onset?.priority } == [.medium])
    story.rules[0].priority = .high
    #expect(story.stream(.spo2, "93", 121...125).isEmpty)
    #expect(story.stream(.spo2, "91", 126...140).map { $0.onset?.priority } == [.high])
  }

  @Test func peopleHearOfItInTheSameEpisode() {
    var book = EpisodeBook()
    var story = lowPressure()
    cuff("70", "125", at: 3600, &story)
    let alerts = story.findings.flatMap {
      book.take($0, of: DetectorStory.person, at: story.occasion(3600), manners: BookStory.manners)
    }
    #expect(alerts.map(\.phase) == [.start, .start])
    #expect(alerts.map(\.version) == [1, 2])
    #expect(alerts.map(\.priority) == [.medium, .high])
    #expect(Set(alerts.map(\.alert)).count == 1)
  }
}
