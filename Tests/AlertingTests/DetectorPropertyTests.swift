// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

@Suite struct DetectorPropertyTests {
  @Test(arguments: 1...6)
  func beginningsAndEndsAreOrderly(seed: Int) {
    var story = DetectorStory(seed % 3 == 0 ? TestRules.all : TestRules.general, settle: seed % 2 == 0 ? 30_000 : 0)
    var on: Set<String> = []
    for event in DetectorEvents.make(seed: UInt64(seed), count: 4000) {
      story.findings = []
      event.play(&story)
      DetectorEvents.check(story.findings, on: &on)
      if !story.findings.isEmpty { #expect(Set(story.detector.on) == on) }
      for rule in story.rules where on.contains(rule.id) { #expect(on.isDisjoint(with: rule.supersedes)) }
    }
    #expect(story.detector.storedCount < 4000)
  }

  @Test func theSameEventsGiveTheSameFindings() {
    func findings(_ seed: UInt64) -> [Finding] {
      var story = DetectorStory(TestRules.all)
      for event in DetectorEvents.make(seed: seed, count: 4000) { event.play(&story) }
      return story.findings
    }
    let first = (1...6).flatMap(findings)
    #expect(first == (1...6).flatMap(findings))
    // The events above are worth something only if they reach most rules, in every way.
    let begun = Set(first.filter { $0.onset != nil }.map(\.rule.id))
    let seldom: Set<String> = ["BP-4", "BP-4-uncontrolled", "BP-6", "OX-4", "IR-1", "WT-1"]
    #expect(begun.union(seldom) == Set(TestRules.all.map(\.id)).union(seldom))
    #expect(first.contains { $0.late != nil } && first.contains { $0.onset?.isUnconfirmed == true })
    #expect(first.contains { $0.onset?.superseded.isEmpty == false })
  }

  @Test func ticksChangeNothingThatReadingsFindOut() {
    for seed in 1...2 {
      let events = DetectorEvents.make(seed: UInt64(seed), count: 3000)
      var plain = DetectorStory()
      var ticked = DetectorStory()
      for event in events {
        event.play(&plain)
        if case .observation(_, let second) = event { ticked.tick(at: second) }
        event.play(&ticked)
      }
      #expect(plain.findings == ticked.findings)
    }
  }

  @Test func manyDevicesAndManyReadingsAreBounded() {
    var story = DetectorStory(TestRules.all)
    for device in 0..<200 { story.stream(.spo2, "86", device...device, device: "d-\(device)") }
    #expect(story.detector.storedCount < 1000)
    for index in 0..<6000 {
      let second = Double(1000 + index * 7)
      story.pressure("\(100 + index % 120)", "\(60 + index % 70)", at: second, age: index % 5 == 0 ? .late : .fresh)
      story.spot((.spo2, "\(80 + index % 20)"), (.bodyWeight, "70.\(index)"), at: second, quality: .questionable)
      story.spot((.bodyWeight, "\(60 + index % 20).\(index)"), at: second)
    }
    #expect(story.detector.storedCount < 1024 + 8 * 192 + 28 * 60 + 1000)
  }
}
