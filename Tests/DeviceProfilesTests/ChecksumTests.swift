// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import Testing

@Suite struct ChecksumTests {
  static let digits = Array("123456789".utf8)

  static func profile(_ text: String) throws -> FrameProfile {
    try FrameLoader.load(YAML.parse(text, file: "f.yaml"))
  }

  static func isFrame(_ octets: [UInt8], _ text: String) throws -> Bool {
    var assembler = FrameAssembler(try profile(text))
    return assembler.add(octets, at: 0) == [.frame(octets)]
  }

  /// The published check values, each in the order of the wire.
  @Test(
    arguments: [
      ("kind: sum", [0xDD]), ("kind: sum-7-bit", [0x5D]), ("kind: xor", [0x31]), ("kind: crc-8", [0xF4]),
      ("kind: crc-8-maxim", [0xA1]), ("kind: crc-16-modbus", [0x37, 0x4B]), ("kind: crc-16-ccitt", [0xB1, 0x29]),
      ("kind: crc-16-modbus, order: big", [0x4B, 0x37]), ("kind: crc-16-ccitt, order: big", [0x29, 0xB1]),
      ("kind: crc-16-ccitt, order: little", [0xB1, 0x29]), ("kind: sum, add: 1", [0xDE]),
      ("kind: sum-7-bit, add: 35", [0x00]), ("kind: sum, from: 2", [0x7A]),
      ("kind: xor, from: 1, until: 1", [0x00]), ("kind: sum, until: 3", [0xDD, 0x7D, 0x7E]),
    ] as [(String, [UInt8])])
  func checkValues(checksum: String, expected: [UInt8]) throws {
    let frame = Self.digits + expected
    let text = "{start: 31 32, length: \(frame.count), checksum: {\(checksum)}}"
    #expect(try Self.isFrame(frame, text))
    for bit in 0..<8 {
      for index in 2..<(checksum.contains("until: 3") ? 10 : frame.count) {
        var wrong = frame
        wrong[index] ^= 1 << UInt8(bit)
        // Seven bits and a sum of seven bits cannot see the highest bit of what is summed.
        if checksum.contains("7-bit"), bit == 7, index < 9 { continue }
        #expect(try !Self.isFrame(wrong, text), "bit \(bit) of \(index)")
      }
    }
  }

  /// The checksum of a stretch must not depend on where in the stream it lies or how long it is.
  @Test(arguments: [
    "sum", "sum-7-bit", "xor", "crc-8", "crc-8-maxim", "crc-16-modbus", "crc-16-ccitt",
  ])
  func anyLengthAnywhere(kind: String) throws {
    var generator = FrameStreams.Generator(state: 7)
    for length in [4, 5, 20, 255, 256, 257, 1000, 2047, 4095, 4096] {
      let text = "{start: C3 3C, length: \(length), checksum: {kind: \(kind), from: 1}}"
      let body = [0xC3, 0x3C] + (0..<(length - 4)).map { _ in UInt8.random(in: 0...0x7F, using: &generator) }
      let padded = kind.hasPrefix("crc-16") ? body : body + [1]
      let frame = padded + FrameStreams.checksum(kind, padded[1...])
      let garbage = (0..<37).map { _ in UInt8.random(in: 0...0x7F, using: &generator) }
      var assembler = FrameAssembler(try Self.profile(text))
      #expect(assembler.add(garbage + frame + garbage, at: 0) == [.skipped(37), .frame(frame), .skipped(37)])
    }
  }
}

/// Streams for the tests, and checksums written a second time, from their definitions.
enum FrameStreams {
  /// SplitMix64: the same octets in every run.
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

  static func checksum(_ kind: String, _ octets: ArraySlice<UInt8>) -> [UInt8] {
    func reflected(_ polynomial: Int, _ initial: Int) -> Int {
      octets.reduce(initial) { crc, octet in
        (0..<8).reduce(crc ^ Int(octet)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ polynomial : crc >> 1 }
      }
    }
    func plain(_ polynomial: Int, _ initial: Int, _ width: Int) -> Int {
      octets.reduce(initial) { crc, octet in
        (0..<8).reduce(crc ^ Int(octet) << (width - 8)) { crc, _ in
          (crc << 1 ^ (crc >> (width - 1) & 1 == 1 ? polynomial : 0)) & (1 << width - 1)
        }
      }
    }
    func little(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
    switch kind {
    case "sum": return [UInt8(octets.reduce(0) { $0 + Int($1) } % 256)]
    case "sum-7-bit": return [UInt8(octets.reduce(0) { $0 + Int($1) } % 128)]
    case "xor": return [octets.reduce(0, ^)]
    case "crc-8": return [UInt8(plain(0x07, 0, 8))]
    case "crc-8-maxim": return [UInt8(reflected(0x8C, 0))]
    case "crc-16-modbus": return little(reflected(0xA001, 0xFFFF))
    default: return little(plain(0x1021, 0xFFFF, 16))
    }
  }
}
