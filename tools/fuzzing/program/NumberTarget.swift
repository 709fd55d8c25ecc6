// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Vitals

/// Any octets as medfloats and as exact decimals.
enum NumberTarget {
  static let target = FuzzTarget(
    name: "numbers",
    seeds: [
      [0, 0xFF, 0x07], [0, 0x14, 0xF0], [0, 0xFF, 0xF7], [1, 0xFF, 0xFF, 0x7F, 0x00], [1, 0x42, 0x0E, 0x00, 0xFE],
      [2] + Array("-36.50".utf8), [2] + Array("0.00095".utf8),
      [3] + [UInt8](repeating: 0xFF, count: 27), [4] + [UInt8](repeating: 0x7F, count: 10),
    ], run: run)

  @Sendable private static func run(_ input: [UInt8]) {
    guard let first = input.first else { return }
    var rest = input.dropFirst()
    switch first % 5 {
    case 0: content(MedicalFloat.sfloat(UInt16(truncatingIfNeeded: integer(2, &rest))), specials: 0x7FE...0x802, input)
    case 1:
      content(MedicalFloat.float(UInt32(truncatingIfNeeded: integer(4, &rest))), specials: 0x7F_FFFE...0x80_0002, input)
    case 2: text(String(decoding: rest, as: UTF8.self))
    case 3:
      guard let a = decimal(&rest), let b = decimal(&rest), let c = decimal(&rest) else { return }
      NumberPromises.check(a, b)
      NumberPromises.check(order: a, b, c)
    default:
      guard let number = decimal(&rest) else { return }
      NumberPromises.check(text: number)
      NumberPromises.check(rounding: number, digits: Int(integer(1, &rest) % 5))
      for unit in DeviceUnit.allCases {
        if let converted = unit.converted(number) { NumberPromises.check(text: converted) }
      }
    }
  }

  private static func content(_ content: Quantity.Content, specials: ClosedRange<UInt64>, _ input: [UInt8]) {
    var rest = input.dropFirst()
    let raw = integer(specials.upperBound > 0xFFFF ? 4 : 2, &rest)
    switch content {
    case .absent: hold(specials.contains(raw), "\(raw) is a number, not a special code")
    case .number(let number):
      hold(!specials.contains(raw), "\(raw) is a special code, not a number")
      NumberPromises.check(text: number)
    }
  }

  private static func text(_ text: String) {
    guard let number = ExactDecimal(text) else { return }
    NumberPromises.check(text: number)
    guard let again = ExactDecimal(number.description) else { return hold(false, "\(text) is read, written and read") }
    hold(again == number, "\(text) reads as the number that it is")
  }

  private static func decimal(_ rest: inout ArraySlice<UInt8>) -> ExactDecimal? {
    // Small mantissas are the likely ones; the first octet says how many octets there are.
    let width = Int(integer(1, &rest) % 9)
    let bits = integer(width, &rest)
    let unused = UInt64(64 - width * 8)
    let mantissa = width == 0 ? 0 : Int64(bitPattern: bits << unused) >> Int64(unused)
    return ExactDecimal(mantissa: mantissa, exponent: Int(Int8(truncatingIfNeeded: integer(1, &rest))))
  }

  /// Little-endian; what is missing is 0.
  private static func integer(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> UInt64 {
    let bytes = rest.prefix(count)
    rest = rest.dropFirst(count)
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
