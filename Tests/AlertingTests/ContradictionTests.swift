// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// Two readings of which one is far too low and the other far too high confirm nothing.
@Suite struct ContradictionTests {
  @Test(arguments: [
    (ObservationKind.pulseRate, ["140", "38"], "HR-1"), (.pulseRate, ["38", "140"], "HR-1"),
    (.pulseRate, ["112", "44"], "HR-2"), (.bodyTemperature, ["39.5", "34.5"], "TP-1"),
  ])
  func theyDoNotConfirmEachOther(kind: ObservationKind, values: [String], rule: String) throws {
    var story = DetectorStory(TestRules.some(rule))
    for (index, value) in values.enumerated() { story.spot((kind, value), at: Double(index) * 70) }
    #expect(story.findings.isEmpty)
    // The newer one waits by itself.
    #expect(story.spot((kind, try #require(values.last)), at: 140).brief == ["\(rule) began"])
    #expect(story.findings.first?.onset?.evidence.first?.reading == StableID(hashing: ["spot 2"]))
  }

  @Test func theOlderOneWaitsToo() {
    var story = DetectorStory(TestRules.some("HR-1"))
    for (second, value) in [(0.0, "140"), (70, "38"), (140, "141")] { story.spot((.pulseRate, value), at: second) }
    #expect(story.findings.brief == ["HR-1 began"])
    #expect(story.findings.first?.onset?.evidence.first?.reading == StableID(hashing: ["spot 1"]))
  }

  @Test func oneThatOffendsOnBothSidesConfirmsEither() {
    let rule = TestRules.rule(
      "XX-1", .medium,
      when: [
        Rule.Condition(.value([.systolic], Bound(.atMost, 90))),
        Rule.Condition(.value([.diastolic], Bound(.atLeast, 100))),
      ], spot: .second(.init(apart: 0, within: 600_000)), clear: [])
    var story = DetectorStory([rule])
    story.pressure("85", "60", at: 0)
    #expect(story.pressure("150", "105", at: 60).isEmpty)
    #expect(story.pressure("85", "105", at: 120).brief == ["XX-1 began"])
  }

  /// What is beyond the meter is on a side as well; a word of the device is on none.
  @Test func wordsOfTheMeterCount() {
    let conditions = [AbsentReason.ninf, .pinf].map { Rule.Condition(.absent([.glucose], $0)) }
    let word = Rule.Condition(.status("irregular-pulse", [.glucose]))
    let rule = TestRules.rule(
      "XX-1", .medium, when: conditions + [word], spot: .second(.init(apart: 0, within: 600_000)), clear: [])
    var story = DetectorStory([rule])
    story.spot((.glucose, "ninf"), at: 0)
    #expect(story.spot((.glucose, "pinf"), at: 60).isEmpty)
    #expect(story.spot((.glucose, "5"), at: 120, status: ["irregular-pulse"]).brief == ["XX-1 began"])
  }

  @Test func oneThatTheDeviceTrustsNeedsNoSecond() {
    let rule = TestRules.rule(
      "XX-1", .high,
      when: [
        Rule.Condition(.value([.spo2], Bound(.below, 90))), Rule.Condition(.value([.spo2], Bound(.atLeast, 99))),
      ], spot: .second(.init(apart: 0, within: 600_000, orFullyQualified: true)), clear: [])
    var story = DetectorStory([rule])
    story.spot((.spo2, "99"), at: 0)
    #expect(story.spot((.spo2, "80"), at: 60, status: ["fully-qualified"]).brief == ["XX-1 began"])
    #expect(story.findings.first?.onset?.evidence.count == 1)
  }
}
