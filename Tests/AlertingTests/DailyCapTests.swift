// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

@Suite struct DailyCapTests {
  /// From 08:05 to 08:00, when the digest is due and the next day begins.
  static let untilMorning: Int64 = 1435

  static func flapping(_ id: String, _ times: Int) -> [BookStory.Step] {
    (0..<times).flatMap { _ in [.begin(id), .wait(1), .end(id)] as [BookStory.Step] }
  }

  static func starts(_ id: String, _ story: BookStory) -> Int {
    story.alerts.count { $0.rule == id && $0.phase == .start }
  }

  @Test(arguments: [("high", 20), ("medium", 6), ("low", 3), ("technical", 6)])
  func aDayHoldsSoMany(_ rule: String, _ expected: Int) {
    var story = BookStory()
    for step in Self.flapping(rule, 20) { story.play(step) }
    // A high one stays open, and begins again.
    #expect(Self.starts(rule, story) == expected)
    #expect(story.book.heldBack.isEmpty)
  }

  @Test func thePrioritiesAreCountedApart() {
    var story = BookStory()
    for step in Self.flapping("low", 10) + Self.flapping("medium", 10) { story.play(step) }
    #expect(Self.starts("low", story) == 3)
    #expect(Self.starts("medium", story) == 6)
  }

  /// One that begins again and again must not keep another from being said at all.
  @Test func theFirstMediumOneOfARuleIsSaid() {
    var story = BookStory()
    for step in Self.flapping("medium", 10) { story.play(step) }
    story.play(.begin("medium-2"))
    #expect(story.log.last == "10 medium-2 start active v1 L1")
    for step in [.end("medium-2")] + Self.flapping("medium-2", 3) { story.play(step) }
    #expect(Self.starts("medium-2", story) == 1)
  }

  @Test func whatIsStillOnIsSaidWhenTheDayIsOver() {
    var story = BookStory()
    for step in Self.flapping("low", 3) { story.play(step) }
    story.play(.begin("low"))
    #expect(story.book.heldBack.map(\.rule) == ["low"])
    #expect(story.book.episodes.isEmpty)
    story.play(.wait(Self.untilMorning - 4))
    #expect(Self.starts("low", story) == 3)
    story.play(.wait(1))
    #expect(story.log.last == "\(Self.untilMorning) low start active v1 L1")
    #expect(story.book.heldBack.isEmpty)
    #expect(story.alerts.last?.course.since == story.now)
    for step in [.end("low")] + Self.flapping("low", 9) { story.play(step) }
    #expect(Self.starts("low", story) == 6)
  }

  @Test func whatIsOverByThenIsNot() {
    var story = BookStory()
    for step in Self.flapping("low", 3) { story.play(step) }
    let said = story.log
    story.play(.begin("low"))
    story.play(.begin("low"))
    story.play(.acknowledge("low"))
    story.play(.end("low"))
    story.play(.wait(470))
    #expect(story.log == said + ["3 refused unknown"])
    story.play(.begin("low"))
    story.play(.gone("low"))
    story.play(.begin("low"))
    story.play(.begin("high", over: ["low"]))
    #expect(story.book.heldBack.isEmpty)
  }

  /// Somebody looks at it as a small matter: that it is none any more must be said.
  @Test func whatGrowsWorseIsNotHeldBack() {
    var story = BookStory()
    for step in Self.flapping("medium", 6) { story.play(step) }
    story.play(.begin("low"))
    story.play(.begin("medium", over: ["low"]))
    #expect(story.log.suffix(2) == ["6 medium start active v1 L1", "6 low supersede ended v2 L1"])
  }

  /// What waits for a new day is not said for a pause's sake, nor when that ends.
  @Test func aPauseDoesNotGetPastTheCap() {
    var story = BookStory()
    for step in Self.flapping("low", 3) { story.play(step) }
    story.play(.begin("low"))
    let said = story.log
    for step in [.pause(.resident, 10), .wait(20)] as [BookStory.Step] { story.play(step) }
    #expect(story.log == said)
    #expect(story.book.heldBack.map(\.rule) == ["low"])
  }

  @Test func whatBeginsInAPauseIsNotCounted() {
    var story = BookStory()
    story.play(.pause(.resident, 60))
    for step in Self.flapping("low", 9) { story.play(step) }
    story.play(.unpause(.resident))
    for step in Self.flapping("low", 9) { story.play(step) }
    #expect(Self.starts("low", story) == 3)
  }

  @Test func withoutACalendarADayIsOneOfTheMachine() {
    var story = BookStory()
    story.play(.forgetTime)
    for step in Self.flapping("low", 9) + [.wait(1440)] + Self.flapping("low", 9) { story.play(step) }
    #expect(Self.starts("low", story) == 6)
  }

  /// To learn the time is no new day.
  @Test func theDayGoesOnWhenTheClockIsSet() {
    var cap = DailyCap()
    let story = BookStory()
    let known = story.occasion
    let unknown = Occasion(
      now: Moment(bootID: "b", monotonicMs: known.elapsedMs, wallMs: nil, synchronized: false),
      calendar: known.calendar)
    cap.advance(to: unknown, from: 480)
    cap.count(.late("R"))
    for occasion in [known, unknown, known] {
      cap.advance(to: occasion, from: 480)
      #expect(!cap.hasRoom(for: .late("R"), 1))
    }
  }

  @Test func aRestartCountsWhatIsOpen() {
    var story = BookStory()
    for id in ["low-1", "low-2", "low-3"] { story.play(.begin(id)) }
    for restart in [BookStory.Step.restart, .reboot] {
      story.play(restart)
      story.play(.begin("low-4"))
      #expect(story.book.heldBack.map(\.rule) == ["low-4"])
    }
    story.play(.wait(Self.untilMorning))
    story.play(.restart)
    story.play(.end("low-4"))
    for step in Self.flapping("low-4", 9) { story.play(step) }
    #expect(Self.starts("low-4", story) == 3)
  }

  @Test func storedReadingsHaveTheirOwn() {
    var story = BookStory()
    for step in Self.flapping("low", 9) { story.play(step) }
    for _ in 0..<9 { for rule in ["high-1", "high-2"] { story.play(.late(rule)) } }
    for rule in ["high-1", "high-2"] { #expect(story.alerts.count { $0.rule == rule } == DailyCap.late) }
    #expect(story.alerts.filter { $0.rule.hasPrefix("high") }.allSatisfy { $0.priority == .low && $0.state == .ended })
    #expect(story.book.episodes.isEmpty)
  }
}
