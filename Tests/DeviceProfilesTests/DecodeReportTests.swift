// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Testing
import Vitals

@Suite struct DecodeReportTests {
  @Test func aMeasurementIsTheContractsLine() throws {
    let found = try ShippedProfiles.decode(
      [
        0x1E, 0xF6, 0xF4, 0x5E, 0x00, 0xFF, 0x07, 0xEA, 0x07, 0x03, 0x0E, 0x08, 0x05, 0x1E, 0x48, 0x00, 0x01, 0x04,
        0x00,
      ], as: "2A35")
    #expect(
      Self.line(found) == #"{"characteristic":"2A35","deviceTime":"2026-03-14T08:05:30","ok":true,"#
        + #""profile":"bluetooth.blood-pressure","quality":"valid","status":["irregular-pulse"],"user":1,"#
        + #""values":[{"kind":"systolic","unit":"mm[Hg]","value":127},"#
        + #"{"kind":"diastolic","unit":"mm[Hg]","value":94},{"absent":"nan","kind":"mean-arterial"},"#
        + #"{"kind":"pulse-rate","unit":"/min","value":72}]}"#)
  }

  @Test func whatIsUnknownIsNullAndNotesSayWhatWasIgnored() throws {
    let found = try ShippedProfiles.decode([0x10, 0x3C, 0x55, 0x03, 0x01], as: "2A37")
    #expect(
      Self.line(found) == #"{"characteristic":"2A37","deviceTime":null,"#
        + #""notes":["1 trailing byte ignored at offset 4"],"ok":true,"profile":"bluetooth.heart-rate","#
        + #""quality":"valid","status":[],"user":null,"values":[{"kind":"heart-rate","unit":"/min","value":60},"#
        + #"{"kind":"rr-interval","unit":"ms","value":833.008}]}"#)
  }

  @Test func anErrorIsTheContractsLine() {
    let error = DecodeError(.truncated, offset: 7, detail: "pulse rate needs 2 bytes, 1 left")
    let line =
      #"{"characteristic":"2A35","error":{"detail":"pulse rate needs 2 bytes, 1 left","offset":7,"#
      + #""reason":"truncated"},"ok":false}"#
    #expect(DecodeReport.json(error, characteristic: "2a35") == line)
    #expect(DecodeReport.json(error, characteristic: "00002a35-0000-1000-8000-00805f9b34fb") == line)
  }

  @Test(arguments: [
    ("36.50", "36.5"), ("-0.5", "-0.5"), ("0", "0"), ("0.00", "0"), ("200", "200"), ("833.008", "833.008"),
    ("0.00095", "0.00095"),
  ])
  func numbersAreExact(text: String, expected: String) throws {
    let number = try #require(ExactDecimal(text))
    #expect(Self.written(number) == expected)
  }

  @Test func theLargestFloatIsStillANumber() throws {
    let large = try #require(ExactDecimal(mantissa: -8_388_605, exponent: 127))
    #expect(Self.written(large).hasPrefix("-8388605"))
    let small = try #require(ExactDecimal(mantissa: 8_388_605, exponent: -128))
    #expect(!Self.written(small).isEmpty)
    let beyond = try #require(ExactDecimal(mantissa: 8_388_605, exponent: 160))
    #expect(Self.report(beyond).contains(#"{"absent":"nres","kind":"body-temperature"}"#))
    let positive = try #require(ExactDecimal(mantissa: 12, exponent: 2))
    #expect(Self.written(positive) == "1200")
  }

  /// What a value of a shipped characteristic that gave this measurement is answered with.
  static func line(_ measurement: Measurement) -> String {
    guard let found = try? ShippedProfiles.find("2A37") else { return "" }
    return DecodeReport.json([.measurement(measurement, bytes: [])], as: found.characteristic, of: found.profile)
  }

  static func report(_ number: ExactDecimal) -> String {
    line(
      Measurement(
        profile: "p.q", characteristic: "2A1C", user: nil, deviceTime: nil, quality: .valid, status: [],
        values: [Quantity(.bodyTemperature, .number(number))], notes: []))
  }

  /// What stands as the value in the report.
  static func written(_ number: ExactDecimal) -> String {
    let report = report(number)
    guard let value = report.split(separator: #""value":"#).last, report.contains(#""value":"#) else { return "" }
    return String(value.prefix { !"}]".contains($0) })
  }
}
