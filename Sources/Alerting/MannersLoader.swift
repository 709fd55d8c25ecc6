// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// Reads how alerts are brought before people:
///
///     high: {again: 5 min, escalate: [5 min, 15 min], latches: true, realarm: 30 min, daily-cap: 6, deliver: 60 s}
///     digest-at: "08:00"
///
/// What is left out, or `none` to take it from a base, is not done.
enum MannersLoader {
  static func manners(_ node: Node) throws(DocumentError) -> Manners {
    let keys = try node.mapping(required: ["high", "medium", "low", "technical", "digest-at"])
    let high = try keys.required("high")
    let manners = Manners(
      high: try manner(high), medium: try manner(keys.required("medium")), low: try manner(keys.required("low")),
      technical: try manner(keys.required("technical")),
      digestAt: try TimeLength.minuteOfDay(keys.required("digest-at")))
    guard manners.high.dailyCap == nil else {
      throw high.error("a high alert is never held back, leave 'daily-cap' out")
    }
    return manners
  }

  private static func manner(_ node: Node) throws(DocumentError) -> Manners.Manner {
    let keys = try node.mapping(
      required: ["deliver"], optional: ["again", "escalate", "latches", "realarm", "daily-cap"])
    // Seconds serve for a rehearsal.
    let times = TimeLength.second...7 * TimeLength.day
    let cap = try keys["daily-cap"].flatMap { (node) throws(DocumentError) in
      try isNone(node) ? nil : try node.integer(in: 1...100)
    }
    return Manners.Manner(
      again: try time(keys["again"], in: times), escalate: try keys["escalate"].map(escalation) ?? [],
      latches: try keys["latches"].map { (node) throws(DocumentError) in try node.boolean } ?? false,
      realarm: try time(keys["realarm"], in: times), dailyCap: cap,
      deliver: try TimeLength.read(keys.required("deliver"), in: TimeLength.second...TimeLength.hour))
  }

  /// Each later than the one before.
  private static func escalation(_ node: Node) throws(DocumentError) -> [Int64] {
    let items = try node.sequence
    guard items.count <= 4 else { throw node.error("more than 4 levels") }
    var times: [Int64] = []
    for item in items {
      let time = try TimeLength.read(item, in: TimeLength.second...7 * TimeLength.day)
      if let before = times.last, time <= before { throw item.error("expected later than the level before it") }
      times.append(time)
    }
    return times
  }

  private static func time(_ node: Node?, in range: ClosedRange<Int64>) throws(DocumentError) -> Int64? {
    guard let node, try !isNone(node) else { return nil }
    return try TimeLength.read(node, in: range)
  }

  /// Takes an optional key from a base.
  static func isNone(_ node: Node) throws(DocumentError) -> Bool { try node.string == "none" }
}
