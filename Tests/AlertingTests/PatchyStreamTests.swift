// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// A stream with holes in it is not a healthy person.
@Suite struct PatchyStreamTests {
  /// Stretches of samples, each second, with holes between.
  private func patchy(
    _ kind: ObservationKind, _ value: String, sent: Int, hole: Int, until end: Int, invalid: Bool = false,
    _ story: inout DetectorStory
  ) {
    for start in stride(from: 0, to: end, by: sent + hole) {
      story.stream(kind, value, start...start + sent - 1)
      if invalid { story.stream(kind, value, start + sent...start + sent + hole - 1, quality: .invalid) }
    }
  }

  @Test(arguments: [(ObservationKind.spo2, "80", "OX-1"), (.heartRate, "140", "HR-1")])
  func aGapOfTheRadioDelaysACrisisOnly(kind: ObservationKind, value: String, rule: String) {
    var story = DetectorStory(settle: 30_000)
    patchy(kind, value, sent: 58, hole: 12, until: 74, &story)
    // Settled at 30 s, 27 s until the gap, 3 s more after it.
    #expect(story.findings.brief == ["\(rule) began"])
    #expect(story.findings.first?.onset?.decisive.observedWallMs == DetectorStory.start + 73_000)
  }

  @Test func aGapNowAndThenDoesNotHideWhatLasts() {
    var story = DetectorStory(TestRules.some("HR-2"), settle: 30_000)
    patchy(.heartRate, "120", sent: 288, hole: 12, until: 1200, &story)
    #expect(story.findings.brief == ["HR-2 began"])
  }

  @Test func whatIsHeldIsTheTimeBetweenUsableSamples() {
    var story = DetectorStory(TestRules.some("OX-1"))
    // 12 s of each stretch count, the holes do not.
    patchy(.spo2, "80", sent: 13, hole: 12, until: 50, invalid: true, &story)
    #expect(story.findings.isEmpty)
    #expect(story.stream(.spo2, "80", 50...55).isEmpty)
    #expect(story.stream(.spo2, "80", 56...56).brief == ["OX-1 began"])
  }

  @Test func aQuarterOfAnHourWithoutAUsableSampleIsTheEnd() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.stream(.spo2, "80", 0...20)
    var longer = story
    #expect(story.stream(.spo2, "80", 920...929).isEmpty)
    #expect(story.stream(.spo2, "80", 930...930).brief == ["OX-1 began"])
    #expect(longer.stream(.spo2, "80", 921...950).isEmpty)
    #expect(longer.stream(.spo2, "80", 951...951).brief == ["OX-1 began"])
  }

  @Test func aNormalSampleAfterTheGapEndsIt() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.stream(.spo2, "80", 0...29)
    story.stream(.spo2, "97", 50...50)
    #expect(story.stream(.spo2, "80", 51...80).isEmpty)
  }

  @Test func theWayBackStandsStillAsWell() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.stream(.spo2, "80", 0...30)
    story.stream(.spo2, "97", 31...61)
    story.stream(.spo2, "97", 100...109)
    story.stream(.spo2, "97", 110...111, quality: .invalid)
    #expect(story.stream(.spo2, "97", 112...132).isEmpty)
    #expect(story.stream(.spo2, "97", 133...133).brief == ["OX-1 ended"])
    var longer = DetectorStory(TestRules.some("OX-1"))
    longer.stream(.spo2, "80", 0...30)
    longer.stream(.spo2, "97", 31...61)
    #expect(longer.stream(.spo2, "97", 962...1021).isEmpty)
    #expect(longer.stream(.spo2, "97", 1022...1022).brief == ["OX-1 ended"])
  }

  // MARK: sensor-on

  /// Seconds from the last good sample to the next, with invalid ones in between or none; whether the sensor was off.
  @Test(arguments: [(60, false, false), (61, false, true), (11, true, false), (12, true, true)])
  func afterASensorWasOffItSettlesAnew(gap: Int, isLost: Bool, isOff: Bool) {
    var story = DetectorStory(TestRules.some("OX-1"), settle: 30_000)
    story.stream(.spo2, "80", 0...40)
    if isLost { story.stream(.spo2, "80", 41...40 + gap - 1, quality: .invalid) }
    let back = 40 + gap
    // 10 s were held before; settling takes 30.
    let due = back + 20 + (isOff ? 30 : 0)
    #expect(story.stream(.spo2, "80", back...due - 1).isEmpty)
    #expect(story.stream(.spo2, "80", due...due).brief == ["OX-1 began"])
  }

  @Test func aLongSilenceThatEndsWithoutContactIsOneToo() {
    var story = DetectorStory(TestRules.some("OX-1"), settle: 30_000)
    story.stream(.spo2, "80", 0...40)
    story.stream(.spo2, "80", 140...140, quality: .invalid)
    #expect(story.stream(.spo2, "80", 141...190).isEmpty)
    #expect(story.stream(.spo2, "80", 191...191).brief == ["OX-1 began"])
  }
}
