// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// A reading of unknown age, such as those of a cuff's memory with an unset clock, may only err towards alerting.
@Suite struct DetectorAgeTests {
  @Test func aNormalOneDoesNotWipeOutAFreshCrisis() {
    var story = DetectorStory(TestRules.some("BP-1"))
    story.pressure("200", "130", at: 0)
    for index in 0..<30 { story.pressure("140", "80", at: 5 + Double(index), age: .unknown) }
    #expect(story.tick(at: 899.9).isEmpty)
    #expect(story.tick(at: 900).brief == ["BP-1 began"])
    #expect(story.findings.first?.onset?.isUnconfirmed == true)
    // One that is of now does.
    var fresh = DetectorStory(TestRules.some("BP-1"))
    fresh.pressure("200", "130", at: 0)
    fresh.pressure("140", "80", at: 5)
    #expect(fresh.tick(at: 2000).isEmpty)
  }

  @Test func itEndsTheWaitOfOneThatIsAsDoubtful() {
    var story = DetectorStory(TestRules.some("BP-1"))
    story.pressure("200", "130", at: 0, age: .unknown)
    story.pressure("140", "80", at: 5, age: .unknown)
    #expect(story.tick(at: 2000).isEmpty)
    // Of two that wait, the fresh one waits on.
    var both = DetectorStory(TestRules.some("BP-1"))
    both.pressure("200", "130", at: 0, quality: .questionable, age: .unknown)
    both.pressure("200", "130", at: 100, quality: .questionable)
    both.pressure("140", "80", at: 200, age: .unknown)
    #expect(both.pressure("200", "130", at: 950, age: .unknown).brief == ["BP-1 began"])
    #expect(both.findings.first?.onset?.evidence.first?.reading == StableID(hashing: ["spot 2"]))
  }

  @Test func itDoesNotClearWhatAFreshOneBegan() {
    var story = DetectorStory(TestRules.some("BP-1"))
    story.pressure("200", "130", at: 0)
    story.pressure("200", "130", at: 60)
    for second in [70.0, 91, 120, 150] { story.pressure("140", "80", at: second, age: .unknown) }
    story.pressure("140", "80", at: 200)
    story.pressure("140", "80", at: 210, age: .unknown)
    #expect(story.detector.on == ["BP-1"])
    #expect(story.pressure("140", "80", at: 220).brief == ["BP-1 ended"])
  }

  @Test(arguments: [(Age.unknown, Age.unknown, true), (.unknown, .fresh, false), (.fresh, .unknown, false)])
  func oneFreshReadingOfItsEvidenceIsEnough(first: Age, second: Age, isCleared: Bool) {
    var story = DetectorStory(TestRules.some("BP-1"))
    story.pressure("200", "130", at: 0, age: first)
    story.pressure("200", "130", at: 60, age: second)
    story.pressure("140", "80", at: 70, age: .unknown)
    story.pressure("140", "80", at: 80, age: .unknown)
    #expect(story.detector.on.isEmpty == isCleared)
  }

  @Test func whatItShowsOutsideTheDeadbandCounts() {
    var story = DetectorStory(TestRules.some("BP-1"))
    for second in [0.0, 60] { story.pressure("200", "130", at: second) }
    story.pressure("140", "80", at: 70)
    story.pressure("190", "80", at: 80, age: .unknown)
    story.pressure("140", "80", at: 90)
    #expect(story.detector.on == ["BP-1"])
    #expect(story.pressure("140", "80", at: 100).brief == ["BP-1 ended"])
  }

  @Test(arguments: [(Age.fresh, ["BP-1"]), (.unknown, [])])
  func afterARestartItsEvidenceTells(age: Age, on: [String]) {
    var story = DetectorStory(TestRules.some("BP-1"))
    let values = [Quantity(.systolic, .number(ExactDecimal(200)))]
    let evidence = Evidence(reading: StableID(hashing: ["1"]), values: values, observedWallMs: nil, age: age)
    // A fresh pulse that made it worse is no evidence of the pressure.
    let pulse = [Quantity(.pulseRate, .number(ExactDecimal(120)))]
    let worse = Evidence(reading: StableID(hashing: ["2"]), values: pulse, observedWallMs: nil, age: .fresh)
    story.tick(at: 0)
    story.detector.adopt([
      Episode(
        Alert(
          alert: StableID(hashing: ["a"]), version: 1, resident: DetectorStory.person, rule: "BP-1", ruleVersion: 1,
          phase: .start, state: .active, category: .physiological, priority: .high, level: 1, limits: [],
          evidence: [evidence, worse], raised: story.moment(0), supersededBy: nil, text: [:], link: .authenticated))
    ])
    story.pressure("140", "80", at: 10, age: .unknown)
    story.pressure("140", "80", at: 20, age: .unknown)
    #expect(story.detector.on == on)
  }

  @Test func aStreamsSampleOfUnknownAgeEndsNothing() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.stream(.spo2, "86", 0...15)
    story.stream(.spo2, "97", 16...17, age: .unknown)
    #expect(story.stream(.spo2, "86", 18...30).brief == ["OX-1 began"])
    #expect(story.stream(.spo2, "97", 31...200, age: .unknown).isEmpty)
    var unknown = DetectorStory(TestRules.some("OX-1"))
    unknown.stream(.spo2, "86", 0...15, age: .unknown)
    unknown.stream(.spo2, "97", 16...16, age: .unknown)
    #expect(unknown.stream(.spo2, "86", 17...46).isEmpty)
  }

  @Test func oneFreshSampleInTheMiddleIsEnoughForAStream() throws {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.stream(.spo2, "86", 0...9, age: .unknown)
    story.stream(.spo2, "85", 10...20)
    #expect(story.stream(.spo2, "86", 21...30, age: .unknown).brief == ["OX-1 began"])
    // It stands in the evidence, so that a restart knows it too.
    let evidence = try #require(story.findings.first?.onset?.evidence)
    #expect(evidence.map(\.age) == [.unknown, .fresh, .unknown])
    #expect(evidence.map(\.observedWallMs) == [0, 10_000, 30_000].map { DetectorStory.start + $0 })
    #expect(story.stream(.spo2, "97", 31...200, age: .unknown).isEmpty)
    #expect(story.stream(.spo2, "97", 201...261).brief == ["OX-1 ended"])
    // Where the first or the last is fresh, these two are enough.
    var last = DetectorStory(TestRules.some("OX-1"))
    last.stream(.spo2, "86", 0...9, age: .unknown)
    last.stream(.spo2, "86", 10...30)
    #expect(last.findings.first?.onset?.evidence.map(\.age) == [.unknown, .fresh])
  }

  @Test func itDoesNotWeakenAMeanOfFreshOnes() throws {
    var story = DetectorStory(TestRules.some("BP-2"))
    story.pressure("190", "100", at: 0)
    for index in 0..<10 { story.pressure("120", "70", at: 5 + Double(index), age: .unknown) }
    #expect(story.pressure("184", "100", at: 60).brief == ["BP-2 began"])
    let onset = try #require(story.findings.first?.onset)
    #expect(onset.figure == .meanOf(readings: 2))
    #expect(onset.decisive.values.first?.number == ExactDecimal(187))
    // A high one counts: the mean of all is looked at too.
    var high = DetectorStory(TestRules.some("BP-2"))
    high.pressure("200", "100", at: 0, age: .unknown)
    #expect(high.pressure("165", "100", at: 60).brief == ["BP-2 began"])
  }

  @Test func norASessionOfFreshOnes() {
    var story = DetectorStory(TestRules.some("BP-3"))
    for start in [0, 12 * 3600.0] {
      story.pressure("165", "90", at: start)
      for index in 0..<5 { story.pressure("120", "70", at: start + 5 + Double(index), age: .unknown) }
      // Nor does a session that may be of long ago come between.
      story.pressure("120", "70", at: start + 3600, age: .unknown)
      story.tick(at: start + 3600 + 600)
    }
    #expect(story.findings.brief == ["BP-3 began"])
    #expect(story.findings.first?.onset?.decisive.values.first?.number == ExactDecimal(165))
    #expect(story.findings.first?.onset?.evidence.count == 2)
    // With a high one of unknown age the mean of all offends.
    var high = DetectorStory(TestRules.some("BP-3"))
    for start in [0, 12 * 3600.0] {
      high.pressure("150", "90", at: start)
      high.pressure("190", "90", at: start + 5, age: .unknown)
      high.tick(at: start + 600)
    }
    #expect(high.findings.brief == ["BP-3 began"])
    // Those of unknown age alone speak against each other.
    var unknown = DetectorStory(TestRules.some("BP-3"))
    for (round, value) in ["170", "120", "170"].enumerated() {
      unknown.pressure(value, "80", at: Double(round) * 3600, age: .unknown)
      unknown.tick(at: Double(round) * 3600 + 600)
    }
    #expect(unknown.findings.isEmpty)
  }
}
