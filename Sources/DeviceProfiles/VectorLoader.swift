// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads the examples of a characteristic:
///
///     - hex: 08 78 00 50 00 5D 00 FF                    # or a list: several values, in the order of their arrival
///       feature: 3F 00                                  # the feature characteristic's value, where it matters
///       about: unknown user
///       values: [systolic 120, diastolic 80, mean-arterial nan]     # all of them, in order, with their digits
///       user: 1
///       sequence: 5
///       time: 2026-03-14T08:05:30
///       status: [irregular-pulse]
///       quality: questionable                           # without it: valid
///       facts: {location: chest, features: [multiple-bonds]}
///       notes: ["1 trailing byte ignored at offset 8"]
///     - {hex: 01 48, error: truncated, offset: 1}
///     - {hex: 80 01 02 03, ignored: true}
///     - {hex: …, measurements: [{values: …, user: 1}, {values: …}]}
///
/// What is left out must be absent.
enum VectorLoader {
  private static let measurementKeys = ["values", "user", "sequence", "time", "status", "quality", "facts", "notes"]

  static func load(_ node: Node) throws(DocumentError) -> DecodeVector {
    let keys = try node.mapping(
      required: ["hex"],
      optional: ["feature", "about", "error", "offset", "ignored", "measurements"] + measurementKeys)
    let hex = try keys.required("hex")
    let values: [[UInt8]]
    if case .sequence(let items) = hex.content { values = try items.map(bytes) } else { values = [try bytes(hex)] }
    return DecodeVector(
      values: values, feature: try keys["feature"].map(bytes), about: try keys["about"]?.string ?? "",
      outcome: try outcome(keys), mark: node.mark)
  }

  private static func outcome(_ keys: Node.Fields) throws(DocumentError) -> DecodeVector.Outcome {
    let leads = ["error", "ignored", "measurements"].filter { keys[$0] != nil }
    guard let lead = leads.first else {
      if let extra = keys["offset"] { throw extra.error("'offset' belongs to an error") }
      return .measurements([try measurement(keys)])
    }
    let extras = measurementKeys + leads.dropFirst() + (lead == "error" ? [] : ["offset"])
    if let extra = extras.first(where: { keys[$0] != nil }) {
      throw try keys.required(extra).error("'\(extra)' does not go with '\(lead)'")
    }
    let node = try keys.required(lead)
    switch lead {
    case "error":
      return .error(
        try node.choice(of: DecodeError.Reason.self), offset: try keys.required("offset").integer(in: 0...4096))
    case "ignored":
      guard try node.boolean else { throw node.error("expected true, or the values") }
      return .measurements([])
    default:
      return .measurements(
        try node.sequence.map { (item) throws(DocumentError) in
          try measurement(item.mapping(optional: measurementKeys))
        })
    }
  }

  private static func measurement(_ keys: Node.Fields) throws(DocumentError) -> DecodeVector.Expectation {
    guard measurementKeys.contains(where: { keys[$0] != nil }) else {
      throw keys.node.error("expected what it decodes to: values, facts, time …; or 'error', or 'ignored: true'")
    }
    var expected = DecodeVector.Expectation()
    expected.values = try (keys["values"]?.sequence ?? []).map(value)
    expected.user = try keys["user"]?.integer(in: 0...Int(UInt32.max))
    expected.sequence = try keys["sequence"]?.integer(in: 0...Int(UInt32.max))
    expected.time = try keys["time"].map(time)
    expected.status = try texts(keys["status"])
    expected.quality = try keys["quality"]?.choice(of: Quality.self) ?? .valid
    for entry in try keys["facts"]?.entries ?? [] {
      if case .sequence = entry.value.content {
        expected.facts[entry.key] = DecodeVector.Expectation.text(.list(try texts(entry.value)))
      } else {
        expected.facts[entry.key] = try entry.value.string
      }
    }
    expected.notes = try texts(keys["notes"])
    return expected
  }

  private static func texts(_ node: Node?) throws(DocumentError) -> [String] {
    try (node?.sequence ?? []).map { (item) throws(DocumentError) in try item.string }
  }

  /// `kind number` or `kind reason`.
  private static func value(_ node: Node) throws(DocumentError) -> String {
    let text = try node.string
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 2, let kind = words.first, let content = words.last, ObservationKind(rawValue: kind) != nil,
      ExactDecimal(content) != nil || AbsentReason(rawValue: content) != nil
    else { throw node.error("expected a kind and a number or a reason, such as 'systolic 120' or 'systolic nan'") }
    return text
  }

  private static func time(_ node: Node) throws(DocumentError) -> CivilTime {
    let text = try node.string
    guard let time = CivilTime(text), time.description == text else {
      throw node.error("expected a time such as 2026-03-14T08:05:30")
    }
    return time
  }

  /// Octets in hexadecimal; spaces between them do not matter.
  static func bytes(_ node: Node) throws(DocumentError) -> [UInt8] {
    guard let bytes = Octets.parse(try node.string) else {
      throw node.error("expected octets in hexadecimal, such as 08 78 00")
    }
    return bytes
  }
}
