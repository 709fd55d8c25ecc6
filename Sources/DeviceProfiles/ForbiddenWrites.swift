// SPDX-License-Identifier: GPL-3.0-or-later

/// What no profile may ever write, whatever it calls it: what inflates a cuff, wipes or changes a device, resets it,
/// returns secrets, or gives a drug. ``CommandLoader`` refuses it.
///
/// A place where a wrong octet does such harm has the list of what is known to be harmless there; all else is refused,
/// the unknown too. Elsewhere what is known to do harm is refused.
///
/// Facts from the Bluetooth SIG service specifications, the public Lepu and Viatom demo applications, `o2r`,
/// `o2ring-s-protocol`, `viatom_bp2_ha`, `omblepy`, `hass-omron`, and public drivers for the A&D UA-651BLE, the Beurer
/// PO60, the Nonin 3150, the Contec CMS50 and the Microlife BP3GY1.
package enum ForbiddenWrites {
  /// An octet of a pattern: one value, or with ``any`` every value.
  struct Octet: Sendable, ExpressibleByIntegerLiteral {
    let value: UInt8
    let mask: UInt8

    init(integerLiteral value: UInt8) { self.init(value, mask: 0xFF) }

    init(_ value: UInt8, mask: UInt8) {
      self.value = value
      self.mask = mask
    }

    static let any = Octet(0, mask: 0)
  }

  /// The first octets of a write.
  typealias Pattern = [Octet]

  package struct Rule: Sendable {
    enum Writes: Sendable {
      case all
      /// Those that begin so, but not those that begin like an exception.
      case beginning([Pattern], except: [Pattern] = [])
      case allBut([Pattern])
    }

    /// Short or 128-bit; empty: every characteristic. There the octets are looked for anywhere in the write.
    package let places: [String]
    let writes: Writes
    /// What is harmless is so only as one whole frame of this length: a device reads on behind it.
    let frame: FrameProfile.Length?
    /// A device that reads a stream finds harm behind anything, and in pieces.
    let isAnywhere: Bool
    /// Completes "it …".
    package let harm: String

    init(
      places: [String], writes: Writes, frame: FrameProfile.Length? = nil, isAnywhere: Bool = false, harm: String
    ) {
      self.places = places
      self.writes = writes
      self.frame = frame
      self.isAnywhere = isAnywhere || places.isEmpty
      self.harm = harm
    }

    func isAbout(_ characteristic: String) -> Bool {
      places.isEmpty || places.contains { BluetoothUUID.full($0) == characteristic }
    }

    func forbids(_ bytes: [UInt8], to characteristic: String) -> Bool {
      guard isAbout(characteristic) else { return false }
      switch writes {
      case .all: return true
      case .beginning(let patterns, let except):
        let starts = isAnywhere ? 0..<bytes.count : 0..<1
        let isThere = starts.contains { Self.begin(bytes.dropFirst($0), with: patterns) }
        return isThere && !(Self.begin(bytes[...], with: except) && isOneFrame(bytes))
      case .allBut(let patterns): return !(Self.begin(bytes[...], with: patterns) && isOneFrame(bytes))
      }
    }

    /// Whether writes one behind the other, in any order and number, have a pattern over their seams.
    func forbids(pieces: [[UInt8]], to characteristic: String) -> Bool {
      guard isAnywhere, isAbout(characteristic), case .beginning(let patterns, _) = writes else { return false }
      return patterns.contains { Self.isOverSeams(of: pieces, $0) }
    }

    private static func isOverSeams(of pieces: [[UInt8]], _ pattern: Pattern) -> Bool {
      // How much of the pattern the writes so far can end with.
      var ends: Set<Int> = [0]
      var isNew = true
      while isNew {
        isNew = false
        for piece in pieces {
          for matched in ends {
            let rest = pattern.dropFirst(matched)
            if matched > 0, begin(piece[...], with: [Array(rest)]) { return true }
            for start in matched > 0 ? 0..<1 : 0..<piece.count {
              let end = piece.dropFirst(start)
              guard end.count < rest.count, begin(end, with: [Array(rest.prefix(end.count))]) else { continue }
              if ends.insert(matched + end.count).inserted { isNew = true }
            }
          }
        }
      }
      return false
    }

    private static func begin(_ bytes: ArraySlice<UInt8>, with patterns: [Pattern]) -> Bool {
      patterns.contains { pattern in
        bytes.count >= pattern.count && zip(bytes, pattern).allSatisfy { $0 & $1.mask == $1.value & $1.mask }
      }
    }

    private func isOneFrame(_ bytes: [UInt8]) -> Bool {
      switch frame {
      case nil: return true
      case .fixed(let length): return bytes.count == length
      case .told(let at, let width, let isBigEndian, let add):
        let number = bytes.dropFirst(at).prefix(width)
        let ordered = isBigEndian ? Array(number) : number.reversed()
        return number.count == width && bytes.count == ordered.reduce(0) { $0 << 8 | Int($1) } + add
      }
    }
  }

  /// - Parameter characteristic: in either form, in any case.
  /// - Returns: what the write does, to complete "it …"; nil where nothing is known against it.
  package static func harm(of bytes: [UInt8], to characteristic: String) -> String? {
    let full = BluetoothUUID.full(characteristic) ?? characteristic.lowercased()
    return rules.first { $0.forbids(bytes, to: full) }?.harm
  }

  /// - Parameters:
  ///   - pieces: all that is written to the characteristic; each is harmless by itself.
  /// - Returns: what some of them do together.
  package static func harm(ofPieces pieces: [[UInt8]], to characteristic: String) -> String? {
    let full = BluetoothUUID.full(characteristic) ?? characteristic.lowercased()
    return rules.first { $0.forbids(pieces: pieces, to: full) }?.harm
  }

  package static let rules = standard + updates + lepu + omron + others

  // MARK: Bluetooth SIG

  private static let standard: [Rule] = [
    Rule(
      // Reporting, aborting and counting are what is left.
      places: ["2A52"], writes: .allBut([[0x01], [0x03], [0x04]]),
      harm: "deletes stored records, or is none of report (01), abort (03) and count (04)"),
    Rule(
      places: ["2A9F"], writes: .allBut([[0x02], [0x04]]),
      harm: "changes or deletes the device's users, or is none of consent (02) and list (04)"),
    Rule(places: ["2A39"], writes: .all, harm: "resets the energy that the sensor has counted"),
    Rule(
      places: ["2A08", "2A2B", "2A0F"], writes: .all,
      harm: "sets the clock to a constant; 'session' has 'clock' for that"),
    Rule(places: ["2AA4"], writes: .all, harm: "deletes bonds"),
    Rule(places: ["2AAC"], writes: .all, harm: "changes how a glucose sensor measures and alarms"),
    Rule(places: ["2B24", "2B25", "2B27"], writes: .all, harm: "can change what an insulin pump gives"),
    Rule(places: ["2A00", "2A01", "2A04"], writes: .all, harm: "changes what the device is called or how it connects"),
  ]

  /// Where firmware is replaced: Nordic's two bootloaders, Texas Instruments' and MCUmgr's.
  private static let updates: [Rule] = [
    Rule(
      places: [
        "00001531-1212-efde-1523-785feabcd123", "00001532-1212-efde-1523-785feabcd123",
        "8ec90001-f315-4f60-9fb8-838830daea50", "8ec90002-f315-4f60-9fb8-838830daea50",
        "8ec90003-f315-4f60-9fb8-838830daea50", "8ec90004-f315-4f60-9fb8-838830daea50",
        "f000ffc1-0451-4000-b000-000000000000", "f000ffc2-0451-4000-b000-000000000000",
        "da2e7828-fbce-4e01-ae9e-261174997c48",
      ], writes: .all, harm: "replaces the device's firmware")
  ]

  // MARK: Lepu, Viatom, Wellue

  /// A5, the command, its complement.
  private static func lepu(_ command: UInt8) -> Pattern {
    [0xA5, Octet(command, mask: 0xFF), Octet(~command, mask: 0xFF)]
  }

  /// AA, the command, its complement.
  private static func viatom(_ command: UInt8) -> Pattern {
    [0xAA, Octet(command, mask: 0xFF), Octet(~command, mask: 0xFF)]
  }

  private static let lepuFrame = FrameProfile.Length.told(at: 5, width: 2, isBigEndian: false, add: 8)

  private static let lepu: [Rule] = [
    // Wherever it goes; 04 is live data of the O2Ring-S and stands below for the cuffs.
    Rule(
      places: [], writes: .beginning([0x09, 0x0A, 0x24, 0x25, 0x39].map(lepu)),
      harm: "inflates the cuff or wipes the device"),
    Rule(
      places: [], writes: .beginning([0xE2, 0xE3, 0xEE].map(lepu) + [viatom(0x18)]), harm: "resets the device"),
    Rule(places: [], writes: .beginning([0x11, 0x12, 0x13].map(lepu)), harm: "reads or changes the WLAN's secrets"),
    Rule(
      places: [],
      writes: .beginning(
        [0xE5, 0xE6, 0xE7, 0xEA, 0xEB, 0xF5, 0xF6, 0xF7, 0xF8, 0xFA].map(lepu) + [0x19, 0x1A].map(viatom)),
      harm: "writes or deletes the device's files, firmware or factory data"),
    // BP2 and the older rings share this characteristic. Known to be harmless: A5 with configuration, states, live
    // data, list numbers, echo, information, battery, temperature, list and reading of files; AA with file reading,
    // information, ping and live data.
    Rule(
      places: ["8b00ace7-eb0b-49b0-bbe9-9aee0a26e1a3"],
      writes: .allBut(
        [0x00, 0x06, 0x08, 0x30, 0x31, 0x32, 0xE0, 0xE1, 0xE4, 0xED, 0xF1, 0xF2, 0xF3, 0xF4].map(lepu)
          + [0x03, 0x04, 0x05, 0x14, 0x15, 0x17, 0x1B, 0x1C, 0x1D].map(viatom)), frame: lepuFrame,
      harm: "can inflate the cuff or wipe the device, or is not known to be harmless"),
    // O2Ring-S: setup, live data, information, battery, files, authentication.
    Rule(
      places: ["e8fb0002-a14b-98f9-831b-4e2941d01248"],
      writes: .allBut([0x00, 0x03, 0x04, 0x05, 0x10, 0xE1, 0xE4, 0xF1, 0xF2, 0xF3, 0xF4, 0xFF].map(lepu)),
      frame: lepuFrame,
      harm: "can reset the device, or is not known to be harmless"),
    // BPM, PC-100 and PC-300, then BPW1, which no profile knows.
    Rule(
      places: [],
      writes: .beginning([
        [0x02, 0x40, 0xDC, .any, 0xA1], [0xAA, 0x55, 0x40, .any, 0x01], [0xAA, 0x55, 0x40, .any, 0x04],
      ]), harm: "inflates the cuff"),
    Rule(places: [], writes: .beginning([[0xAA, 0x55, 0x44]]), harm: "changes the cuff's calibration"),
    Rule(places: [], writes: .beginning([[0xAA, 0x55, 0xE5]]), harm: "deletes stored readings"),
    Rule(
      places: ["69400002-b5a3-f393-e0a9-e50e24dcca99"],
      writes: .all, harm: "can inflate the cuff or wipe the device"),
  ]

  // MARK: Omron

  private static let omron: [Rule] = [
    // The length, then open (0000), read (0100) or close (0F00). A write of the EEPROM (01C0) can destroy the calibration.
    Rule(
      places: ["db5b55e0-aee7-11e1-965e-0002a5d5c51b"],
      writes: .allBut([[.any, 0x00, 0x00], [.any, 0x01, 0x00], [.any, 0x0F, 0x00]]),
      frame: .told(at: 0, width: 1, isBigEndian: false, add: 0),
      harm: "can change the cuff's EEPROM and its calibration, or is none of open, read and close"),
    // What is longer than 16 octets goes on here, and only a write of the EEPROM is.
    Rule(
      places: [
        "e0b8a060-aee7-11e1-92f4-0002a5d5c51b", "0ae12b00-aee8-11e1-a192-0002a5d5c51b",
        "10e1ba60-aee8-11e1-89e5-0002a5d5c51b",
      ], writes: .all, harm: "can change the cuff's EEPROM and its calibration"),
    Rule(
      places: ["b305b680-aee7-11e1-a730-0002a5d5c51b"], writes: .allBut([[0x01]]),
      harm: "replaces the cuff's key, or is not the plain unlock (01)"),
  ]

  // MARK: others

  private static let others: [Rule] = [
    // A&D: length, type, command. 10 forgets the bond, 12 the readings, A6 sets how many are kept, 01 sets the clock.
    Rule(
      places: ["233bf001-5a34-1b6d-975c-000d5690abe4"],
      writes: .allBut([[.any, .any, 0xD6], [.any, .any, 0xE1], [.any, .any, 0x03]]),
      frame: .told(at: 0, width: 1, isBigEndian: false, add: 1),
      harm: "can wipe the cuff's memory or bond, or is none of send all (E1), memory size (D6) and hang up (03)"),
    // Nonin: `NMI` commands in ASCII. With = they set something, MCL! clears the memory.
    Rule(
      places: ["1447af80-0d60-11e2-88b6-0002a5d5c51b"],
      writes: .beginning([
        [0x60, 0x4E, 0x4D, 0x49, .any, .any, .any, .any, 0x3D], [0x60, 0x4E, 0x4D, 0x49, .any, 0x4D, 0x43, 0x4C, 0x21],
      ]), isAnywhere: true, harm: "clears the oximeter's memory or changes its settings"),
    Rule(
      places: ["1447af80-0d60-11e2-88b6-0002a5d5c51b"], writes: .beginning([[0x63], [0x64]]),
      harm: "clears the oximeter's bonds or changes its settings"),
    // On FF01. Beurer PO60: 99 7F deletes, FF resets. Contec: 9D, 91, 92, 94 and 96 with 7F delete, A1 too, 83 sets the clock.
    Rule(
      places: ["FF01"],
      writes: .beginning([0x91, 0x92, 0x94, 0x96, 0x99, 0x9D].map { [Octet($0, mask: 0xFF), 0x7F] }), isAnywhere: true,
      harm: "deletes stored records"),
    Rule(places: ["FF01"], writes: .beginning([[0xA1], [0xFF]]), harm: "deletes stored records or resets the device"),
    Rule(places: ["FF01"], writes: .beginning([[0x83]]), harm: "sets the clock to a constant"),
    // Contec's older protocol.
    Rule(places: [], writes: .beginning([[0x7D, 0x81, 0xAE]]), harm: "deletes stored records"),
    // Microlife: 4D FF, length, command. Known to be harmless: records (00), hang up (04), identity (05).
    Rule(
      places: [],
      writes: .beginning(
        [[0x4D, 0xFF]],
        except: [[0x4D, 0xFF, .any, .any, 0x00], [0x4D, 0xFF, .any, .any, 0x04], [0x4D, 0xFF, .any, .any, 0x05]]),
      frame: .told(at: 2, width: 2, isBigEndian: true, add: 4),
      harm: "changes what the cuff has stored or sets its clock to a constant, or is not known to be harmless"),
    // BerryMed: its name and its address.
    Rule(
      places: [
        "00005343-0000-1000-8000-00805f9b34fb", "00005344-0000-1000-8000-00805f9b34fb",
      ], writes: .all, harm: "changes the oximeter's name or address"),
  ]
}
