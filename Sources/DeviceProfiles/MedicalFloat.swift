// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The decimal floats of IEEE 11073-20601: mantissa × 10^exponent, both two's complement, the exponent not biased.
///
/// Five codes are no numbers. They are recognised on the whole 16 or 32 bits only: the same mantissa with another
/// exponent is an ordinary number (`0xF7FF` is 204.7).
package enum MedicalFloat {
  /// SFLOAT: 12 bits of mantissa, 4 of exponent.
  package static func sfloat(_ raw: UInt16) -> Quantity.Content {
    switch raw {
    case 0x07FF: return .absent(.nan)
    case 0x0800: return .absent(.nres)
    case 0x07FE: return .absent(.pinf)
    case 0x0802: return .absent(.ninf)
    case 0x0801: return .absent(.reserved)
    default:
      // An arithmetic shift right extends the sign; the left one drops the exponent first.
      let signed = Int16(bitPattern: raw)
      return number(mantissa: Int64((signed << 4) >> 4), exponent: Int(signed >> 12))
    }
  }

  /// FLOAT: 24 bits of mantissa, 8 of exponent.
  package static func float(_ raw: UInt32) -> Quantity.Content {
    switch raw {
    case 0x007F_FFFF: return .absent(.nan)
    case 0x0080_0000: return .absent(.nres)
    case 0x007F_FFFE: return .absent(.pinf)
    case 0x0080_0002: return .absent(.ninf)
    case 0x0080_0001: return .absent(.reserved)
    default:
      let signed = Int32(bitPattern: raw)
      return number(mantissa: Int64((signed << 8) >> 8), exponent: Int(signed >> 24))
    }
  }

  private static func number(mantissa: Int64, exponent: Int) -> Quantity.Content {
    ExactDecimal(mantissa: mantissa, exponent: exponent).map { .number($0) } ?? .absent(.nres)
  }
}
