// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// The rules in force, a more serious one before those it supersedes.
package struct RuleSet: Sendable, Equatable {
  package let rules: [Rule]
  /// Heart rate and SpO2 are not looked at for so long after a stream begins (milliseconds).
  package let settle: Int64

  /// The community profile for people over 65 in China: OX-2 and BP-2 are high.
  package static let defaults = RuleSet(rules: standard, settle: 30_000)

  private init(rules: [Rule], settle: Int64) {
    self.rules = rules
    self.settle = settle
  }

  /// The defaults with the times of the configuration's `rules:` section.
  ///
  ///     settle-seconds: 0
  ///     OX-1: {confirm-seconds: 5, clear-seconds: 10}
  ///     HR-2: {enabled: false}
  ///
  /// `confirm-seconds` may only become shorter. It is how long a stream must offend; in BP-1 the wait for a second
  /// reading, in BP-2 the least time between two. A lower rule takes over the band of a disabled higher one.
  package init(overriding node: Node?) throws(DocumentError) {
    guard let node else {
      self = .defaults
      return
    }
    let fields = try node.mapping(optional: ["settle-seconds"] + Self.standard.map(\.id))
    settle =
      try fields["settle-seconds"].map { node throws(DocumentError) in
        Int64(try node.integer(in: 0...60)) * 1000
      } ?? Self.defaults.settle
    var kept: [Rule] = []
    var disabled: [Rule] = []
    for rule in Self.standard {
      if let changed = try Self.overridden(rule, by: fields[rule.id]) {
        kept.append(changed)
      } else {
        disabled.append(rule)
      }
    }
    for index in kept.indices where disabled.contains(where: { $0.supersedes.contains(kept[index].id) }) {
      for condition in kept[index].conditions.indices { kept[index].conditions[condition].beyond = nil }
    }
    rules = kept
  }

  /// - Returns: nil for a disabled rule.
  private static func overridden(_ rule: Rule, by node: Node?) throws(DocumentError) -> Rule? {
    guard let node else { return rule }
    let fields = try node.mapping(optional: ["enabled", "confirm-seconds", "clear-seconds"])
    var rule = rule
    if let confirm = fields["confirm-seconds"] {
      if let longest = rule.confirmation.stream {
        rule.confirmation.stream = try time(confirm, upTo: longest)
      } else if let longest = rule.confirmation.unconfirmedAfter {
        let wait = try time(confirm, upTo: longest)
        rule.confirmation.unconfirmedAfter = wait
        rule.confirmation.window = wait
      } else if rule.confirmation.apart > 0 {
        rule.confirmation.apart = try time(confirm, upTo: rule.confirmation.apart)
      } else {
        throw confirm.error("\(rule.id) is confirmed by the next reading, whenever it comes; remove the key")
      }
    }
    if let clear = fields["clear-seconds"] {
      guard rule.clear.stream != nil else {
        throw clear.error("\(rule.id) is cleared by \(rule.clear.readings) readings, not by a time; remove the key")
      }
      rule.clear.stream = try time(clear, upTo: 3_600_000)
    }
    guard let enabled = fields["enabled"] else { return rule }
    return try enabled.boolean ? rule : nil
  }

  /// - Returns: milliseconds, at least a second.
  private static func time(_ node: Node, upTo longest: Int64) throws(DocumentError) -> Int64 {
    Int64(try node.integer(in: 1...Int(longest / 1000))) * 1000
  }
}

extension RuleSet {
  private static let second: Int64 = 1000
  private static let minute: Int64 = 60_000
  private static let heart: [ObservationKind] = [.heartRate, .pulseRate]

  private static let standard: [Rule] = [
    rule(
      "OX-1", .high, supersedes: ["OX-2"], when: [.init([.spo2], Bound(.below, 90))],
      confirmation: .init(stream: 30 * second, apart: minute, window: 10 * minute, byFullyQualified: true),
      clear: [.init([.spo2], Bound(.atLeast, 92))]),
    rule(
      "OX-2", .high, when: [.init([.spo2], Bound(.atMost, 92), beyond: Bound(.below, 90))],
      confirmation: .init(stream: 120 * second, apart: 0, window: 5 * minute),
      clear: [.init([.spo2], Bound(.atLeast, 94))]),
    rule(
      "HR-1", .high, supersedes: ["HR-2"],
      when: [.init(heart, Bound(.atMost, 40)), .init(heart, Bound(.atLeast, 131))],
      confirmation: .init(stream: 30 * second, apart: 0, window: 10 * minute),
      clear: [.init(heart, Bound(.atLeast, 45)), .init(heart, Bound(.atMost, 125))]),
    // Whether the person rests is not known, hence 10 minutes and not 5.
    rule(
      "HR-2", .medium,
      when: [
        .init(heart, Bound(.atMost, 45), beyond: Bound(.atMost, 40)),
        .init(heart, Bound(.atLeast, 111), beyond: Bound(.atLeast, 131)),
      ],
      confirmation: .init(stream: 10 * minute, apart: 0, window: 15 * minute),
      clear: [.init(heart, Bound(.atLeast, 50)), .init(heart, Bound(.atMost, 105))]),
    // The second reading is due in 10 minutes; one that comes before the wait of 15 is over still counts.
    rule(
      "BP-1", .high, supersedes: ["BP-2"],
      when: [.init([.systolic], Bound(.atLeast, 180)), .init([.diastolic], Bound(.atLeast, 120))],
      confirmation: .init(stream: nil, apart: 0, window: 15 * minute, unconfirmedAfter: 15 * minute),
      clear: [.init([.systolic], Bound(.below, 170)), .init([.diastolic], Bound(.below, 110))]),
    rule(
      "BP-2", .high,
      when: [
        .init([.systolic], Bound(.atLeast, 180)),
        .init([.diastolic], Bound(.atLeast, 110), beyond: Bound(.atLeast, 120)),
      ],
      confirmation: .init(stream: nil, apart: minute, window: 15 * minute),
      clear: [.init([.systolic], Bound(.below, 170)), .init([.diastolic], Bound(.below, 110))]),
    rule(
      "BP-5", .medium, when: [.init([.systolic], Bound(.atMost, 90))],
      confirmation: .init(stream: nil, apart: 0, window: 5 * minute),
      clear: [.init([.systolic], Bound(.atLeast, 95))],
      aggravations: [
        .init(heart, Bound(.atLeast, 111)), .init(heart, Bound(.atMost, 40)), .init([.spo2], Bound(.atMost, 91)),
      ]),
  ]

  private static func rule(
    _ id: String, _ priority: Alert.Priority, supersedes: [String] = [], when conditions: [Rule.Condition],
    confirmation: Rule.Confirmation, clear: [Rule.Condition], aggravations: [Rule.Condition] = []
  ) -> Rule {
    let clearTime: Int64? = confirmation.stream == nil ? nil : 60 * second
    return Rule(
      id: id, version: 1, category: .physiological, priority: priority, level: 1, supersedes: supersedes,
      conditions: conditions, confirmation: confirmation,
      clear: Rule.Clear(conditions: clear, stream: clearTime, readings: 2), aggravations: aggravations)
  }
}
