// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts

@testable import ClinicDesk

/// What an alert's message says besides how it stands.
@Suite struct NoticeTests {
  var desk = Desk(clinic: "c1")

  mutating func hear(_ json: String, at seconds: Double = 0) -> [DeskEvent] {
    desk.receive(
      topic: "vigil/v1/c1/gw-1/up/alert/r-0001", payload: Array(json.utf8), retained: false, at: .at(seconds))
  }

  static func json(_ alert: String, version: Int = 1, _ phase: String, _ state: String, _ more: String = "") -> String {
    """
    {"schema":"vigil.alert/1","epoch":"e","seq":\(version + 1),"alert":"\(alert)","version":\(version),\
    "phase":"\(phase)","state":"\(state)","resident":"r-0001","rule":"OX-1","priority":"low","level":1\(more)}
    """
  }

  /// A stored reading that came late, a day's digest: it opens nothing, and somebody has to read it.
  @Test mutating func whatOpensNothingIsSaidOnce() {
    let events = hear(Self.json("n1", "start", "ended"))
    #expect(events.count == 2 && events.first == .gateway("gw-1", .unknown))
    guard case .notice(let notice)? = events.last else {
      Issue.record("\(events)")
      return
    }
    #expect(notice.facts.alert == "n1" && desk.notices == [notice] && desk.openAlerts.isEmpty)
    #expect(hear(Self.json("n1", "start", "ended")).isEmpty && desk.notices.count == 1)
    // The end of an episode of which nothing was heard is none.
    #expect(hear(Self.json("a1", version: 4, "end", "ended")).isEmpty && desk.notices.count == 1)
  }

  @Test mutating func aListThatSpeaksForItDoesNotHideIt() {
    _ = desk.receive(DeskTests.list([], upTo: 10), from: "gw-1", retained: true, at: .at(0))
    #expect(hear(Self.json("n1", "start", "ended")).count == 1)
  }

  @Test mutating func noticesAreBounded() {
    for number in 0..<50 { _ = hear(Self.json("n\(number)", "start", "ended")) }
    #expect(desk.notices.count == 20 && desk.notices.last?.facts.alert == "n49")
  }

  @Test mutating func whoWhenAndWhy() {
    _ = hear(
      Self.json(
        "a1", version: 3, "pause", "paused",
        """
        ,"acknowledgedBy":"u-12","acknowledgedAt":"2026-03-14T08:05:00+08:00","undelivered":true,\
        "pausedUntil":"2026-03-14T09:30:00+08:00","pause":{"scope":"rule","reason":"洗澡\\u001b[2J","by":"u-7"},\
        "ruleName":{"zh":"血氧过低","en":"low oxygen saturation"}
        """))
    let (facts, details) = (desk.openAlerts.first?.facts, desk.openAlerts.first?.present)
    #expect(facts?.acknowledgedBy == "u-12" && details?.wasUndelivered == true)
    #expect(facts?.acknowledgedMs == 1_773_446_700_000 && details?.pausedUntilMs == 1_773_451_800_000)
    #expect(details?.pause?.scope == "rule" && details?.pause?.reason == "洗澡[2J" && details?.pause?.by == "u-7")
    #expect(facts?.ruleName(in: .zh) == "血氧过低" && facts?.ruleName(in: .en) == "low oxygen saturation")
    #expect(facts?.state == .paused)
    // A list that knows of a later version says nothing of pauses and values.
    _ = desk.receive(
      DeskTests.list([DeskTests.facts("a1", version: 4)], upTo: 9), from: "gw-1", retained: false, at: .at(1))
    #expect(desk.openAlerts.first?.present == nil && desk.openAlerts.first?.details?.version == 3)
  }

  @Test mutating func whatIsNotAsItShouldBeIsLeftOut() {
    _ = hear(
      Self.json("a1", "pause", "paused", #","pause":"yes","pausedUntil":7,"acknowledgedBy":[],"ruleName":"x""#))
    let (facts, details) = (desk.openAlerts.first?.facts, desk.openAlerts.first?.present)
    #expect(details != nil && details?.pause == nil && details?.pausedUntilMs == nil)
    #expect(facts?.acknowledgedBy == nil && facts?.ruleNames == [:] && desk.malformed == 0)
  }
}
