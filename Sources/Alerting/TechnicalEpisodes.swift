// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// The episodes of what is wrong with the box and its devices. Whoever looks says when a condition begins and when it is over.
extension EpisodeBook {
  /// A condition holds. Nothing where it is open or held back already.
  ///
  /// - Parameters:
  ///   - name: what the rule is called.
  ///   - text: what is said when it begins; later transitions say it again.
  ///   - superseding: milder ones of the same thing: those that are open end with it.
  mutating func begin(
    technical condition: TechnicalCondition, name: Text, text: Text, superseding: [TechnicalCondition] = [],
    evidence: [Evidence] = [], at occasion: Occasion, manners: Manners
  ) -> [Alert] {
    guard !has(condition) else { return [] }
    var raised = occasion.now
    // The episode is known again by its id, so a second one of the same moment begins a little later.
    while isSpent(condition.alert(raised: raised)) {
      raised = Moment(
        bootID: raised.bootID, monotonicMs: raised.monotonicMs &+ 1, wallMs: raised.wallMs,
        synchronized: raised.synchronized)
    }
    let opening = Opening(
      condition, name: name, text: text, evidence: evidence, superseding: superseding, raised: raised)
    return begin(opening, at: occasion, manners: manners)
  }

  /// It is over. Nothing where it was not open. Nobody has to acknowledge a disk: it does not latch.
  mutating func end(technical condition: TechnicalCondition, text: Text, at occasion: Occasion) -> [Alert] {
    end(.condition(condition), text, isGone: false, latches: false, at: occasion)
  }

  /// What those rules are about is gone, but for these conditions: an enrolment may have removed a device.
  mutating func endAll(
    ofRules rules: Set<String>, but conditions: [TechnicalCondition], text: Text, at occasion: Occasion
  ) -> [Alert] {
    endAll(text, at: occasion) { rule, isOf in rules.contains(rule) && !conditions.contains { isOf(.condition($0)) } }
  }

  /// Whether it is open, or held back until its day is over.
  func has(_ condition: TechnicalCondition) -> Bool { has(.condition(condition)) }
}
