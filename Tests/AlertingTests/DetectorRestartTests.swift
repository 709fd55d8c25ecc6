// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// What is taken up after a restart, and what becomes of it when the rules change.
@Suite struct DetectorRestartTests {
  private func episode(_ rule: String, link: LinkSecurity = .authenticated, raised: Moment) -> Episode {
    Episode(
      Alert(
        alert: StableID(hashing: [rule]), version: 1, resident: DetectorStory.person, rule: rule, ruleVersion: 1,
        phase: .start, state: .active, category: .physiological, priority: .high, level: 1, limits: [], evidence: [],
        raised: raised, supersededBy: nil, text: [:], link: link))
  }

  private let day = 86_400.0

  @Test func whatWasPublishedIsTheTruth() {
    var story = DetectorStory()
    story.stream(.spo2, "86", 0...30)
    story.stream(.heartRate, "70", 0...30)
    #expect(story.detector.on == ["OX-1"])
    story.detector.adopt([episode("HR-1", raised: story.moment(0))])
    #expect(story.detector.on == ["HR-1"])
    #expect(story.stream(.heartRate, "140", 31...100).isEmpty)
    #expect(story.stream(.heartRate, "70", 101...161).brief == ["HR-1 ended"])
    // What is not on any more begins by new samples.
    #expect(story.stream(.spo2, "86", 200...230).brief == ["OX-1 began"])
  }

  @Test func itsOwnWaitsAreDroppedAndOthersGoOn() {
    var story = DetectorStory(TestRules.some("BP-1", "OX-1"))
    story.pressure("185", "100", at: 0)
    story.spot((.spo2, "86"), at: 1)
    story.detector.adopt([episode("OX-1", raised: story.moment(0))])
    #expect(story.tick(at: 900).brief == ["BP-1 began"])
    story.detector.adopt([episode("BP-1", raised: story.moment(0))])
    #expect(story.tick(at: 5000).isEmpty)
    #expect(story.detector.on == ["BP-1"])
  }

  @Test func clearingBeginsAnewAndKeepsItsLinkAndItsBeginning() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.spot((.spo2, "86"), at: 0)
    story.spot((.spo2, "86"), at: 60)
    story.spot((.spo2, "97"), at: 100)
    story.detector.adopt([episode("OX-1", link: .encrypted, raised: story.moment(60))])
    story.spot((.spo2, "97"), at: 110, link: .open)
    story.spot((.spo2, "97"), at: 120, measured: 50, link: .encrypted)
    story.spot((.spo2, "97"), at: 130, link: .encrypted)
    #expect(story.detector.on == ["OX-1"])
    #expect(story.spot((.spo2, "97"), at: 140, link: .encrypted).brief == ["OX-1 ended"])
  }

  @Test func beforeTheRulesAreKnown() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.detector.adopt([episode("OX-1", raised: story.moment(0)), episode("XX-9", raised: story.moment(0))])
    #expect(story.tick(at: 10).brief == ["XX-9 ended"])
    #expect(story.detector.on == ["OX-1"])
    #expect(story.tick(at: 11).isEmpty)
  }

  @Test func quietGoesOnFromTheEpisodesBeginning() {
    var story = DetectorStory(TestRules.some("IR-1"))
    story.tick(at: 5 * day)
    story.detector.adopt([episode("IR-1", raised: story.moment(2 * day))])
    #expect(story.tick(at: 9 * day - 1).isEmpty)
    #expect(story.tick(at: 9 * day).brief == ["IR-1 ended"])
  }

  @Test func quietGoesOnFromTheNewestOffendingReading() {
    var story = DetectorStory(TestRules.some("IR-1"))
    // It is not on by these readings alone: those that began it are too old to be read again.
    story.pressure("130", "80", at: 3 * day, status: ["irregular-pulse"])
    story.pressure("130", "80", at: 4 * day)
    story.tick(at: 5 * day)
    story.detector.adopt([episode("IR-1", raised: story.moment(2 * day))])
    story.pressure("130", "80", at: 6 * day, age: .late, measured: 5.5 * day, status: ["irregular-pulse"])
    #expect(story.tick(at: 6 * day + 60).brief == ["IR-1 late"])
    #expect(story.tick(at: 10 * day - 1).isEmpty)
    #expect(story.tick(at: 10 * day).brief == ["IR-1 ended"])
    // Quiet for so long while nobody looked: it is over at once.
    var late = DetectorStory(TestRules.some("IR-1"))
    late.tick(at: 30 * day)
    late.detector.adopt([episode("IR-1", raised: late.moment(0))])
    #expect(late.tick(at: 30 * day + 1).brief == ["IR-1 ended"])
  }

  @Test func onceInSoLongGoesOnToo() {
    var story = DetectorStory(TestRules.some("WT-1"))
    story.spot((.bodyWeight, "70"), at: 0)
    story.tick(at: 0.5 * day)
    story.detector.adopt([episode("WT-1", raised: story.moment(0.25 * day))])
    #expect(story.spot((.bodyWeight, "71"), at: 0.75 * day).brief == ["WT-1 ended"])
    #expect(story.spot((.bodyWeight, "73"), at: 1.2 * day).isEmpty)
    #expect(story.spot((.bodyWeight, "73"), at: 1.3 * day).brief == ["WT-1 began"])
  }

  @Test func onceInSoLongIsCountedFromWhatWasPublished() {
    var story = DetectorStory(TestRules.some("WT-1"))
    // By these readings alone, which are not all that there were, it began later.
    story.spot((.bodyWeight, "70"), at: 0.5 * day)
    story.spot((.bodyWeight, "72"), at: 0.75 * day)
    story.detector.adopt([episode("WT-1", raised: story.moment(0.25 * day))])
    #expect(story.spot((.bodyWeight, "71"), at: 1 * day).brief == ["WT-1 ended"])
    #expect(story.spot((.bodyWeight, "72"), at: 1.24 * day).isEmpty)
    #expect(story.spot((.bodyWeight, "72"), at: 1.25 * day).brief == ["WT-1 began"])
  }

  /// Played to the middle, rebuilt by replay, and with what was on: the rest is the same.
  @Test(arguments: 1...4)
  func replayAndAdoptGoOnAsBefore(seed: Int) {
    let events = DetectorEvents.make(seed: UInt64(seed), count: 4000)
    var whole = DetectorStory()
    for event in events.prefix(2000) { event.play(&whole) }
    var restarted = DetectorStory()
    for event in events.prefix(2000) { event.play(&restarted) }
    restarted.detector.adopt(whole.detector.on.map { episode($0, raised: whole.moment(0)) })
    #expect(restarted.detector.on == whole.detector.on)
    var on = Set(whole.detector.on)
    restarted.findings = []
    for event in events.dropFirst(2000) { event.play(&restarted) }
    DetectorEvents.check(restarted.findings, on: &on)
  }

  // MARK: changed rules

  @Test func aRuleThatIsGoneEnds() {
    var story = DetectorStory(TestRules.some("OX-1", "HR-1"))
    story.stream(.spo2, "86", 0...30)
    story.rules = TestRules.some("HR-1")
    let ended = story.tick(at: 31)
    #expect(ended.brief == ["OX-1 ended"])
    #expect(ended.first?.change == .ended(by: nil))
    #expect(story.tick(at: 32).isEmpty)
    #expect(story.stream(.spo2, "86", 33...100).isEmpty)
  }

  @Test func aRuleThatIsGoneIsNotCalledQuiet() {
    var story = DetectorStory(TestRules.some("WT-1"))
    story.spot((.bodyWeight, "70"), at: 0)
    story.spot((.bodyWeight, "72"), at: 3600)
    story.rules = []
    let ended = story.tick(at: 3700)
    #expect(ended.brief == ["WT-1 ended"])
    #expect(ended.first?.rule.clear.quiet == nil)
  }

  @Test func whatIsOnStaysOnAndWaitsAreHeldAgainstTheNewLimit() {
    var story = DetectorStory(TestRules.some("OX-1", "BP-1"))
    story.stream(.spo2, "88", 0...30)
    story.pressure("185", "100", at: 31)
    var rules = TestRules.some("OX-1", "BP-1")
    for index in rules.indices {
      rules[index].conditions = rules[index].conditions.map { condition in
        guard case .value(let kinds, let bound) = condition.test else { return condition }
        let own =
          bound.comparison == .below ? Bound(.below, 85) : Bound(.atLeast, bound.value == ExactDecimal(180) ? 184 : 120)
        return Rule.Condition(.value(kinds, own), basis: .own)
      }
    }
    story.rules = rules
    #expect(story.tick(at: 40).isEmpty)
    #expect(story.detector.on == ["OX-1"])
    #expect(story.tick(at: 931).brief == ["BP-1 began"])
    #expect(
      story.findings.last?.onset?.limits
        == [Limit(kind: .systolic, op: .atLeast, value: ExactDecimal(184), basis: .own)])
    var looser = DetectorStory(TestRules.some("BP-1"))
    looser.pressure("182", "100", at: 0)
    looser.rules = rules.filter { $0.id == "BP-1" }
    #expect(looser.tick(at: 2000).isEmpty)
    // A normal reading ends a wait whose condition has another place by now.
    var moved = DetectorStory(TestRules.some("BP-1"))
    moved.pressure("150", "125", at: 0)
    moved.rules[0].conditions.removeFirst()
    moved.pressure("150", "80", at: 60)
    #expect(moved.tick(at: 2000).isEmpty)
  }
}
