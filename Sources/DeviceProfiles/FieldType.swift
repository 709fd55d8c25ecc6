// SPDX-License-Identifier: GPL-3.0-or-later

/// How a field stands on the wire; numbers are little-endian but for those that end in `be`.
package enum FieldType: String, Sendable, CaseIterable {
  case uint8, uint16, uint24, uint32, uint40, uint48, uint64
  case sint8, sint16, sint24, sint32
  case uint16be, uint24be, uint32be, uint40be, uint48be, uint64be
  case sint16be, sint24be, sint32be
  /// IEEE 11073-20601, 16 and 32 bits.
  case sfloat, float, sfloatbe, floatbe
  /// Date Time 0x2A08: year (16 bits), month, day, hours, minutes, seconds.
  case datetime
  /// Text, and octets; as long as the field says, or to the end.
  case utf8, bytes

  /// In octets; 0 for those that have their length from elsewhere.
  package var width: Int {
    switch self {
    case .uint8, .sint8: 1
    case .uint16, .sint16, .uint16be, .sint16be, .sfloat, .sfloatbe: 2
    case .uint24, .sint24, .uint24be, .sint24be: 3
    case .uint32, .sint32, .uint32be, .sint32be, .float, .floatbe: 4
    case .uint40, .uint40be: 5
    case .uint48, .uint48be: 6
    case .datetime: 7
    case .uint64, .uint64be: 8
    case .utf8, .bytes: 0
    }
  }

  package var isUnsigned: Bool {
    switch self {
    case .uint8, .uint16, .uint24, .uint32, .uint40, .uint48, .uint64: true
    case .uint16be, .uint24be, .uint32be, .uint40be, .uint48be, .uint64be: true
    default: false
    }
  }

  package var isInteger: Bool {
    switch self {
    case .sfloat, .float, .sfloatbe, .floatbe, .datetime, .utf8, .bytes: false
    default: true
    }
  }

  package var isBigEndian: Bool {
    switch self {
    case .uint16be, .uint24be, .uint32be, .uint40be, .uint48be, .uint64be: true
    case .sint16be, .sint24be, .sint32be, .sfloatbe, .floatbe: true
    default: false
    }
  }

  /// Text or octets.
  package var isRun: Bool { self == .utf8 || self == .bytes }
}
