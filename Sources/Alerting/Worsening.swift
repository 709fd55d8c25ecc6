// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What is on becomes graver: it is found again, with its new priority. It never becomes milder while it is on.
extension Detector {
  /// A valid reading of a rule that is on: kept where something could make it graver.
  mutating func noteOffence(_ index: Int, by observation: Observation, _ grade: RuleTable.Grade) {
    let row = table.rows[index]
    guard let on = watches[index].on, row.mayBeWorse(than: on.priority) else { return }
    watches[index].on?.offence =
      grade.isOffending ? Standing.Offence(evidence: Evidence(observation, of: row.kinds), at: elapsed) : nil
  }

  /// A spot reading of another quantity, which came after the one that it makes graver. A stream's sample, which may be a
  /// spike, counts when the next offending reading comes.
  mutating func worsen(by kinds: KindSet, _ findings: inout [Finding]) {
    for index in watches.indices {
      guard let offence = watches[index].on?.offence,
        elapsed - offence.at <= Rule.aggravationWindow,
        table.rows[index].worse.contains(where: { $0.check.kinds.intersects(kinds) })
      else { continue }
      worsen(index, by: offence, &findings)
    }
  }

  mutating func worsen(_ index: Int, by offence: Standing.Offence, _ findings: inout [Finding]) {
    let row = table.rows[index]
    let (priority, aggravation) = priority(of: row)
    guard let on = watches[index].on, priority.isMoreSerious(than: on.priority) else { return }
    watches[index].on?.priority = priority
    findings.append(
      began(row, Proof(offence.evidence, link: on.link), priority, aggravation, superseded: []))
  }
}

extension RuleTable.Row {
  /// Whether anything could make it graver than that.
  func mayBeWorse(than priority: Alert.Priority) -> Bool {
    rule.priority.isMoreSerious(than: priority) || worse.contains { $0.priority.isMoreSerious(than: priority) }
  }
}
