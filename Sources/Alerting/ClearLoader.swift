// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads what ends a condition, and holds it against what began it:
///
///     clear: {when: [{kinds: [spo2], at-least: 92}], held: 60 s, readings: 2}   # all of `when`
///     clear: {quiet: 7 d}                                # or `when` beside it: whichever is first
enum ClearLoader {
  /// - Parameter when: where the conditions stand. What does not fit together is shown there if `clear` is taken over from
  ///   another file.
  static func clear(
    _ node: Node, of conditions: [Rule.Condition], when: Node, confirmedBy confirmation: Rule.Confirmation
  ) throws(DocumentError) -> Rule.Clear {
    let keys = try node.mapping(optional: ["when", "held", "readings", "quiet"])
    let quiet = try keys["quiet"].map { (node) throws(DocumentError) in
      try TimeLength.read(node, in: TimeLength.minute...31 * TimeLength.day)
    }
    let held = try keys["held"].map { (node) throws(DocumentError) in
      try TimeLength.read(node, in: TimeLength.second...TimeLength.hour)
    }
    guard let band = keys["when"] else {
      guard quiet != nil else { throw node.error("expected 'when' or 'quiet', or both") }
      for key in ["held", "readings"] {
        if let node = keys[key] { throw node.error("'\(key)' belongs to 'when'") }
      }
      return Rule.Clear(conditions: [], stream: nil, readings: 1, quiet: quiet)
    }
    switch (held, confirmation.stream) {
    case (nil, .some):
      throw node.or(when).error("missing key 'held': a stream raises it, so a stream must be able to clear it")
    case (.some, nil): throw (keys["held"] ?? node).or(when).error("no stream raises it, leave 'held' out")
    default: break
    }
    let items = try band.sequence
    guard !items.isEmpty else { throw band.error("the list is empty") }
    var clears: [(condition: Rule.Condition, node: Node)] = []
    for item in items { clears.append((try ConditionLoader.condition(item), item)) }
    for (condition, node) in clears { try check(condition, node.or(when), against: conditions) }
    if quiet == nil {
      for condition in conditions { try check(condition, isEndedBy: clears.map(\.condition), band.or(when)) }
    }
    return Rule.Clear(
      conditions: clears.map(\.condition), stream: held,
      readings: try keys["readings"].map { (node) throws(DocumentError) in try node.integer(in: 1...10) } ?? 2,
      quiet: quiet)
  }

  /// A limit of the clear band may not let through what offends, and is of what the rule looks at.
  private static func check(
    _ clear: Rule.Condition, _ node: Node, against conditions: [Rule.Condition]
  ) throws(DocumentError) {
    guard clear.given == nil else { throw node.error("'given' does not go with 'clear'") }
    for kind in clear.test.kinds where !conditions.contains(where: { $0.test.kinds.contains(kind) }) {
      throw node.error("the rule does not look at \(kind.rawValue), leave it out")
    }
    for condition in conditions where condition.test.opposes(clear.test) && !condition.test.isApart(from: clear.test) {
      throw node.error(
        "'\(clear.test.words)' would end the alert while '\(condition.test.words)' lasts, choose a limit of 'clear' further inside"
      )
    }
  }

  /// There must be a way back from every condition.
  private static func check(
    _ condition: Rule.Condition, isEndedBy clears: [Rule.Condition], _ node: Node
  ) throws(DocumentError) {
    for kind in condition.test.kinds {
      let isEnded = clears.contains { clear in
        guard clear.test.kinds.contains(kind) else { return false }
        switch condition.test {
        // A number at all is the end of one that is absent.
        case .absent: return true
        case .status: return false
        case .value, .difference: return condition.test.opposes(clear.test)
        case .change(_, let comparison, _, _): return clear.test.comparison?.isUpper == !comparison.isUpper
        }
      }
      guard isEnded else {
        throw node.error("nothing under 'clear' says when '\(condition.test.words)' is over, add it")
      }
    }
  }
}

extension Node {
  /// The place where a person can mend it: of two files the later one.
  fileprivate func or(_ other: Node) -> Node { file == other.file ? self : other }
}

extension Rule.Test {
  fileprivate var comparison: Comparison? {
    switch self {
    case .value(_, let bound), .difference(_, _, let bound): bound.comparison
    case .change(_, let comparison, _, _): comparison
    case .absent, .status: nil
    }
  }

  /// Whether it is the same figure from the other side.
  fileprivate func opposes(_ other: Rule.Test) -> Bool {
    guard let comparison, let opposite = other.comparison, comparison.isUpper != opposite.isUpper else { return false }
    switch (self, other) {
    case (.value(let kinds, _), .value(let others, _)): return kinds.contains(where: others.contains)
    case (.change(let kinds, _, _, let past), .change(let others, _, _, let otherPast)):
      return past == otherPast && kinds.contains(where: others.contains)
    case (.difference(let first, let second, _), .difference(let otherFirst, let otherSecond, _)):
      return first == otherFirst && second == otherSecond
    default: return false
    }
  }

  /// Of two that oppose each other.
  fileprivate func isApart(from other: Rule.Test) -> Bool {
    switch (self, other) {
    case (.value(_, let bound), .value(_, let opposite)),
      (.difference(_, _, let bound), .difference(_, _, let opposite)):
      bound.isApart(from: opposite)
    case (.change(_, let comparison, let offset, _), .change(_, let opposite, let back, _)):
      Bound(comparison, offset).isApart(from: Bound(opposite, back))
    default: true
    }
  }

  /// `systolic >= 180`, for errors.
  fileprivate var words: String {
    let kinds = kinds.map(\.rawValue)
    switch self {
    case .value(_, let bound): return "\(kinds.joined(separator: ", ")) \(bound.comparison.rawValue) \(bound.value)"
    case .change(_, let comparison, let offset, _):
      return "\(kinds.joined(separator: ", ")) \(comparison.rawValue) own \(offset)"
    case .absent(_, let reason): return "\(kinds.joined(separator: ", ")) \(reason.rawValue)"
    case .status(let status, _): return status
    case .difference(_, _, let bound):
      return "\(kinds.joined(separator: " minus ")) \(bound.comparison.rawValue) \(bound.value)"
    }
  }
}
