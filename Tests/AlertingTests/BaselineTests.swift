// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// A person's own past, and the rules that ask for it.
@Suite struct BaselineTests {
  @Test func whatIsUsualIsKnownWhenARuleBecomesThePersons() {
    var story = DetectorStory(TestRules.some("OX-1"))
    story.detector.past = PastKinds(askedBy: TestRules.some("BP-6"))
    for day in 1...4 { for _ in 0..<2 { story.pressure("150", "80", at: Double(day) * 86_400) } }
    story.rules = TestRules.some("BP-6")
    story.pressure("107", "60", at: 5 * 86_400)
    #expect(story.pressure("107", "60", at: 5 * 86_400 + 60).brief == ["BP-6 began"])
  }

  static let day = 86_400

  /// A minute of stream at the same hour of the days before.
  private func nights(_ story: inout DetectorStory, _ days: Range<Int>, _ value: String, hour: Int = 0) {
    for day in days { story.stream(.spo2, value, day * Self.day + hour * 3600...day * Self.day + hour * 3600 + 59) }
  }

  @Test func aFallFromTheMedianOfTheSameHour() throws {
    var story = DetectorStory(TestRules.some("OX-4"))
    nights(&story, 0..<3, "98")
    nights(&story, 0..<3, "90", hour: 5)
    let now = 3 * Self.day
    #expect(story.stream(.spo2, "94.1", now...now + 700).isEmpty)
    #expect(story.stream(.spo2, "94", now + 701...now + 1301).brief == ["OX-4 began"])
    let onset = try #require(story.findings.first?.onset)
    #expect(onset.past == .init(.median, .spo2, ExactDecimal(98)))
    #expect(onset.limits == [Limit(kind: .spo2, op: .atMost, value: ExactDecimal(94), basis: .baseline)])
    #expect(story.stream(.spo2, "95.9", now + 1302...now + 1500).isEmpty)
    #expect(story.stream(.spo2, "96", now + 1501...now + 1561).brief == ["OX-4 ended"])
  }

  @Test func withoutThreeDaysOfThisHourAllHoursCount() {
    var story = DetectorStory(TestRules.some("OX-4"))
    for (day, hour) in [(0, 3), (1, 5), (2, 7)] { nights(&story, day..<day + 1, "96", hour: hour) }
    let now = 3 * Self.day + 10 * 3600
    #expect(story.stream(.spo2, "92.1", now...now + 700).isEmpty)
    #expect(story.stream(.spo2, "92", now + 701...now + 1301).brief == ["OX-4 began"])
  }

  @Test func twoDaysOrNoCalendarAreNoPast() {
    var story = DetectorStory(TestRules.some("OX-4"))
    nights(&story, 0..<2, "98")
    nights(&story, 0..<2, "98", hour: 9)
    #expect(story.stream(.spo2, "85", 3 * Self.day...3 * Self.day + 700).isEmpty)
    var blind = DetectorStory(TestRules.some("OX-4"))
    nights(&blind, 0..<3, "98")
    blind.clock = nil
    #expect(blind.stream(.spo2, "85", 3 * Self.day...3 * Self.day + 700).isEmpty)
    // A week later it is forgotten.
    var old = DetectorStory(TestRules.some("OX-4"))
    nights(&old, 0..<3, "98")
    #expect(old.stream(.spo2, "85", 8 * Self.day...8 * Self.day + 700).isEmpty)
  }

  @Test func theMedianIsOfTheHourNotOfItsEdges() {
    var story = DetectorStory(TestRules.some("OX-4"))
    for day in 0..<3 {
      story.stream(.spo2, "80", day * Self.day...day * Self.day + 20)
      story.stream(.spo2, "97", day * Self.day + 21...day * Self.day + 42)
      story.stream(.spo2, "85", day * Self.day + 43...day * Self.day + 90, quality: .questionable)
    }
    story.tick(at: Double(3 * Self.day))
    #expect(story.detector.baseline.figure(.median, of: .spo2, before: 0) == ExactDecimal(97))
  }

  @Test func closedHoursAreKeptAndRestored() {
    var story = DetectorStory(TestRules.some("OX-4"))
    nights(&story, 0..<3, "98")
    story.tick(at: Double(2 * Self.day + 3600))
    let hours = story.detector.baseline.takeClosedHours()
    let first = 20_526
    #expect(
      hours
        == (0..<3).map { Baseline.Hour(kind: .spo2, day: first + $0, hour: 8, median: ExactDecimal(98), count: 60) })
    #expect(story.detector.baseline.takeClosedHours().isEmpty)
    var restarted = DetectorStory(TestRules.some("OX-4"))
    restarted.detector.baseline.restore(hours)
    #expect(restarted.detector.baseline.takeClosedHours().isEmpty)
    let now = 3 * Self.day
    #expect(restarted.stream(.spo2, "94", now...now + 600).brief == ["OX-4 began"])
    // An hour that replay saw a part of does not replace the whole.
    var replayed = DetectorStory(TestRules.some("OX-4"))
    replayed.detector.baseline.restore(hours)
    replayed.stream(.spo2, "70", 2 * Self.day...2 * Self.day + 10)
    replayed.tick(at: Double(now))
    #expect(replayed.detector.baseline.takeClosedHours().isEmpty)
    #expect(replayed.detector.baseline.figure(.median, of: .spo2, before: 0) == ExactDecimal(98))
  }

  // MARK: pressure

  /// Two readings at 08:00 of so many days.
  private func week(_ story: inout DetectorStory, _ days: Range<Int>, _ systolic: String) {
    for day in days {
      for index in 0..<2 { story.pressure(systolic, "70", at: Double(day * Self.day + index * 60)) }
    }
  }

  @Test func aPressureThatIsLowForThisPerson() {
    var story = DetectorStory(TestRules.some("BP-6"))
    week(&story, 0..<3, "125")
    let now = Double(3 * Self.day)
    story.pressure("101", "60", at: now)
    #expect(story.pressure("99", "60", at: now + 30).brief == ["BP-6 began"])
    #expect(
      story.findings.first?.onset?.limits
        == [Limit(kind: .systolic, op: .atMost, value: ExactDecimal(100), basis: .default)])
    #expect(story.findings.first?.onset?.past == .init(.mean, .systolic, ExactDecimal(125)))
    story.pressure("105", "60", at: now + 100)
    #expect(story.pressure("105", "60", at: now + 200).brief == ["BP-6 ended"])
    // Who is always low is not.
    var low = DetectorStory(TestRules.some("BP-6"))
    week(&low, 0..<4, "119")
    low.pressure("99", "60", at: now + 10_000)
    #expect(low.pressure("99", "60", at: now + 10_030).isEmpty)
  }

  @Test func aFallOfFortyFromTheMean() throws {
    var story = DetectorStory(TestRules.some("BP-6"))
    week(&story, 0..<3, "160")
    let now = Double(3 * Self.day)
    story.pressure("120.1", "60", at: now)
    #expect(story.pressure("120.1", "60", at: now + 30).isEmpty)
    // The present session is not the past: the readings above do not weaken the mean.
    #expect(story.pressure("119.7", "60", at: now + 60).brief == ["BP-6 began"])
    let onset = try #require(story.findings.first?.onset)
    #expect(onset.limits == [Limit(kind: .systolic, op: .atMost, value: ExactDecimal(120), basis: .baseline)])
    #expect(onset.figure == .meanOf(readings: 3))
    #expect(onset.past == .init(.mean, .systolic, ExactDecimal(160)))
    #expect(AlertMatter(TestRules.some("BP-6")[0], onset).text.en.contains(" below the usual 160"))
  }

  @Test func fiveReadingsOrTwoDaysAreNoMean() {
    var story = DetectorStory(TestRules.some("BP-6"))
    week(&story, 0..<2, "160")
    week(&story, 0..<2, "160")
    story.pressure("160", "70", at: Double(Self.day + 500))
    for second in [0.0, 30] { story.pressure("95", "60", at: Double(2 * Self.day) + second) }
    #expect(story.findings.isEmpty)
  }

  // MARK: weight

  @Test func twoKilogramsInThreeDays() throws {
    var story = DetectorStory(TestRules.some("WT-1"))
    let day = Double(Self.day)
    for (index, weight) in ["70.5", "70.0", "71.9"].enumerated() {
      story.spot((.bodyWeight, weight), at: Double(index) * day)
    }
    #expect(story.findings.isEmpty)
    // Three days and ten minutes later, in the morning as always.
    #expect(story.spot((.bodyWeight, "72.0"), at: 4 * day + 600).brief == ["WT-1 began"])
    #expect(story.findings.first?.onset?.past == .init(.least(days: 3), .bodyWeight, ExactDecimal(70)))
    #expect(story.spot((.bodyWeight, "71.9"), at: 4 * day + 700).brief == ["WT-1 ended"])
    // Not twice in a day.
    #expect(story.spot((.bodyWeight, "72.5"), at: 4 * day + 800).isEmpty)
    #expect(story.spot((.bodyWeight, "74.5"), at: 5 * day + 601).brief == ["WT-1 began"])
    #expect(story.tick(at: 8 * day + 600).isEmpty)
    #expect(story.tick(at: 8 * day + 601).brief == ["WT-1 ended"])
  }
}
