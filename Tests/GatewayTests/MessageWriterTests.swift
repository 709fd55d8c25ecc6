// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import FoundationEssentials
import GatewayTestKit
import Journal
import Testing
import Vitals

@testable import Gateway

@Suite struct MessageWriterTests {
  init() { SiteTime.use(zone: "Asia/Shanghai") }

  let writer = MessageWriter(clinic: "xinhua", gateway: "gw-0007", epoch: "5f1c")

  func entry(_ observation: Observation, seq: Int64 = 1042, at: Int64? = Samples.wallMs) -> LedgerEntry {
    LedgerEntry(lane: .reading, seq: seq, atWallMs: at, content: .reading(observation))
  }

  @Test func aReadingLooksAsTheContractSays() throws {
    let observation = try Samples.observation(
      at: 114, [Samples.quantity(.systolic, 127), Quantity(.meanArterial, .absent(.nan))], stream: false,
      characteristic: "2A35")
    let message = try writer.message(entry(observation))
    #expect(message.topic == "vigil/v1/xinhua/gw-0007/up/reading/r-31k7")
    let text = String(decoding: message.payload, as: UTF8.self)
    for part in [
      #""schema":"vigil.reading/1""#, #""lane":"reading","#, #""seq":1042"#, #""gateway":"gw-0007""#,
      #""at":"2026-03-14T08:00:00.000+08:00""#, #""receivedAt":"2026-03-14T08:00:00.114+08:00""#,
      #""revision":1"#, #""state":"final""#, #""purpose":"care""#, #""user""#,
      #"{"kind":"systolic","loinc":"8480-6","mdc":150021,"unit":"mm[Hg]","value":127}"#,
      #"{"absent":"nan","kind":"mean-arterial","#, #""offsetSeconds":null"#, #""deviceTime":null"#,
    ] where part != #""user""# {
      #expect(text.contains(part), "\(part) is missing in \(text)")
    }
  }

  /// The message's own: the last one in the order of the keys.
  private static func id(of text: String) -> Substring? { text.split(separator: #""id":""#).last?.prefix(36) }

  @Test func aSummaryLooksAsTheContractSays() throws {
    let samples = try [61, 79, 66].enumerated().map { index, value in
      try Samples.observation(at: 60_000 + Int64(index) * 1000, [Samples.quantity(.heartRate, value)])
    }
    let summary = try #require(StreamSummary(of: samples))
    let entry = LedgerEntry(lane: .reading, seq: 7, atWallMs: nil, content: .summary(summary))
    let message = try writer.message(entry)
    #expect(message.topic == "vigil/v1/xinhua/gw-0007/up/reading/r-31k7")
    let text = String(decoding: message.payload, as: UTF8.self)
    for part in [
      #""schema":"vigil.summary/1""#, #""lane":"reading","#, #""seq":7"#, #""at":null"#, #""revision":1"#,
      #""reading":"\#(summary.reading)""#, #""from":"2026-03-14T08:01:00.000+08:00""#,
      #""to":"2026-03-14T08:02:00.000+08:00""#, #""observedAt":"2026-03-14T08:02:00.000+08:00""#,
      #""coveredSeconds":3"#, #""samples":3"#, #""monotonicMs":120000"#, #""quality":"valid""#,
      #"{"kind":"heart-rate","last":66,"loinc":"8867-4","max":79,"mdc":147842,"mean":68.7,"min":61,"n":3,"unit":"/min"}"#,
    ] {
      #expect(text.contains(part), "\(part) is missing in \(text)")
    }
    #expect(try writer.message(entry).payload == message.payload)
    let amended = summary.corrected(revision: 2, state: .amended, wallMs: nil, synchronized: false, resident: nil)
    let second = try writer.message(LedgerEntry(lane: .reading, seq: 8, atWallMs: nil, content: .summary(amended)))
    let other = String(decoding: second.payload, as: UTF8.self)
    #expect(other.contains(#""from":null"#) && other.contains(#""reading":"\#(summary.reading)""#))
    #expect(Self.id(of: other) != Self.id(of: text))
  }

  @Test func aResendIsIdentical() throws {
    let observation = try Samples.observation(at: 1, [Samples.quantity(.heartRate, 72)])
    #expect(try writer.message(entry(observation)).payload == writer.message(entry(observation)).payload)
  }

  @Test func unknownTimesAreNullNever1970() throws {
    let sample = try Samples.observation(at: 1, [Samples.quantity(.heartRate, 72)])
    let timeless = Observation(
      reading: sample.reading, device: sample.device, profile: sample.profile, characteristic: sample.characteristic,
      link: sample.link, resident: sample.resident, purpose: sample.purpose, user: nil,
      received: Samples.moment(1, wall: false), observedWallMs: nil, clock: sample.clock, age: sample.age,
      quality: sample.quality, status: [], values: sample.values, isStream: true)
    let text = String(decoding: try writer.message(entry(timeless, at: nil)).payload, as: UTF8.self)
    #expect(
      text.contains(#""at":null"#) && text.contains(#""observedAt":null"#) && text.contains(#""receivedAt":null"#))
    #expect(!text.contains("1970"))
  }

  @Test func numbersKeepTheirValue() throws {
    let number = try #require(ExactDecimal("833.008"))
    let observation = try Samples.observation(
      at: 1,
      [Quantity(.rrInterval, .number(number)), Quantity(.heartRate, .number(try #require(ExactDecimal("-0.5"))))])
    let text = String(decoding: try writer.message(entry(observation)).payload, as: UTF8.self)
    #expect(text.contains(#""value":833.008"#))
    #expect(text.contains(#""value":-0.5"#))
  }

  @Test(arguments: [
    (Int64(0), "1970-01-01T08:00:00.000+08:00"), (-1, "1970-01-01T07:59:59.999+08:00"),
    (1_773_446_730_000, "2026-03-14T08:05:30.000+08:00"),
  ])
  func timesAreWrittenInTheSitesZone(wallMs: Int64, expected: String) {
    #expect(SiteTime.text(wallMs) == expected)
  }

  @Test func civilTimesAreReadInTheSitesZone() throws {
    let time = try #require(CivilTime(year: 2026, month: 3, day: 14, hour: 8, minute: 5, second: 30))
    #expect(SiteTime.instant(of: time) == 1_773_446_730_000)
  }
}

extension MessageWriterTests {
  private func alert(_ phase: Alert.Phase, _ state: Alert.State, course: Alert.Course? = nil) throws -> Alert {
    Alert(
      alert: StableID(hashing: ["a"]), version: 3, resident: try #require(ResidentID("r-31k7")), rule: "OX-1",
      ruleVersion: 2, phase: phase, state: state, category: .physiological, priority: .high, level: 2, limits: [],
      evidence: [], raised: Samples.moment(0), supersededBy: nil, text: ["zh": "血氧 86%", "en": "SpO2 86 %"],
      link: .encrypted, course: course)
  }

  @Test func anAlertSaysWhoHasSeenItAndWhyItIsQuiet() throws {
    var course = Alert.Course(at: Samples.moment(5000), since: Samples.moment(0))
    course.acknowledgement = Alert.Acknowledgement(by: "u-12", at: Samples.moment(1000))
    course.pause = Pause(
      id: StableID(hashing: ["p"]), scope: .rule("OX-1"), reason: "洗澡", by: "u-3", from: Samples.moment(2000),
      milliseconds: 60_000)
    course.undelivered = true
    course.name = ["zh": "血氧过低", "en": "low oxygen saturation"]
    let paused = try alert(.pause, .paused, course: course)
    let message = try writer.message(LedgerEntry(lane: .alert, seq: 9, atWallMs: nil, content: .alert(paused)))
    let text = String(decoding: message.payload, as: UTF8.self)
    for part in [
      #""acknowledgedBy":"u-12""#, #""acknowledgedAt":"2026-03-14T08:00:01.000+08:00""#,
      #""pausedUntil":"2026-03-14T08:01:02.000+08:00""#, #""pause":{"by":"u-3","reason":"洗澡","scope":"rule"}"#,
      #""undelivered":true"#, #""ruleName":{"en":"low oxygen saturation","zh":"血氧过低"}"#,
    ] { #expect(text.contains(part), "\(part) is missing in \(text)") }
    let plain = try writer.message(
      LedgerEntry(lane: .alert, seq: 9, atWallMs: nil, content: .alert(try alert(.start, .active))))
    let nulls = String(decoding: plain.payload, as: UTF8.self)
    for key in ["acknowledgedBy", "acknowledgedAt", "pausedUntil", "pause", "ruleName"] {
      #expect(nulls.contains("\"\(key)\":null"), "\(key)")
    }
    #expect(nulls.contains(#""undelivered":false"#))
  }

  @Test func theListSaysWhoHasSeenItAndNoValue() throws {
    var course = Alert.Course(at: Samples.moment(5000), since: Samples.moment(0))
    course.acknowledgement = Alert.Acknowledgement(by: "u-12", at: Samples.moment(1000))
    course.name = ["zh": "血氧过低", "en": "low oxygen saturation"]
    let seen = try alert(.acknowledge, .acknowledged, course: course)
    let message = try writer.openAlerts([seen, try alert(.start, .active)], upTo: 9, at: Samples.moment(9))
    let text = String(decoding: message.payload, as: UTF8.self)
    for part in [
      #""acknowledgedBy":"u-12""#, #""acknowledgedAt":"2026-03-14T08:00:01.000+08:00""#,
      #""ruleName":{"en":"low oxygen saturation","zh":"血氧过低"}"#, #""acknowledgedBy":null"#, #""acknowledgedAt":null"#,
      #""ruleName":null"#, #""total":2"#, #""upTo":9"#,
    ] { #expect(text.contains(part), "\(part) is missing in \(text)") }
    for key in ["text", "evidence", "values", "value", "limits"] { #expect(!text.contains("\"\(key)\""), "\(key)") }
  }

  /// However long a site's names are: it fits, and says how many there are.
  @Test(arguments: [10, 400]) func theListFits(length: Int) throws {
    var course = Alert.Course(at: Samples.moment(5000), since: Samples.moment(0))
    course.acknowledgement = Alert.Acknowledgement(by: "u-12", at: Samples.moment(1000))
    course.name = ["zh": String(repeating: "血", count: length), "en": "low"]
    let seen = try alert(.acknowledge, .acknowledged, course: course)
    let first = try alert(.start, .active)
    let open = Array(repeating: seen, count: 400) + [first]
    let message = try writer.openAlerts(open, upTo: 9, at: Samples.moment(9))
    let text = String(decoding: message.payload, as: UTF8.self)
    let count = text.split(separator: #""resident""#).count - 1
    #expect(message.payload.count <= WireMessage.limit && count < 401 && text.contains(#""total":401"#))
    // What nobody has seen is among them.
    #expect(text.contains(#""state":"active""#))
    #expect(length == 10 ? count > 100 : count > 35, "\(count)")
  }

  @Test func anEscalationIsTheSameAlertByAnotherTopicAndId() throws {
    let up = try alert(.escalate, .active)
    func message(_ content: LedgerEntry.Content) throws -> (topic: String, text: String) {
      let message = try writer.message(LedgerEntry(lane: .alert, seq: 9, atWallMs: nil, content: content))
      return (message.topic, String(decoding: message.payload, as: UTF8.self))
    }
    let (first, second) = (try message(.alert(up)), try message(.escalation(up)))
    #expect(first.topic == "vigil/v1/xinhua/gw-0007/up/alert/r-31k7")
    #expect(second.topic == "vigil/v1/xinhua/gw-0007/up/escalation/2/r-31k7")
    let (id, other) = (try #require(Self.id(of: first.text)), try #require(Self.id(of: second.text)))
    #expect(id != other && first.text.replacing(id, with: other) == second.text)
    // While nothing can be written both go out without numbers.
    #expect(try writer.unnumbered(up, at: Samples.moment(0)).map(\.topic) == [first.topic, second.topic])
    #expect(try writer.unnumbered(try alert(.start, .active), at: Samples.moment(0)).count == 1)
  }

  @Test func aSampleOfAStreamSaysSo() throws {
    for isStream in [true, false] {
      let observation = try Samples.observation(at: 1, [Samples.quantity(.heartRate, 72)], stream: isStream)
      let text = String(decoding: try writer.message(entry(observation)).payload, as: UTF8.self)
      #expect(text.contains("\"stream\":\(isStream)"))
    }
  }
}
