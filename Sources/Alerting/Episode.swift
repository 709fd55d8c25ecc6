// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// The life of one alert condition, from its start to its end. Each step returns the transition that people hear of.
package struct Episode: Sendable, Equatable {
  /// Its latest transition: all that was published of it.
  package private(set) var latest: Alert
  private(set) var timers: EpisodeTimers
  /// Nobody at the clinic has it, as far as the gateway knows: the next transition says so.
  var isUndelivered = false

  package var alert: StableID { latest.alert }
  package var resident: ResidentID { latest.resident }
  package var rule: String { latest.rule }
  package var category: Alert.Category { latest.category }
  package var priority: Alert.Priority { latest.priority }
  package var state: Alert.State { latest.state }
  package var link: LinkSecurity { latest.link }

  /// Takes an episode up again from its latest transition, all of it in this boot.
  package init(_ latest: Alert) { self.init(latest) { $0.monotonicMs } }

  /// - Parameter elapsed: when a moment of any boot was, on this boot's monotonic line.
  init(_ latest: Alert, elapsed: (Moment) -> Int64) {
    self.latest = latest
    timers = EpisodeTimers(latest.course, elapsed: elapsed)
    isUndelivered = latest.course.undelivered
  }

  /// - Parameter pause: one that concerns it: it begins in silence.
  init(_ opening: Opening, pause: Pause?, at occasion: Occasion) {
    latest = Self.first(
      opening, alert: opening.alert, version: 1, raised: opening.raised, pause: pause, since: occasion.now, level: 1,
      isUndelivered: false, at: occasion)
    timers = EpisodeTimers(at: occasion.elapsedMs)
  }

  /// Whether its condition holds, as far as anybody was told: what is over waits for an acknowledgement at most.
  package var isOn: Bool { state == .active || state == .acknowledged || state == .paused }

  func isOf(_ key: EpisodeKey) -> Bool {
    switch key {
    case .rule(let id): rule == id
    // What a condition is about is stored nowhere, but in the id.
    case .condition(let condition): alert == condition.alert(raised: latest.raised)
    }
  }

  // MARK: beginning

  /// What was over and not acknowledged is there again, or what is on has become more serious. Whoever has not answered
  /// the first time has gone on not answering: what comes and goes climbs as what stays.
  mutating func beginAgain(_ opening: Opening, pause: Pause?, at occasion: Occasion) -> Alert {
    let isUnanswered = state == .clearedUnacknowledged
    let (since, level, wait) = (latest.course.since, latest.level, timers)
    latest = Self.first(
      opening, alert: alert, version: latest.version + 1, raised: latest.raised, pause: pause,
      since: isUnanswered ? since : occasion.now, level: isUnanswered ? level : 1, isUndelivered: isUndelivered,
      at: occasion)
    timers = EpisodeTimers(at: occasion.elapsedMs)
    if isUnanswered { (timers.since, timers.isUnanswered) = (wait.since, wait.isUnanswered) }
    return latest
  }

  private static func first(
    _ opening: Opening, alert: StableID, version: Int, raised: Moment, pause: Pause?, since: Moment, level: Int,
    isUndelivered: Bool, at occasion: Occasion
  ) -> Alert {
    var course = Alert.Course(at: occasion.now, since: since)
    course.began = occasion.now
    course.pause = pause
    course.undelivered = isUndelivered
    course.asked = version
    course.name = opening.name.byTag
    course.start = opening.text.byTag
    let text = pause.map { AlertText.startInPause(opening.text, $0, at: occasion) } ?? opening.text
    return Alert(
      alert: alert, version: version, resident: opening.resident, rule: opening.rule,
      ruleVersion: opening.ruleVersion, phase: pause == nil ? .start : .pause, state: pause == nil ? .active : .paused,
      category: opening.category, priority: opening.priority, level: level, limits: opening.limits,
      evidence: opening.evidence, raised: raised, supersededBy: nil, text: text.byTag, link: opening.link,
      course: course)
  }

  // MARK: ending

  /// The condition is over.
  mutating func clear(_ text: Text, latches: Bool, at occasion: Occasion) -> Alert {
    let awaitsAnswer = state == .active || wasPausedUnanswered
    return go(
      state == .active || (awaitsAnswer && latches) ? .clear : .end,
      to: awaitsAnswer && latches ? .clearedUnacknowledged : .ended, text, at: occasion)
  }

  /// People heard of it, and then the pause began: nobody has said that they have seen it.
  private var wasPausedUnanswered: Bool {
    guard state == .paused, latest.course.acknowledgement == nil, let from = latest.course.pause?.from else {
      return false
    }
    let began = latest.course.began
    if began.bootID == from.bootID { return began.monotonicMs < from.monotonicMs }
    guard let earlier = began.wallMs, let later = from.wallMs else { return true }
    return earlier < later
  }

  /// What it was about is gone.
  mutating func end(_ text: Text, at occasion: Occasion) -> Alert { go(.end, to: .ended, text, at: occasion) }

  mutating func supersede(by alert: StableID, at occasion: Occasion) -> Alert {
    go(.supersede, to: .ended, supersededBy: alert, AlertText.superseded, at: occasion)
  }

  // MARK: answers

  mutating func acknowledge(by person: String, at occasion: Occasion) -> Alert {
    let state: Alert.State =
      switch self.state {
      case .clearedUnacknowledged, .ended: .ended
      case .paused: .paused
      case .active, .acknowledged: .acknowledged
      }
    timers.acknowledged = occasion.elapsedMs
    return go(.acknowledge, to: state, AlertText.acknowledged(by: person), at: occasion) {
      $0.acknowledgement = Alert.Acknowledgement(by: person, at: occasion.now)
    }
  }

  mutating func pause(_ pause: Pause, at occasion: Occasion) -> Alert {
    go(.pause, to: .paused, AlertText.paused(pause, at: occasion), at: occasion) { $0.pause = pause }
  }

  /// The pause is over: what nobody has acknowledged waits for an answer from now on.
  mutating func resume(at occasion: Occasion) -> Alert {
    waitAnew(at: occasion)
    let isAcknowledged = latest.course.acknowledgement != nil
    return go(.resume, to: isAcknowledged ? .acknowledged : .active, AlertText.resumed(start), at: occasion) {
      $0.since = occasion.now
    }
  }

  // MARK: waiting

  mutating func sayAgain(at occasion: Occasion) -> Alert {
    go(.continue, to: state, stillThere(at: occasion), at: occasion)
  }

  mutating func escalate(to level: Int, at occasion: Occasion) -> Alert {
    let text = AlertText.escalated(start, to: level, waiting: occasion.elapsedMs &- timers.since)
    return go(.escalate, to: state, level: level, text, at: occasion) { [latest] in $0.asked = latest.version + 1 }
  }

  /// Acknowledged, and still there: it is nobody's any more.
  mutating func alarmAgain(at occasion: Occasion) -> Alert {
    let text = stillThere(at: occasion)
    waitAnew(at: occasion)
    timers.acknowledged = nil
    return go(.continue, to: .active, level: 1, text, at: occasion) { [latest] in
      $0.since = occasion.now
      $0.acknowledgement = nil
      $0.asked = latest.version + 1
    }
  }

  /// An older program took no answers, so nobody can be blamed for having given none: from now on one is awaited.
  mutating func awaitAnswer(at occasion: Occasion) {
    waitAnew(at: occasion)
    latest.course.since = occasion.now
  }

  mutating func noteUnanswered() { timers.isUnanswered = true }

  private mutating func waitAnew(at occasion: Occasion) {
    timers.since = occasion.elapsedMs
    timers.isUnanswered = false
  }

  private func stillThere(at occasion: Occasion) -> Text {
    AlertText.stillThere(start, lasting: occasion.elapsedMs &- timers.began)
  }

  /// An older program kept no start text: its last words serve, and are kept from then on.
  private var start: Text { Text(byTag: latest.course.start.isEmpty ? latest.text : latest.course.start) }

  private mutating func go(
    _ phase: Alert.Phase, to state: Alert.State, level: Int? = nil, supersededBy: StableID? = nil, _ text: Text,
    at occasion: Occasion, _ change: (inout Alert.Course) -> Void = { _ in }
  ) -> Alert {
    var course = latest.course
    course.at = occasion.now
    course.undelivered = isUndelivered
    course.start = start.byTag
    if state != .paused { course.pause = nil }
    change(&course)
    timers.said = occasion.elapsedMs
    latest = Alert(
      alert: alert, version: latest.version + 1, resident: resident, rule: rule, ruleVersion: latest.ruleVersion,
      phase: phase, state: state, category: category, priority: priority, level: level ?? latest.level,
      limits: latest.limits, evidence: latest.evidence, raised: latest.raised, supersededBy: supersededBy,
      text: text.byTag, link: link, course: course)
    return latest
  }
}
