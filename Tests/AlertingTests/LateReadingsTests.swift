// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// Stored readings that come long after they were measured.
@Suite struct LateReadingsTests {
  @Test func oneNoticeAMinuteAfterTheLast() throws {
    var story = DetectorStory(TestRules.some("BP-1", "BP-5", "BP-7", "TP-2"))
    for index in 0..<20 {
      story.pressure(
        index == 3 ? "200" : "185", "100", at: 10_000 + Double(index), age: .late, measured: Double(index) * 100)
    }
    story.pressure("120", "80", at: 10_050, age: .late, measured: 5000)
    story.pressure("220", "80", at: 10_051, quality: .questionable, age: .late, measured: 5000)
    story.spot((.bodyTemperature, "39"), at: 10_052, measured: 0, age: .late)
    #expect(story.tick(at: 10_111.9).isEmpty)
    #expect(story.tick(at: 10_112).brief == ["BP-1 late"])
    #expect(story.tick(at: 20_000).isEmpty)
    let onset = try #require(story.findings.first?.late)
    #expect(onset.figure == .stored(20))
    #expect(onset.evidence.count == 8)
    #expect(onset.evidence.first == onset.decisive)
    #expect(onset.decisive.values.first?.number == ExactDecimal(200))
    #expect(onset.evidence.compactMap(\.observedWallMs) == onset.evidence.compactMap(\.observedWallMs).sorted())
    #expect(onset.evidence.last?.observedWallMs == DetectorStory.start + 1_900_000)
    #expect(onset.limits == [Limit(kind: .systolic, op: .atLeast, value: ExactDecimal(180), basis: .default)])
    #expect(story.detector.on.isEmpty)
  }

  @Test func theyRaiseConfirmAndClearNothing() {
    var story = DetectorStory(TestRules.some("BP-1"))
    story.pressure("185", "100", at: 0)
    story.pressure("185", "100", at: 100, age: .late, measured: -2000)
    story.pressure("120", "80", at: 110, age: .late, measured: -2100)
    #expect(story.tick(at: 170).brief == ["BP-1 late"])
    #expect(story.tick(at: 900).brief == ["BP-1 began"])
    for index in 0..<4 { story.pressure("120", "80", at: 1000 + Double(index), age: .late, measured: -3000) }
    story.tick(at: 2000)
    #expect(story.detector.on == ["BP-1"])
  }

  @Test func whatADeviceSendsAgainIsToldOnce() {
    var story = DetectorStory(TestRules.some("BP-1"))
    for round in 0..<3 {
      for index in 0..<5 {
        story.spot(
          (.systolic, "190"), (.diastolic, "90"), at: Double(round * 1000 + index), measured: -5000, age: .late,
          reading: "stored \(index)")
      }
    }
    story.tick(at: 5000)
    #expect(story.findings.brief == ["BP-1 late"])
    #expect(story.findings.first?.late?.figure == .stored(5))
  }

  @Test func aDeviceThatNeverStopsDoesNotKeepItBack() {
    var story = DetectorStory(TestRules.some("BP-1"))
    for second in 0..<700 { story.pressure("190", "90", at: Double(second), age: .late, measured: -5000) }
    #expect(story.findings.brief == ["BP-1 late"])
    #expect(story.findings.first?.late?.figure == .stored(600))
  }

  @Test func aMeterThatSaidLowIsTheWorst() {
    var story = DetectorStory(TestRules.some("GL-1-high", "GL-1", "OX-3"))
    story.spot((.glucose, "2.0"), at: 0, measured: -5000, age: .late)
    story.spot((.glucose, "ninf"), at: 1, measured: -4000, age: .late)
    story.spot((.glucose, "2.5"), at: 2, measured: -3000, age: .late)
    story.spot((.spo2, "85"), at: 3, measured: -3000, age: .late)
    #expect(story.tick(at: 100).brief == ["GL-1-high late"])
    #expect(story.findings.first?.late?.decisive.values.first?.content == .absent(.ninf))
  }

  @Test func anIrregularPulseIsToldOf() throws {
    var story = DetectorStory(TestRules.some("IR-1"))
    story.pressure("130", "80", at: 0, age: .late, measured: -5000)
    for index in 1...3 {
      story.pressure(
        "130", "80", at: Double(index), age: .late, measured: -4000, status: index < 3 ? ["irregular-pulse"] : [])
    }
    #expect(story.tick(at: 63).brief == ["IR-1 late"])
    let onset = try #require(story.findings.first?.late)
    #expect(onset.figure == .stored(2) && onset.limits.isEmpty)
    #expect(AlertMatter(TestRules.some("IR-1")[0], onset).text.en == "irregular pulse")
    // It is no session of now.
    story.pressure("130", "80", at: 4000, status: ["irregular-pulse"])
    #expect(story.tick(at: 4600).isEmpty)
  }

  @Test func theGravestRuleOfAFamilyTellsOfIt() {
    var story = DetectorStory()
    story.pressure("210", "130", at: 0, age: .late, measured: -5000)
    story.spot((.spo2, "88"), at: 1, measured: -5000, age: .late)
    #expect(story.tick(at: 100).brief == ["BP-1 late", "OX-1 late"])
    // Each reading counts for one rule.
    var several = DetectorStory(TestRules.some("OX-1", "OX-2"))
    for (index, value) in ["88", "91", "89", "92"].enumerated() {
      several.spot((.spo2, value), at: Double(index), measured: -5000, age: .late)
    }
    #expect(several.tick(at: 100).brief == ["OX-1 late", "OX-2 late"])
    #expect(several.findings.map { $0.late?.figure } == [.stored(2), .stored(2)])
    // A graver rule that is paused by itself silences nothing.
    var shelved = DetectorStory(TestRules.some("OX-1", "OX-2"))
    shelved.detector.shelved = ["OX-1"]
    shelved.spot((.spo2, "88"), at: 0, measured: -5000, age: .late)
    #expect(shelved.tick(at: 100).brief == ["OX-1 late", "OX-2 late"])
  }

  @Test func afterARestartANoticeThatMayHaveBeenGivenIsNotGivenAgain() {
    var story = DetectorStory(TestRules.some("BP-1"))
    story.pressure("190", "90", at: 0, age: .late, measured: -5000)
    var soon = story
    soon.detector.adopt([])
    soon.tick(at: 30)
    #expect(soon.tick(at: 60).brief == ["BP-1 late"])
    // As if the program had been started again right when it was due.
    var due = story
    #expect(due.tick(at: 60).brief == ["BP-1 late"])
    due.detector.adopt([])
    #expect(due.tick(at: 61).isEmpty)
    story.tick(at: 59)
    story.detector.adopt([])
    #expect(story.tick(at: 60).brief == ["BP-1 late"])
  }
}
