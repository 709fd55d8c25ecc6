// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Gateway
import Testing
import Texts

@testable import vigilctl

/// Who has it, or for how long nobody has: what a nurse reads first.
@Suite struct DeskStandingTests {
  init() { SiteTime.use(zone: "Asia/Shanghai") }

  /// An alert in each state; one of them overdue.
  static func desk() -> Desk {
    var desk = Desk(clinic: "c1")
    desk.subscribed(at: DeskScreenTests.at(0))
    let minutes = { (number: Int) in "2026-03-14T07:\(number):00+08:00" }
    let alerts = [
      DeskScreenTests.alert("a1", seq: 2, "r-1111", level: 2, raisedAt: minutes(54)),
      DeskScreenTests.alert("a2", seq: 3, "r-2222", raisedAt: minutes(58)),
      DeskScreenTests.alert(
        "a3", seq: 4, "r-3333", state: "acknowledged", raisedAt: minutes(40),
        more: #","acknowledgedBy":"u-12","acknowledgedAt":"2026-03-14T07:43:00+08:00""#),
      DeskScreenTests.alert(
        "a4", seq: 5, "r-4444", state: "paused", raisedAt: minutes(30),
        more: #","pausedUntil":"2026-03-14T09:30:00+08:00","pause":{"scope":"rule","reason":"洗澡","by":"u-7"}"#),
      DeskScreenTests.alert("a5", seq: 6, "r-5555", priority: "low", state: "ended", zh: "补传：血压 182/101 mmHg"),
    ]
    for alert in alerts { DeskScreenTests.hear(&desk, "gw-1", "alert/r", alert, at: 0) }
    DeskScreenTests.hear(&desk, "gw-1", "health", DeskScreenTests.health(), at: 0)
    _ = desk.tick(at: DeskScreenTests.at(30))
    return desk
  }

  func lines(
    _ language: Language, by: String? = "u-12", controls: DeskControls = DeskControls(), note: DeskNote? = nil,
    lines: Int = 24
  ) -> [String] {
    DeskScreen(
      DeskScreenTests.sight(Self.desk(), by: by, note: note, at: 30), controls: controls, language: language
    ).lines(columns: 80, lines: lines)
  }

  @Test func inChinese() {
    #expect(
      lines(.zh).prefix(16) == [
        "守望 诊所 c1：消息服务器已连接，网关 1 个                               08:00:30",
        "!!! 1 个警报超时，最长 6 分钟无人确认：请立即联系第二责任人",
        "",
        "未结束的警报 4 个",
        "> !!! 高  OX-1  r-1111  07:54  超时！6 分钟无人确认，已上报第 2 级",
        "      血氧 86%，低于 90%",
        "  !!! 高  OX-1  r-2222  07:58  2 分钟无人确认",
        "      血氧 86%，低于 90%",
        "  !!! 高  OX-1  r-3333  07:40  u-12 07:43 已确认",
        "      血氧 86%，低于 90%",
        "  !!! 高  OX-1  r-4444  07:30  暂停到 09:30（洗澡）",
        "      血氧 86%，低于 90%",
        "↑↓ 选择，a 确认",
        "",
        "网关  状态  设备  待送达  最后消息  版本   问题",
        "gw-1  未知  1/1   3       30 秒前   0.1.0",
      ])
    #expect(lines(.zh).suffix(2) == ["通知 1 条", "08:00  r-5555  补传：血压 182/101 mmHg"])
  }

  @Test func inEnglish() {
    let lines = lines(.en)
    #expect(lines[1] == "!!! Overdue: 1, unanswered for up to 6 min. Call the second contact now")
    #expect(lines[4] == "> !!! high  OX-1  r-1111  07:54  OVERDUE 6 min unanswered, level 2")
    #expect(lines[6] == "  !!! high  OX-1  r-2222  07:58  2 min unanswered")
    #expect(lines[8] == "  !!! high  OX-1  r-3333  07:40  acknowledged by u-12, 07:43")
    #expect(lines[10] == "  !!! high  OX-1  r-4444  07:30  paused until 09:30 (洗澡)")
  }

  /// The message of an acknowledgement says who it was, and the list what the alert is about.
  @Test func whatItIsAboutStaysToBeRead() {
    var desk = Desk(clinic: "c1")
    let json = DeskScreenTests.alert(
      "a1", seq: 2, state: "acknowledged", zh: "u-12 已确认", en: "acknowledged by u-12",
      more: """
        ,"ruleName":{"zh":"血压危急","en":"hypertensive crisis"},"evidence":[{"values":[{"kind":"systolic","value":186,\
        "unit":"mm[Hg]"}]},{"values":[{"kind":"systolic","value":188,"unit":"mm[Hg]"},{"kind":"weather","value":1,\
        "unit":"%"},{"kind":"spo2","value":91.5,"unit":"%"}]}]
        """
    ).replacing(#""phase":"start""#, with: #""phase":"acknowledge""#)
    DeskScreenTests.hear(&desk, "gw-1", "alert/r", json, at: 0)
    let words = desk.openAlerts.first.map(DeskClock.words)
    #expect(
      words
        == Text(zh: "血压危急：收缩压 188 mmHg，血氧 91.5%", en: "hypertensive crisis: systolic pressure 188 mmHg, SpO2 91.5 %"))
  }

  @Test func theTwoPressuresAreSaidTogether() {
    var desk = Desk(clinic: "c1")
    let json = DeskScreenTests.alert(
      "a1", seq: 2, state: "acknowledged",
      more: """
        ,"ruleName":{"zh":"血压危急","en":"hypertensive crisis"},"evidence":[{"values":[{"kind":"diastolic","value":80,\
        "unit":"mm[Hg]"},{"kind":"pulse-rate","value":70,"unit":"/min"},{"kind":"systolic","value":188,\
        "unit":"mm[Hg]"}]}]
        """
    ).replacing(#""phase":"start""#, with: #""phase":"acknowledge""#)
    DeskScreenTests.hear(&desk, "gw-1", "alert/r", json, at: 0)
    #expect(
      desk.openAlerts.first.map(DeskClock.words)
        == Text(
          zh: "血压危急：血压 188/80 mmHg，脉率 70 次/分", en: "hypertensive crisis: blood pressure 188/80 mmHg, pulse rate 70 /min"
        ))
  }

  /// A desk that joins late has the list alone: no values, but who has it and what it is about.
  @Test func whoJoinsLateSeesWhoHasIt() {
    var desk = Desk(clinic: "c1")
    desk.subscribed(at: DeskScreenTests.at(0))
    let json = """
      {"schema":"vigil.alerts/1","epoch":"e","upTo":9,"total":1,"alerts":[{"alert":"a1","version":2,"resident":"r-3333",\
      "rule":"OX-1","state":"acknowledged","category":"physiological","priority":"high","level":1,\
      "raisedAt":"2026-03-14T07:40:00+08:00","acknowledgedBy":"u-12","acknowledgedAt":"2026-03-14T07:43:00+08:00",\
      "ruleName":{"zh":"血氧过低","en":"low oxygen saturation"}}]}
      """
    DeskScreenTests.hear(&desk, "gw-1", "alerts", json, at: 0)
    let lines = Language.allCases.map {
      DeskScreen(DeskScreenTests.sight(desk, at: 1), language: $0).lines(columns: 80, lines: 24)
    }
    #expect(
      lines[0].contains("!!! 高  OX-1  r-3333  07:40  u-12 07:43 已确认") && lines[0].contains("      血氧过低（数值随下一条消息到达）"))
    #expect(
      lines[1].contains("!!! high  OX-1  r-3333  07:40  acknowledged by u-12, 07:43")
        && lines[1].contains("      low oxygen saturation (values come with its next message)"))
  }

  /// What a nurse must read in three seconds is not cut.
  @Test func longWordsGoOnBelow() {
    var desk = Desk(clinic: "c1")
    let long = "blood pressure 188/80 mmHg, systolic pressure at or above 180 mmHg (measurement time unknown, crisis)"
    let chinese = "血压 188/80 mmHg，收缩压达到或高于 180 mmHg（测量时间未知，血压危急，请立即处理）"
    for number in 0..<3 {
      let alert = DeskScreenTests.alert("a\(number)", seq: 9 - number, "r-\(number)", zh: chinese, en: long)
      DeskScreenTests.hear(&desk, "gw-1", "alert/r", alert, at: 0)
    }
    func picture(_ language: Language, columns: Int, lines: Int) -> [String] {
      DeskScreen(DeskScreenTests.sight(desk, at: 1), language: language).lines(columns: columns, lines: lines)
    }
    func words(_ lines: [String]) -> [String] { lines.filter { $0.hasPrefix("      ") } }
    let wrapped = [
      "      blood pressure 188/80 mmHg, systolic pressure at or above 180 mmHg",
      "      (measurement time unknown, crisis)",
    ]
    #expect(words(picture(.en, columns: 80, lines: 24)) == wrapped + wrapped + wrapped)
    #expect(
      words(picture(.zh, columns: 80, lines: 24)).prefix(2) == [
        "      血压 188/80 mmHg，收缩压达到或高于 180 mmHg（测量时间未知，血压危急，请立", "      即处理）",
      ])
    #expect(words(picture(.en, columns: 120, lines: 24)) == ["      " + long, "      " + long, "      " + long])
    // In three lines at most.
    #expect(words(picture(.en, columns: 30, lines: 24)).prefix(3).map { $0.hasSuffix("…") } == [false, false, true])
    // Where there is not room for all, the first come first, and no alert goes for another's words.
    let few = picture(.en, columns: 80, lines: 10)
    #expect(few.count { $0.contains("OX-1") } == 3)
    #expect(words(few).first == wrapped.first && words(few).filter { $0.hasSuffix("…") }.count == 2, "\(few)")
  }

  @Test func whereThereIsLittleRoomAColumnIsEnough() {
    let lines = lines(.en, lines: 10)
    #expect(lines.contains("> !!! high  OX-1  r-1111  07:54  OVERDUE 6 min L2  SpO2 86 %, below 90 %"), "\(lines)")
    #expect(lines.contains("  !!! high  OX-1  r-2222  07:58  2 min             SpO2 86 %, below 90 %"), "\(lines)")
  }

  @Test func theQuestionNamesWhatItIsAbout() {
    var controls = DeskControls()
    let alerts = Self.desk().openAlerts
    _ = controls.press(.down, in: alerts)
    _ = controls.press(.letter("a"), in: alerts)
    #expect(lines(.zh, controls: controls).contains("以 u-12 的名义确认 r-2222 的 OX-1？按 y 确认，按其他键取消"))
    let english = lines(.en, controls: controls)
    #expect(english.contains("Acknowledge OX-1 of r-2222 as u-12? y does, any other key does not"))
    #expect(english[6].hasPrefix("> ") && english[4].hasPrefix("  "))
  }

  @Test func whatBecameOfItIsSaidForAWhile() throws {
    let alert = try #require(Self.desk().openAlerts.first)
    let command = DeskNote.What.command(SentCommand(request: "q", of: alert))
    let note = DeskNote(number: 1, moment: DeskScreenTests.at(10), what: command)
    #expect(lines(.zh, note: note).contains("已发出对 r-1111 的 OX-1 的确认，等待网关回答"))
    let old = DeskNote(number: 1, moment: DeskScreenTests.at(-31), what: command)
    #expect(lines(.zh, note: old).contains("↑↓ 选择，a 确认"))
  }

  @Test func withoutAKeyNothingCanBeChosen() {
    let lines = lines(.en, by: nil)
    #expect(lines[4] == "!!! high  OX-1  r-1111  07:54  OVERDUE 6 min unanswered, level 2")
    #expect(lines.contains(DeskCommandTexts.readOnly.en))
  }

  /// Wherever the chosen one stands, it is to be seen.
  @Test func theChosenOneIsAlwaysShown() {
    var desk = Desk(clinic: "c1")
    for number in 0..<40 {
      DeskScreenTests.hear(
        &desk, "gw-1", "alert/r", DeskScreenTests.alert("a\(number)", seq: number + 1, "r-\(1000 + number)"), at: 1)
    }
    let alerts = desk.openAlerts
    var controls = DeskControls()
    for step in 0..<45 {
      let picture = DeskScreen(
        DeskScreenTests.sight(desk, by: "u-1", at: 2), controls: controls, language: .zh
      ).lines(columns: 80, lines: 24)
      let chosen = alerts[min(step, 39)].facts.resident
      #expect(picture.contains { $0.hasPrefix("> ") && $0.contains(chosen) }, "\(step)")
      #expect(picture.count <= 24 && picture.contains { $0.contains("还有") })
      _ = controls.press(.down, in: alerts)
    }
  }
}
