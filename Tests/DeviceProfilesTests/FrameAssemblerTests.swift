// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import Testing

@Suite struct FrameAssemblerTests {
  static func octets(_ hex: String) -> [UInt8] {
    let digits = Array(hex.filter { $0 != " " })
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
  }

  static func run(_ profile: FrameProfile, _ values: [[UInt8]]) -> [FrameAssembler.Event] {
    var assembler = FrameAssembler(profile)
    return values.flatMap { assembler.add($0, at: 0) }
  }

  static func frames(_ events: [FrameAssembler.Event]) -> [[UInt8]] {
    events.compactMap { if case .frame(let octets) = $0 { octets } else { nil } }
  }

  /// A family's framing and frames of it that real devices, their makers' documents or their drivers gave us.
  struct Family: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let frames: [String]
    var testDescription: String { name }
    func profile() throws -> FrameProfile { try ChecksumTests.profile(text) }
    var all: [[UInt8]] { frames.map(octets) }
  }

  static let families = [
    Family(
      name: "Contec CMS50D-BT", text: "{start: EB 01, length: 8, checksum: {kind: sum-7-bit, from: 0, until: 1}}",
      frames: ["EB01045363 7F00 25"]),
    Family(
      name: "Contec CMS50D-BT, waveform", text: "{start: EB 00, length: 6, checksum: {kind: sum-7-bit}}",
      frames: ["EB000348093F"]),
    Family(
      name: "Viatom request", text: "{start: AA, length: {at: 5, type: uint16, add: 8}, checksum: {kind: crc-8}}",
      frames: ["AA17E8000000001B", "AA14EB00000000C6", "AA04FB110000001B"]),
    Family(
      name: "Viatom reply", text: "{start: 55, length: {at: 5, type: uint16, add: 8}, checksum: {kind: crc-8}}",
      frames: ["5500FF00000400E80800006F", "5509F60000000018"]),
    Family(
      name: "OxyII", text: "{start: A5, length: {at: 5, type: uint16, add: 8}, checksum: {kind: crc-8}}",
      frames: ["A5E11E00020000BF"]),
    Family(
      name: "PC-60FW", text: "{start: AA 55, length: {at: 3, type: uint8, add: 4}, checksum: {kind: crc-8-maxim}}",
      frames: ["AA550F0801603E005000C008"]),
    Family(
      name: "Microlife",
      text: "{starts: [4D 3A, 4D FF], length: {at: 2, type: uint16be, add: 4}, checksum: {kind: sum}}",
      frames: ["4DFF000900000000000000FD52", "4D3A0002810A"]),
    Family(
      name: "iHealth PO3", text: "{start: A0, length: {at: 1, type: uint8, add: 3}, checksum: {kind: sum, from: 2}}",
      frames: [
        "A011F02EACA76146072B00E8034A051405FE049F", "A011F02EACA76043005800E8038505E504450413",
        "A011F0A6ACA76044045300E803F109000A0008DB", "A011F0CCACA76046044F00E8030606B1057E0538",
      ]),
    Family(
      name: "Omron",
      text: "{starts: [16 81 00, 08 01 00, 08 00 00], length: {at: 0, type: uint8}, checksum: {kind: xor}}",
      frames: [
        "16810002F60E6754411AF1074B13000015008100003F", "168100039E0E5E49441AD411AF1900002100D30000CC",
        "080100039E0E009A", "0800000000100018",
      ]),
    Family(
      name: "JKS50F", text: "{start: FF 44 01, length: 69, checksum: {kind: sum, add: 1}}",
      frames: [
        "FF4401006148E803" + (0..<60).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "C3"
      ]),
    Family(
      name: "IRULU", text: "{start: AA 06 11, length: 8, checksum: {kind: sum, from: 1}}",
      frames: ["AA0611003E0D0062", "AA061100490D006D"]),
    Family(
      name: "Berry BCI", text: "{start-bit: 7, length: 5}", frames: ["8800054860", "8A01054860", "C802455060"]),
  ]

  // MARK: where values begin and end

  @Test(arguments: families)
  func aFrameInAValueIsFound(family: Family) throws {
    for frame in family.all { #expect(Self.run(try family.profile(), [frame]) == [.frame(frame)]) }
  }

  @Test(arguments: families)
  func framesInOneValueAreFound(family: Family) throws {
    let all = family.all + family.all
    #expect(Self.run(try family.profile(), [all.flatMap(\.self)]) == all.map { .frame($0) })
  }

  @Test(arguments: families)
  func framesMayBeCutAnywhere(family: Family) throws {
    let profile = try family.profile()
    let all = family.all + family.all
    let stream = all.flatMap(\.self)
    let expected = all.map { FrameAssembler.Event.frame($0) }
    for first in 0...stream.count {
      #expect(Self.run(profile, [Array(stream[..<first]), Array(stream[first...])]) == expected, "cut at \(first)")
    }
    for size in 1...23 {
      let values = stride(from: 0, to: stream.count, by: size).map { Array(stream[$0..<min($0 + size, stream.count)]) }
      #expect(Self.run(profile, values) == expected, "values of \(size)")
    }
  }

  @Test(arguments: families)
  func garbageBetweenIsCounted(family: Family) throws {
    let profile = try family.profile()
    // No family's frame begins with, or has a length of, one of these.
    let garbage: [UInt8] = [0x01, 0x02, 0x03]
    let stream = garbage + family.all.flatMap { $0 + garbage }
    let expected = [.skipped(3)] + family.all.flatMap { [FrameAssembler.Event.frame($0), .skipped(3)] }
    #expect(Self.run(profile, [stream]) == expected)
    let single = Self.run(profile, stream.map { [$0] })
    #expect(Self.frames(single) == family.all)
    #expect(single.count { $0 == .skipped(1) } == garbage.count * (family.all.count + 1))
  }

  // MARK: wrong frames

  @Test func corruptedFramesAreRejected() throws {
    let family = try #require(Self.families.first { $0.name == "iHealth PO3" })
    let good = try #require(family.all.first)
    for hex in ["A011F03CACA76047045E00E8432B0BD50B040B98", "A011F05EACA760C7065B00E803380D6F0E930EF6"] {
      let bad = Self.octets(hex)
      let events = Self.run(try family.profile(), [good + bad + good])
      let error = DecodeError(.malformed, offset: 19, detail: "the checksum of the frame is wrong")
      #expect(events == [.frame(good), .rejected(bad, error), .frame(good)])
    }
  }

  @Test func aFrameInsideARejectedOneIsFound() throws {
    let family = try #require(Self.families.first { $0.name == "PC-60FW" })
    let good = try #require(family.all.first)
    // A lost octet: what follows seems to belong to the first frame.
    let lost = Array(good[..<6] + good[7...])
    let events = Self.run(try family.profile(), [lost + good + good])
    let error = DecodeError(.malformed, offset: 11, detail: "the checksum of the frame is wrong")
    #expect(events == [.rejected(lost + [0xAA], error), .frame(good), .frame(good)])
  }

  @Test func aFrameThatIsTooLongOrTooShortIsNone() throws {
    let text = "{start: A5, length: {at: 1, type: uint16, add: 4}, longest: 20, checksum: {kind: sum}}"
    let profile = try ChecksumTests.profile(text)
    let frame = Self.octets("A50100 07 AD")
    #expect(Self.run(profile, [Self.octets("A51100") + frame]) == [.skipped(3), .frame(frame)])
    #expect(Self.run(profile, [Self.octets("A5FFFF") + frame]) == [.skipped(3), .frame(frame)])
    let least = try ChecksumTests.profile("{start: A5, length: {at: 1, type: uint8}, checksum: {kind: sum}}")
    #expect(
      Self.run(least, [Self.octets("A500 A502 A50347 A503A8")]) == [
        .skipped(4), .rejected([0xA5, 3, 0x47], DecodeError(.malformed, offset: 2, detail: Self.wrong)),
        .frame([0xA5, 3, 0xA8]),
      ])
  }

  static let wrong = "the checksum of the frame is wrong"

  // MARK: Berry

  @Test func berryPacketsAreFoundAtAnyAlignment() throws {
    let profile = try ChecksumTests.profile("{start-bit: 7, length: 5}")
    let packet = Self.octets("88 32 05 48 61")
    let stream = Array(repeating: packet, count: 12).flatMap(\.self)
    for offset in 0..<5 {
      let values = stride(from: offset, to: stream.count - 20, by: 20).map { Array(stream[$0..<($0 + 20)]) }
      let events = Self.run(profile, values)
      #expect(events.first == (offset == 0 ? .frame(packet) : .skipped(5 - offset)))
      #expect(Self.frames(events).allSatisfy { $0 == packet } && Self.frames(events).count == (offset == 0 ? 8 : 7))
    }
  }

  @Test func aSecondStartBitBeginsTheFrameAnew() throws {
    let profile = try ChecksumTests.profile("{start-bit: 7, length: 5}")
    let packet = Self.octets("88 32 05 48 61")
    #expect(Self.run(profile, [[0x81, 1, 2] + packet]) == [.skipped(3), .frame(packet)])
    // It is known at once, not only when five octets have come.
    var assembler = FrameAssembler(profile)
    #expect(assembler.add([0x81, 1], at: 0) == [])
    #expect(assembler.add([0x88], at: 1) == [.skipped(2)])
    #expect(assembler.add(Array(packet[1...]), at: 2) == [.frame(packet)])
  }

  // MARK: time

  @Test func aBreakDropsTheRest() throws {
    let profile = try ChecksumTests.profile(
      "{start: A0, length: {at: 1, type: uint8, add: 3}, checksum: {kind: sum, from: 2}}")
    let frame = Self.octets("A011F02EACA76146072B00E8034A051405FE049F")
    let (head, rest) = (Array(frame[..<8]), Array(frame[8...]))
    var assembler = FrameAssembler(profile)
    #expect(assembler.add(head, at: 1000) == [])
    #expect(assembler.add(rest, at: 5999) == [.frame(frame)])
    #expect(assembler.add(head, at: 6000) == [])
    #expect(assembler.add(rest, at: 11_000) == [.skipped(8), .skipped(12)])
    #expect(assembler.add(head, at: 11_001) == [])
    #expect(assembler.add(frame, at: 99_000) == [.skipped(8), .frame(frame)])
    #expect(assembler.add(frame, at: 999_000) == [.frame(frame)])
  }

  @Test func noTimeTraps() throws {
    var assembler = FrameAssembler(try ChecksumTests.profile("{start: A0, length: 3}"))
    for time in [0, Int64.min, .max, 0, .max, .min, -1] { _ = assembler.add([0xA0], at: time) }
    #expect(assembler.add([0xA0, 0, 0], at: .max) == [.skipped(1), .frame([0xA0, 0, 0])])
    // A clock that went back is no break.
    #expect(assembler.add([0xA0], at: 0) == [])
    #expect(assembler.add([0, 0], at: -9000) == [.frame([0xA0, 0, 0])])
  }
}
