// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import Testing

@Suite struct ForbiddenWritesTests {
  static let lepu = "8B00ACE7-EB0B-49B0-BBE9-9AEE0A26E1A3"
  static let ring = "E8FB0002-A14B-98F9-831B-4E2941D01248"
  static let omron = "db5b55e0-aee7-11e1-965e-0002a5d5c51b"
  static let unlock = "b305b680-aee7-11e1-a730-0002a5d5c51b"
  static let and = "233bf001-5a34-1b6d-975c-000d5690abe4"
  static let nonin = "1447af80-0d60-11e2-88b6-0002a5d5c51b"
  static let berry = "49535343-8841-43F4-A8D4-ECBE34729BB3"
  static let uart = "6E400002-B5A3-F393-E0A9-E50E24DCCA9E"

  /// A5, command, complement, request, sequence, no payload; the checksum is nobody's business here.
  static func frame(_ first: UInt8, _ command: UInt8) -> [UInt8] { [first, command, ~command, 0, 0, 0, 0, 0] }

  static func isRefused(_ bytes: [UInt8], to characteristic: String) -> Bool {
    ForbiddenWrites.harm(of: bytes, to: characteristic) != nil
  }

  @Test(arguments: [0x04, 0x09, 0x0A, 0x13, 0x24, 0x25, 0x39, 0xE2, 0xE3, 0xEE] as [UInt8])
  func whatInflatesOrWipesACuffIsRefused(command: UInt8) {
    #expect(Self.isRefused(Self.frame(0xA5, command), to: Self.lepu))
    // 04 is the live data of another family.
    #expect(Self.isRefused(Self.frame(0xA5, command), to: Self.ring) == (command != 0x04))
    #expect(Self.isRefused(Self.frame(0xA5, command), to: Self.uart) == (command != 0x04))
  }

  @Test func ofCuffsOnlyWhatIsKnownIsAllowed() {
    let a5 = (UInt8.min...UInt8.max).filter { !Self.isRefused(Self.frame(0xA5, $0), to: Self.lepu) }
    #expect(a5 == [0x00, 0x06, 0x08, 0x30, 0x31, 0x32, 0xE0, 0xE1, 0xE4, 0xED, 0xF1, 0xF2, 0xF3, 0xF4])
    let aa = (UInt8.min...UInt8.max).filter { !Self.isRefused(Self.frame(0xAA, $0), to: Self.lepu) }
    #expect(aa == [0x03, 0x04, 0x05, 0x14, 0x15, 0x17, 0x1B, 0x1C, 0x1D])
    let ring = (UInt8.min...UInt8.max).filter { !Self.isRefused(Self.frame(0xA5, $0), to: Self.ring) }
    #expect(ring == [0x00, 0x03, 0x04, 0x05, 0x10, 0xE1, 0xE4, 0xF1, 0xF2, 0xF3, 0xF4, 0xFF])
    // Not even in pieces, or with a wrong complement.
    #expect(Self.isRefused([0xA5], to: Self.lepu))
    #expect(Self.isRefused([0xA5, 0x08], to: Self.lepu))
    #expect(Self.isRefused([0xA5, 0x08, 0x08, 0, 0, 0, 0, 0], to: Self.lepu))
    #expect(Self.isRefused([0x09, 0xF6], to: Self.lepu))
  }

  @Test(arguments: [
    ("2A52", "02 01"), ("2A52", "02 03 01 10 00"), ("2A52", "00"), ("2A52", "07 01"),
    ("00002A52-0000-1000-8000-00805F9B34FB", "02 01"), ("2a9f", "03"), ("2A9F", "05 01"), ("2A9F", "01 39 30"),
    ("2A39", "01"), ("2A08", "EA 07 03 0E 08 05 1E"), ("2A2B", "EA07030E08051E060000"), ("2AA4", "03"), ("2AAC", "1A"),
    ("2B25", "0F 0F"), ("2A00", "41"), ("8ec90001-f315-4f60-9fb8-838830daea50", "01"),
    (omron, "0A 01 C0 02 60 02 00 00 A9 00"), (omron, "08 01 C0"), (omron, "08"),
    ("e0b8a060-aee7-11e1-92f4-0002a5d5c51b", "00"), ("0ae12b00-aee8-11e1-a192-0002a5d5c51b", "00"),
    ("10e1ba60-aee8-11e1-89e5-0002a5d5c51b", "00"), (unlock, "02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"),
    (unlock, "00 DE AD BE AF 12 34 12 34 DE AD BE AF 12 34 12 34"), (and, "02 01 12"), (and, "02 01 10"),
    (and, "03 01 A6 00"), (and, "08 01 01 0E 03 0B 13 0C 22"), (and, "02 00 12"),
    (nonin, "60 4E 4D 49 06 4D 43 4C 21 0D 0A"), (nonin, "63 4E 4D 49 00"),
    (nonin, "60 4E 4D 49 07 41 43 54 3D 34 0D 0A"),
    (uart, "AA 18 E7 00 00 00 00 00"), (uart, "AA 1A E5"), (uart, "02 40 DC 01 A1 00"), (uart, "AA 55 40 02 01 29"),
    ("FFF2", "AA 55 40 02 01 29"), (uart, "AA 55 44 02 01 00"), (uart, "AA 55 E5 02 01 00"),
    ("69400002-b5a3-f393-e0a9-e50e24dcca99", "5A 00 02 00 00"),
    ("69400002-b5a3-f393-e0a9-e50e24dcca99", "5A 00 02 02 00"),
    ("69400002-b5a3-f393-e0a9-e50e24dcca99", "5A 00 02 13 AA"), ("FF01", "99 7F 18"), ("FF01", "FF"),
    ("FF01", "9D 7F 7F 7F 7F 00 00 19"), ("FF01", "91 7F 10"), ("FF01", "96 7F 15"), ("FF01", "A1 21"),
    ("FF01", "83 1A 03 0E 08 05 1E 00 00 69"),
    (uart, "7D 81 AE 80 80"), ("FFF2", "4D FF 00 02 03 51"), ("FFF2", "4D FF 00 08 0D 1A 03 0E 08 05 1E 00"),
    ("FFF2", "4D FF 00 18 06"), ("FFF2", "4D FF"), ("00005343-0000-1000-8000-00805f9b34fb", "41"),
    ("00005344-0000-1000-8000-00805F9B34FB", "41"),
  ])
  func harmIsRefused(characteristic: String, hex: String) {
    #expect(Self.isRefused(FrameAssemblerTests.octets(hex), to: characteristic), "\(hex) to \(characteristic)")
  }

  /// What the profiles need.
  @Test(arguments: [
    ("2A52", "01 01"), ("2A52", "04 01"), ("2A52", "03 00"), ("2A52", "01 03 01 10 00"), ("2A9F", "02 01 39 30"),
    ("FF01", "9B 01 1C"), ("FF01", "99 01 1A"), ("FF01", "99 00 19"), (lepu, "AA 17 E8 00 00 00 00 1B"),
    (lepu, "AA 14 EB 00 00 00 00 C6"), (lepu, "A5 08 F7 00 00 00 00 00"), (lepu, "A5 F1 0E 00 00 00 00 00"),
    (ring, "A5 E1 1E 00 02 00 00 BF"), (ring, "A5 04 FB 00 00 00 00 00"), (omron, "08 00 00 00 00 10 00 18"),
    (omron, "08 01 00 03 9E 0E 00 9A"), (omron, "08 0F 00 00 00 00 00 07"),
    (unlock, "01 DE AD BE AF 12 34 12 34 DE AD BE AF 12 34 12 34"), (and, "02 00 E1"), (and, "02 01 E1"),
    ("FFF2", "4D FF 00 09 00 00 00 00 00 00 00 FD 52"), ("FFF2", "4D FF 00 02 05 53"), (berry, "E0"), (berry, "E1"),
    (berry, "F3"), (berry, "F6"), (berry, "FF"), (berry, "FE"), (nonin, "60 4E 4D 49 06 44 54 4D 3F 0D 0A"),
    (uart, "AA 55 0F 03 84 01 E0"),
  ])
  func whatIsNeededIsAllowed(characteristic: String, hex: String) {
    #expect(ForbiddenWrites.harm(of: FrameAssemblerTests.octets(hex), to: characteristic) == nil)
  }

  /// A device reads on behind the first frame of a write.
  @Test(arguments: [
    (lepu, "A508F70000000000", "A509F60000000000"), (lepu, "AA17E8000000001B", "A5E31C0000000000"),
    (ring, "A5E11E00020000BF", "A5EE110000000000"), (uart, "0102", "A5E21D0000000000"), (uart, "00", "AA5540020129"),
    (omron, "080100039E0E009A", "0801C00260020000"), ("FFF2", "4DFF0002055300", "4DFF00020351"),
    ("FFF2", "4DFF000900000000000000FD52", "4DFF00020351"), ("FF01", "9B011C", "997F0018"),
    (nonin, "00", "604E4D49064D434C21"),
    (and, "0201E1", "030112"),
  ])
  func harmBehindSomethingHarmlessIsRefused(characteristic: String, first: String, second: String) {
    #expect(Self.isRefused(FrameAssemblerTests.octets(first + second), to: characteristic))
  }

  /// A device may read what several commands write as one stream.
  @Test(arguments: [
    ("A5 0A", "F5 00 00"), ("00 A5", "0A F5"), ("F5 00", "A5 0A"), ("7D", "81 AE"), ("AA 55", "40 02 01 29"),
  ])
  func harmInPiecesIsRefused(first: String, second: String) throws {
    func load(_ bytes: [String], to characteristics: [String]) throws -> [String: Command] {
      let lines = zip(bytes, characteristics).enumerated().map { index, one in
        "c\(index): {to: \(one.1), bytes: \(one.0), purpose: start}\n"
      }
      return try CommandLoader.load(YAML.parse(lines.joined(), file: "c.yaml"))
    }
    #expect(try load([first], to: [Self.uart]).count == 1)
    #expect(try load([first, second], to: [Self.uart, "FFF2"]).count == 2)
    let error = try #require(throws: DocumentError.self) { _ = try load([first, second], to: [Self.uart, Self.uart]) }
    #expect(error.message.contains("beside its other commands: together it "))
    #expect(error.path == "c1")
  }

  @Test func aCommandThatDoesHarmWhenItIsRepeatedIsRefused() {
    #expect(ForbiddenWrites.harm(ofPieces: [[0xF5, 0xA5, 0x0A]], to: Self.uart) != nil)
    #expect(ForbiddenWrites.harm(ofPieces: [[0xA5], [0x0A], [0xF5]], to: Self.uart) != nil)
    #expect(ForbiddenWrites.harm(ofPieces: [[0xA5], [0x0B], [0xF5]], to: Self.uart) == nil)
  }

  @Test func noPurposeMakesItAllowed() throws {
    for purpose in Command.Purpose.allCases {
      for response in [true, false] {
        let text =
          "go: {to: \(Self.lepu), bytes: A5 09 F6 00 00 01 00 00 00, purpose: \(purpose), response: \(response)}"
        let node = try YAML.parse(text, file: "c.yaml")
        let error = try #require(throws: DocumentError.self) { try CommandLoader.load(node) }
        #expect(error.message.contains("it inflates the cuff or wipes the device; leave the command out"))
        #expect(error.path == "go.bytes")
      }
    }
  }

  @Test func everyRuleNamesPlacesThatExistAndASentence() {
    for rule in ForbiddenWrites.rules {
      for place in rule.places { #expect(BluetoothUUID.full(place) != nil, "\(place)") }
      #expect(rule.harm.first?.isLowercase == true && rule.harm.last != ".", "\(rule.harm)")
    }
  }
}
