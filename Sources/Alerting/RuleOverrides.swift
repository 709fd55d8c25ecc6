// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

extension RuleSet {
  private static let edition: Result<RuleSet, DocumentError> = Result { () throws(DocumentError) in
    try RuleLoader.edition("cn")
  }

  /// The edition for the community care of older people in China.
  ///
  /// - Throws: if the text in the program were broken; a gateway must not run without rules then.
  package static var defaults: RuleSet {
    get throws(DocumentError) { try edition.get() }
  }

  /// What the configuration's `rules:` section says.
  ///
  ///     edition: intl                    # or file, not both; cn where neither is named
  ///     file: /etc/vigil/rules.yaml      # see RuleLoader
  ///     settle-seconds: 0
  ///     OX-1: {confirm-seconds: 5, clear-seconds: 10}
  ///     HR-2: {enabled: false}
  ///
  /// The times are for tests and commissioning. `confirm-seconds` may only become shorter. It is how long a stream must
  /// offend; where streams raise nothing, the wait after which a rule alerts without a second reading (BP-1), or else the
  /// least time between two readings (BP-2).
  ///
  /// - Parameter read: the text of a file that the section names; nil where it cannot be read.
  package init(overriding node: Node?, read: (String) -> String? = { _ in nil }) throws(DocumentError) {
    guard let node else {
      self = try .defaults
      return
    }
    self = try Self.base(node, read: read)
    let fields = try node.mapping(optional: ["settle-seconds", "edition", "file"] + rules.map(\.id))
    if let settle = fields["settle-seconds"] { self.settle = Int64(try settle.integer(in: 0...60)) * 1000 }
    var kept: [Rule] = []
    for rule in rules {
      if let changed = try Self.overridden(rule, by: fields[rule.id]) { kept.append(changed) }
    }
    rules = kept
  }

  /// The rules before the section's own changes.
  private static func base(_ node: Node, read: (String) -> String?) throws(DocumentError) -> RuleSet {
    let entries = try node.entries
    let edition = entries.first { $0.key == "edition" }
    guard let file = entries.first(where: { $0.key == "file" }) else {
      guard let edition else { return try .defaults }
      let name = try edition.value.string
      guard RuleLoader.editions.contains(name) else {
        throw edition.value.error(
          "expected one of \(RuleLoader.editions.joined(separator: ", ")), found '\(name.prefix(40))'")
      }
      return try RuleLoader.edition(name)
    }
    if let edition { throw edition.error("'edition' does not go with 'file', keep one of them") }
    let path = try file.value.string
    guard path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw file.value.error(
        "'\(path.prefix(40))' is not allowed, allowed: a path from the root, such as /etc/vigil/file")
    }
    guard let text = read(path) else {
      throw file.value.error("'\(path.prefix(80))' does not exist or cannot be seen by this user")
    }
    return try RuleLoader.load(text, file: path)
  }

  // MARK: a rule's times

  /// - Returns: nil for a disabled rule.
  private static func overridden(_ rule: Rule, by node: Node?) throws(DocumentError) -> Rule? {
    guard let node else { return rule }
    let fields = try node.mapping(optional: ["enabled", "confirm-seconds", "clear-seconds"])
    var rule = rule
    if let confirm = fields["confirm-seconds"] {
      rule.confirmation = try shortened(rule.confirmation, to: confirm, of: rule.id)
    }
    if let clear = fields["clear-seconds"] {
      guard rule.clear.stream != nil else {
        let what = rule.clear.conditions.isEmpty ? "quiet time" : "\(rule.clear.readings) readings"
        throw clear.error("\(rule.id) is cleared by \(what), not by a time; remove the key")
      }
      rule.clear.stream = try time(clear, upTo: 3_600_000)
    }
    guard let enabled = fields["enabled"] else { return rule }
    return try enabled.boolean ? rule : nil
  }

  private static func shortened(
    _ confirmation: Rule.Confirmation, to node: Node, of id: String
  ) throws(DocumentError) -> Rule.Confirmation {
    var confirmation = confirmation
    if let longest = confirmation.stream {
      let held = try time(node, upTo: longest)
      confirmation.stream = held
      confirmation.streamAtRest = confirmation.streamAtRest.map { min($0, held) }
      return confirmation
    }
    switch confirmation.spot {
    case .second(var second):
      if let longest = second.unconfirmedAfter {
        let wait = try time(node, upTo: longest)
        second.unconfirmedAfter = wait
        second.within = wait
        second.apart = min(second.apart, wait)
      } else if second.apart > 0 {
        second.apart = try time(node, upTo: second.apart)
      } else {
        throw node.error("\(id) is confirmed by the next reading, whenever it comes; remove the key")
      }
      confirmation.spot = .second(second)
    case .mean(let readings, let apart, let within) where apart > 0:
      confirmation.spot = .mean(readings: readings, apart: try time(node, upTo: apart), within: within)
    case .sessions, .average:
      throw node.error("\(id) is confirmed by sessions of measuring, not by a time; remove the key")
    case .one, .mean, nil:
      throw node.error("\(id) is confirmed by the next reading, whenever it comes; remove the key")
    }
    return confirmation
  }

  /// - Returns: milliseconds, at least a second.
  private static func time(_ node: Node, upTo longest: Int64) throws(DocumentError) -> Int64 {
    Int64(try node.integer(in: 1...max(1, Int(longest / 1000)))) * 1000
  }
}
