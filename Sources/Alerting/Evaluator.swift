// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The rules at work: a pure reducer over one person's state. ``Detector`` finds what is the matter, ``EpisodeBook`` says what
/// people hear of it.
package enum Evaluator {
  package enum Event: Sendable {
    case observation(Observation)
    /// Time has passed. Without ticks it is heard with the next observation that a wait has ended.
    /// - `isHeard`: what was said before has reached the clinic; while it has not, nothing is said again.
    case tick(isHeard: Bool)
  }

  /// - Returns: one alert for each transition, in order. An observation of another person changes nothing.
  package static func evaluate(
    _ event: Event, at occasion: Occasion, state: inout PersonState, rules: RuleSet
  ) -> [Alert] {
    guard state.resident != .unassigned, state.resident != .gateway else { return [] }
    let occasion = state.advance(to: occasion)
    state.detector.shelved = state.book.shelved
    var findings: [Finding] = []
    // Each at its own time: readings that are replayed without ticks come to the same as when they were new. There is an end,
    // as each turn takes out something that is remembered.
    while let due = state.detector.overdue(at: occasion) {
      findings += state.pass(to: occasion.before(due), rules: rules)
    }
    findings += state.pass(to: occasion, rules: rules)
    if case .observation(let observation) = event, observation.resident == state.resident, observation.purpose == .care
    {
      findings += state.detector.take(observation, at: occasion, rules: state.rules, settle: rules.settle)
    }
    var alerts = state.hear(findings, at: occasion, manners: rules.manners)
    if case .tick(let isHeard) = event {
      alerts += state.book.tick(at: occasion, isHeard: isHeard, manners: rules.manners)
    }
    return alerts
  }

  /// The clinic has said something new of the person.
  /// - Returns: the ends of episodes whose rules are the person's no longer.
  package static func adopt(
    _ settings: PersonSettings, at occasion: Occasion, state: inout PersonState, rules: RuleSet
  ) -> [Alert] {
    let occasion = state.advance(to: occasion)
    state.settings = settings
    return state.hear(state.renewRules(from: rules, at: occasion), at: occasion, manners: rules.manners)
  }
}
