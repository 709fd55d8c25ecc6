// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The rules at work: a pure reducer over one person's state.
package enum Evaluator {
  package enum Event: Sendable {
    case observation(Observation)
    /// Time has passed. Without ticks a wait ends at the next observation.
    case tick
  }

  /// - Parameters:
  ///   - elapsedMs: monotonic milliseconds of the event; all durations come from it.
  ///   - now: when an alert that this event raises was raised.
  /// - Returns: one alert for each transition, in order. An observation of another person changes nothing.
  package static func evaluate(
    _ event: Event, elapsedMs: Int64, now: Moment, state: inout PersonState, rules: RuleSet
  ) -> [Alert] {
    guard state.resident != .unassigned, state.resident != .gateway else { return [] }
    var run = Run(elapsed: state.advance(to: elapsedMs), now: now, rules: rules, state: state)
    run.endWaits()
    if case .observation(let observation) = event, observation.resident == state.resident,
      observation.purpose == .care, observation.age != .late
    {
      run.take(observation)
    }
    state = run.state
    return run.alerts
  }
}

/// One event on its way through the rules.
private struct Run {
  let elapsed: Int64
  let now: Moment
  let rules: RuleSet
  var state: PersonState
  var alerts: [Alert] = []

  /// Spot readings that nobody confirmed in time: forgotten, or alerted all the same where the rule says so.
  mutating func endWaits() {
    guard !state.pending.isEmpty else { return }
    for rule in rules.rules {
      let waiting = state.pending.filter { pending in
        guard pending.rule == rule.id, case .spots = pending.source else { return false }
        guard let wait = rule.confirmation.unconfirmedAfter else {
          return elapsed - pending.firstAt > rule.confirmation.window
        }
        return elapsed - pending.firstAt >= wait
      }
      guard !waiting.isEmpty else { continue }
      state.pending.removeAll { waiting.contains($0) }
      if rule.confirmation.unconfirmedAfter != nil, let crisis = waiting.first(where: \.isClean), !isBlocked(rule) {
        start(rule, from: crisis, confirmedBy: nil)
      }
    }
  }

  mutating func take(_ observation: Observation) {
    let source: Source
    var isSettled = true
    if observation.isStream {
      source = .stream(device: observation.device.id, characteristic: observation.characteristic)
      if observation.quality != .invalid, observation.values.contains(where: { $0.number != nil }) {
        isSettled = elapsed - state.noteSample(of: source) >= rules.settle
      }
    } else {
      source = .spots(link: observation.link)
    }
    if observation.quality == .valid, isSettled {
      for rule in rules.rules {
        for condition in rule.aggravations { state.noteLatest(condition.kinds, of: observation) }
      }
    }
    for rule in rules.rules where rule.concerns(observation) {
      let grade = observation.quality == .invalid || !isSettled ? .unusable : rule.grade(observation)
      if let index = state.activeIndex(of: rule.id) {
        takeTowardsClear(of: index, rule, observation, source, grade)
      } else if observation.isStream {
        takeStream(rule, observation, source, grade)
      } else {
        takeSpot(rule, observation, grade)
      }
    }
  }

  // MARK: raising

  private mutating func takeStream(_ rule: Rule, _ observation: Observation, _ source: Source, _ grade: Rule.Grade) {
    guard let needed = rule.confirmation.stream else { return }
    var index = state.pending.firstIndex { $0.rule == rule.id && $0.source == source }
    if let found = index, state.pending[found].hold.isSilent(at: elapsed) {
      state.pending.remove(at: found)
      index = nil
    }
    guard let index else {
      if case .offending = grade { state.addPending(Pending(rule, source, observation, at: elapsed)) }
      return
    }
    // A worse link than it began on says nothing; if the better one stays away the silence ends this.
    if rule.guardsLink, observation.link < state.pending[index].link { return }
    switch grade {
    case .clear where observation.quality == .valid, .between where observation.quality == .valid:
      state.pending.remove(at: index)
    case .clear, .between, .unusable:
      if !state.pending[index].hold.freeze(at: elapsed) { state.pending.remove(at: index) }
    case .offending, .beyond:
      state.pending[index].hold.hold(at: elapsed)
      let pending = state.pending[index]
      if pending.hold.held >= needed, observation.quality == .valid, !isBlocked(rule) {
        start(rule, from: pending, confirmedBy: observation)
      }
    }
  }

  private mutating func takeSpot(_ rule: Rule, _ observation: Observation, _ grade: Rule.Grade) {
    let link = rule.guardsLink ? observation.link : .advert
    /// Those that this reading may confirm or end: begun over a link that is no better.
    func isOpen(_ pending: Pending) -> Bool {
      guard pending.rule == rule.id, case .spots(let begun) = pending.source else { return false }
      return begun <= link
    }
    switch grade {
    case .unusable: return
    case .clear, .between:
      if observation.quality == .valid { state.pending.removeAll(where: isOpen) }
    case .offending, .beyond:
      let open = state.pending.filter(isOpen)
      if open.contains(where: { $0.first.reading == observation.reading }) { return }
      let isFirst = !open.contains { $0.source == .spots(link: link) }
      let new = Pending(rule, .spots(link: link), observation, at: elapsed)
      guard observation.quality == .valid else {
        if isFirst, case .offending = grade { state.addPending(new) }
        return
      }
      let confirmed = open.first { elapsed - $0.firstAt >= rule.confirmation.apart }
      if isBlocked(rule) {
        if isFirst || confirmed != nil, case .offending = grade { state.addPending(new) }
      } else if let confirmed {
        start(rule, from: confirmed, confirmedBy: observation)
      } else if rule.confirmation.byFullyQualified, observation.status.contains("fully-qualified") {
        start(rule, from: open.first ?? new, confirmedBy: open.isEmpty ? nil : observation, isConfirmed: true)
      } else if isFirst, case .offending = grade {
        state.addPending(new)
      }
    }
  }

  /// Whether a more serious rule of the family is active.
  private func isBlocked(_ rule: Rule) -> Bool {
    rules.rules.contains { $0.supersedes.contains(rule.id) && state.activeIndex(of: $0.id) != nil }
  }

  private mutating func start(
    _ rule: Rule, from pending: Pending, confirmedBy observation: Observation?, isConfirmed: Bool = false
  ) {
    var further: [Evidence] = []
    if let observation, observation.reading != pending.first.reading {
      further.append(Evidence(observation, of: rule.kinds))
    }
    let decisive = further.last ?? pending.first
    let aggravation = self.aggravation(of: rule)
    if let aggravation { further.append(aggravation) }
    let episode = Episode(
      rule, resident: state.resident, priority: aggravation == nil ? rule.priority : .high,
      limits: rule.limits(crossedBy: decisive.values), first: pending.first, furtherEvidence: further,
      link: max(pending.link, observation?.link ?? pending.link), raised: now)
    state.pending.removeAll { $0.rule == rule.id }
    state.episodes.append(episode)
    alerts.append(
      episode.transition(
        .start,
        text: AlertText.start(
          limits: episode.limits, decisive: decisive, aggravation: aggravation?.values.first,
          isUnconfirmed: observation == nil && !isConfirmed)))
    for lower in rule.supersedes {
      guard let index = state.activeIndex(of: lower) else { continue }
      var superseded = state.episodes.remove(at: index)
      superseded.supersede(by: episode.alert)
      alerts.append(superseded.transition(.supersede, text: AlertText.supersede()))
    }
  }

  private func aggravation(of rule: Rule) -> Evidence? {
    for condition in rule.aggravations {
      let known = condition.kinds.compactMap { kind in state.latest[kind].map { (kind, $0) } }
      guard let (kind, latest) = known.max(by: { $0.1.at < $1.1.at }), condition.bound.holds(latest.number),
        elapsed - latest.at <= Rule.aggravationWindow
      else { continue }
      return Evidence(
        reading: latest.reading, values: [Quantity(kind, .number(latest.number))],
        observedWallMs: latest.observedWallMs, age: latest.age)
    }
    return nil
  }

  // MARK: clearing

  private mutating func takeTowardsClear(
    of index: Int, _ rule: Rule, _ observation: Observation, _ source: Source, _ grade: Rule.Grade
  ) {
    let episode = state.episodes[index]
    if episode.priority == .high, observation.link < episode.link { return }
    // A stored record of before the episode says nothing of how the person is now.
    if !observation.isStream, let observed = observation.observedWallMs, let raised = episode.raised.wallMs,
      observed < raised
    {
      return
    }
    switch grade {
    case .between, .offending, .beyond:
      state.episodes[index].clearing = Clearing()
    case .clear where observation.quality == .valid:
      let isOver: Bool
      if observation.isStream {
        guard let needed = rule.clear.stream else { return }
        isOver = state.episodes[index].clearing.hold(source, at: elapsed) >= needed
      } else {
        isOver = state.episodes[index].clearing.count(observation.reading) >= rule.clear.readings
      }
      if isOver { clear(index, by: Evidence(observation, of: rule.kinds)) }
    case .clear, .unusable:
      if observation.isStream { state.episodes[index].clearing.freeze(source, at: elapsed) }
    }
  }

  private mutating func clear(_ index: Int, by last: Evidence) {
    state.episodes[index].clear()
    alerts.append(state.episodes[index].transition(.clear, text: AlertText.clear(last)))
    if state.episodes[index].state == .ended { state.episodes.remove(at: index) }
    state.forgetOldestCleared()
  }
}
