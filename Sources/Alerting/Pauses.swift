// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The pauses that have not ended, at most one of a scope.
struct Pauses: Sendable, Equatable {
  private struct Entry: Sendable, Equatable {
    let pause: Pause
    /// On this boot's monotonic line; nil for out of service.
    let ends: Int64?
  }

  /// More than this nobody needs; what is beyond speaks again.
  static let limit = 64
  /// What is wrong with the way of the alerts themselves must not be silenced (alarms.md).
  static let unpausable: Set = ["UD-1", "ST-1", "UA-1"]

  private var entries: [Entry] = []

  init() {}

  /// - Parameter elapsed: when a moment was, on this boot's line.
  init(_ pauses: [Pause], elapsed: (Moment) -> Int64) {
    for pause in pauses { begin(pause, at: elapsed(pause.from)) }
  }

  var all: [Pause] { entries.map(\.pause) }

  /// Those of the pauses of one rule each.
  var rules: Set<String> {
    var rules: Set<String> = []
    for entry in entries {
      if case .rule(let rule) = entry.pause.scope { rules.insert(rule) }
    }
    return rules
  }

  mutating func begin(_ pause: Pause, at elapsed: Int64) {
    entries.removeAll { $0.pause.scope == pause.scope }
    entries.append(Entry(pause: pause, ends: pause.milliseconds.map { elapsed &+ max(0, min($0, 1 << 40)) }))
    if entries.count > Self.limit { entries.removeFirst() }
  }

  /// - Returns: whether there was one.
  mutating func end(of scope: Pause.Scope) -> Bool {
    let count = entries.count
    entries.removeAll { $0.pause.scope == scope }
    return entries.count < count
  }

  /// Ends those whose time is over.
  mutating func expire(at elapsed: Int64) { entries.removeAll { entry in entry.ends.map { $0 <= elapsed } ?? false } }

  /// Of those that concern it, the one that ends last.
  func concerning(rule: String, alert: StableID) -> Pause? {
    guard !Self.unpausable.contains(rule) else { return nil }
    var last: Entry?
    for entry in entries where entry.pause.concerns(rule: rule, alert: alert) {
      if let known = last, (known.ends ?? .max) > (entry.ends ?? .max) { continue }
      last = entry
    }
    return last?.pause
  }
}
