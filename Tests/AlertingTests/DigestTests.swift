// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts
import Vitals

@testable import Alerting

@Suite struct DigestTests {
  /// From 08:05 to 08:00.
  static let untilDigest: Int64 = 1435

  @Test func whatWasHeldBackIsSaidInTheMorning() throws {
    var story = BookStory()
    for step in DailyCapTests.flapping("low", 8) + DailyCapTests.flapping("medium", 7) { story.play(step) }
    for _ in 0..<8 { story.play(.late("high")) }
    let before = story.alerts.count
    story.play(.wait(Self.untilDigest - 16))
    #expect(story.alerts.count == before)
    story.play(.wait(1))
    let digest = try #require(story.alerts.last)
    #expect(story.alerts.count == before + 1)
    #expect(story.log.last == "\(Self.untilDigest) DG-1 start ended v1 L1")
    #expect(digest.category == .physiological)
    #expect(digest.priority == .low)
    #expect(digest.resident == BookStory.resident)
    #expect(digest.evidence.isEmpty)
    #expect(digest.text["zh"] == "每日汇总，没有单独通知：名low 5 次；补传：名high 2 次；名medium 1 次")
    #expect(
      digest.text["en"]
        == "daily summary, not sent one by one: name low 5×; received late: name high 2×; name medium 1×")
    story.play(.wait(3 * 1440))
    #expect(story.alerts.count == before + 1)
  }

  @Test func eachDayHasItsOwn() {
    var story = BookStory()
    for _ in 0..<3 {
      for step in DailyCapTests.flapping("low", 4) { story.play(step) }
      story.play(.wait(1440 - 4))
    }
    #expect(story.alerts.filter { $0.rule == "DG-1" }.map(\.version) == [1, 1, 1])
    #expect(Set(story.alerts.filter { $0.rule == "DG-1" }.map(\.alert)).count == 3)
  }

  @Test func withoutACalendarThereIsNone() {
    var story = BookStory()
    story.play(.forgetTime)
    for step in DailyCapTests.flapping("low", 4) + [.wait(3000)] { story.play(step) }
    #expect(!story.log.contains { $0.contains("DG-1") })
  }

  @Test func whatIsPausedIsLateForNobody() {
    var story = BookStory()
    story.play(.pause(.rule("high"), 60))
    story.play(.late("high"))
    #expect(story.alerts.isEmpty)
    story.play(.wait(Self.untilDigest))
    #expect(story.log == ["1435 DG-1 start ended v1 L1"])
  }

  @Test func manyRulesAreSummedUp() {
    let name = Text(zh: "一条名字不短的规则", en: "a rule with a long name")
    let entries = (0..<30).map { Digest.Entry(rule: "R-\($0)", name: name, isLate: false, count: 30 - $0) }
    let text = AlertText.digest(entries, .technical)
    #expect(text.zh.count <= 120)
    #expect(text.zh.hasPrefix("设备每日汇总：一条名字不短的规则 30 次；一条名字不短的规则 29 次"))
    #expect(text.zh.hasSuffix("；其他 \((1...25).reduce(0, +)) 次") || text.zh.contains("；其他 "))
    #expect(text.en.contains("others "))
  }

  @Test func itIsBounded() {
    var digest = Digest()
    for index in 0..<500 { digest.note("R-\(index)", Text(zh: "名", en: "name"), of: BookStory.resident, .technical) }
    #expect(digest.entries.count == Digest.limit)
  }
}
