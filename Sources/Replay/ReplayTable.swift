// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

/// Transitions in rows for people.
package struct ReplayTable {
  private let language: Language
  private let local: LocalText
  private let names: [String: Text]

  package init(language: Language, rules: RuleSet, calendar: @escaping @Sendable (Int64) -> LocalTime) {
    self.language = language
    local = LocalText(calendar: calendar)
    names = Dictionary(rules.rules.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
  }

  /// With a heading. What is said again and again of an alert is one row, with the last text; whose it is stands there
  /// where there are several people.
  package func rows(_ transitions: [Replayer.Transition]) -> [[String]] {
    let hasResidents = Set(transitions.map(\.alert.resident)).count > 1
    var rows: [[String]] = [ReplayTexts.columns.map { $0(in: language) }]
    // Of each alert the row that goes on.
    var open: [StableID: (row: Int, count: Int)] = [:]
    for transition in transitions {
      let alert = transition.alert
      if alert.phase == .continue, let (row, count) = open[alert.alert] {
        open[alert.alert] = (row, count + 1)
        rows[row][4] = ReplayTexts.repeated(phase(alert), count: count + 1)(in: language)
        rows[row][5] = text(alert)
        continue
      }
      open[alert.alert] = alert.phase == .continue ? (rows.count, 1) : nil
      rows.append(row(transition))
    }
    return hasResidents ? rows : rows.map { Array($0[..<1] + $0[2...]) }
  }

  private func row(_ transition: Replayer.Transition) -> [String] {
    let alert = transition.alert
    return [
      local.dateAndTime(transition.at), alert.resident.description, rule(alert.rule),
      WatchTexts.priority(alert.priority.rawValue)(in: language), phase(alert)(in: language), text(alert),
    ]
  }

  private func phase(_ alert: Alert) -> Text { ReplayTexts.phase(alert.phase.rawValue, level: alert.level) }
  private func text(_ alert: Alert) -> String { alert.text[language.rawValue] ?? "" }

  /// `OX-1 low oxygen saturation`
  package func rule(_ id: String) -> String {
    guard let name = names[id] ?? (id == "DG-1" ? ReplayTexts.digest : nil) else { return id }
    return ReplayTexts.rule(id, name: name)(in: language)
  }
}
