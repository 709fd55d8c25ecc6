// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

extension Rule {
  /// It ends because it is the person's no longer, and not because it has been quiet for so long.
  var gone: Rule {
    var rule = self
    rule.clear.quiet = nil
    return rule
  }

  /// A rule of which only an alert is left: another edition does not have it.
  init(goneSince alert: Alert) {
    self.init(
      id: alert.rule, version: alert.ruleVersion, author: "", date: "", name: Text(zh: alert.rule, en: alert.rule),
      category: alert.category, priority: alert.priority, priorityCases: [], supersedes: [], applies: Applicability(),
      conditions: [], confirmation: Confirmation(stream: nil, spot: nil),
      clear: Clear(conditions: [], stream: nil, readings: 1), onceIn: nil)
  }
}
