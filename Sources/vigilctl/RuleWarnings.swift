// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Document
import Texts

/// What in a site's file is allowed, and seldom meant: nothing is wrong with it, and somebody should look at it again.
struct RuleWarnings {
  private let file: String
  private let document: Node?
  private(set) var findings: [RuleCheck.Finding] = []

  /// - Parameters:
  ///   - text: of the file, which the loader has read without an error.
  ///   - base: the edition that it is based on; nil for none.
  init(_ text: String, file: String, set: RuleSet, base: RuleSet?) {
    self.file = file
    document = try? YAML.parse(text, file: file)
    look(at: set.manners.high, shipped: base?.manners.high)
    guard let base else { return }
    for original in base.rules {
      if let rule = set.rules.first(where: { $0.id == original.id }) {
        look(at: rule, original)
      } else if original.highest == .high {
        note(
          ["rules", original.id, "enabled"],
          RuleCommandTexts.highLeftOut(RuleTexts.rule(original.id, original.name)), RuleCommandTexts.makeSureOfRule)
      }
    }
    findings.sort { ($0.mark.line, $0.mark.column) < ($1.mark.line, $1.mark.column) }
  }

  private mutating func look(at rule: Rule, _ original: Rule) {
    let name = RuleTexts.rule(rule.id, rule.name)
    if rule.differs(from: original), rule.version <= original.version {
      note(
        ["rules", rule.id, "version"], RuleCommandTexts.sameVersion(name, shipped: original.version),
        RuleCommandTexts.chooseVersion(original.version + 100))
    }
    let isMilder = original.priority == .high && rule.priority != .high
    if isMilder || original.highest == .high && rule.highest != .high {
      note(
        ["rules", rule.id, "priority"],
        RuleCommandTexts.highMadeMilder(name, RuleTexts.priority(rule.priority.rawValue)),
        RuleCommandTexts.makeSureOfRule)
    }
  }

  /// - Parameter shipped: nil for a file of its own, which says all of it.
  private mutating func look(at high: Manners.Manner, shipped: Manners.Manner?) {
    if !high.latches, shipped?.latches != false {
      note(["manners", "high", "latches"], RuleCommandTexts.highDoesNotLatch, RuleCommandTexts.leaveOutKey)
    }
    if high.again == nil, shipped?.again != nil || shipped == nil {
      note(["manners", "high", "again"], RuleCommandTexts.highIsSaidOnce, RuleCommandTexts.leaveOutKey)
    }
    if high.escalate.isEmpty, shipped?.escalate.isEmpty != true {
      note(["manners", "high", "escalate"], RuleCommandTexts.highGoesNowhere, RuleCommandTexts.leaveOutKey)
    }
  }

  /// - Parameter path: the keys down to what is meant; the last that is there is shown.
  private mutating func note(_ path: [String], _ what: Text, _ next: Text) {
    var mark = Mark(line: 1, column: 1)
    var node = document
    for key in path {
      guard let entry = try? node?.entries.first(where: { $0.key == key }) else { break }
      (mark, node) = (entry.keyMark, entry.value)
    }
    findings.append(RuleCheck.Finding(file: file, mark: mark, what: what, next: next))
  }
}

extension Rule {
  /// The most serious that it may be.
  fileprivate var highest: Alert.Priority {
    let all = priorityCases.map(\.priority) + [priority]
    return Alert.Priority.allCases.first(where: all.contains) ?? priority
  }

  /// That another rule is left out changes whom it silences, not the rule.
  func differs(from original: Rule) -> Bool {
    var same = self
    same.supersedes = original.supersedes
    return same != original
  }
}
