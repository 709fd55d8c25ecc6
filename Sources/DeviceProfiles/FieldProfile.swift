// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// One field of a message, in its place in the sequence.
package final class FieldProfile: Sendable {
  package enum Source: Sendable {
    /// Octets of the message: at that offset, without one after the field before. `length` is for text and octets only,
    /// nil: to the end.
    case wire(FieldType, at: Int?, length: Int?)
    /// Bits of earlier fields, the lowest first.
    case bits([BitRange])
  }

  package enum Meaning: Sendable {
    case value(ValueField)
    case role(Role)
    case fact(FactField)
    /// Read past; other fields may still ask for its bits.
    case unused
  }

  /// What a field is for the measurement, beside its values.
  package enum Role: Sendable {
    /// The device's slot for a person; the code stands for "unknown".
    case user(unknown: UInt64?)
    /// The device's own number of the measurement.
    case sequence
    /// The device's clock, as a datetime.
    case time
    /// The device's clock, in seconds since the beginning of that year.
    case seconds(since: Choice<Int>)
    case timePart(TimePart, highest: Int?)
    /// Minutes that the device's time is to be moved by; the codes stand for "not known".
    case timeOffset(codes: [Int: String])
  }

  package enum TimePart: String, Sendable, CaseIterable { case year, month, day, hour, minute, second }

  /// For errors and notes: `pulse rate`.
  package let name: String
  package let source: Source
  /// The field is there only if this holds; nil: always.
  package let condition: BitCondition?
  /// The field is there only if octets are left.
  package let isOptional: Bool
  /// As often as it fits until the end of the message.
  package let repeats: Bool
  /// The number on the wire, before it means something.
  package let number: NumberRule
  package let meaning: Meaning
  package let bits: BitField?
  package let codes: StatusCodes?

  package init(
    name: String, source: Source, condition: BitCondition?, isOptional: Bool, repeats: Bool, number: NumberRule,
    meaning: Meaning, bits: BitField?, codes: StatusCodes?
  ) {
    self.name = name
    self.source = source
    self.condition = condition
    self.isOptional = isOptional
    self.repeats = repeats
    self.number = number
    self.meaning = meaning
    self.bits = bits
    self.codes = codes
  }
}

/// Some bits of an earlier field.
package struct BitRange: Sendable, Hashable {
  /// The field's place in the list.
  package let slot: Int
  package let lowest: Int
  package let width: Int
}

/// Whether a bit of an earlier field is set. A field that is not there has no bit set.
package struct BitCondition: Sendable, Hashable {
  /// The field's place in the list.
  package let slot: Int
  package let bit: Int
  package let isSet: Bool

  /// - Parameter raw: the fields read so far, by their place.
  package func holds(in raw: [UInt64]) -> Bool {
    guard raw.indices.contains(slot) else { return !isSet }
    return ((raw[slot] >> UInt64(bit & 63)) & 1 == 1) == isSet
  }
}

/// One of two, where a flag may choose.
package struct Choice<T: Sendable>: Sendable {
  /// nil: always ``otherwise``.
  package let condition: BitCondition?
  package let then: T
  package let otherwise: T

  package init(condition: BitCondition?, then: T, otherwise: T) {
    self.condition = condition
    self.then = then
    self.otherwise = otherwise
  }

  package init(_ only: T) { self.init(condition: nil, then: only, otherwise: only) }

  package func pick(_ raw: [UInt64]) -> T {
    if let condition, condition.holds(in: raw) { then } else { otherwise }
  }
}

/// From the number on the wire to the number that is meant: `wire × scale + add`.
package struct NumberRule: Sendable {
  package let scale: Choice<ExactDecimal>?
  package let add: Int64

  package static let asItIs = NumberRule(scale: nil, add: 0)

  /// nil where it does not fit.
  package func apply(to number: ExactDecimal, _ raw: [UInt64]) -> ExactDecimal? {
    var result = number
    if let scale {
      guard let scaled = result.multiplied(by: scale.pick(raw)) else { return nil }
      result = scaled
    }
    guard add != 0 else { return result }
    return ExactDecimal(mantissa: add, exponent: 0).flatMap { result.adding($0) }
  }
}

/// A field of single bits and small enumerations. Bits that are not declared are reserved.
package struct BitField: Sendable {
  /// One status bit, or a few that together are an enumeration.
  package struct Status: Sendable {
    package let lowest: Int
    package let width: Int
    /// What each value means, by the value; nil: reserved.
    package let meanings: [StatusMeaning?]
    /// The feature bit that must be set for this status to count; nil: it always counts.
    package let support: Int?
  }

  /// Bits that conditions refer to.
  package let names: [String: Int]
  /// In the profile's order, which is the order of ``Measurement/status``.
  package let status: [Status]
  /// The place of the feature characteristic's field that ``Status/support`` counts in.
  package let supportSlot: Int?
  /// All bits declared.
  package let declared: UInt64
}

/// What a value of some bits says.
package enum StatusMeaning: Sendable {
  /// Nothing: it is normal.
  case normal
  case named(String, Quality?)
}

/// Whole values that say something: 0xFFFF for a weight that could not be measured.
package struct StatusCodes: Sendable {
  package let codes: [UInt64: StatusMeaning]
  /// What all others say.
  package let others: StatusMeaning

  package func meaning(of value: UInt64) -> StatusMeaning { codes[value] ?? others }
}

/// A field that is a value of the person or the device.
package struct ValueField: Sendable {
  package let kind: ObservationKind
  package let unit: Choice<DeviceUnit?>
  /// Numbers on the wire that are no value.
  package let absent: [Int: AbsentReason]
  /// Numbers on the wire that the specification reserves; they become ``AbsentReason/reserved``.
  package let reserved: ClosedRange<Int>?
  /// Outside it the value cannot be, and the measurement is invalid. In the unit of the kind.
  package let possible: ClosedRange<ExactDecimal>?
  /// Outside it the value is doubtful, and the measurement is questionable. In the unit of the kind.
  package let plausible: ClosedRange<ExactDecimal>?
  /// A measurement without this one is questionable, without any of its essential ones invalid.
  package let isEssential: Bool
}

/// A field that is worth knowing and no value: a body site, a firmware's name, the answer of a control point.
package struct FactField: Sendable {
  package enum Form: Sendable {
    /// A number; some codes stand for words.
    case number(codes: [Int: String])
    /// A word for each number; others are reserved.
    case names([Int: String])
    /// The names of the bits that are set.
    case flags([Int: String])
    /// Seconds since the beginning of that year, as a time.
    case seconds(since: Choice<Int>)
    /// A datetime.
    case time
    case text
    /// Octets in hexadecimal with hyphens.
    case octets(reversed: Bool)
  }

  package let key: String
  package let form: Form
}
