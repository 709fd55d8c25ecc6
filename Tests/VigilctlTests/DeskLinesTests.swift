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
        .result("08:04:11  新警报  gw-1  !!!  高  OX-1  r-31k7  进行中  血氧 86%，低于 90%"),
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
        .result(#"{"at":"2026-03-14T08:04:11.000+08:00","event":"gateway","gateway":"gw-1","state":"unknown"}"#),
        .result(
          #"{"alert":"a1","at":"2026-03-14T08:04:11.000+08:00","category":"?","change":"opened","end":null,"epoch":"e","#
            + #""event":"alert","followed":true,"gateway":"gw-1","level":1,"open":true,"phase":"start","priority":"high","#
            + #""raisedAt":"2026-03-14T08:04:10.000+08:00","resident":"r-31k7","rule":"OX-1","state":"active","#
            + #""text":{"en":"SpO2 86 %, below 90 %","zh":"血氧 86%，低于 90%"},"values":[],"version":1}"#),
      ])
    let away = DeskScreenTests.sight(desk, link: .away(reason: "Connection refused"), at: 252)
    #expect(
      lines.next([], away) == [
        .result(#"{"event":"broker","reason":"Connection refused","state":"away"}"#),
        .remark("vigilctl: " + DeskTexts.brokerFailure(reason: "Connection refused").en),
      ])
    #expect(lines.next([], away).isEmpty)
  }
}
