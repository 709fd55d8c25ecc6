// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Testing
import Vitals

@Suite struct DecoderTests {
  /// A profile with one characteristic of these fields, for what no shipped profile needs yet.
  static func profile(fields: String, vector: String = #"{hex: "", error: truncated, offset: 0}"#) throws
    -> DeviceProfile
  {
    let indented = fields.split(separator: "\n").map { "      \($0)\n" }.joined()
    return try ProfileLoader.load(
      """
      id: test.device
      title: Test
      evidence: simulated
      sources: [none]
      match: {services: [FFF0]}
      characteristics:
        - uuid: FFF1
          title: Value
          use: information
          vectors: [\(vector)]
          fields:
      \(indented)
      """, file: "t.yaml")
  }

  static func decode(_ bytes: [UInt8], fields: String) throws -> Measurement {
    let profile = try profile(fields: fields)
    let characteristic = try #require(profile.characteristics.first)
    return try #require(try Decoder.decode(bytes, as: characteristic, of: profile).first)
  }

  static func value(_ bytes: [UInt8], type: String, more: String = "") throws -> String {
    let found = try decode(bytes, fields: "- {name: v, type: \(type), kind: body-weight, unit: kg\(more)}")
    return MedicalFloatTests.text(try #require(found.values.first).content)
  }

  @Test(
    arguments: [
      ("uint8", [0xFF], "255"), ("uint16", [0x01, 0xFF], "65281"), ("uint24", [0x01, 0x02, 0xFF], "16712193"),
      ("uint32", [0xFF, 0xFF, 0xFF, 0xFF], "4294967295"), ("sint8", [0x80], "-128"), ("sint8", [0x7F], "127"),
      ("sint16", [0xFE, 0xFF], "-2"), ("sint24", [0x00, 0x00, 0x80], "-8388608"),
      ("sint32", [0x00, 0x00, 0x00, 0x80], "-2147483648"), ("sfloat", [0x14, 0xF0], "2.0"),
      ("float", [0x42, 0x0E, 0x00, 0xFE], "36.50"),
    ] as [(String, [UInt8], String)])
  func everyTypeIsLittleEndianAndExact(type: String, bytes: [UInt8], expected: String) throws {
    #expect(try Self.value(bytes, type: type) == expected)
    #expect(throws: DecodeError(.truncated, offset: 0, detail: Self.needs(bytes.count))) {
      try Self.value(Array(bytes.dropLast()), type: type)
    }
  }

  static func needs(_ count: Int) -> String { "v needs \(count) byte\(count == 1 ? "" : "s"), \(count - 1) left" }

  @Test func aScaleKeepsTheDevicesDigits() throws {
    #expect(try Self.value([0x10, 0x27], type: "uint16", more: ", scale: 0.005") == "50.000")
    #expect(try Self.value([0xFF, 0xFF], type: "sint16", more: ", scale: 0.1") == "-0.1")
  }

  @Test func whatAUnitCannotExpressIsNotAtThisResolution() throws {
    #expect(
      try Self.value([0xFF, 0xFF, 0xFF, 0xFF], type: "uint32", more: ", scale: 9000000000000000000") == "nres")
  }

  @Test func aReservedCodeIsNoNumber() throws {
    #expect(try Self.value([0x80], type: "sint8", more: ", reserved: [-128, -128]") == "reserved")
    #expect(try Self.value([0x81], type: "sint8", more: ", reserved: [-128, -128]") == "-127")
  }

  @Test func aFieldWithoutAMeaningIsReadPast() throws {
    let found = try Self.decode(
      [9, 9, 5], fields: "- {name: counter, type: uint16}\n- {name: v, type: uint8, kind: battery, unit: \"%\"}")
    #expect(found.values == [Quantity(.battery, .number(ExactDecimal(5)))])
    #expect(found.notes.isEmpty)
  }

  @Test func aBitOfAnAbsentFieldIsNotSet() throws {
    let fields = """
      - {name: flags, type: uint8, bits: {0: more}}
      - {name: extra, type: uint8, if: flags.more, bits: {0: wide}}
      - {name: v, type: uint8, unless: extra.wide, kind: battery, unit: "%"}
      - {name: v, type: uint16, if: extra.wide, kind: battery, unit: "%"}
      """
    #expect(try Self.decode([0, 7], fields: fields).values.first?.number == ExactDecimal(7))
    #expect(try Self.decode([1, 0, 7], fields: fields).values.first?.number == ExactDecimal(7))
    #expect(try Self.decode([1, 1, 7, 1], fields: fields).values.first?.number == ExactDecimal(263))
  }

  @Test func theContractsErrorSaysWhatIsMissing() {
    #expect(throws: DecodeError(.truncated, offset: 7, detail: "pulse rate needs 2 bytes, 1 left")) {
      try ShippedProfiles.decode([0x04, 0x80, 0, 0x50, 0, 0x60, 0, 0x48], as: "2A35")
    }
  }

  @Test func aClockThatIsNotSetIsKnown() throws {
    let time: [UInt8] = [0xEA, 0x07, 3, 14, 8, 5, 30]
    #expect(try ShippedProfiles.decode([0x01, 97, 0, 72, 0] + time, as: "2A5E").isDeviceClockSet)
    #expect(try !ShippedProfiles.decode([0x11, 97, 0, 72, 0] + time, as: "2A5E").isDeviceClockSet)
  }

  /// SplitMix64: the same bytes in every run.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  @Test(arguments: try ShippedProfiles.catalog().profiles.flatMap { $0.readings.map(\.uuid) })
  func randomBytesNeverTrap(uuid: String) throws {
    let (profile, characteristic) = try ShippedProfiles.find(uuid)
    var generator = Generator(state: 20_260_314)
    func random(_ lengths: ClosedRange<Int>) -> [UInt8] {
      (0..<Int.random(in: lengths, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
    var decoded = 0
    for index in 0..<1000 {
      let bytes = random(0...24)
      let feature = index.isMultiple(of: 3) ? random(0...8) : nil
      do {
        let found = try Decoder.decode(bytes, as: characteristic, of: profile, feature: feature)
        if index.isMultiple(of: 50) { for one in found { #expect(DecodeReportTests.line(one).hasPrefix("{")) } }
        decoded += 1
      } catch {
        guard (0...bytes.count).contains(error.offset) else {
          Issue.record("\(bytes): \(error)")
          return
        }
      }
    }
    #expect(decoded > 10)
  }
}
