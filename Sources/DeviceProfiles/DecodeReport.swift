// SPDX-License-Identifier: GPL-3.0-or-later
import FoundationEssentials
import Vitals

/// The line that `vigilctl decode` writes for one value (contract.md).
package enum DecodeReport {
  /// One JSON object without a line break, its keys sorted.
  package static func json(_ measurement: Measurement) -> String { render(Success(measurement: measurement)) }

  /// - Parameter characteristic: as it was asked for, short or 128-bit.
  package static func json(_ error: DecodeError, characteristic: String) -> String {
    render(Failure(characteristic: BluetoothUUID.short(characteristic), error: error))
  }

  private static func render(_ report: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(report), as: UTF8.self)
    } catch {
      // Nothing in a report can fail to encode; should it, one line fails and the program goes on.
      return #"{"error":{"detail":"the result cannot be written","offset":0,"reason":"unsupported"},"ok":false}"#
    }
  }

  private struct Success: Encodable {
    let measurement: Measurement

    enum Key: String, CodingKey { case ok, profile, characteristic, user, deviceTime, quality, status, values, notes }

    func encode(to encoder: any Encoder) throws {
      var object = encoder.container(keyedBy: Key.self)
      try object.encode(true, forKey: .ok)
      try object.encode(measurement.profile, forKey: .profile)
      try object.encode(measurement.characteristic, forKey: .characteristic)
      // An unknown one is null, not missing.
      try object.encode(measurement.user, forKey: .user)
      try object.encode(measurement.deviceTime?.description, forKey: .deviceTime)
      try object.encode(measurement.quality.rawValue, forKey: .quality)
      try object.encode(measurement.status, forKey: .status)
      try object.encode(measurement.values.map(Value.init), forKey: .values)
      if !measurement.notes.isEmpty { try object.encode(measurement.notes, forKey: .notes) }
    }
  }

  private struct Value: Encodable {
    let quantity: Quantity

    enum Key: String, CodingKey { case kind, value, unit, absent }

    func encode(to encoder: any Encoder) throws {
      var object = encoder.container(keyedBy: Key.self)
      try object.encode(quantity.kind.rawValue, forKey: .kind)
      switch quantity.content {
      case .number(let number):
        let decimal = Decimal(number)
        // Beyond 10^127, which only a wrong scale can reach, there is no such number: JSON has no NaN.
        guard !decimal.isNaN else { return try object.encode(AbsentReason.nres.rawValue, forKey: .absent) }
        try object.encode(decimal, forKey: .value)
        try object.encode(quantity.kind.unit.rawValue, forKey: .unit)
      case .absent(let reason):
        try object.encode(reason.rawValue, forKey: .absent)
      }
    }
  }

  private struct Failure: Encodable {
    let characteristic: String
    let error: DecodeError

    enum Key: String, CodingKey { case ok, characteristic, error }
    enum ErrorKey: String, CodingKey { case reason, offset, detail }

    func encode(to encoder: any Encoder) throws {
      var object = encoder.container(keyedBy: Key.self)
      try object.encode(false, forKey: .ok)
      try object.encode(characteristic, forKey: .characteristic)
      var details = object.nestedContainer(keyedBy: ErrorKey.self, forKey: .error)
      try details.encode(error.reason.rawValue, forKey: .reason)
      try details.encode(error.offset, forKey: .offset)
      try details.encode(error.detail, forKey: .detail)
    }
  }
}

extension Decimal {
  /// The same number; JSON writes it in plain digits.
  fileprivate init(_ number: ExactDecimal) {
    self.init(
      sign: number.isNegative ? .minus : .plus, exponent: number.exponent,
      significand: Decimal(number.mantissa.magnitude))
  }
}
