// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import ClinicDesk

@Suite struct ReadingBoardTests {
  var board = ReadingBoard(seriesLimit: 3, historyLimit: 4)

  mutating func hear(
    _ value: Double, seq: Int64, epoch: String = "e", reading: String? = nil, revision: Int64 = 1,
    resident: String = "r-0001", kind: String = "spo2", isWrong: Bool = false
  ) {
    board.hear(
      ReadingMessage(
        epoch: epoch, seq: seq, reading: reading ?? "\(epoch)\(seq)", revision: revision, resident: resident,
        device: "d-1", isEnteredInError: isWrong, values: [.init(kind: kind, value: value, unit: "%")]),
      from: "gw-1", at: .at(Double(seq)))
  }

  var values: [Double] { board.series.first?.points.map(\.value) ?? [] }

  @Test mutating func numbersSayTheOrderAndTheOldestGoes() {
    for seq: Int64 in [3, 1, 5, 2, 5, 4] { hear(Double(seq), seq: seq) }
    #expect(values == [2, 3, 4, 5])
    #expect(board.series.first?.heard == .at(5))
    hear(1, seq: 1, epoch: "f")
    #expect(values == [3, 4, 5, 1])
  }

  @Test mutating func aHigherRevisionReplaces() {
    hear(1, seq: 1)
    hear(2, seq: 2)
    hear(9, seq: 7, reading: "e1", revision: 2)
    hear(1, seq: 1)
    #expect(values == [2, 9])
    hear(9, seq: 8, reading: "e1", revision: 3, isWrong: true)
    #expect(values == [2])
    hear(2, seq: 9, reading: "e2", revision: 2, isWrong: true)
    #expect(board.series.isEmpty)
  }

  @Test mutating func theSeriesThatIsSilentGoes() {
    for (index, resident) in ["a", "b", "c", "d"].enumerated() {
      hear(1, seq: Int64(index + 1), resident: resident)
    }
    #expect(board.series.map(\.key.resident) == ["d", "c", "b"])
    hear(1, seq: 9, kind: "mood")
    #expect(board.series.count == 3)
  }

  @Test func testReadingsAndImpossibleOnesAreNotShown() {
    var desk = Desk(clinic: "c1")
    for extra in [#""purpose":"commissioning""#, #""quality":"invalid""#, #""quality":"questionable""#] {
      let json = """
        {"schema":"vigil.reading/1","epoch":"e","seq":\(extra.utf8.count),"reading":"\(extra.utf8.count)",\
        "resident":"r-0001","device":{"id":"d-1"},\(extra),\
        "values":[{"kind":"spo2","value":97,"unit":"%"},{"kind":"pulse-rate","absent":"nan"}]}
        """
      _ = desk.receive(
        topic: "vigil/v1/c1/gw-1/up/reading/r-0001", payload: Array(json.utf8), retained: false, at: .at(0))
    }
    #expect(desk.readings.series.map(\.points.count) == [1])
    #expect(desk.readings.series.first?.points.first?.isQuestionable == true && desk.malformed == 0)
  }

  /// Around an alert there are samples beside the summary of their minute, whose number is higher than theirs.
  @Test func aSummaryStandsWhereItsMinuteEnds() throws {
    var desk = Desk(clinic: "c1")
    func hear(_ schema: String, seq: Int, ms: Int, boot: String = "b", _ value: String) {
      let json = """
        {"schema":"vigil.\(schema)/1","epoch":"e","seq":\(seq),"reading":"\(seq)","revision":1,"resident":"r-0001",\
        "device":{"id":"d-1"},"clock":{"bootId":"\(boot)","monotonicMs":\(ms)},"quality":"valid",\
        "values":[{"kind":"spo2","unit":"%",\(value)}]}
        """
      _ = desk.receive(
        topic: "vigil/v1/c1/gw-1/up/reading/r-0001", payload: Array(json.utf8), retained: false, at: .at(0))
    }
    let last = { (value: Int) in #""n":58,"min":\#(value - 5),"max":\#(value + 2),"mean":96.5,"last":\#(value)"# }
    hear("reading", seq: 2, ms: 59_000, #""value":91"#)
    hear("reading", seq: 3, ms: 61_000, #""value":92"#)
    hear("summary", seq: 4, ms: 60_000, last(95))
    hear("summary", seq: 5, ms: 120_000, last(96))
    hear("reading", seq: 6, ms: 62_000, #""value":93"#)
    hear("reading", seq: 7, ms: 5_000, boot: "c", #""value":97"#)
    let points = try #require(desk.readings.series.first?.points)
    #expect(points.map(\.value) == [91, 95, 92, 93, 96, 97] && desk.malformed == 0)
    #expect(points.map(\.range) == [nil, 90...97, nil, nil, 91...98, nil])
  }
}
