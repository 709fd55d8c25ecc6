// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Testing
import Texts
import Vitals

@testable import Replay

@Suite struct TraceReaderTests {
  private static let spo2 = #""values":[{"kind":"spo2","value":88}]"#

  private func observation(_ line: String) throws -> Observation {
    var reader = TraceReader()
    guard case .reading(let observation)? = try reader.read(line) else {
      throw TraceProblem(ReplayTexts.noJSON)
    }
    return observation
  }

  @Test func aMessageOfTheClinic() throws {
    let found = try observation(
      #"""
      {"schema":"vigil.reading/1","id":"0193","epoch":"5f1c","lane":"reading","seq":1042,"gateway":"gw-0007",
      "at":"2026-03-14T08:07:00+08:00","reading":"b7e0000000000000000000000000000a","revision":1,"state":"final",
      "purpose":"care","resident":"r-31k7","device":{"id":"d-2","profile":"bluetooth.blood-pressure","model":"BP cuff",
      "link":"encrypted","address":"F5:F1:F2:F3:F4:02"},"observedAt":"2026-03-14T08:05:30+08:00",
      "receivedAt":"2026-03-14T08:06:02.114+08:00","clock":{"source":"device","deviceTime":"2026-03-14T08:05:28",
      "offsetSeconds":-2.1,"uncertaintySeconds":1,"synchronized":true,"bootId":"b","monotonicMs":8123456},
      "age":"unknown","quality":"questionable","status":["irregular-pulse"],"stream":false,
      "values":[{"kind":"systolic","value":127.50,"unit":"mm[Hg]","mdc":150021},{"kind":"new-kind","value":1},
      {"kind":"mean-arterial","absent":"nan"}]}
      """#.split(separator: "\n").joined())
    #expect(found.reading == StableID(hex: "b7e0000000000000000000000000000a"))
    #expect(found.device.id == "d-2" && found.device.model == "BP cuff")
    #expect(found.link == .encrypted && found.resident == ResidentID("r-31k7"))
    #expect(found.received.wallMs == 1_773_446_762_114)
    #expect(found.received.monotonicMs == 1_773_446_762_114)
    #expect(found.observedWallMs == 1_773_446_730_000)
    #expect(found.age == .unknown && found.quality == .questionable && found.status == ["irregular-pulse"])
    #expect(!found.isStream && found.clock.source == .device)
    #expect(
      found.values == [
        Quantity(.systolic, .number(try #require(ExactDecimal("127.50")))),
        Quantity(.meanArterial, .absent(.nan)),
      ])
  }

  @Test func aShortLine() throws {
    let found = try observation("{\"at\":\"2026-03-14T00:00:00Z\",\(Self.spo2)}")
    #expect(found.received.wallMs == Trace.start && found.observedWallMs == Trace.start)
    #expect(found.age == .fresh && found.quality == .valid && !found.isStream && found.purpose == .care)
    #expect(found.resident == TraceReader.somebody && found.link == .authenticated && found.device.id == "d-1")
  }

  @Test(arguments: [
    (#","stream":true"#, true), (#","stream":false"#, false), ("", false),
    (#","profile":"bluetooth.heart-rate""#, true),
  ])
  func whatIsAStream(_ more: String, _ isStream: Bool) throws {
    let found = try observation(#"{"at":1,"values":[{"kind":"heart-rate","value":70}]\#(more)}"#)
    #expect(found.isStream == isStream)
    #expect(try !observation(#"{"at":1,"profile":"bluetooth.heart-rate",\#(Self.spo2)}"#).isStream)
  }

  @Test func whatIsOldIsLate() throws {
    #expect(try observation("{\"at\":1000000,\"observedAt\":100000,\(Self.spo2)}").age == .fresh)
    #expect(try observation("{\"at\":1000001,\"observedAt\":100000,\(Self.spo2)}").age == .late)
    #expect(try observation("{\"at\":1000001,\"observedAt\":100000,\"age\":\"unknown\",\(Self.spo2)}").age == .unknown)
    #expect(try observation("{\"at\":1,\"observedAt\":null,\"age\":\"unknown\",\(Self.spo2)}").observedWallMs == nil)
  }

  @Test func ofAGatewayThatDoesNotKnowTheTime() throws {
    var reader = TraceReader()
    func line(_ boot: String, _ ms: Int64, received: String = "null") -> String {
      """
      {"schema":"vigil.reading/1","receivedAt":\(received),"clock":{"bootId":"\(boot)","monotonicMs":\(ms)},\(Self.spo2)}
      """
    }
    func moment(_ text: String) throws -> Moment? { try reader.read(text)?.at }
    #expect(try moment(line("a", 500))?.monotonicMs == 0)
    #expect(
      try moment(line("a", 2500)) == Moment(bootID: "replay", monotonicMs: 2000, wallMs: nil, synchronized: false))
    #expect(try moment(line("b", 9)) == Moment(bootID: "replay", monotonicMs: 2000, wallMs: nil, synchronized: false))
    #expect(try moment(line("b", 99, received: "3000"))?.wallMs == 3000)
    #expect(try moment(line("b", 1099))?.monotonicMs == 4000)
  }

  @Test func idsComeBack() throws {
    var reader = TraceReader()
    func name(_ field: String) throws -> String? {
      guard case .reading(let found)? = try reader.read("{\"at\":1,\(Self.spo2)\(field)}") else { return nil }
      return reader.name(of: found.reading)
    }
    #expect(try name("") == "line:1")
    #expect(try name(#","reading":"r 1""#) == "r 1")
    #expect(try name(#","reading":7"#) == "7")
    #expect(try name(#","reading":"b7e0000000000000000000000000000a""#) == "b7e0000000000000000000000000000a")
    #expect(try name(#","reading":"00000000000000000000000000000001""#) == "00000000000000000000000000000001")
    #expect(try name("") == "line:6")
  }

  @Test func whatNoRuleLooksAt() throws {
    var reader = TraceReader()
    #expect(try reader.read(#"{"schema":"vigil.summary/1"}"#) == .skipped(schema: "vigil.summary/1"))
    #expect(try reader.read("") == nil)
    #expect(try reader.read(" \t") == nil)
  }

  @Test func controlLines() throws {
    var reader = TraceReader()
    #expect(throws: TraceProblem(ReplayTexts.noTime)) { try reader.read(#"{"tick":5}"#) }
    #expect(try reader.read(#"{"restart":true,"at":1000}"#) == .restart(at: TraceReader.moment(1000)))
    #expect(try reader.read(#"{"tick":500}"#) == .tick(at: TraceReader.moment(1500)))
    let acknowledge = try reader.read(#"{"acknowledge":{"rule":"OX-1","by":"u-1"},"resident":"r-31k7"}"#)
    #expect(
      acknowledge
        == .acknowledge(
          TraceLine.Acknowledgement(resident: ResidentID("r-31k7"), target: .rule("OX-1"), by: "u-1", seen: nil),
          at: TraceReader.moment(1500)))
    let pause = try reader.read(
      #"{"pause":{"scope":"rule","rule":"OX-1","reason":"bath","minutes":30},"by":"u-2","at":2000}"#)
    #expect(
      pause
        == .pause(
          TraceLine.PauseOrder(
            resident: nil, scope: .rule("OX-1"), reason: "bath", by: "u-2", length: .milliseconds(1_800_000)),
          at: TraceReader.moment(2000)))
    for (minutes, length) in [("0", TraceLine.PauseOrder.Length.none), ("null", .outOfService)] {
      let line = try reader.read(#"{"pause":{"scope":"resident","minutes":\#(minutes)},"at":2000}"#)
      guard case .pause(let order, _)? = line else {
        Issue.record("no pause")
        continue
      }
      #expect(order.length == length)
    }
  }

  @Test(arguments: [
    ("x", ReplayTexts.noJSON), ("[]", ReplayTexts.noJSON), ("{}", ReplayTexts.noTime),
    (#"{"at":"yesterday","values":[]}"#, ReplayTexts.wrongTime("at")),
    (#"{"at":-1,"values":[]}"#, ReplayTexts.wrongTime("at")), (#"{"at":1.5,"values":[]}"#, ReplayTexts.wrongTime("at")),
    (#"{"at":1}"#, ReplayTexts.wrong("values")), (#"{"at":1,"values":{}}"#, ReplayTexts.wrong("values")),
    (#"{"at":1,"values":[{"kind":"spo2"}]}"#, ReplayTexts.wrong("values")),
    (#"{"at":1,"values":[{"kind":"spo2","value":"88"}]}"#, ReplayTexts.wrong("values")),
    (#"{"at":1,"values":[{"kind":"spO2","value":88}]}"#, ReplayTexts.unknownKind("spO2")),
    (
      #"{"at":1,"values":[{"kind":"glucose","value":88,"unit":"mg/dL"}]}"#,
      ReplayTexts.otherUnit("glucose", unit: "mmol/L")
    ),
    (#"{"at":1,"values":[],"quality":"good"}"#, ReplayTexts.wrong("quality")),
    (#"{"at":1,"values":[],"stream":1}"#, ReplayTexts.wrong("stream")),
    (#"{"at":1,"values":[],"resident":"Mrs Li"}"#, ReplayTexts.wrong("resident")),
    (#"{"at":1,"values":[],"status":["a",1]}"#, ReplayTexts.wrong("status")),
    (#"{"at":1,"values":[],"device":1}"#, ReplayTexts.wrong("device")),
    (#"{"tick":1}"#, ReplayTexts.noTime), (#"{"at":1,"restart":1}"#, ReplayTexts.wrong("restart")),
    (#"{"at":1,"acknowledge":{}}"#, ReplayTexts.wrong("acknowledge")),
    (#"{"at":1,"pause":{"scope":"all"}}"#, ReplayTexts.wrong("scope")),
    (#"{"at":1,"pause":{"scope":"rule"}}"#, ReplayTexts.wrong("rule")),
    (#"{"at":1,"schema":1}"#, ReplayTexts.wrong("schema")),
    (#"{"schema":"vigil.reading/1","receivedAt":null,"values":[]}"#, ReplayTexts.noTime),
  ])
  func whatIsWrong(_ line: String, _ reason: Text) {
    var reader = TraceReader()
    #expect(throws: TraceProblem(reason)) { try reader.read(line) }
  }

  /// What is misspelt would leave the default in force without a word.
  @Test(arguments: [
    (#"{"at":1,"strem":true,\#(spo2)}"#, "strem", KnownKeys.reading),
    (#"{"at":1,"Stream":true,\#(spo2)}"#, "Stream", .reading), (#"{"at":1,\#(spo2),"pause ":{}}"#, "pause ", .reading),
    (#"{"at":1,\#(spo2),"device":{"id":"d-1","adress":"x"}}"#, "device.adress", .device),
    (#"{"at":1,\#(spo2),"clock":{"boot":"x"}}"#, "clock.boot", .clock),
    (#"{"at":1,"values":[{"kind":"spo2","value":88,"units":"%"}]}"#, "values.units", .value),
    (#"{"at":1,"tick":1}"#, "at", .tick), (#"{"at":1,"restart":true,"tock":1}"#, "tock", .restart),
    (#"{"at":1,"acknowledge":{"rule":"OX-1"},"who":"u-1"}"#, "who", .acknowledge),
    (#"{"at":1,"acknowledge":{"rule":"OX-1","version":2}}"#, "acknowledge.version", .acknowledgement),
    (#"{"at":1,"pause":{"scope":"resident","minuts":5}}"#, "pause.minuts", .pauseOrder),
    (#"{"at":1,"pause":{"scope":"resident","minutes":5},"reason":"x"}"#, "reason", .pause),
    (#"{"at":1,"settings":{},"born":1950}"#, "born", .settings),
    (#"{"at":1,"settings":{"birth":1950}}"#, "settings.birth", .settingsBody),
    (
      #"{"at":1,"settings":{"limits":[{"rule":"OX-1","kind":"spo2","op":"<","value":9,"till":1}]}}"#, "limits[0].till",
      .limit
    ),
    (#"{"at":1,"settings":{"plan":[{"kinds":["spo2"],"time":["07:00"]}]}}"#, "plan[0].time", .planItem),
  ])
  func aKeyThatNobodyKnowsIsNamed(_ line: String, _ key: String, _ known: KnownKeys) {
    var reader = TraceReader()
    #expect(throws: TraceProblem(ReplayTexts.unknownKey(key, known: known.names))) { try reader.read(line) }
  }

  /// Consumers ignore what they do not know.
  @Test func aNewerGatewaysMessageMayHaveMore() throws {
    let found = try observation(
      #"{"schema":"vigil.reading/1","receivedAt":5,"novel":1,"device":{"id":"d-2","colour":"red"},"values":[{"kind":"spo2","value":88,"x":1}]}"#
    )
    #expect(found.device.id == "d-2" && found.values.count == 1)
  }

  @Test func noSilenceIsLongerThanAYear() throws {
    var reader = TraceReader()
    _ = try reader.read(#"{"at":0,"values":[]}"#)
    #expect(throws: TraceProblem(ReplayTexts.tooLong)) { try reader.read(#"{"at":34560000001,"values":[]}"#) }
    #expect(try reader.read(#"{"at":34560000000,"values":[]}"#) != nil)
  }
}
