// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Testing
import Texts
import Vitals

@testable import Replay

@Suite struct ReplayerTests {
  @Test func aStreamRaisesAndClears() throws {
    var trace = try Trace()
    try trace.stream("spo2", 97, from: 0, to: 60)
    try trace.stream("spo2", 85, from: 61, to: 100)
    try trace.stream("spo2", 97, from: 101, to: 170)
    #expect(trace.said == ["91 OX-1 start", "161 OX-1 clear"])
    let start = try #require(trace.transitions.first?.alert)
    #expect(start.text["en"]?.hasPrefix("SpO2 85 %, below 90 %") == true)
    #expect(trace.reader.name(of: try #require(start.evidence.first).reading) == "line:62")
  }

  @Test func timePassesBetweenLines() throws {
    var trace = try Trace()
    try trace.reading("systolic", 185, at: 0)
    try trace.line(#"{"tick": 899000}"#)
    #expect(trace.said.isEmpty)
    try trace.line(#"{"tick": 1000}"#)
    #expect(trace.said == ["900 BP-1 start"])
    #expect(trace.transitions.first?.alert.text["en"]?.contains("unconfirmed") == true)
    // Nobody answers: it is said again and goes up, each at its second.
    try trace.line(#"{"tick": 1000000}"#)
    #expect(
      trace.said.dropFirst() == [
        "1200 BP-1 escalate", "1500 BP-1 continue", "1800 BP-1 escalate",
      ])
  }

  /// Hours in which nothing happens are passed in larger steps; what comes of them must not show it.
  @Test func longSilencesChangeNothing() throws {
    var (fast, slow) = (try Trace(), try Trace())
    for at in [0, 90] {
      try fast.reading("systolic", 185, at: at)
      try slow.reading("systolic", 185, at: at)
    }
    // A bystander of whom there is a value every minute lets no hour be silent.
    for minute in 2...180 {
      try slow.reading("body-height", 160, at: minute * 60, #", "resident": "r-other""#)
    }
    try fast.line(#"{"tick": 10710000}"#)
    #expect(fast.said == slow.said)
    #expect(fast.said.count > 30)
    #expect(fast.said.contains("10590 BP-1 continue"))
  }

  @Test func answersOfTheClinic() throws {
    var trace = try Trace()
    for at in [0, 60] { try trace.reading("systolic", 185, at: at) }
    try trace.line(#"{"acknowledge": {"rule": "OX-1", "by": "u-1"}}"#)
    #expect(trace.refusals == [ReplayTexts.notOpen])
    try trace.line(#"{"acknowledge": {"rule": "BP-1", "by": "u-1"}, "at": \#(Trace.at(70))}"#)
    try trace.line(#"{"acknowledge": {"rule": "BP-1", "by": "u-2"}, "at": \#(Trace.at(80))}"#)
    #expect(trace.refusals.last == ReplayTexts.alreadyAcknowledged(by: "u-1"))
    #expect(trace.said == ["60 BP-1 start", "70 BP-1 acknowledge"])
    #expect(trace.transitions.last?.alert.course.acknowledgement?.by == "u-1")
    try trace.line(
      #"{"pause": {"scope": "rule", "rule": "BP-1", "reason": "bath", "minutes": 10}, "at": \#(Trace.at(90))}"#)
    try trace.line(#"{"tick": 600000}"#)
    try trace.line(#"{"pause": {"scope": "rule", "rule": "BP-1", "minutes": 0}}"#)
    #expect(trace.said.suffix(2) == ["90 BP-1 pause", "690 BP-1 resume"])
    #expect(trace.refusals.last == ReplayTexts.notPaused)
    let id = try #require(trace.transitions.last?.alert.alert)
    try trace.line(#"{"acknowledge": {"alert": "\#(id)", "by": "u-2"}}"#)
    #expect(trace.refusals.last == ReplayTexts.alreadyAcknowledged(by: "u-1"))
  }

  @Test func settingsCountFromTheirTimeOn() throws {
    var trace = try Trace()
    try trace.stream("spo2", 91, from: 0, to: 60)
    try trace.line(#"{"settings": {"limits": [{"rule": "OX-1", "kind": "spo2", "op": "<", "value": 92}]}}"#)
    try trace.stream("spo2", 91, from: 61, to: 100)
    let alert = try #require(trace.transitions.first)
    #expect(alert.alert.rule == "OX-1" && alert.at > Trace.at(60))
    #expect(alert.alert.limits.map(\.basis) == [.own])

    var before = try Trace(settings: #"{"limits": [{"rule": "OX-1", "kind": "spo2", "op": "<", "value": 92}]}"#)
    try before.stream("spo2", 91, from: 0, to: 70)
    #expect(before.said == ["60 OX-1 start"])
  }

  @Test func settingsThatNoGatewayWouldTakeChangeNothing() throws {
    var trace = try Trace()
    try trace.stream("spo2", 86, from: 0, to: 20)
    try trace.line(
      #"{"settings": {"conditions": ["scale-2"], "limits": [{"rule": "OX-1", "kind": "spo2", "op": "<", "value": 80}]}}"#
    )
    #expect(trace.refusals == [CommandTexts.tooLoose])
    try trace.stream("spo2", 86, from: 21, to: 70)
    #expect(trace.said.first == "60 OX-1 start")
  }

  @Test func aRestartSaysNothingTwice() throws {
    var (through, again) = (try Trace(), try Trace())
    for second in 0...2000 {
      for trace in [0, 1] {
        let value = (100...1200).contains(second) ? 85 : 97
        if trace == 0 { try through.reading("spo2", value, at: second, stream: true) }
        if trace == 1 { try again.reading("spo2", value, at: second, stream: true) }
      }
      if second % 333 == 332 { try again.line(#"{"restart": true}"#) }
    }
    #expect(through.said.first == "130 OX-1 start" && through.said.last == "1261 OX-1 clear")
    #expect(again.said == through.said)
  }

  /// A second reading counts when the first was before the restart; one that was sent again is one.
  @Test func whatWaitsOutlivesARestart() throws {
    var trace = try Trace()
    try trace.reading("systolic", 185, at: 0, #", "reading": "a""#)
    try trace.reading("systolic", 185, at: 60, #", "reading": "a""#)
    try trace.line(#"{"restart": true, "at": \#(Trace.at(100))}"#)
    try trace.reading("systolic", 185, at: 200, #", "reading": "a""#)
    #expect(trace.said.isEmpty)
    try trace.reading("systolic", 186, at: 300, #", "reading": "b""#)
    #expect(trace.said == ["300 BP-1 start"])
    #expect(trace.transitions.first?.alert.evidence.map { trace.reader.name(of: $0.reading) } == ["a", "b"])
  }

  @Test func peopleAreApart() throws {
    var trace = try Trace()
    for at in 0...60 {
      try trace.reading("spo2", 85, at: at, stream: true, #", "resident": "r-31k7""#)
      try trace.reading("spo2", 97, at: at, stream: true, #", "resident": "r-8m2q""#)
      try trace.reading("spo2", 80, at: at, stream: true, #", "resident": "_unassigned""#)
    }
    #expect(trace.said == ["60 OX-1 start"])
    #expect(trace.transitions.first?.alert.resident == ResidentID("r-31k7"))
    try trace.line(#"{"pause": {"scope": "resident", "reason": "bath", "minutes": 5}, "resident": "r-8m2q"}"#)
    #expect(trace.refusals.isEmpty && trace.said.count == 1)
  }

  @Test func timeDoesNotStepBack() throws {
    var trace = try Trace()
    try trace.stream("spo2", 85, from: 0, to: 50)
    try trace.reading("spo2", 85, at: -5000, stream: true)
    try trace.stream("spo2", 85, from: 51, to: 60)
    #expect(trace.said == ["60 OX-1 start"])
  }
}
