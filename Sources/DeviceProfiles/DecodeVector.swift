// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// An example that a profile carries: bytes, and what they must decode to.
package struct DecodeVector: Sendable {
  /// Everything that a measurement says, each value written as `kind number` or `kind reason`.
  package struct Expectation: Sendable, Equatable {
    package var values: [String] = []
    package var user: Int?
    package var sequence: Int?
    package var time: CivilTime?
    package var status: [String] = []
    package var quality = Quality.valid
    /// Each as the JSON of a decoded line has it.
    package var facts: [String: String] = [:]
    package var notes: [String] = []
  }

  package enum Outcome: Sendable, Equatable {
    /// None where the bytes say nothing of use.
    case measurements([Expectation])
    case error(DecodeError.Reason, offset: Int)
  }

  /// The values in the order in which they arrive; mostly one.
  package let values: [[UInt8]]
  package let feature: [UInt8]?
  /// What it shows or where it comes from; may be empty.
  package let about: String
  package let outcome: Outcome
  package let mark: Mark

  /// Decodes the bytes.
  /// - Returns: nil where the outcome is the one expected, else both of them, for a person.
  package func mismatch(as characteristic: CharacteristicProfile, of profile: DeviceProfile) -> String? {
    let actual = decode(as: characteristic, of: profile)
    return actual == outcome ? nil : "expected \(Self.words(outcome)), found \(Self.words(actual))"
  }

  /// The first error counts; without one, all measurements.
  private func decode(as characteristic: CharacteristicProfile, of profile: DeviceProfile) -> Outcome {
    var reader = ValueReader(characteristic: characteristic, profile: profile, isSampling: false)
    reader.feature = feature
    var found: [Expectation] = []
    for value in values {
      for outcome in reader.read(value, at: 0) {
        switch outcome {
        case .measurement(let measurement, _): found.append(Expectation(measurement))
        case .error(let error, _): return .error(error.reason, offset: error.offset)
        }
      }
    }
    return .measurements(found)
  }

  private static func words(_ outcome: Outcome) -> String {
    switch outcome {
    case .error(let reason, let offset): "\(reason.rawValue) at offset \(offset)"
    case .measurements(let all) where all.isEmpty: "nothing"
    case .measurements(let all): all.map(words).joined(separator: "; ")
    }
  }

  private static func words(_ expectation: Expectation) -> String {
    var parts = [expectation.values.joined(separator: ", "), expectation.quality.rawValue]
    if let user = expectation.user { parts.append("user \(user)") }
    if let sequence = expectation.sequence { parts.append("sequence \(sequence)") }
    if let time = expectation.time { parts.append("time \(time)") }
    if !expectation.status.isEmpty { parts.append("status \(expectation.status.joined(separator: ", "))") }
    if !expectation.facts.isEmpty {
      let facts = expectation.facts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
      parts.append("facts \(facts.joined(separator: ", "))")
    }
    if !expectation.notes.isEmpty { parts.append("notes \(expectation.notes.joined(separator: ", "))") }
    return "(\(parts.filter { !$0.isEmpty }.joined(separator: " | ")))"
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
    sequence = measurement.sequence
    time = measurement.deviceTime
    status = measurement.status
    quality = measurement.quality
    facts = Dictionary(
      measurement.facts.map { ($0.key, Self.text($0.value)) }, uniquingKeysWith: { $0 + ", " + $1 })
    notes = measurement.notes
  }

  static func text(_ value: Fact.Value) -> String {
    switch value {
    case .text(let text): text
    case .number(let number): number.description
    case .list(let names): "[\(names.joined(separator: ", "))]"
    }
  }
}
