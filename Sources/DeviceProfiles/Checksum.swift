// SPDX-License-Identifier: GPL-3.0-or-later

/// The checksum of a frame: how it is made, over which octets, and where it stands.
package struct Checksum: Sendable, Hashable {
  /// The CRCs start and end as these names are commonly understood; the value of each over the ASCII text
  /// `123456789` is the usual way to tell variants apart.
  package enum Kind: String, Sendable, CaseIterable {
    /// The sum of the octets, modulo 256: DD.
    case sum
    /// The same without its highest bit: 5D.
    case sum7Bit = "sum-7-bit"
    /// All octets combined by exclusive or: 31.
    case xor
    /// Polynomial 07, starts at 0: F4.
    case crc8 = "crc-8"
    /// Polynomial 31, lowest bit first, starts at 0: A1.
    case crc8Maxim = "crc-8-maxim"
    /// Polynomial 8005, lowest bit first, starts at FFFF: 4B37.
    case crc16Modbus = "crc-16-modbus"
    /// Polynomial 1021, highest bit first, starts at FFFF: 29B1.
    case crc16CCITT = "crc-16-ccitt"

    /// Octets that it takes in a frame.
    package var width: Int {
      switch self {
      case .sum, .sum7Bit, .xor, .crc8, .crc8Maxim: 1
      case .crc16Modbus, .crc16CCITT: 2
      }
    }

    /// Whether it is a plain sum, to which a constant may be added.
    var isSum: Bool { self == .sum || self == .sum7Bit }
  }

  package let kind: Kind
  /// The first octet that counts.
  package let from: Int
  /// Where it stands, in octets from the end of the frame; what stands from there on does not count.
  package let until: Int
  /// A constant that the device adds to a sum.
  package let add: UInt8
  /// The order of a checksum of two octets.
  package let isBigEndian: Bool

  init(kind: Kind, from: Int, until: Int, add: UInt8 = 0, isBigEndian: Bool = false) {
    self.kind = kind
    self.from = from
    self.until = until
    self.add = add
    self.isBigEndian = isBigEndian
  }

  /// What stands in the frame for a checksum of this value.
  func octets(of value: UInt16) -> [UInt8] {
    let (low, high) = (UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8))
    guard kind.width == 2 else { return [low] }
    return isBigEndian ? [high, low] : [low, high]
  }
}

/// The checksum of any stretch of a stream in constant time, from two states that were noted in passing.
///
/// A search for frames in octets that only look like one checks a frame at each of them. All these checksums are linear:
/// what a stretch adds to the state is the difference of the states after and before it, where for a CRC the state
/// before is first carried over as many zero octets as the stretch has. So the search is linear in the octets, however
/// long the frames claim to be.
struct RunningChecksum: Sendable {
  private let kind: Checksum.Kind
  private let add: UInt8
  /// For a CRC: what becomes of each bit of the state over 1, 2, 4, … 4096 zero octets.
  private let carried: [[UInt16]]

  init(_ checksum: Checksum) {
    let kind = checksum.kind
    self.kind = kind
    add = checksum.add
    var tables: [[UInt16]] = []
    if kind.crc != nil {
      tables.append((0..<16).map { Self.next(1 << $0, octet: 0, kind: kind) })
      for _ in 0..<12 {
        guard let last = tables.last else { break }
        tables.append(last.map { Self.apply(last, to: $0) })
      }
    }
    carried = tables
  }

  /// The state after one more octet; the first state is 0.
  func next(_ state: UInt16, octet: UInt8) -> UInt16 { Self.next(state, octet: octet, kind: kind) }

  /// The checksum of a stretch.
  /// - Parameters:
  ///   - before: the state before its first octet.
  ///   - after: the state after its last.
  ///   - count: its octets, at most 8191.
  func value(before: UInt16, after: UInt16, count: Int) -> UInt16 {
    switch kind {
    case .sum: return (after &- before &+ UInt16(add)) & 0xFF
    case .sum7Bit: return (after &- before &+ UInt16(add)) & 0x7F
    case .xor: return after ^ before
    case .crc8, .crc8Maxim, .crc16Modbus, .crc16CCITT:
      guard let crc = kind.crc else { return 0 }
      var state = before ^ crc.initial
      for (bit, table) in carried.enumerated() where count >> bit & 1 == 1 { state = Self.apply(table, to: state) }
      return (after ^ state) >> crc.shift
    }
  }

  private static func next(_ state: UInt16, octet: UInt8, kind: Checksum.Kind) -> UInt16 {
    guard let crc = kind.crc else {
      return kind.isSum ? state &+ UInt16(octet) : state ^ UInt16(octet)
    }
    var state = state ^ (crc.isReflected ? UInt16(octet) : UInt16(octet) << 8)
    for _ in 0..<8 {
      if crc.isReflected {
        state = state & 1 == 1 ? state >> 1 ^ crc.polynomial : state >> 1
      } else {
        state = state & 0x8000 != 0 ? state << 1 ^ crc.polynomial : state << 1
      }
    }
    return state
  }

  private static func apply(_ table: [UInt16], to state: UInt16) -> UInt16 {
    var result: UInt16 = 0
    for (bit, image) in table.enumerated() where state >> UInt16(truncatingIfNeeded: bit) & 1 == 1 { result ^= image }
    return result
  }
}

/// A CRC in a state of 16 bits: one that takes the highest bit first stands at the upper end, with the octets of a
/// CRC of 8 bits in the upper half; one that takes the lowest bit first stands at the lower end.
private struct CRC {
  let polynomial: UInt16
  let initial: UInt16
  let isReflected: Bool
  let shift: UInt16
}

extension Checksum.Kind {
  fileprivate var crc: CRC? {
    switch self {
    case .sum, .sum7Bit, .xor: nil
    case .crc8: CRC(polynomial: 0x0700, initial: 0, isReflected: false, shift: 8)
    case .crc8Maxim: CRC(polynomial: 0x8C, initial: 0, isReflected: true, shift: 0)
    case .crc16Modbus: CRC(polynomial: 0xA001, initial: 0xFFFF, isReflected: true, shift: 0)
    case .crc16CCITT: CRC(polynomial: 0x1021, initial: 0xFFFF, isReflected: false, shift: 0)
    }
  }
}
