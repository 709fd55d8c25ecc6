// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

@Suite struct EpisodeTimersTests {
  /// The box was off for hours: each level is reached once, at once, and nothing is said twice.
  @Test(arguments: [true, false]) func whatIsDueAfterARestartIsSaidOnce(afterReboot: Bool) {
    var story = BookStory()
    story.play(.begin("high"))
    story.tickMs = 400 * BookStory.minute
    story.play(.restart)
    var off = story
    off.book = EpisodeBook()
    off.play(.wait(400))
    #expect(off.log == story.log)
    off.tickMs = BookStory.minute
    off.play(afterReboot ? .reboot : .restart)
    off.play(.wait(6))
    #expect(
      off.log == [
        "0 high start active v1 L1", "401 high escalate active v2 L2", "401 high escalate active v3 L3",
        "406 high continue active v4 L3",
      ])
    #expect(off.book.hasUnanswered)
    #expect(off.alerts.last?.text["en"]?.hasSuffix("for 6 h 46 min") == true)
  }

  /// Nobody knows how long it was off: what waited begins to wait again.
  @Test func withoutATimeAWaitBeginsAgain() {
    var story = BookStory()
    story.play(.forgetTime)
    story.play(.begin("high"))
    story.play(.wait(4))
    story.play(.reboot)
    story.play(.wait(5))
    #expect(story.log == ["0 high start active v1 L1", "9 high escalate active v2 L2"])
  }

  /// The clock was years ahead when the box went down, or when it came up.
  @Test(arguments: [Int64(3650), -3650]) func aClockThatWasWrongHarmsNothing(days: Int64) {
    var story = BookStory()
    story.play(.begin("high"))
    story.play(.wait(2))
    story.play(.jump(days * 86_400_000))
    story.play(.reboot)
    story.play(.wait(40))
    #expect(story.log.filter { $0.contains("escalate") }.count == 2)
    #expect(story.alerts.map(\.version) == Array(1...story.alerts.count))
    if days < 0 { #expect(story.log.dropFirst().first == "7 high escalate active v2 L2") }
  }

  @Test func anAlertOfAnOlderProgramGoesOn() throws {
    var story = BookStory()
    story.play(.begin("high"))
    let new = try #require(story.alerts.first)
    let old = Alert(
      alert: new.alert, version: 1, resident: new.resident, rule: new.rule, ruleVersion: 1, phase: .start,
      state: .active, category: .physiological, priority: .high, level: 1, limits: new.limits, evidence: new.evidence,
      raised: new.raised, supersededBy: nil, text: ["zh": "旧", "en": "old"], link: .open)
    story.book.resume(of: BookStory.resident, open: [old], pauses: [], day: DayMemory(), at: story.occasion) {
      $0.monotonicMs
    }
    story.play(.wait(10))
    #expect(story.log.suffix(2) == ["5 high escalate active v2 L2", "10 high continue active v3 L2"])
    #expect(story.alerts.last?.text == ["zh": "仍然：旧，已 10 分钟", "en": "still: old, for 10 min"])
  }

  /// Nobody could answer it before, so it does not go up to the county in the second of the upgrade.
  @Test func anOldAlertOfAnOlderProgramWaitsForAnAnswerFromNowOn() throws {
    var story = BookStory()
    story.play(.begin("high"))
    let new = try #require(story.alerts.first)
    let old = Alert(
      alert: new.alert, version: 1, resident: new.resident, rule: new.rule, ruleVersion: 1, phase: .start,
      state: .active, category: .physiological, priority: .high, level: 1, limits: new.limits, evidence: new.evidence,
      raised: new.raised, supersededBy: nil, text: ["zh": "旧", "en": "old"], link: .open)
    let raised = new.raised.monotonicMs
    story.tickMs = 1440 * BookStory.minute
    story.book = EpisodeBook()
    story.play(.wait(3 * 1440))
    story.tickMs = BookStory.minute
    story.book.resume(
      of: BookStory.resident, open: [old], pauses: [], day: DayMemory(), at: story.occasion
    ) { _ in raised }
    story.play(.wait(4))
    #expect(story.log == ["0 high start active v1 L1", "4321 high continue active v2 L1"])
    story.play(.wait(2))
    #expect(story.log.dropFirst(2) == ["4325 high escalate active v3 L2"])
    story.play(.restart)
    story.play(.wait(3))
    #expect(story.log.count == 3)
  }

  @Test func aTimeFromOutsideIsNoTrap() {
    let story = BookStory()
    let occasion = story.occasion
    for elapsed in [Int64.min, .max] {
      let past = occasion.past(story.now) { _ in elapsed }
      #expect(past <= occasion.elapsedMs)
      #expect(past > Int64.min / 2)
    }
  }
}
