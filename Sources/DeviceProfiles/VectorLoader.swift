// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads the examples of a characteristic:
///
///     - hex: 08 78 00 50 00 5D 00 FF
///       feature: 3F 00                                  # the feature characteristic's value, where it matters
///       about: unknown user
///       values: [systolic 120, diastolic 80, mean-arterial nan]     # all of them, in order, with their digits
///       user: 1
///       time: 2026-03-14T08:05:30
///       status: [irregular-pulse]
///       quality: questionable                           # without it: valid
///       notes: ["1 trailing byte ignored at offset 8"]
///     - {hex: 01 48, error: truncated, offset: 1}
///
/// What is left out must be absent.
enum VectorLoader {
  static func load(_ node: Node) throws(DocumentError) -> DecodeVector {
    let keys = try node.mapping(
      required: ["hex"],
      optional: [
        "feature", "about", "values", "user", "time", "status", "quality", "notes", "error", "offset",
      ])
    return DecodeVector(
      bytes: try bytes(keys.required("hex")), feature: try keys["feature"].map(bytes),
      about: try keys["about"]?.string ?? "", outcome: try outcome(keys))
  }

  private static func outcome(_ keys: Node.Fields) throws(DocumentError) -> DecodeVector.Outcome {
    if let reason = keys["error"] {
      for key in ["values", "user", "time", "status", "quality", "notes"] {
        if let extra = keys[key] { throw extra.error("a value that cannot be decoded has no '\(key)'") }
      }
      return .error(
        try reason.choice(of: DecodeError.Reason.self), offset: try keys.required("offset").integer(in: 0...512))
    }
    if let extra = keys["offset"] { throw extra.error("'offset' belongs to an error") }
    var expected = DecodeVector.Expectation()
    expected.values = try keys.required("values").sequence.map(value)
    expected.user = try keys["user"]?.integer(in: 0...Int(UInt32.max))
    expected.time = try keys["time"].map(time)
    expected.status = try texts(keys["status"])
    expected.quality = try keys["quality"]?.choice(of: Quality.self) ?? .valid
    expected.notes = try texts(keys["notes"])
    return .measurement(expected)
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
    let parts = text.split(omittingEmptySubsequences: false) { "-T:".contains($0) }.compactMap { Int($0) }
    guard parts.count == 6,
      let time = CivilTime(
        year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5]),
      time.description == text
    else { throw node.error("expected a time such as 2026-03-14T08:05:30") }
    return time
  }

  /// Octets in hexadecimal; spaces between them do not matter.
  private static func bytes(_ node: Node) throws(DocumentError) -> [UInt8] {
    let digits = try node.string.filter { $0 != " " }
    var bytes: [UInt8] = []
    var rest = Substring(digits)
    while !rest.isEmpty {
      let pair = rest.prefix(2)
      guard pair.utf8.count == 2, !pair.hasPrefix("+"), !pair.hasPrefix("-"), let byte = UInt8(pair, radix: 16) else {
        throw node.error("expected octets in hexadecimal, such as 08 78 00")
      }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes
  }
}
