// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// How a field stands on the wire; numbers are little-endian.
package enum FieldType: String, Sendable, CaseIterable {
  case uint8, uint16, uint24, uint32
  case sint8, sint16, sint24, sint32
  /// IEEE 11073-20601, 16 and 32 bits.
  case sfloat, float
  /// Date Time 0x2A08: year (16 bits), month, day, hours, minutes, seconds.
  case datetime

  /// In bytes.
  package var width: Int {
    switch self {
    case .uint8, .sint8: 1
    case .uint16, .sint16, .sfloat: 2
    case .uint24, .sint24: 3
    case .uint32, .sint32, .float: 4
    case .datetime: 7
    }
  }

  package var isUnsigned: Bool {
    switch self {
    case .uint8, .uint16, .uint24, .uint32: true
    default: false
    }
  }

  package var isInteger: Bool {
    switch self {
    case .sfloat, .float, .datetime: false
    default: true
    }
  }
}

/// One field of a value, in its place in the sequence.
package struct FieldProfile: Sendable {
  package enum Content: Sendable {
    case bits(BitField)
    case value(ValueField)
    /// The device's slot for a person; the code stands for "unknown".
    case user(unknown: UInt64?)
    /// The device's clock.
    case time
    /// Read past; other fields may still ask for its bits.
    case unused
  }

  /// For errors and notes: `pulse rate`.
  package let name: String
  package let type: FieldType
  /// The field is there only if this holds; nil: always.
  package let condition: BitCondition?
  /// As often as it fits until the end of the value.
  package let repeats: Bool
  package let content: Content
}

/// Whether a bit of an earlier field is set. A field that is not there has no bit set.
package struct BitCondition: Sendable, Hashable {
  package let field: String
  package let bit: Int
  package let isSet: Bool

  /// - Parameter raw: the fields read so far, by name.
  package func holds(in raw: [String: UInt64]) -> Bool {
    (((raw[field] ?? 0) >> UInt64(bit & 63)) & 1 == 1) == isSet
  }
}

/// A field of single bits and small enumerations. Bits that are not declared are reserved.
package struct BitField: Sendable {
  /// One status bit, or a few that together are an enumeration.
  package struct Status: Sendable {
    package let lowest: Int
    package let width: Int
    /// What each value means; nil for a value that is normal and has no name. A value not listed is reserved.
    package let names: [UInt64: String?]
    /// The feature bit that must be set for this status to count; nil: it always counts.
    package let support: Int?
  }

  /// Bits that conditions refer to.
  package let names: [String: Int]
  /// In the profile's order, which is the order of ``Measurement/status``.
  package let status: [Status]
  /// The field of the feature characteristic that ``Status/support`` counts in.
  package let supportField: String?
  /// All bits declared.
  package let declared: UInt64
}

/// A field that is a value of the person or the device.
package struct ValueField: Sendable {
  package let kind: ObservationKind
  package let unit: UnitRule
  /// The device's resolution: the number on the wire times this, exact.
  package let scale: ExactDecimal?
  /// Numbers on the wire that the specification reserves; they become ``AbsentReason/reserved``.
  package let reserved: ClosedRange<Int>?
  /// Outside it the value cannot be, and the measurement is invalid. In the unit of the kind.
  package let possible: ClosedRange<ExactDecimal>?
  /// Outside it the value is doubtful, and the measurement is questionable. In the unit of the kind.
  package let plausible: ClosedRange<ExactDecimal>?
  /// A measurement without this one is questionable, without any of its essential ones invalid.
  package let isEssential: Bool
}

/// The unit of a number on the wire, where a flag may choose.
package struct UnitRule: Sendable {
  /// nil: always ``otherwise``.
  package let condition: BitCondition?
  /// A device's unit to convert from; nil: the unit of the kind.
  package let then: DeviceUnit?
  package let otherwise: DeviceUnit?
}

/// A unit that devices send and the contract does not have.
package enum DeviceUnit: String, Sendable, CaseIterable {
  case kilopascal = "kPa"
  /// RR intervals (HRS 3.113).
  case secondBy1024 = "1/1024 s"

  /// What it is converted to.
  package var unit: Unit {
    switch self {
    case .kilopascal: .millimetreOfMercury
    case .secondBy1024: .millisecond
    }
  }

  /// One of it in ``unit``, exact: 7.50062 mm[Hg], 1000/1024 ms.
  package var factor: ExactDecimal? {
    switch self {
    case .kilopascal: ExactDecimal(mantissa: 750_062, exponent: -5)
    case .secondBy1024: ExactDecimal(mantissa: 9_765_625, exponent: -7)
    }
  }

  /// The number in ``unit``, rounded half to even to the digits that a converted value keeps.
  /// - Returns: nil where it does not fit.
  package func converted(_ number: ExactDecimal) -> ExactDecimal? {
    guard let factor else { return nil }
    return number.multiplied(by: factor)?.rounded(toFractionDigits: unit.convertedFractionDigits)
  }
}
