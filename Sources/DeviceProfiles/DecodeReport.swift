// SPDX-License-Identifier: GPL-3.0-or-later
import FoundationEssentials
import Vitals

/// The line that `vigilctl decode` writes for one value (contract.md).
package enum DecodeReport {
  /// What one value gave, as one JSON object without a line break, its keys sorted.
  ///
  /// The first measurement's keys stand at the top, those of further ones in `more`. Where an error came first, it is the
  /// answer.
  package static func json(
    _ outcomes: [ValueReader.Outcome], as characteristic: CharacteristicProfile, of profile: DeviceProfile
  ) -> String {
    var measurements: [Measurement] = []
    for outcome in outcomes {
      switch outcome {
      case .measurement(let measurement, _): measurements.append(measurement)
      case .error(let error, _):
        if measurements.isEmpty { return json(error, characteristic: characteristic.uuid) }
      }
    }
    let nothing = Measurement(
      profile: profile.id, characteristic: characteristic.uuid, user: nil, deviceTime: nil, quality: .valid,
      status: [], values: [],
      notes: [characteristic.frames == nil ? "this message is not read" : "no message is complete yet, or none is read"]
    )
    return render(
      Success(
        measurement: measurements.first ?? nothing, more: measurements.dropFirst().map { Success(measurement: $0) })
    )
  }

  /// - Parameter characteristic: as it was asked for, short or 128-bit.
  package static func json(_ error: DecodeError, characteristic: String) -> String {
    render(Failure(characteristic: ValueSource.canonical(characteristic) ?? characteristic, error: error))
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
    var more: [Success] = []

    enum Key: String, CodingKey {
      case ok, profile, characteristic, message, user, sequence, deviceTime, quality, status, values, facts, notes, more
    }

    func encode(to encoder: any Encoder) throws {
      var object = encoder.container(keyedBy: Key.self)
      try object.encode(true, forKey: .ok)
      try object.encode(measurement.profile, forKey: .profile)
      try object.encode(measurement.characteristic, forKey: .characteristic)
      try object.encodeIfPresent(measurement.message, forKey: .message)
      // An unknown one is null, not missing.
      try object.encode(measurement.user, forKey: .user)
      try object.encodeIfPresent(measurement.sequence, forKey: .sequence)
      try object.encode(measurement.deviceTime?.description, forKey: .deviceTime)
      try object.encode(measurement.quality.rawValue, forKey: .quality)
      try object.encode(measurement.status, forKey: .status)
      try object.encode(measurement.values.map(Value.init), forKey: .values)
      if !measurement.facts.isEmpty { try object.encode(Facts(facts: measurement.facts), forKey: .facts) }
      if !measurement.notes.isEmpty { try object.encode(measurement.notes, forKey: .notes) }
      if !more.isEmpty { try object.encode(more, forKey: .more) }
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
        // Beyond 10^127, which only a wrong scale can reach, there is no such number: JSON has no NaN.
        guard let decimal = Decimal(exactly: number) else {
          return try object.encode(AbsentReason.nres.rawValue, forKey: .absent)
        }
        try object.encode(decimal, forKey: .value)
        try object.encode(quantity.kind.unit.rawValue, forKey: .unit)
      case .absent(let reason):
        try object.encode(reason.rawValue, forKey: .absent)
      }
    }
  }

  private struct Facts: Encodable {
    let facts: [Fact]

    struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
      var object = encoder.container(keyedBy: Key.self)
      for fact in facts {
        let key = Key(stringValue: fact.key)
        switch fact.value {
        case .text(let text): try object.encode(text, forKey: key)
        case .list(let names): try object.encode(names, forKey: key)
        case .number(let number):
          if let decimal = Decimal(exactly: number) {
            try object.encode(decimal, forKey: key)
          } else {
            try object.encode(AbsentReason.nres.rawValue, forKey: key)
          }
        }
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
  /// The same number, which JSON writes in plain digits; nil where a Decimal has no such exponent.
  package init?(exactly number: ExactDecimal) {
    self.init(
      sign: number.isNegative ? .minus : .plus, exponent: number.exponent,
      significand: Decimal(number.mantissa.magnitude))
    if isNaN { return nil }
  }
}
