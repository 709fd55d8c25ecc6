// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts

@testable import vigilctl

@Suite struct WatchBoardTests {
  private func line(_ json: String) throws -> WatchNews { try #require(WatchNews(line: json)) }

  private func reading(
    _ values: String, resident: String = "r-31k7", device: String = "d-1", model: String = "HR strap",
    at ms: Int = 1000, user: Int? = nil,
    purpose: String = "care", quality: String = "valid", age: String = "fresh"
  ) throws -> WatchNews {
    try line(
      #"{"reading":{"resident":"\#(resident)","device":{"id":"\#(device)","model":"\#(model)"},\#(user.map { "\"user\":\($0)," } ?? "")"purpose":"\#(purpose)","#
        + #""clock":{"monotonicMs":\#(ms)},"observedAt":"2026-03-14T08:05:30.000+08:00","receivedAt":null,"#
        + #""age":"\#(age)","quality":"\#(quality)","values":[\#(values)]}}"#)
  }

  private func alert(_ id: String, version: Int = 1, state: String = "active", priority: String = "high") throws
    -> WatchNews
  {
    try line(
      #"{"alert":{"alert":"\#(id)","version":\#(version),"resident":"r-31k7","rule":"\#(id)","state":"\#(state)","#
        + #""priority":"\#(priority)","raisedAt":"2026-03-14T08:05:30.114+08:00","text":{"zh":"血氧 86%","en":"SpO2 86 %"}}}"#
    )
  }

  private let heart = #"{"kind":"heart-rate","value":72,"unit":"/min"}"#
  private let pressure =
    #"{"kind":"systolic","value":142,"unit":"mm[Hg]"},{"kind":"diastolic","value":91.5,"unit":"mm[Hg]"}"#

  private func picture(
    _ board: WatchBoard, _ language: Language = .en, columns: Int = 80, lines: Int = 24, nowMs: Int64 = 3000
  ) -> [String] {
    board.lines(columns: columns, lines: lines, language: language, nowMs: nowMs)
  }

  @Test func aRowForEachKind() throws {
    var board = WatchBoard()
    board.take(try reading(pressure, device: "d-2", model: "BP cuff"))
    board.take(
      try reading(
        heart + #",{"kind":"rr-interval","value":800.5,"unit":"ms"},{"kind":"rr-interval","value":810,"unit":"ms"}"#))
    let shown = picture(board)
    #expect(shown[1].hasPrefix("RESIDENT  DEVICE"))
    #expect(shown[2].hasPrefix("r-31k7    HR strap  heart rate") && shown[2].contains("72 /min"))
    #expect(shown[3].contains("R-R interval") && shown[3].contains("810 ms") && shown[3].hasPrefix("          "))
    #expect(shown[4].contains("BP cuff") && shown[4].contains("142/91.5 mmHg") && shown[4].hasSuffix("2 s"))
    #expect(picture(board, .zh)[4].contains("血压"))
  }

  @Test func whatIsNotToBeTakenAsItIsIsMarked() throws {
    var board = WatchBoard()
    board.take(try reading(heart, device: "d-1", purpose: "commissioning"))
    board.take(try reading(heart, device: "d-2", quality: "questionable"))
    board.take(try reading(#"{"kind":"heart-rate","absent":"nan"}"#, device: "d-3", quality: "invalid"))
    board.take(try reading(heart, device: "d-4", age: "late"))
    let shown = picture(board)
    #expect(shown[2].hasSuffix("2 s test"))
    #expect(shown[3].hasSuffix("2 s doubtful"))
    #expect(shown[4].contains("no value") && shown[4].hasSuffix("2 s invalid"))
    #expect(shown[5].hasSuffix("03-14 08:05"))
    #expect(picture(board, .zh)[2].hasSuffix("2 秒 测试"))
  }

  @Test func aReadingThatIsNobodysSaysWhichUserItIsOf() throws {
    let (known, nobodys, unknown) = (
      try #require(try reading(pressure, user: 1).reading),
      try #require(try reading(pressure, resident: "_unassigned", user: 2, quality: "questionable").reading),
      try #require(try reading(pressure, resident: "_unassigned").reading)
    )
    #expect(!WatchBoard.plain(known, .en).contains("user"))
    #expect(WatchBoard.plain(nobodys, .en).hasSuffix("[user 2, doubtful]"))
    #expect(WatchBoard.plain(unknown, .en).hasSuffix("[unknown user]"))
    #expect(WatchBoard.plain(nobodys, .zh).contains("[用户 2, 可疑]"))
    var board = WatchBoard()
    board.take(try reading(pressure, resident: "_unassigned", user: 0))
    #expect(picture(board)[2].hasPrefix("_unassigned") && picture(board)[2].hasSuffix("2 s user 0"))
  }

  @Test func theTrendHasItsLastValuesAndNoInvalidOne() throws {
    var board = WatchBoard()
    for value in [60, 130, 60] { board.take(try reading(#"{"kind":"heart-rate","value":\#(value),"unit":"/min"}"#)) }
    board.take(try reading(#"{"kind":"heart-rate","value":255,"unit":"/min"}"#, quality: "invalid"))
    #expect(picture(board)[2].contains("▁█▁  "))
  }

  @Test func openAlertsAreInOrder() throws {
    var board = WatchBoard()
    for id in ["OX-1", "HR-1", "BP-1", "BP-5"] { board.take(try alert(id)) }
    board.take(try alert("BP-5", version: 2, state: "cleared-unacknowledged"))
    board.take(try alert("HR-1", version: 3, state: "ended"))
    // An older one says nothing new.
    board.take(try alert("BP-5", version: 1))
    let shown = picture(board)
    #expect(shown[3] == "Open alerts: 3")
    #expect(shown[4] == "!!!  high  BP-1  r-31k7  08:05:30  SpO2 86 %")
    #expect(shown[5].contains("OX-1"))
    #expect(shown[6].contains("BP-5") && shown[6].contains("over, not acknowledged"))
    #expect(picture(board, .zh)[4].hasSuffix("血氧 86%"))
  }

  @Test func anOldHighAlertStandsBeforeNewerOnes() throws {
    var board = WatchBoard()
    board.take(try alert("OX-1", priority: "high"))
    for number in 1...9 { board.take(try alert("HR-\(number)", priority: "medium")) }
    #expect(picture(board)[4].contains("OX-1"))
    #expect(picture(board)[5].contains("HR-9"))
  }

  @Test func afterALossTheAlertsAreTakenAnew() throws {
    var board = WatchBoard()
    board.take(try alert("OX-1"))
    board.take(try line(#"{"missed":12}"#))
    board.take(try alert("HR-1"))
    let shown = picture(board)
    #expect(shown[0].contains("12 left out"))
    #expect(!shown.contains { $0.contains("OX-1") } && shown.contains { $0.contains("HR-1") })
  }

  @Test(arguments: Language.allCases)
  func itFitsAndCountsWhatDoesNot(language: Language) throws {
    var board = WatchBoard()
    board.take(
      try line(
        #"{"state":{"gateway":"gw-0007","brokerConnected":true,"waiting":3,"activeAlerts":9,"openAlerts":60,"devices":"#
          + #"[{"id":"d-1","model":"x","resident":"r-1","state":"connected"}]}}"#))
    let minor = #",{"kind":"rr-interval","value":800,"unit":"ms"},{"kind":"mean-arterial","value":99,"unit":"mm[Hg]"}"#
    for number in 0..<30 {
      board.take(
        try reading(
          heart + minor, resident: "r-" + String(repeating: "x", count: 30), device: "d-\(number)",
          model: "血压计 " + String(repeating: "n", count: 60), purpose: "commissioning", quality: "questionable"))
      board.take(try alert("OX-\(number)", priority: "new"))
    }
    for (columns, lines) in [(80, 24), (40, 12), (200, 50)] {
      let shown = picture(board, language, columns: columns, lines: lines)
      #expect(shown.count <= lines)
      #expect(shown.allSatisfy { Layout.cells($0) <= columns })
    }
    let shown = picture(board, language)
    // 24 lines: the title, the headings, 16 rows, an empty line, the alerts' title and four of them.
    #expect(shown[0].contains(WatchTexts.moreRows(74)(in: language)))
    #expect(shown.contains(WatchTexts.openAlerts(60, hidden: 56)(in: language)))
    #expect(!shown.contains { $0.contains("mean") || $0.contains("平均压") })
  }

  @Test func linesOfPlainText() throws {
    let reading = try #require(try reading(pressure, purpose: "commissioning").reading)
    #expect(WatchBoard.plain(reading, .en) == "--:--:--  r-31k7  d-1 HR strap  blood pressure 142/91.5 mmHg [test]")
    let alert = try #require(try alert("OX-1").alert)
    #expect(WatchBoard.plain(alert, .zh) == "!!!  高  OX-1  r-31k7  进行中  始于 08:05:30  血氧 86%")
    #expect(WatchNews(line: "no json") == nil)
  }
}
