// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Gateway
import Testing
import Texts

@testable import vigilctl

@Suite struct DeskLinesTests {
  init() { SiteTime.use(zone: "Asia/Shanghai") }

  func events(_ desk: inout Desk, _ kind: String, _ json: String, at seconds: Int64) -> [DeskEvent] {
    desk.receive(
      topic: "vigil/v1/c1/gw-1/up/\(kind)", payload: Array(json.utf8), retained: false, at: DeskScreenTests.at(seconds))
  }

  @Test func aLineForEachChange() {
    var desk = Desk(clinic: "c1")
    let lines = DeskLines(isJSON: false, language: .zh)
    let opened = events(&desk, "alert/r-31k7", DeskScreenTests.alert("a1", seq: 3), at: 251)
    #expect(
      lines.next(opened, DeskScreenTests.sight(desk, at: 251)) == [
        .remark("消息服务器已连接"), .result("08:04:11  网关 gw-1 有消息，状态未知"),
        .result("08:04:11  新警报  gw-1  !!!  高  OX-1  r-31k7  1 秒无人确认  血氧 86%，低于 90%"),
      ])
    let ended = events(
      &desk, "alerts", #"{"schema":"vigil.alerts/1","epoch":"e","upTo":7,"total":0,"alerts":[]}"#, at: 260)
    #expect(
      lines.next(ended, DeskScreenTests.sight(desk, at: 260)) == [
        .result("08:04:20  结束  gw-1  !!!  高  OX-1  r-31k7  已不在网关的列表中  血氧 86%，低于 90%")
      ])
    #expect(events(&desk, "status", "{", at: 261).isEmpty)
    #expect(
      lines.next([], DeskScreenTests.sight(desk, at: 261)) == [
        .remark(DeskTexts.missed(malformed: 1, refused: 0).zh)
      ])
    #expect(lines.next([], DeskScreenTests.sight(desk, at: 262)).isEmpty)
  }

  @Test func asJSON() {
    var desk = Desk(clinic: "c1")
    let lines = DeskLines(isJSON: true, language: .en)
    let opened = events(&desk, "alert/r-31k7", DeskScreenTests.alert("a1", seq: 3), at: 251)
    #expect(
      lines.next(opened, DeskScreenTests.sight(desk, at: 251)) == [
        .result(#"{"event":"broker","reason":null,"state":"connected"}"#), .remark("broker connected"),
        .result(
          #"{"at":"2026-03-14T08:04:11.000+08:00","category":null,"event":"gateway","gateway":"gw-1","priority":null,"#
            + #""rule":null,"state":"unknown"}"#),
        .result(
          #"{"acknowledgedAt":null,"acknowledgedBy":null,"alert":"a1","at":"2026-03-14T08:04:11.000+08:00","#
            + #""category":"?","change":"opened","end":null,"epoch":"e","event":"alert","followed":true,"gateway":"gw-1","#
            + #""level":1,"open":true,"pause":null,"pausedUntil":null,"phase":"start","priority":"high","#
            + #""raisedAt":"2026-03-14T08:04:10.000+08:00","resident":"r-31k7","rule":"OX-1","ruleName":null,"#
            + #""secondTier":1,"state":"active","text":{"en":"SpO2 86 %, below 90 %","zh":"血氧 86%，低于 90%"},"#
            + #""unansweredSeconds":1,"undelivered":false,"values":[],"version":1}"#),
      ])
    let away = DeskScreenTests.sight(desk, link: .away(reason: "Connection refused"), at: 252)
    #expect(
      lines.next([], away) == [
        .result(#"{"event":"broker","reason":"Connection refused","state":"away"}"#),
        .remark("vigilctl: " + DeskTexts.brokerFailure(reason: "Connection refused").en),
      ])
    #expect(lines.next([], away).isEmpty)
  }

  @Test func aLostGatewayIsATechnicalAlertOfHighPriority() {
    var desk = Desk(clinic: "c1")
    desk.subscribed(at: DeskScreenTests.at(0))
    _ = events(&desk, "health", DeskScreenTests.health(), at: 0)
    let lost = desk.tick(at: DeskScreenTests.at(300))
    let sight = DeskScreenTests.sight(desk, at: 300)
    #expect(
      DeskLines(isJSON: true, language: .en).next(lost, sight).contains(
        .result(
          #"{"at":"2026-03-14T08:05:00.000+08:00","category":"technical","event":"gateway","gateway":"gw-1","#
            + #""priority":"high","rule":"ND-4","state":"lost"}"#)))
    #expect(
      DeskLines(isJSON: false, language: .zh).next(lost, sight).contains(
        .result("08:05:00  !!!  高  ND-4  网关 gw-1 失联：已 5 分钟没有收到它的状态报告（最后 08:00:00）")))
  }

  @Test func whatIsOverdueIsSaidWithItsLevel() throws {
    var desk = Desk(clinic: "c1")
    _ = events(&desk, "alert/r-31k7", DeskScreenTests.alert("a1", seq: 3, level: 2), at: 251)
    let overdue = desk.tick(at: DeskScreenTests.at(600))
    let sight = DeskScreenTests.sight(desk, at: 600)
    #expect(
      DeskLines(isJSON: false, language: .zh).next(overdue, sight).last
        == .result("08:10:00  超时  gw-1  !!!  高  OX-1  r-31k7  超时！5 分钟无人确认，已上报第 2 级  血氧 86%，低于 90%"))
    guard case .result(let json)? = DeskLines(isJSON: true, language: .en).next(overdue, sight).last else {
      Issue.record("no line")
      return
    }
    for part in [#""change":"overdue""#, #""open":true"#, #""secondTier":2"#, #""unansweredSeconds":350"#] {
      #expect(json.contains(part), "\(json)")
    }
  }

  @Test func aNoticeOpensNothing() {
    var desk = Desk(clinic: "c1")
    let heard = events(
      &desk, "alert/r-31k7", DeskScreenTests.alert("n1", seq: 3, priority: "low", state: "ended"), at: 9)
    let sight = DeskScreenTests.sight(desk, at: 9)
    guard case .result(let json)? = DeskLines(isJSON: true, language: .en).next(heard, sight).last else {
      Issue.record("no line")
      return
    }
    #expect(json.contains(#""event":"notice""#) && json.contains(#""open":false"#), "\(json)")
    #expect(
      DeskLines(isJSON: false, language: .zh).next(heard, sight).last
        == .result("08:00:09  通知  gw-1  !  低  OX-1  r-31k7  已结束  血氧 86%，低于 90%"))
  }

  @Test func aCommandsFateIsALineAndAProblemOneToo() throws {
    var desk = Desk(clinic: "c1")
    _ = events(&desk, "alert/r-31k7", DeskScreenTests.alert("a1", seq: 3), at: 251)
    let alert = try #require(desk.openAlerts.first)
    let sent = desk.command(
      PendingCommands.Order(command: SentCommand(request: "q1", of: alert), payload: []), at: DeskScreenTests.at(260))
    let json = DeskLines(isJSON: true, language: .en)
    #expect(
      json.next(sent, DeskScreenTests.sight(desk, at: 260)).contains(
        .result(
          #"{"acknowledgedAt":null,"alert":"a1","at":"2026-03-14T08:04:20.000+08:00","by":null,"code":null,"#
            + #""event":"command","gateway":"gw-1","name":"acknowledge","request":"q1","state":"sent","text":null,"#
            + #""version":1}"#)))
    let refused = events(
      &desk, "result",
      """
      {"schema":"vigil.result/1","request":"q1","outcome":"refused","body":{"by":"u-7","at":"2026-03-14T08:04:00+08:00"},\
      "reason":{"code":"already-acknowledged","text":{"zh":"不","en":"no"}}}
      """, at: 262)
    guard case .result(let line)? = json.next(refused, DeskScreenTests.sight(desk, at: 262)).last else {
      Issue.record("no line")
      return
    }
    for part in [
      #""state":"refused""#, #""code":"already-acknowledged""#, #""by":"u-7""#,
      #""acknowledgedAt":"2026-03-14T08:04:00.000+08:00""#, #""text":{"en":"no","zh":"不"}"#,
    ] { #expect(line.contains(part), "\(line)") }
    #expect(
      DeskLines(isJSON: false, language: .zh).next(refused, DeskScreenTests.sight(desk, at: 262)).last
        == .result("08:04:22  r-31k7 的 OX-1 已由 u-7 在 08:04 确认"))
    let note = DeskNote(number: 1, moment: DeskScreenTests.at(263), what: .problem(.readOnly, alert: "a1"))
    let problem = json.next([], DeskScreenTests.sight(desk, note: note, at: 263))
    #expect(problem.count == 2 && problem.last == .remark("vigilctl: \(DeskCommandTexts.readOnly.en)"))
    #expect(json.next([], DeskScreenTests.sight(desk, note: note, at: 264)).isEmpty)
  }
}
