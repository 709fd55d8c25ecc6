// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// What the means of readings raise: of minutes, of sessions, of days.
@Suite struct DetectorMeanTests {
  // MARK: means of minutes

  @Test func gradeThreePressureNeedsAMinuteBetween() throws {
    var story = DetectorStory(TestRules.some("BP-1", "BP-2", "BP-3"))
    story.pressure("150", "112", at: 0)
    #expect(story.pressure("151", "111", at: 59).isEmpty)
    #expect(story.pressure("151", "110", at: 60).brief == ["BP-2 began"])
    let onset = try #require(story.findings.first?.onset)
    #expect(onset.figure == .meanOf(readings: 3))
    #expect(onset.evidence.count == 3)
    #expect(onset.decisive.values.map { $0.number?.description } == ["150.7", "111.0"])
    #expect(onset.limits == [Limit(kind: .diastolic, op: .atLeast, value: ExactDecimal(110), basis: .default)])
    story.pressure("190", "112", at: 120)
    #expect(story.pressure("190", "112", at: 180).brief == ["BP-1 began over BP-2"])
  }

  static let means: [(readings: [(String, Double)], raises: Bool)] = [
    ([("185", 0), ("174", 60)], false), ([("185", 0), ("175", 60)], true), ([("185", 0), ("175", 600)], true),
    ([("185", 0), ("175", 601)], false), ([("185", 0), ("150", 60), ("204", 120)], false),
    ([("185", 0), ("151", 60), ("204", 120)], true), ([("179.9", 0), ("180", 60)], false),
    ([("180", 0), ("180", 60)], true),
  ]

  @Test(arguments: means)
  func theMeanDecides(readings: [(String, Double)], raises: Bool) {
    var story = DetectorStory(TestRules.some("BP-2"))
    for (systolic, second) in readings { story.pressure(systolic, "80", at: second) }
    #expect(story.findings.brief == (raises ? ["BP-2 began"] : []))
  }

  @Test func onlyCleanReadingsOfNowAreInTheMean() {
    var story = DetectorStory(TestRules.some("BP-2"))
    story.pressure("190", "80", at: 0)
    story.pressure("190", "80", at: 60, quality: .questionable)
    story.pressure("190", "80", at: 70, quality: .invalid)
    story.pressure("190", "80", at: 80, age: .late)
    #expect(story.findings.isEmpty)
    #expect(story.pressure("190", "80", at: 90, age: .unknown).brief == ["BP-2 began"])
    #expect(story.findings.first?.onset?.decisive.age == .unknown)
  }

  @Test func aWorseLinkNeitherConfirmsAMeanNorWeakensIt() {
    var story = DetectorStory(TestRules.some("BP-2"))
    story.pressure("190", "80", at: 0)
    story.pressure("100", "60", at: 30, link: .open)
    story.pressure("190", "80", at: 60, link: .open)
    story.pressure("190", "80", at: 61, link: .encrypted)
    #expect(story.findings.isEmpty)
    #expect(story.pressure("190", "80", at: 70).brief == ["BP-2 began"])
    var better = DetectorStory(TestRules.some("BP-2"))
    better.pressure("190", "80", at: 0, link: .open)
    #expect(better.pressure("190", "80", at: 60).brief == ["BP-2 began"])
  }

  @Test func clearedByTwoReadingsInARow() {
    var story = DetectorStory(TestRules.some("BP-2"))
    story.pressure("190", "80", at: 0)
    story.pressure("190", "80", at: 60)
    story.pressure("160", "80", at: 120)
    story.pressure("171", "80", at: 180)
    story.pressure("160", "80", at: 240)
    #expect(story.pressure("160", "80", at: 300).brief == ["BP-2 ended"])
  }

  // MARK: sessions

  static let hour = 3600.0

  @Test func twoSessionsWithinADay() throws {
    var story = DetectorStory(TestRules.some("BP-3"))
    story.pressure("170", "90", at: 0)
    story.pressure("150", "90", at: 120)
    #expect(story.tick(at: 599.9).isEmpty)
    #expect(story.tick(at: 600).isEmpty)
    story.pressure("165", "90", at: 12 * Self.hour)
    story.pressure("156", "90", at: 12 * Self.hour + 60)
    #expect(story.tick(at: 12 * Self.hour + 599.9).isEmpty)
    #expect(story.tick(at: 12 * Self.hour + 600).brief == ["BP-3 began"])
    let onset = try #require(story.findings.first?.onset)
    #expect(onset.figure == .sessions(2))
    #expect(onset.evidence.count == 4)
    #expect(onset.decisive.values.first?.number?.description == "160.5")
    #expect(onset.limits == [Limit(kind: .systolic, op: .atLeast, value: ExactDecimal(160), basis: .default)])
  }

  @Test func aNormalSessionBetweenOrADayBetweenBeginsAnew() {
    var story = DetectorStory(TestRules.some("BP-3"))
    story.pressure("170", "90", at: 0)
    story.pressure("140", "90", at: 6 * Self.hour)
    story.pressure("170", "90", at: 12 * Self.hour)
    #expect(story.tick(at: 13 * Self.hour).isEmpty)
    story.pressure("170", "90", at: 37 * Self.hour)
    #expect(story.tick(at: 38 * Self.hour).isEmpty)
    story.pressure("170", "90", at: 60 * Self.hour)
    #expect(story.tick(at: 61 * Self.hour).brief == ["BP-3 began"])
  }

  @Test func theMeanOfASessionCountsNotOneReading() {
    var story = DetectorStory(TestRules.some("BP-3"))
    for start in [0, 12 * Self.hour] {
      story.pressure("175", "90", at: start)
      story.pressure("140", "90", at: start + 60)
      story.pressure("190", "90", at: start + 70, quality: .questionable)
    }
    #expect(story.tick(at: 13 * Self.hour).isEmpty)
  }

  @Test func aSlowPulseInThreeSessions() {
    var story = DetectorStory(TestRules.some("HR-1", "HR-2", "HR-3"))
    for round in 0..<3 { story.spot((.pulseRate, "48"), at: Double(round) * 7 * Self.hour) }
    #expect(story.findings.isEmpty)
    #expect(story.tick(at: 15 * Self.hour).brief == ["HR-3 began"])
    #expect(story.findings.first?.onset?.figure == .sessions(3))
  }

  @Test func anIrregularPulseInTwoOfThreeSessions() {
    var story = DetectorStory(TestRules.some("IR-1"))
    let day = 24 * Self.hour
    func measure(_ day: Double, _ isIrregular: Bool) {
      // Any reading of a session is enough.
      story.pressure("120", "80", at: day)
      story.pressure("120", "80", at: day + 60, status: isIrregular ? ["irregular-pulse"] : [])
      story.tick(at: day + 660)
    }
    measure(0, true)
    measure(day, false)
    measure(2 * day, false)
    measure(3 * day, true)
    #expect(story.findings.isEmpty)
    measure(4 * day, false)
    #expect(story.findings.isEmpty)
    measure(5 * day, true)
    #expect(story.findings.brief == ["IR-1 began"])
    #expect(story.findings.first?.onset?.limits == [])
    // Quiet for seven days ends it.
    story.pressure("120", "80", at: 7 * day, status: ["irregular-pulse"])
    story.pressure("120", "80", at: 9 * day)
    #expect(story.tick(at: 14 * day - 1).isEmpty)
    #expect(story.tick(at: 14 * day).brief == ["IR-1 ended"])
  }

  @Test func onceInADayOnly() {
    var rules = TestRules.some("IR-1")
    rules[0].clear.quiet = 3_600_000
    var story = DetectorStory(rules)
    for round in 0..<40 {
      story.pressure("120", "80", at: Double(round) * 1800, status: round % 8 < 4 ? ["irregular-pulse"] : [])
    }
    let begun = story.findings.filter { $0.onset != nil }
    #expect(begun.count == 1)
    #expect(story.findings.brief == ["IR-1 began", "IR-1 ended"])
    for round in 48..<60 { story.pressure("120", "80", at: Double(round) * 1800, status: ["irregular-pulse"]) }
    #expect(story.findings.brief == ["IR-1 began", "IR-1 ended", "IR-1 began"])
  }

  // MARK: averages of days

  /// Two readings in the morning and two in the evening. The story begins at 08:00 of day 0.
  private func home(_ story: inout DetectorStory, day: Int, _ systolic: [String], age: Age = .fresh) {
    for (index, value) in systolic.enumerated() {
      let second = Double(day) * 24 * Self.hour + (index < 2 ? 0 : 12 * Self.hour) + Double(index % 2) * 60
      story.pressure(value, "70", at: second, age: age)
    }
    story.tick(at: Double(day) * 24 * Self.hour + 13 * Self.hour)
  }

  @Test(arguments: [(["135", "134", "135", "135"], false), (["135", "135", "135", "135"], true)])
  func theHomeAverageOfFourDaysWithoutTheFirst(last: [String], raises: Bool) throws {
    var story = DetectorStory(TestRules.some("BP-4-uncontrolled", "BP-4"))
    home(&story, day: 0, ["190", "190", "190", "190"])
    home(&story, day: 1, ["135", "135", "135", "135"])
    home(&story, day: 2, ["134", "136", "135", "135"])
    #expect(story.findings.isEmpty)
    home(&story, day: 3, last)
    // 134.9 is not 135.
    #expect(story.findings.brief == (raises ? ["BP-4 began"] : []))
    guard raises else { return }
    let onset = try #require(story.findings.first?.onset)
    #expect(onset.figure == .homeAverage(days: 3, readings: 12))
    #expect(onset.decisive.values.map { $0.number?.description } == ["135.0", "70.0"])
    #expect(onset.evidence.count == 8)
  }

  @Test func elevenReadingsOrThreeDaysAreTooFew() {
    var story = DetectorStory(TestRules.some("BP-4"))
    for day in 0..<3 { home(&story, day: day, ["140", "140", "140", "140", "140", "140", "140"]) }
    #expect(story.findings.isEmpty)
    var few = DetectorStory(TestRules.some("BP-4"))
    for day in 0..<3 { home(&few, day: day, ["140", "140", "140", "140"]) }
    home(&few, day: 3, ["140", "140", "140"])
    #expect(few.findings.isEmpty)
  }

  @Test func theAverageEndsWhatItBeganAndTheUncontrolledOneSupersedes() {
    var story = DetectorStory(TestRules.some("BP-4-uncontrolled", "BP-4"))
    for day in 0..<4 { home(&story, day: day, ["140", "140", "140", "140"]) }
    #expect(story.findings.brief == ["BP-4 began"])
    for day in 4..<9 { home(&story, day: day, ["165", "165", "165", "165"]) }
    #expect(story.findings.brief == ["BP-4 began", "BP-4-uncontrolled began over BP-4"])
    for day in 9..<20 { home(&story, day: day, ["120", "120", "120", "120"]) }
    // BP-4 was said more than a week ago by then, and the mean is on its way down.
    #expect(
      story.findings.brief == [
        "BP-4 began", "BP-4-uncontrolled began over BP-4", "BP-4-uncontrolled ended", "BP-4 began", "BP-4 ended",
      ])
    #expect(story.detector.on.isEmpty)
  }

  @Test func aStoredReadingCountsInTheAverage() {
    var story = DetectorStory(TestRules.some("BP-4"))
    let now = 4 * 24 * Self.hour
    for index in 0..<16 {
      let day = Double(index / 4)
      story.pressure(
        "140", "70", at: now + Double(index), age: .late, measured: day * 24 * Self.hour + Double(index % 4) * 600)
    }
    // They came in one session, of which the first was the beginning.
    #expect(story.tick(at: now + 599.9).isEmpty)
    #expect(story.tick(at: now + 600).brief == ["BP-4 began"])
    for index in 0..<60 {
      let measured = now + 3600 + Double(index) * 60
      story.pressure("110", "70", at: now + 86_400 + Double(index), age: .late, measured: measured)
    }
    #expect(story.tick(at: now + 87_000).brief == ["BP-4 ended"])
  }

  /// A cuff that is out of reach for days is read at last.
  @Test func storedReadingsOfDaysOpenASession() {
    var story = DetectorStory()
    let now = 10 * 24 * Self.hour
    for index in 0..<30 {
      story.pressure("152", "95", at: now + Double(index), age: .late, measured: Double(index) * 8 * Self.hour)
    }
    story.pressure("152", "95", at: now + 30, quality: .questionable, age: .late, measured: now)
    #expect(story.tick(at: now + 600).brief == ["BP-4-uncontrolled began"])
    #expect(story.findings.first?.onset?.decisive.age == .late)
  }

  @Test func withoutACalendarThereIsNoAverage() {
    var story = DetectorStory(TestRules.some("BP-4"))
    story.clock = nil
    for day in 0..<6 { home(&story, day: day, ["140", "140", "140", "140"]) }
    #expect(story.findings.isEmpty)
  }
}
