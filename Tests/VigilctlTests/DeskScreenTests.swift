// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Gateway
import Testing
import Texts

@testable import vigilctl

@Suite struct DeskScreenTests {
  init() { SiteTime.use(zone: "Asia/Shanghai") }

  /// Seconds after 2026-03-14T08:00:00+08:00.
  static func at(_ seconds: Int64) -> DeskMoment {
    DeskMoment(monotonicMs: 9_000_000 + seconds * 1000, wallMs: 1_773_446_400_000 + seconds * 1000)
  }

  static func hear(_ desk: inout Desk, _ gateway: String, _ kind: String, _ json: String, at seconds: Int64) {
    _ = desk.receive(
      topic: "vigil/v1/c1/\(gateway)/up/\(kind)", payload: Array(json.utf8), retained: false, at: at(seconds))
  }

  static func alert(
    _ id: String, seq: Int, _ resident: String = "r-31k7", priority: String = "high", state: String = "active",
    level: Int = 1, raisedAt: String = "2026-03-14T08:04:10+08:00", zh: String = "血氧 86%，低于 90%",
    en: String = "SpO2 86 %, below 90 %", more: String = ""
  ) -> String {
    """
    {"schema":"vigil.alert/1","epoch":"e","seq":\(seq),"alert":"\(id)","version":1,"phase":"start","state":"\(state)",\
    "resident":"\(resident)","rule":"OX-1","priority":"\(priority)","level":\(level),"raisedAt":"\(raisedAt)",\
    "text":{"zh":"\(zh)","en":"\(en)"}\(more)}
    """
  }

  static func health(_ devices: String = #"{"state":"connected"}"#) -> String {
    """
    {"schema":"vigil.health/1","epoch":"e","health":{"version":"0.1.0","wallClockKnown":true,\
    "queues":[{"waiting":3}],"bluetooth":{"available":true,"powered":true},"storage":{},"devices":[\(devices)]}}
    """
  }

  static func reading(seq: Int, _ value: Int) -> String {
    """
    {"schema":"vigil.reading/1","epoch":"e","seq":\(seq),"reading":"b\(seq)","resident":"r-31k7",\
    "device":{"id":"d-1"},"quality":"valid","values":[{"kind":"spo2","value":\(value),"unit":"%"}]}
    """
  }

  static func sight(
    _ desk: Desk, link: DeskFollower.Link = .subscribed(sinceMs: at(0).monotonicMs), by: String? = nil,
    note: DeskNote? = nil, at seconds: Int64
  ) -> DeskFollower.Sight {
    DeskFollower.Sight(
      desk: desk, link: link, filter: "vigil/v1/c1/+/up/#", moment: at(seconds), patienceMs: 180_000, by: by, note: note
    )
  }

  /// Two gateways, one of them lost, two alerts and a stream.
  static func evening() -> Desk {
    var desk = Desk(clinic: "c1", healthSeconds: 60)
    desk.subscribed(at: at(0))
    hear(&desk, "gw-0008", "health", health(), at: 10)
    hear(&desk, "gw-0007", "health", health(#"{"state":"connected"},{"state":"searching"}"#), at: 280)
    hear(
      &desk, "gw-0007", "status", #"{"schema":"vigil.status/1","epoch":"e","state":"online","version":"0.1.0"}"#,
      at: 281)
    hear(&desk, "gw-0007", "alert/r-31k7", alert("a1", seq: 3), at: 251)
    hear(
      &desk, "gw-0007", "alert/r-9k2p",
      alert(
        "a2", seq: 2, "r-9k2p", priority: "medium", state: "cleared-unacknowledged",
        raisedAt: "2026-03-14T06:01:00+08:00", zh: "心率 132 次/分", en: "heart rate 132 /min"), at: 252)
    for (index, value) in [97, 96, 90, 86].enumerated() {
      hear(&desk, "gw-0007", "reading/r-31k7", reading(seq: index + 1, value), at: 260 + Int64(index))
    }
    _ = desk.tick(at: at(300))
    return desk
  }

  @Test func thePictureInEnglish() {
    #expect(
      DeskScreen(Self.sight(Self.evening(), at: 300), language: .en).lines(columns: 80, lines: 24) == [
        "Vigil clinic c1: broker connected, gateways: 2                          08:05:00",
        "!!! ND-4 Gateway gw-0008 is lost: nothing for 4 min (last heard 08:00:10)",
        "    Nobody is watched there now: telephone, and check its power and network",
        "",
        "Open alerts: 2",
        "!!! high   OX-1  r-31k7  gw-0007  08:04  50 s unanswered",
        "      SpO2 86 %, below 90 %",
        "!! medium  OX-1  r-9k2p  gw-0007  06:01  over, not acknowledged",
        "      heart rate 132 /min",
        "Read-only: without a `key` in desk.yaml no alert can be acknowledged",
        "",
        "GATEWAY  STATE   DEVICES  WAITING  LAST HEARD  VERSION  TROUBLE",
        "gw-0008  LOST    1/1      3        4 min ago   0.1.0",
        "gw-0007  online  1/2      3        19 s ago    0.1.0",
        "",
        "RESIDENT  KIND  NOW   TREND  AGE",
        "r-31k7    SpO2  86 %  █▇▄▁   37 s ago",
      ])
  }

  @Test func thePictureInChinese() {
    #expect(
      DeskScreen(Self.sight(Self.evening(), at: 300), language: .zh).lines(columns: 80, lines: 24) == [
        "守望 诊所 c1：消息服务器已连接，网关 2 个                               08:05:00",
        "!!! ND-4 网关 gw-0008 失联：已 4 分钟没有收到它的状态报告（最后 08:00:10）",
        "    那里的住户现在无人监护：请打电话，并检查网关的电源和网络",
        "",
        "未结束的警报 2 个",
        "!!! 高  OX-1  r-31k7  gw-0007  08:04  50 秒无人确认",
        "      血氧 86%，低于 90%",
        "!! 中   OX-1  r-9k2p  gw-0007  06:01  已恢复，未确认",
        "      心率 132 次/分",
        "只能查看：desk.yaml 中没有 key，不能确认警报",
        "",
        "网关     状态  设备  待送达  最后消息  版本   问题",
        "gw-0008  失联  1/1   3       4 分钟前  0.1.0",
        "gw-0007  在线  1/2   3       19 秒前   0.1.0",
        "",
        "住户    项目  当前值  变化  时间",
        "r-31k7  血氧  86%     █▇▄▁  37 秒前",
      ])
  }

  @Test func aBrokerThatRefusesIsASentence() {
    let sight = Self.sight(
      Desk(clinic: "c1"), link: .away(reason: "refused by the broker: Not authorized"), at: 1)
    let lines = DeskScreen(sight, language: .en).lines(columns: 80, lines: 24)
    #expect(lines[0].hasPrefix("Vigil clinic c1: broker away, gateways: 0"))
    #expect(
      lines[1...2] == [
        "The broker does not admit this user. Check broker.username and the password",
        "file, or ask its administrator.",
      ])
    #expect(lines.last == "No open alerts")
  }

  @Test func silenceIsStrangeAfterAWhile() {
    #expect(Self.sight(Desk(clinic: "c1"), at: 179).trouble == nil)
    #expect(Self.sight(Desk(clinic: "c1"), at: 181).trouble == DeskTexts.silence(filter: "vigil/v1/c1/+/up/#"))
  }

  /// However much there is and however small the terminal: it fits, and no alert is left out without being counted.
  @Test(arguments: [(80, 24), (80, 8), (40, 12), (200, 60), (20, 4), (80, 1)])
  func everythingFits(columns: Int, lines: Int) {
    var desk = Desk(clinic: "c1", healthSeconds: 60)
    desk.subscribed(at: Self.at(0))
    for number in 0..<60 {
      let gateway = "gw-\(number % 30)-with-a-very-long-name"
      Self.hear(&desk, gateway, "health", number % 3 == 0 ? "{" : Self.health(), at: Int64(number))
      Self.hear(
        &desk, gateway, "alert/r",
        Self.alert("a\(number)", seq: number + 1, "r-\(number)-血压", zh: String(repeating: "血压高", count: 99)),
        at: Int64(number))
      Self.hear(&desk, gateway, "reading/r-31k7", Self.reading(seq: number + 1, number), at: Int64(number))
      _ = desk.tick(at: Self.at(Int64(number) * 8))
      for language in Language.allCases {
        let picture = DeskScreen(Self.sight(desk, at: Int64(number) * 8), language: language)
          .lines(columns: columns, lines: lines)
        #expect(picture.count <= lines && picture.allSatisfy { Layout.cells($0) <= columns })
        guard lines >= 12, columns >= 60 else { continue }
        let shown = picture.count { $0.contains("OX-1") }
        let hidden = desk.openAlerts.count - shown
        #expect(shown > 0)
        #expect(picture.contains(WatchTexts.openAlerts(desk.openAlerts.count, hidden: hidden)(in: language)))
      }
    }
  }

  /// The last value of the minute, and from where to where it went.
  @Test func aSummaryShowsItsRange() {
    var desk = Desk(clinic: "c1")
    desk.subscribed(at: Self.at(0))
    let json = """
      {"schema":"vigil.summary/1","epoch":"e","seq":1,"reading":"b1","resident":"r-31k7","device":{"id":"d-1"},\
      "quality":"valid","values":[{"kind":"heart-rate","unit":"/min","n":58,"min":61,"max":79.5,"mean":68.4,"last":70}]}
      """
    Self.hear(&desk, "gw-0007", "reading/r-31k7", json, at: 1)
    let lines = DeskScreen(Self.sight(desk, at: 2), language: .en).lines(columns: 80, lines: 24)
    #expect(lines.contains { $0.contains("r-31k7") && $0.contains("70 /min (61–79.5)") }, "\(lines)")
  }
}
