// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// An example that a profile carries: bytes, and what they must decode to.
package struct DecodeVector: Sendable {
  /// Everything that a measurement says, each value written as `kind number` or `kind reason`.
  package struct Expectation: Sendable, Equatable {
    package var values: [String] = []
    package var user: Int?
    package var time: CivilTime?
    package var status: [String] = []
    package var quality = Quality.valid
    package var notes: [String] = []
  }

  package enum Outcome: Sendable, Equatable {
    case measurement(Expectation)
    case error(DecodeError.Reason, offset: Int)
  }

  package let bytes: [UInt8]
  package let feature: [UInt8]?
  /// What it shows or where it comes from; may be empty.
  package let about: String
  package let outcome: Outcome

  /// Decodes the bytes.
  /// - Returns: nil where the outcome is the one expected, else both of them, for a person.
  package func mismatch(as characteristic: CharacteristicProfile, of profile: DeviceProfile) -> String? {
    let actual: Outcome
    do {
      let found = try Decoder.decode(bytes, as: characteristic, of: profile, feature: feature)
      actual = .measurement(Expectation(found))
    } catch {
      actual = .error(error.reason, offset: error.offset)
    }
    return actual == outcome ? nil : "expected \(outcome), found \(actual)"
  }
}

extension DecodeVector.Expectation {
  package init(_ measurement: Measurement) {
    values = measurement.values.map { value in
      switch value.content {
      case .number(let number): "\(value.kind.rawValue) \(number)"
      case .absent(let reason): "\(value.kind.rawValue) \(reason.rawValue)"
      }
    }
    user = measurement.user
    time = measurement.deviceTime
    status = measurement.status
    quality = measurement.quality
    notes = measurement.notes
  }
}
