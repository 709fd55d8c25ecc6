// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts
import Vitals

@testable import Alerting

@Suite struct PausesTests {
  static func pause(_ scope: Pause.Scope, _ milliseconds: Int64?) -> Pause {
    Pause(
      id: StableID(hashing: ["\(scope)"]), scope: scope, reason: "r", by: "u-1", from: BookStory().now,
      milliseconds: milliseconds)
  }

  let alert = StableID(hashing: ["a"])

  @Test func theOneThatEndsLastCounts() {
    var pauses = Pauses()
    pauses.begin(Self.pause(.resident, 20), at: 0)
    pauses.begin(Self.pause(.rule("R"), 10), at: 0)
    #expect(pauses.concerning(rule: "R", alert: alert)?.scope == .resident)
    pauses.begin(Self.pause(.alert(alert), nil), at: 0)
    #expect(pauses.concerning(rule: "R", alert: alert)?.scope == .alert(alert))
    #expect(pauses.concerning(rule: "R", alert: StableID(hashing: ["b"]))?.scope == .resident)
    pauses.expire(at: 19)
    #expect(pauses.all.map(\.scope) == [.resident, .alert(alert)])
    pauses.expire(at: 20)
    #expect(pauses.all.map(\.scope) == [.alert(alert)])
    #expect(pauses.concerning(rule: "S", alert: StableID(hashing: ["b"])) == nil)
  }

  @Test func aTimeThatIsNoneIsNoTrap() {
    for milliseconds in [Int64.min, -1, 0, .max] {
      var pauses = Pauses()
      pauses.begin(Self.pause(.resident, milliseconds), at: 5)
      pauses.expire(at: 5)
      #expect(pauses.all.isEmpty == (milliseconds <= 0))
    }
  }

  @Test func theyAreBounded() {
    var pauses = Pauses()
    for index in 0..<500 { pauses.begin(Self.pause(.rule("R-\(index)"), nil), at: 0) }
    #expect(pauses.all.count == Pauses.limit)
  }

  /// What is wrong with the way of the alerts must be heard.
  @Test func someThingsAreNeverPaused() throws {
    var book = EpisodeBook()
    let story = BookStory()
    for rule in ["UD-1", "ST-1", "UA-1"] {
      #expect(throws: AnswerRefusal.unpausable) {
        try book.begin(Self.pause(.rule(rule), nil), at: story.occasion, manners: story.manners)
      }
    }
    _ = try book.begin(Self.pause(.resident, nil), at: story.occasion, manners: story.manners)
    let text = Text(zh: "文", en: "text")
    let unheard = book.begin(
      technical: .alertsUnheard, name: text, text: text, at: story.occasion, manners: story.manners)
    #expect(unheard.map(\.state) == [.active])
    let away = book.begin(
      technical: .bluetoothAway, name: text, text: text, at: story.occasion, manners: story.manners)
    #expect(away.map(\.state) == [.paused])
    let open = try #require(unheard.first?.alert)
    #expect(throws: AnswerRefusal.unpausable) {
      try book.begin(Self.pause(.alert(open), 60_000), at: story.occasion, manners: story.manners)
    }
    #expect(book.pauses.map(\.scope) == [.resident])
  }

  @Test func whatRemainsOfItSurvivesARestart() {
    var story = BookStory()
    story.play(.begin("low"))
    story.play(.pause(.resident, 60))
    story.play(.wait(50))
    story.play(.reboot)
    #expect(story.book.pauses.count == 1)
    story.play(.wait(9))
    #expect(story.book.pauses.count == 1)
    story.play(.wait(1))
    #expect(story.book.pauses.isEmpty)
    #expect(story.log.last == "60 low resume active v3 L1")
  }

  @Test func aPauseOfAnAlertGoesWithIt() {
    var story = BookStory()
    story.play(.begin("high"))
    story.play(.pauseAlert("high", nil))
    story.play(.pause(.rule("high"), 60))
    story.play(.end("high"))
    #expect(story.book.pauses.map(\.scope) == [.rule("high")])
  }
}
