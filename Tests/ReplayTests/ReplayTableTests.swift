// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Testing
import Texts
import Vitals

@testable import Replay

@Suite struct ReplayTableTests {
  private func trace() throws -> Trace {
    var trace = try Trace()
    for at in [0, 60] { try trace.reading("systolic", 185, at: at) }
    try trace.line(#"{"tick": 300000}"#)
    return trace
  }

  @Test func rows() throws {
    var trace = try trace()
    let rows = ReplayTable(language: .zh, rules: trace.rules, calendar: Trace.calendar).rows(trace.transitions)
    let heads = rows.map { $0.prefix(4) }
    #expect(heads.first == ["时间", "规则", "优先级", "变化"])
    #expect(heads.dropFirst().first == ["2026-03-14 08:01:00", "BP-1 血压危急", "高", "发生"])
    #expect(heads.last == ["2026-03-14 08:06:00", "BP-1 血压危急", "高", "上报第 2 级"])
    #expect(rows.count == 3 && rows[1].last?.contains("185 mmHg") == true)

    try trace.stream("spo2", 97, from: 400, to: 401, #", "resident": "r-31k7""#)
    try trace.stream("spo2", 85, from: 402, to: 470, #", "resident": "r-31k7""#)
    let english = ReplayTable(language: .en, rules: trace.rules, calendar: Trace.calendar)
    let two = english.rows(trace.transitions)
    #expect(two.allSatisfy { $0.count == 6 })
    #expect(
      two[2].prefix(5) == ["2026-03-14 08:06:00", "somebody", "BP-1 blood pressure crisis", "high", "escalate to 2"])
    #expect(two.last?[1] == "r-31k7")
    #expect(english.rule("XX-9") == "XX-9" && english.rule("DG-1") == "DG-1 digest")
  }

  /// What is said every five minutes of a night is not a hundred rows.
  @Test func repetitionsAreOneRow() throws {
    var trace = try trace()
    try trace.line(#"{"tick": 3600000}"#)
    let english = ReplayTable(language: .en, rules: trace.rules, calendar: Trace.calendar)
    #expect(
      english.rows(trace.transitions).map { $0[3] } == [
        "WHAT", "start", "escalate to 2", "continue", "escalate to 3", "continue ×10",
      ])
    #expect(english.rows(trace.transitions).last?[4].hasSuffix("for 1 h 5 min") == true)
  }

  @Test func theSummary() throws {
    var trace = try trace()
    let table = ReplayTable(language: .en, rules: trace.rules, calendar: Trace.calendar)
    #expect(
      trace.summary.lines(in: .en, table: table) == [
        "Readings: 2, persons: 1, over 1 min.", "Alerts: 1", "  BP-1 blood pressure crisis: 1",
      ])
    try trace.line(#"{"schema": "vigil.alert/1"}"#)
    try trace.reading("systolic", 120, at: 4 * 86_400)
    #expect(
      trace.summary.lines(in: .en, table: table) == [
        "Readings: 3, persons: 1, over 4 days.", "Other messages, passed over: 1.", "Alerts: 1, a person and day: 0.25",
        "  BP-1 blood pressure crisis: 1",
      ])
    let empty = ReplaySummary().lines(in: .zh, table: table)
    #expect(empty == ["0 人的 0 条读数，历时 0 秒。", "不会发出任何警报。"])
  }

  @Test func forPrograms() throws {
    let trace = try trace()
    let json = TransitionLine.json(try #require(trace.transitions.first), name: trace.reader.name)
    #expect(JSONReader.read(json.description) == json)
    #expect(json["at"]?.whole == Trace.at(60) && json["rule"]?.text == "BP-1" && json["phase"]?.text == "start")
    #expect(json["state"]?.text == "active" && json["priority"]?.text == "high" && json["version"]?.whole == 1)
    #expect(json["evidence"] == .list([.text("line:1"), .text("line:2")]))
    #expect(json["alert"]?.text.flatMap { StableID(hex: $0) } != nil && json["resident"]?.text == "somebody")
    #expect(json["limits"]?.description == #"[{"kind":"systolic","op":">=","value":180,"basis":"default"}]"#)
    #expect(
      json["readings"]?.list?.last?.description
        == #"{"reading":"line:2","observed":\#(Trace.at(60)),"age":"fresh","values":[{"kind":"systolic","value":185}]}"#
    )
    #expect(json["text"]?["zh"]?.text?.isEmpty == false && json["acknowledgedBy"] == .null)
  }
}
