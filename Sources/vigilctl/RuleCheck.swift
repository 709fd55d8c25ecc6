// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Document
import Gateway
import Texts

/// What a file of rules is: what is wrong with it, or what it changes in the edition that it is based on.
struct RuleCheck {
  struct Finding {
    let file: String
    let mark: Mark
    let what: Text
    let next: Text
  }

  /// The first thing wrong.
  let finding: Finding?
  private(set) var rules: [Rule] = []
  private(set) var changed: [Rule] = []
  private(set) var added: [Rule] = []
  private(set) var leftOut: [Rule] = []
  private(set) var changesManners = false
  /// What nothing is wrong with, and somebody should look at again.
  private(set) var warnings: [Finding] = []

  init(_ error: FileError) {
    let isMissing = !TextFile.exists(error.path)
    finding = Finding(
      file: error.path, mark: Mark(line: 1, column: 1), what: ProfileCheckTexts.unreadable(reason: error.reason),
      next: isMissing ? RuleCommandTexts.checkPath : RuleCommandTexts.checkFile)
  }

  init(_ text: String, file: String) {
    do {
      let set = try RuleLoader.load(text, file: file)
      let base = try set.base.map { (name) throws(DocumentError) in try RuleLoader.edition(name) }
      finding = nil
      rules = set.rules
      if let base { compare(set, with: base) }
      warnings = RuleWarnings(text, file: file, set: set, base: base).findings
    } catch {
      finding = Finding(
        file: error.file, mark: error.mark, what: DocumentTexts.what(key: error.path, message: error.message),
        next: RuleCommandTexts.remedy(for: error.message))
    }
  }

  private mutating func compare(_ set: RuleSet, with base: RuleSet) {
    for rule in set.rules {
      guard let original = base.rules.first(where: { $0.id == rule.id }) else {
        added.append(rule)
        continue
      }
      if rule.differs(from: original) { changed.append(rule) }
    }
    leftOut = base.rules.filter { original in !set.rules.contains { $0.id == original.id } }
    changesManners = set.manners != base.manners || set.technical != base.technical || set.settle != base.settle
  }

  private var changeCount: Int { changed.count + added.count + leftOut.count + (changesManners ? 1 : 0) }

  var lines: [Text] {
    if let finding {
      return [ProfileCheckTexts.finding(place: "\(finding.file):\(finding.mark)", finding.what, next: finding.next)]
    }
    func written(_ rule: Rule) -> Text { RuleTexts.written(version: rule.version, by: rule.author, on: rule.date) }
    func name(_ rule: Rule) -> Text { RuleTexts.rule(rule.id, rule.name) }
    return changed.map { RuleCommandTexts.changed(name($0), written($0)) }
      + added.map { RuleCommandTexts.added(name($0), written($0)) } + leftOut.map { RuleCommandTexts.leftOut(name($0)) }
      + (changesManners ? [RuleCommandTexts.changedManners] : [])
      + warnings.map { warning in
        ProfileCheckTexts.finding(
          place: "\(warning.file):\(warning.mark)", RuleCommandTexts.warning(warning.what), next: warning.next)
      } + [RuleCommandTexts.result(rules: rules.count, changes: changeCount, warnings: warnings.count)]
  }
}
