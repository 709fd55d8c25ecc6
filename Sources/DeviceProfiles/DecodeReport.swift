// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The line that `vigilctl decode` writes for one value (contract.md): one JSON object without a line break, its keys
/// sorted.
package enum DecodeReport {
  /// What one value gave.
  ///
  /// The first measurement's keys stand at the top, what is theirs of further ones in `more`. Errors beside a measurement
  /// are notes; without one the first is the answer.
  package static func json(
    _ outcomes: [ValueReader.Outcome], as characteristic: CharacteristicProfile, of profile: DeviceProfile
  ) -> String {
    var measurements: [Measurement] = []
    var errors: [DecodeError] = []
    for outcome in outcomes {
      switch outcome {
      case .measurement(let measurement, _): measurements.append(measurement)
      case .error(let error, _): errors.append(error)
      }
    }
    if measurements.isEmpty, let error = errors.first { return json(error, characteristic: characteristic.uuid) }
    var notes = (measurements.first?.notes ?? []) + errors.map { "a message dropped: \($0)" }
    if measurements.isEmpty {
      let isWhole = characteristic.frames == nil && characteristic.layout.isOfWholeValues
      notes.append(isWhole ? "this message is not read" : "no message is complete yet, or none is read")
    }
    var object: [(String, JSONValue)] = [
      ("characteristic", .text(measurements.first?.characteristic ?? characteristic.uuid)), ("ok", .plain("true")),
      ("profile", .text(measurements.first?.profile ?? profile.id)),
    ]
    object += members(of: measurements.first, notes: notes)
    if measurements.count > 1 {
      object.append(("more", .list(measurements.dropFirst().map { .object(members(of: $0, notes: $0.notes)) })))
    }
    return JSONValue.object(object).line
  }

  /// - Parameter characteristic: as it was asked for, short or 128-bit.
  package static func json(_ error: DecodeError, characteristic: String) -> String {
    JSONValue.object([
      ("characteristic", .text(ValueSource.canonical(characteristic) ?? characteristic)),
      (
        "error",
        .object([
          ("detail", .text(error.detail)), ("offset", .plain(String(error.offset))),
          ("reason", .text(error.reason.rawValue)),
        ])
      ), ("ok", .plain("false")),
    ]).line
  }

  private static func members(of measurement: Measurement?, notes: [String]) -> [(String, JSONValue)] {
    // An unknown one is null, not missing.
    var members: [(String, JSONValue)] = [
      ("deviceTime", measurement?.deviceTime.map { .text($0.description) } ?? .plain("null")),
      ("quality", .text((measurement?.quality ?? .valid).rawValue)),
      ("status", .list((measurement?.status ?? []).map { .text($0) })),
      ("user", .plain(measurement?.user.map { String($0) } ?? "null")),
      ("values", .list((measurement?.values ?? []).map(value))),
    ]
    if let sequence = measurement?.sequence { members.append(("sequence", .plain(String(sequence)))) }
    if let message = measurement?.message { members.append(("message", .text(message))) }
    if let facts = measurement?.facts, !facts.isEmpty { members.append(("facts", self.facts(facts))) }
    if !notes.isEmpty { members.append(("notes", .list(notes.map { .text($0) }))) }
    return members
  }

  private static func value(_ quantity: Quantity) -> JSONValue {
    let kind = ("kind", JSONValue.text(quantity.kind.rawValue))
    switch quantity.content {
    case .number(let number):
      guard let digits = digits(of: number) else {
        return .object([kind, ("absent", .text(AbsentReason.nres.rawValue))])
      }
      return .object([kind, ("unit", .text(quantity.kind.unit.rawValue)), ("value", .plain(digits))])
    case .absent(let reason):
      return .object([kind, ("absent", .text(reason.rawValue))])
    }
  }

  /// Of a key that comes twice the last value counts, as for most readers of JSON.
  private static func facts(_ facts: [Fact]) -> JSONValue {
    var members: [String: JSONValue] = [:]
    for fact in facts {
      switch fact.value {
      case .text(let text): members[fact.key] = .text(text)
      case .number(let number): members[fact.key] = .plain(digits(of: number) ?? "null")
      case .list(let list): members[fact.key] = .list(list.map { .text($0) })
      }
    }
    return .object(members.map { ($0.key, $0.value) })
  }

  /// The same number in plain digits, without zeros at the end of a fraction.
  /// - Returns: nil beyond 10^127, which only a wrong scale can reach: many readers of JSON take no such number.
  private static func digits(of number: ExactDecimal) -> String? {
    var (mantissa, exponent) = (number.mantissa, number.exponent)
    guard mantissa != 0 else { return "0" }
    while exponent < 0, mantissa % 10 == 0 {
      mantissa /= 10
      exponent += 1
    }
    return exponent > 127 ? nil : ExactDecimal(mantissa: mantissa, exponent: exponent)?.description
  }
}

extension CharacteristicProfile.Layout {
  /// Not of segments that come one by one.
  fileprivate var isOfWholeValues: Bool { if case .messages = self { true } else { false } }
}

/// A value of JSON. An encoder would take longer than all the decoding, and a million values are one command.
private indirect enum JSONValue {
  /// A number, `true`, `false` or `null`.
  case plain(String)
  case text(String)
  case list([JSONValue])
  case object([(String, JSONValue)])

  var line: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(to bytes: inout [UInt8]) {
    switch self {
    case .plain(let text): bytes += text.utf8
    case .text(let text): Self.write(text, to: &bytes)
    case .list(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.sorted(by: { $0.0 < $1.0 }).enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(member.0, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.1.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// RFC 8259, 7: what must be escaped is, the rest stands as it is.
  private static func write(_ text: String, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        bytes += "\\u00".utf8
        bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
