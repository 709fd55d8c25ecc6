// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

@Suite struct EpisodeBookTests {
  typealias Step = BookStory.Step

  @Test(arguments: Timeline.all) func everyTransitionOfTheTable(_ timeline: Timeline) {
    #expect(BookStory.played(timeline.steps) == timeline.log)
  }

  /// After every step and every minute of a wait; the machine, too: then the monotonic clock is another one.
  @Test(arguments: Timeline.all) func aRestartAnywhereChangesNothing(_ timeline: Timeline) {
    let steps = timeline.steps.flatMap { step -> [Step] in
      switch step {
      case .wait(let minutes) where minutes <= 100: Array(repeating: .wait(1), count: Int(minutes))
      case .waitUnheard(let minutes): Array(repeating: .waitUnheard(1), count: Int(minutes))
      default: [step]
      }
    }
    for restart in [Step.restart, .reboot] {
      #expect(BookStory.played(steps.flatMap { [$0, restart] }) == timeline.log)
    }
  }

  /// A clock that is set by years while the box runs changes no wait and no pause.
  @Test(arguments: Timeline.all) func theWallClockMovesNothing(_ timeline: Timeline) {
    let decade: Int64 = 3650 * 86_400_000
    for jump in [decade, -decade] {
      #expect(BookStory.played(timeline.steps.flatMap { [.jump(jump), $0] }) == timeline.log)
    }
    #expect(BookStory.played([.forgetTime] + timeline.steps) == timeline.log)
    #expect(BookStory.played([.forgetTime] + timeline.steps.flatMap { [$0, .restart] }) == timeline.log)
  }

  @Test func theTableReachesEveryPhaseAndState() {
    var (phases, states): (Set<Alert.Phase>, Set<Alert.State>) = ([], [])
    for timeline in Timeline.all {
      var story = BookStory()
      for step in timeline.steps { story.play(step) }
      phases.formUnion(story.alerts.map(\.phase))
      states.formUnion(story.alerts.map(\.state))
    }
    #expect(phases == Set(Alert.Phase.allCases))
    #expect(states == Set(Alert.State.allCases))
  }

  // MARK: what a transition holds

  @Test func aSecondBeginningIsOfItsOwnReadings() throws {
    var story = BookStory()
    story.play(.begin("high"))
    story.play(.end("high"))
    story.play(.wait(3))
    story.take("high", .began(story.onset(of: "high", value: 81)))
    let (first, again) = (try #require(story.alerts.first), try #require(story.alerts.last))
    #expect(again.alert == first.alert)
    #expect(again.raised == first.raised)
    #expect(again.evidence != first.evidence)
    // Nobody has answered the first one.
    #expect(again.course.since == first.course.since)
    #expect(again.course.began == story.now)
    #expect(again.text["en"]?.hasPrefix("SpO2 81 %") == true)
  }

  @Test func whatGrowsWorseIsSaid() {
    var story = BookStory()
    story.play(.begin("medium"))
    story.play(.acknowledge("medium"))
    var worse = story.onset(of: "medium")
    worse.priority = .high
    story.take("medium", .began(worse))
    #expect(story.log.last == "0 medium start active v3 L1")
    #expect(story.alerts.last?.priority == .high)
    #expect(story.alerts.last?.course.acknowledgement == nil)
  }

  /// The readings that a mean is of may begin a second episode: it is another one.
  @Test func theSameReadingsMayBeginASecondEpisode() {
    var story = BookStory()
    let onset = story.onset(of: "medium")
    for _ in 0..<3 {
      story.take("medium", .began(onset))
      story.play(.end("medium"))
      story.play(.wait(1))
    }
    #expect(story.alerts.map(\.version) == [1, 2, 1, 2, 1, 2])
    #expect(Set(story.alerts.map(\.alert)).count == 3)
    #expect(
      story.alerts.first?.alert
        == StableID(hashing: ["alert", "r-31k7", "medium", onset.decisive.reading.description]))
  }

  @Test func theMessageKnowsWhoAndUntilWhen() throws {
    var story = BookStory()
    story.play(.begin("high"))
    story.play(.acknowledge("high", by: "u-12"))
    let by = Alert.Acknowledgement(by: "u-12", at: story.now)
    #expect(story.alerts.last?.course.acknowledgement == by)
    story.play(.pause(.resident, 30))
    let paused = try #require(story.alerts.last)
    #expect(paused.course.pause?.untilWallMs == BookStory.beginning + 30 * 60_000)
    #expect(paused.course.pause == story.book.pauses.first)
    #expect(paused.course.acknowledgement == by)
    story.play(.wait(30))
    #expect(story.alerts.last?.course.pause == nil)
    #expect(story.book.pauses.isEmpty)
    story.play(.begin("high-2", over: ["high"]))
    #expect(story.alerts.last?.supersededBy == story.open("high-2"))
  }

  @Test func whatTheClinicLacksIsSaidInTheNextTransition() {
    var story = BookStory()
    story.play(.begin("high"))
    story.play(.begin("medium"))
    story.book.noteUndelivered([story.open("high")])
    story.play(.wait(5))
    #expect(story.alerts.last?.course.undelivered == true)
    story.book.noteUndelivered([])
    story.play(.wait(25))
    #expect(story.alerts.suffix(2).map(\.course.undelivered) == [false, false])
  }

  @Test func anUnansweredHighAlertIsTold() {
    var story = BookStory()
    story.play(.begin("high"))
    story.play(.begin("medium"))
    story.play(.wait(29))
    #expect(!story.book.hasUnanswered)
    story.play(.wait(1))
    #expect(story.book.hasUnanswered)
    story.play(.reboot)
    story.play(.wait(1))
    #expect(story.book.hasUnanswered)
    var (cleared, paused) = (story, story)
    story.play(.acknowledge("high"))
    #expect(!story.book.hasUnanswered)
    cleared.play(.end("high"))
    #expect(!cleared.book.hasUnanswered)
    paused.play(.pause(.resident, 10))
    #expect(!paused.book.hasUnanswered)
    paused.play(.wait(39))
    #expect(!paused.book.hasUnanswered)
    paused.play(.wait(1))
    #expect(paused.book.hasUnanswered)
    story.play(.wait(2000))
    #expect(story.book.hasUnanswered)
  }

  @Test func aMediumAlertIsNotToldAsUnanswered() {
    var story = BookStory()
    story.play(.begin("medium"))
    story.play(.wait(2000))
    #expect(!story.book.hasUnanswered)
  }

  @Test func ofOldOnesThatWaitForAnAnswerSomeAreKept() {
    var story = BookStory()
    for index in 0..<40 {
      story.play(.begin("high-\(index)"))
      story.play(.end("high-\(index)"))
    }
    #expect(story.book.episodes.count == EpisodeBook.clearedLimit)
    #expect(story.book.episodes.first?.rule == "high-8")
  }
}
