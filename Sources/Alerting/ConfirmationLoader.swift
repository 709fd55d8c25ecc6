// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads what is needed beside one offending value:
///
///     confirm:
///       stream: 10 min                 # how long a stream must offend
///       at-rest: 5 min                 # the same for a person who is known to rest
///       spot: one                      # or
///       spot: {second: {apart: 1 min, within: 10 min, or-fully-qualified: true, unconfirmed-after: 10 min}}
///       spot: {mean: {readings: 2, apart: 1 min, within: 10 min}}
///       spot: {sessions: {count: 2, of: 3, within: 7 d}}
///       spot: {average: {days: 7, at-least-days: 4, readings: 12, drop-first-day: true}}
enum ConfirmationLoader {
  static func confirmation(
    _ node: Node, of conditions: [Rule.Condition]
  ) throws(DocumentError) -> Rule.Confirmation {
    let keys = try node.mapping(optional: ["stream", "at-rest", "spot"])
    guard keys["stream"] != nil || keys["spot"] != nil else {
      throw node.error("expected 'stream' or 'spot', or both")
    }
    let held = TimeLength.second...TimeLength.hour
    let stream = try keys["stream"].map { (node) throws(DocumentError) in try TimeLength.read(node, in: held) }
    var atRest: Int64?
    if let rest = keys["at-rest"] {
      guard let stream else { throw rest.error("'at-rest' belongs to 'stream'") }
      atRest = try TimeLength.read(rest, in: TimeLength.second...stream)
    }
    let spot = try keys["spot"].map(spot)
    if let node = keys["spot"], case .mean? = spot { try refuseWordless(conditions, node) }
    if let node = keys["spot"], case .average? = spot { try refuseWordless(conditions, node) }
    return Rule.Confirmation(stream: stream, streamAtRest: atRest, spot: spot)
  }

  /// A mean is of numbers.
  private static func refuseWordless(_ conditions: [Rule.Condition], _ node: Node) throws(DocumentError) {
    for condition in conditions {
      switch condition.test {
      case .absent, .status:
        throw node.error("a mean is of numbers, 'absent' and 'status' have none; confirm it otherwise")
      case .value, .change, .difference: continue
      }
    }
  }

  private static func spot(_ node: Node) throws(DocumentError) -> Rule.Spot {
    if case .scalar("one", _) = node.content { return .one }
    guard case .mapping(let entries) = node.content, entries.count == 1, let entry = entries.first else {
      throw node.error("expected one of \(forms)")
    }
    switch entry.key {
    case "second": return .second(try second(entry.value))
    case "mean": return try mean(entry.value)
    case "sessions": return try sessions(entry.value)
    case "average": return try average(entry.value)
    default: throw entry.error("expected one of \(forms)")
    }
  }

  private static let forms = "one, second, mean, sessions, average"

  private static func second(_ node: Node) throws(DocumentError) -> Rule.Second {
    let keys = try node.mapping(
      required: ["within"], optional: ["apart", "or-fully-qualified", "unconfirmed-after"])
    let within = try TimeLength.read(keys.required("within"), in: TimeLength.second...TimeLength.day)
    return Rule.Second(
      apart: try time(keys["apart"], in: 0...within) ?? 0, within: within,
      orFullyQualified: try keys["or-fully-qualified"].map { (node) throws(DocumentError) in try node.boolean }
        ?? false,
      unconfirmedAfter: try time(keys["unconfirmed-after"], in: TimeLength.second...within))
  }

  private static func mean(_ node: Node) throws(DocumentError) -> Rule.Spot {
    let keys = try node.mapping(required: ["readings", "within"], optional: ["apart"])
    let within = try TimeLength.read(keys.required("within"), in: TimeLength.second...TimeLength.hour)
    return .mean(
      readings: try keys.required("readings").integer(in: 2...10), apart: try time(keys["apart"], in: 0...within) ?? 0,
      within: within)
  }

  private static func sessions(_ node: Node) throws(DocumentError) -> Rule.Spot {
    let keys = try node.mapping(required: ["count", "of", "within"])
    let of = try keys.required("of").integer(in: 1...10)
    return .sessions(
      try keys.required("count").integer(in: 1...of), of: of,
      within: try TimeLength.read(keys.required("within"), in: TimeLength.hour...14 * TimeLength.day))
  }

  private static func average(_ node: Node) throws(DocumentError) -> Rule.Spot {
    let keys = try node.mapping(required: ["days", "at-least-days", "readings"], optional: ["drop-first-day"])
    let days = try keys.required("days").integer(in: 2...7)
    return .average(
      days: days, atLeastDays: try keys.required("at-least-days").integer(in: 1...days),
      readings: try keys.required("readings").integer(in: 2...100),
      dropsFirstDay: try keys["drop-first-day"].map { (node) throws(DocumentError) in try node.boolean } ?? false)
  }

  private static func time(_ node: Node?, in range: ClosedRange<Int64>) throws(DocumentError) -> Int64? {
    try node.map { (node) throws(DocumentError) in try TimeLength.read(node, in: range) }
  }
}
