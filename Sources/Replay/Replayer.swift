// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

/// Lives through a trace as a gateway would: the rules see each reading when it came, and a tick each second.
package struct Replayer {
  /// Something that the clinic would have been told, or an answer of the clinic that would have been refused.
  package enum Event: Sendable, Equatable {
    case transition(Transition)
    case refused(Text)
    /// Settings that no gateway would take: they are left out, and what follows is not what it was meant to be.
    case unusable(Text)
  }

  package struct Transition: Sendable, Equatable {
    /// Milliseconds since 1970.
    package let at: Int64
    package let alert: Alert
  }

  package let rules: RuleSet
  private let calendar: @Sendable (Int64) -> LocalTime
  /// In the order in which they came up.
  package private(set) var people: [Person] = []
  private var indices: [ResidentID: Int] = [:]
  /// What was said of people who have not come up yet; without a resident, of everybody.
  private var settings: [SettingsChange] = []
  /// When the next tick is due, and what time it is; nil before the first line.
  private var times: (tick: Int64, now: Int64)?

  private static let second: Int64 = 1000
  private static let minute: Int64 = 60_000

  package init(
    rules: RuleSet, settings: [SettingsChange] = [], calendar: @escaping @Sendable (Int64) -> LocalTime
  ) {
    self.rules = rules
    self.settings = settings
    self.calendar = calendar
  }

  package mutating func take(_ line: TraceLine) -> [Event] {
    guard let moment = line.at else { return [] }
    var events = pass(until: moment.monotonicMs)
    let occasion = occasion(moment)
    // Somebody may be given limits or a pause before anything is measured.
    if let resident = line.resident, resident != .unassigned, resident != .gateway {
      _ = index(of: resident, at: occasion)
    }
    switch line {
    case .skipped, .tick: break
    case .reading(let observation): events += take(observation, at: occasion)
    case .restart: for index in people.indices { people[index].restart(rules: rules, at: occasion) }
    case .acknowledge(let acknowledgement, _): events += acknowledge(acknowledgement, at: occasion)
    case .pause(let order, _): events += pause(order, at: occasion)
    case .settings(let change, _): events += adopt(change, at: occasion)
    }
    return events
  }

  // MARK: time

  /// A time that does not step back.
  private func occasion(_ moment: Moment) -> Occasion {
    Occasion(now: moment, elapsedMs: max(times?.now ?? moment.monotonicMs, moment.monotonicMs), calendar: calendar)
  }

  /// The ticks up to that time and at it: whole seconds from the first line on.
  private mutating func pass(until end: Int64) -> [Event] {
    guard let times, end > times.now else {
      if times == nil { times = (end &+ Self.second, end) }
      return []
    }
    var next = times.tick
    var events: [Event] = []
    while next <= end {
      if next &+ Self.minute <= end, next % Self.minute < Self.second,
        people.allSatisfy({ $0.isQuiet(at: next) }), passMinute(from: next)
      {
        next += Self.minute
        continue
      }
      events += tick(at: next)
      next += Self.second
    }
    self.times = (next, end)
    return events
  }

  private mutating func tick(at time: Int64) -> [Event] {
    let occasion = occasion(TraceReader.moment(time))
    var events: [Event] = []
    for index in people.indices {
      events += transitions(people[index].evaluate(.tick(isHeard: true), at: occasion, rules: rules), at: occasion)
    }
    return events
  }

  /// One tick in place of sixty, where nothing comes of them.
  ///
  /// - Returns: false where something does: nothing has happened yet.
  private mutating func passMinute(from start: Int64) -> Bool {
    let before = people
    let events = tick(at: start) + tick(at: start &+ Self.minute &- Self.second)
    if events.isEmpty { return true }
    people = before
    return false
  }

  // MARK: lines

  private mutating func take(_ observation: Observation, at occasion: Occasion) -> [Event] {
    guard observation.resident != .unassigned, observation.resident != .gateway else { return [] }
    var events: [Event] = []
    let index = index(of: observation.resident, at: occasion)
    guard people[index].isNew(observation) else { return [] }
    let alerts = people[index].evaluate(.observation(observation), at: occasion, rules: rules)
    people[index].remember(observation)
    events += transitions(alerts, at: occasion)
    return events
  }

  private mutating func acknowledge(_ answer: TraceLine.Acknowledgement, at occasion: Occasion) -> [Event] {
    for index in people.indices where answer.resident == nil || answer.resident == people[index].resident {
      let episode = people[index].state.episodes.first { episode in
        switch answer.target {
        case .rule(let rule): episode.rule == rule
        case .alert(let alert): episode.alert == alert
        }
      }
      guard let episode else { continue }
      return answered(at: occasion) { () throws(AnswerRefusal) in
        try people[index].state.book.acknowledge(episode.alert, seen: answer.seen, by: answer.by, at: occasion)
      }
    }
    return [.refused(Self.text(.unknown))]
  }

  private mutating func pause(_ order: TraceLine.PauseOrder, at occasion: Occasion) -> [Event] {
    var events: [Event] = []
    var hasFound = false
    for index in people.indices where order.resident == nil || order.resident == people[index].resident {
      hasFound = true
      let manners = rules.manners
      events += answered(at: occasion) { () throws(AnswerRefusal) in
        let length: Int64?
        switch order.length {
        case .none: return try people[index].state.book.endPause(of: order.scope, at: occasion, manners: manners)
        case .milliseconds(let ms): length = ms
        case .outOfService: length = nil
        }
        let pause = Pause(
          id: StableID(hashing: ["replay", people[index].resident.description, String(occasion.elapsedMs)]),
          scope: order.scope, reason: order.reason, by: order.by, from: occasion.now, milliseconds: length)
        return try people[index].state.book.begin(pause, at: occasion, manners: manners)
      }
    }
    return hasFound ? events : [.refused(Self.text(.unknown))]
  }

  private mutating func adopt(_ change: SettingsChange, at occasion: Occasion) -> [Event] {
    if let refusal = change.refusal(by: rules, wallMs: occasion.now.wallMs) { return [.unusable(refusal)] }
    settings.append(change)
    var events: [Event] = []
    for index in people.indices where change.resident == nil || change.resident == people[index].resident {
      events += transitions(people[index].adopt(change, at: occasion, rules: rules), at: occasion)
    }
    return events
  }

  /// The person's place in ``people``; somebody new has the settings that were said before.
  private mutating func index(of resident: ResidentID, at occasion: Occasion) -> Int {
    if let index = indices[resident] { return index }
    var person = Person(resident: resident)
    for change in settings where change.resident == nil || change.resident == resident {
      _ = person.adopt(change, at: occasion, rules: rules)
    }
    indices[resident] = people.count
    people.append(person)
    return people.count - 1
  }

  private func transitions(_ alerts: [Alert], at occasion: Occasion) -> [Event] {
    alerts.map { .transition(Transition(at: occasion.elapsedMs, alert: $0)) }
  }

  private func answered(at occasion: Occasion, _ answer: () throws(AnswerRefusal) -> [Alert]) -> [Event] {
    do {
      return transitions(try answer(), at: occasion)
    } catch {
      return [.refused(Self.text(error))]
    }
  }

  private static func text(_ refusal: AnswerRefusal) -> Text {
    switch refusal {
    case .unknown: ReplayTexts.notOpen
    case .acknowledged(let first): ReplayTexts.alreadyAcknowledged(by: first.by)
    case .stale(let version): ReplayTexts.stale(version: version)
    case .notPaused: ReplayTexts.notPaused
    case .unpausable: ReplayTexts.unpausable
    }
  }
}
