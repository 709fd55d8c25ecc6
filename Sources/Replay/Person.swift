// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// A person of a trace: what the rules remember of her, and what a gateway's database would.
package struct Person: Sendable {
  package let resident: ResidentID
  package internal(set) var state: PersonState
  private var past = Past()
  /// Of the hours that are over: the person's medians.
  private var hours: [Baseline.Hour] = []
  private var lastReading: Int64?

  /// With nothing measured for so long, nothing waits for a second.
  private static let quiet: Int64 = 65 * 60_000
  /// Eight days of ten kinds.
  private static let mostHours = 8 * 24 * 10

  init(resident: ResidentID) {
    self.resident = resident
    state = PersonState(resident: resident)
  }

  func isQuiet(at now: Int64) -> Bool { lastReading.map { now > $0 &+ Self.quiet } ?? true }

  mutating func evaluate(_ event: Evaluator.Event, at occasion: Occasion, rules: RuleSet) -> [Alert] {
    Evaluator.evaluate(event, at: occasion, state: &state, rules: rules)
  }

  mutating func adopt(_ change: SettingsChange, at occasion: Occasion, rules: RuleSet) -> [Alert] {
    var settings = state.settings
    change.apply(to: &settings)
    return Evaluator.adopt(settings, at: occasion, state: &state, rules: rules)
  }

  // MARK: what a database would have

  /// Whether it has not come before: a database takes a reading once.
  func isNew(_ observation: Observation) -> Bool { past.isNew(observation) }

  mutating func remember(_ observation: Observation) {
    let at = observation.received.monotonicMs
    if let last = lastReading, at / 3_600_000 != last / 3_600_000 {
      keep(state.detector.baseline.takeClosedHours())
    }
    lastReading = at
    past.append(observation)
  }

  private mutating func keep(_ closed: [Baseline.Hour]) {
    hours += closed
    if hours.count > Self.mostHours { hours.removeFirst(hours.count - Self.mostHours) }
  }

  /// As the daemon does it at its start: the rules see what they have seen before, and what was published is the truth.
  mutating func restart(rules: RuleSet, at occasion: Occasion) {
    var fresh = PersonState(resident: resident)
    let before = Occasion(
      now: occasion.now, elapsedMs: occasion.elapsedMs &- Past.farthest &- 1, calendar: occasion.calendar)
    _ = Evaluator.adopt(state.settings, at: before, state: &fresh, rules: rules)
    for observation in past.seen(at: occasion.elapsedMs) {
      let received = observation.received
      let then = Occasion(now: received, elapsedMs: received.monotonicMs, calendar: occasion.calendar)
      _ = Evaluator.evaluate(.observation(observation), at: then, state: &fresh, rules: rules)
    }
    _ = Evaluator.evaluate(.tick(isHeard: false), at: occasion, state: &fresh, rules: rules)
    keep(state.detector.baseline.takeClosedHours())
    keep(fresh.detector.baseline.takeClosedHours())
    fresh.detector.baseline.restore(hours)
    fresh.resume(
      open: state.episodes.map(\.latest), pauses: state.book.pauses, day: state.book.day, at: occasion
    ) { $0.monotonicMs }
    state = fresh
  }
}
