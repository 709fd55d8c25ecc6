// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// The lives of alerts: what people hear of what was found, and their answers (alarms.md).
package struct EpisodeBook: Sendable, Equatable {
  /// Those that have not ended, the oldest first; at most one of a rule (of a technical condition).
  package private(set) var episodes: [Episode] = []
  /// What is on and was not said: the day's cap was reached. At most one of a rule.
  private(set) var heldBack: [Opening] = []
  private var pausing = Pauses()
  private var cap = DailyCap()
  private var digest = Digest()
  /// Ids that have been used up lately. The same readings may begin a second episode (a mean of those of ten minutes).
  private var spent: [StableID] = []

  /// So many that are over and not acknowledged are kept; the oldest are left to the journal.
  static let clearedLimit = 32
  private static let spentLimit = 64

  package init() {}

  /// Those that have not ended.
  package var pauses: [Pause] { pausing.all }

  /// What a restart has to know besides the episodes and the pauses.
  package var day: DayMemory {
    var memory = DayMemory()
    cap.note(in: &memory)
    digest.note(in: &memory)
    return memory
  }

  /// The rules that are paused by themselves.
  var shelved: Set<String> { pausing.rules }

  /// A high alert went up to the last level, and nobody has answered for as long again.
  package var hasUnanswered: Bool { episodes.contains { $0.state == .active && $0.timers.isUnanswered } }

  /// Whether it is open, or held back.
  func has(_ key: EpisodeKey) -> Bool { isHeldBack(key) || episodes.contains { $0.isOn && $0.isOf(key) } }

  // MARK: what was found

  mutating func take(_ finding: Finding, of resident: ResidentID, at occasion: Occasion, manners: Manners) -> [Alert] {
    let rule = finding.rule
    switch finding.change {
    case .began(let onset):
      return begin(Opening(rule, onset, of: resident, at: occasion), at: occasion, manners: manners)
    case .ended(let last):
      if last == nil, rule.clear.quiet == nil {
        return end(.rule(rule.id), AlertText.gone(rule.name), isGone: true, latches: false, at: occasion)
      }
      let offended = episodes.first { $0.isOn && $0.isOf(.rule(rule.id)) }?.latest
      let latches = offended.map { manners.manner(of: $0).latches } ?? false
      return end(
        .rule(rule.id), AlertText.over(rule.name, offended, by: last), isGone: false, latches: latches, at: occasion)
    case .late(let onset): return noteLate(rule, onset, of: resident, at: occasion, manners: manners)
    }
  }

  mutating func begin(_ opening: Opening, at occasion: Occasion, manners: Manners) -> [Alert] {
    cap.advance(to: occasion, from: manners.digestAt)
    heldBack.removeAll { opening.superseding.contains($0.key) }
    let superseded = episodes.filter { episode in episode.isOn && opening.superseding.contains(where: episode.isOf) }
    // What is over is found last: an older program kept several.
    let index = episodes.firstIndex { $0.isOn && $0.isOf(opening.key) } ?? episodes.lastIndex { $0.isOf(opening.key) }
    let open = index.map { episodes[$0] }
    if let open, open.isOn, !opening.priority.isMoreSerious(than: open.priority) {
      return supersede(superseded, by: open.alert, at: occasion)
    }
    let isSmall = opening.isSmallTechnical
    if isSmall, !isHeldBack(opening.key) { note(opening) }
    let pause = pausing.concerning(rule: opening.rule, alert: open?.alert ?? opening.alert)
    let subject = DailyCap.subject(opening.rule, opening.category, opening.priority)
    // What somebody was told of does not grow worse in silence.
    let isHeld =
      pause == nil && superseded.isEmpty && open?.isOn != true
      && !cap.hasRoom(for: subject, manners[opening.category, opening.priority].dailyCap)
    guard !isHeld else {
      if !isHeldBack(opening.key) {
        if !isSmall { note(opening) }
        heldBack.append(opening)
      }
      return []
    }
    if isHeldBack(opening.key) {
      heldBack.removeAll { $0.key == opening.key }
      if !isSmall { digest.unnote(opening.rule) }
    }
    if pause == nil { cap.count(subject) }
    if let index {
      return [episodes[index].beginAgain(opening, pause: pause, at: occasion)]
        + supersede(superseded, by: episodes[index].alert, at: occasion)
    }
    var opening = opening
    opening.alert = unspent(opening.alert, opening.raised)
    let episode = Episode(opening, pause: pause, at: occasion)
    episodes.append(episode)
    return [episode.latest] + supersede(superseded, by: episode.alert, at: occasion)
  }

  /// - Parameter isGone: not the condition is over, but what it was about is gone.
  mutating func end(
    _ key: EpisodeKey, _ text: Text, isGone: Bool, latches: Bool, at occasion: Occasion
  ) -> [Alert] {
    heldBack.removeAll { $0.key == key }
    guard let index = episodes.firstIndex(where: { $0.isOn && $0.isOf(key) }) else { return [] }
    let alert =
      isGone ? episodes[index].end(text, at: occasion) : episodes[index].clear(text, latches: latches, at: occasion)
    forgetEnded()
    return [alert]
  }

  /// Ends what is about something that is gone.
  ///
  /// - Parameter isGone: by its rule, and by whether it is of a key.
  mutating func endAll(
    _ text: Text, at occasion: Occasion, where isGone: (String, (EpisodeKey) -> Bool) -> Bool
  ) -> [Alert] {
    heldBack.removeAll { opening in isGone(opening.rule) { $0 == opening.key } }
    let gone = episodes.indices.filter { isGone(episodes[$0].rule, episodes[$0].isOf) }
    let alerts = gone.map { episodes[$0].end(text, at: occasion) }
    forgetEnded()
    return alerts
  }

  private mutating func supersede(_ superseded: [Episode], by alert: StableID, at occasion: Occasion) -> [Alert] {
    let alerts = episodes.indices.compactMap { index in
      superseded.contains { $0.alert == episodes[index].alert }
        ? episodes[index].supersede(by: alert, at: occasion) : nil
    }
    forgetEnded()
    return alerts
  }

  /// Readings of before: one notice, and nothing is open.
  private mutating func noteLate(
    _ rule: Rule, _ onset: Onset, of resident: ResidentID, at occasion: Occasion, manners: Manners
  ) -> [Alert] {
    cap.advance(to: occasion, from: manners.digestAt)
    let subject = DailyCap.Subject.late(rule.id)
    let first = (onset.evidence.first ?? onset.decisive).reading
    let id = unspent(
      StableID(hashing: ["late", resident.description, rule.id, first.description]), occasion.now)
    guard cap.hasRoom(for: subject, DailyCap.late), pausing.concerning(rule: rule.id, alert: id) == nil else {
      digest.note(rule.id, rule.name, isLate: true, of: resident, .physiological)
      return []
    }
    cap.count(subject)
    spend(id)
    return [
      Alert.notice(
        id, of: resident, rule: rule.id, ruleVersion: rule.version, rule.name, .physiological, limits: onset.limits,
        evidence: onset.evidence, AlertText.late(rule, onset, at: occasion), link: onset.link, at: occasion)
    ]
  }

  private func isHeldBack(_ key: EpisodeKey) -> Bool { heldBack.contains { $0.key == key } }

  private mutating func note(_ opening: Opening) {
    switch opening.key {
    case .rule: digest.note(opening.rule, opening.name, of: opening.resident, .physiological)
    case .condition: digest.note(opening.rule, opening.name, of: .gateway, .technical)
    }
  }

  func isSpent(_ id: StableID) -> Bool { spent.contains(id) }

  private func unspent(_ id: StableID, _ raised: Moment) -> StableID {
    guard isSpent(id) else { return id }
    return StableID(hashing: [id.description, raised.bootID, "\(raised.monotonicMs)"])
  }

  private mutating func spend(_ id: StableID) {
    spent.append(id)
    if spent.count > Self.spentLimit { spent.removeFirst() }
  }

  private mutating func forgetEnded() {
    for episode in episodes where episode.state == .ended {
      spend(episode.alert)
      _ = pausing.end(of: .alert(episode.alert))
    }
    episodes.removeAll { $0.state == .ended }
    while episodes.count(where: { !$0.isOn }) > Self.clearedLimit {
      guard let oldest = episodes.firstIndex(where: { !$0.isOn }) else { return }
      episodes.remove(at: oldest)
    }
  }

  // MARK: time

  /// - Parameter isHeard: what was said before has reached the clinic; while it has not, nothing is said again.
  mutating func tick(at occasion: Occasion, isHeard: Bool, manners: Manners) -> [Alert] {
    cap.advance(to: occasion, from: manners.digestAt)
    pausing.expire(at: occasion.elapsedMs)
    var alerts = followPauses(at: occasion)
    for opening in heldBack {
      // A pause does not get past the day's cap: it waits for the end of both.
      guard isHeldBack(opening.key), pausing.concerning(rule: opening.rule, alert: opening.alert) == nil
      else { continue }
      alerts += begin(opening, at: occasion, manners: manners)
    }
    for index in episodes.indices { alerts += wait(index, at: occasion, isHeard: isHeard, manners: manners) }
    if let digest = digest.due(at: occasion, minute: manners.digestAt) { alerts.append(digest) }
    return alerts
  }

  private mutating func wait(_ index: Int, at occasion: Occasion, isHeard: Bool, manners: Manners) -> [Alert] {
    let manner = manners.manner(of: episodes[index].latest)
    let (timers, now) = (episodes[index].timers, occasion.elapsedMs)
    switch episodes[index].state {
    case .paused, .clearedUnacknowledged, .ended: return []
    case .acknowledged:
      return timers.isToBeAlarmedAgain(manner, at: now) ? [episodes[index].alarmAgain(at: occasion)] : []
    case .active:
      let levels = timers.levels(above: episodes[index].latest.level, manner, at: now)
      var alerts = levels.map { episodes[index].escalate(to: $0, at: occasion) }
      if isHeard, alerts.isEmpty, timers.isToBeSaidAgain(manner, at: now) {
        alerts.append(episodes[index].sayAgain(at: occasion))
      }
      if episodes[index].priority == .high,
        timers.isLeftUnanswered(level: episodes[index].latest.level, manner, at: now)
      {
        episodes[index].noteUnanswered()
      }
      return alerts
    }
  }

  /// Takes up where the last run ended.
  ///
  /// - Parameters:
  ///   - resident: whose book it is.
  ///   - open: the latest transition of each episode that has not ended.
  ///   - day: what was said and not said on the day.
  ///   - elapsed: when a moment of any boot was, on this boot's monotonic line.
  package mutating func resume(
    of resident: ResidentID, open: [Alert], pauses: [Pause], day: DayMemory, at occasion: Occasion,
    elapsed: (Moment) -> Int64
  ) {
    self = EpisodeBook()
    pausing = Pauses(pauses) { occasion.past($0, elapsed) }
    pausing.expire(at: occasion.elapsedMs)
    (cap, digest) = (DailyCap(day), Digest(day, of: resident))
    let old = open.enumerated().filter { $0.element.state != .ended }
      .map { (alert: $0.element, raised: occasion.past($0.element.raised, elapsed), place: $0.offset) }
    episodes = old.sorted { ($0.raised, $0.place) < ($1.raised, $1.place) }.map { old in
      var episode = Episode(old.alert) { occasion.past($0, elapsed) }
      if old.alert.course.start.isEmpty { episode.awaitAnswer(at: occasion) }
      return episode
    }
  }

  // MARK: answers

  /// - Parameter seen: the version that whoever acknowledges has seen.
  package mutating func acknowledge(
    _ alert: StableID, seen: Int?, by person: String, at occasion: Occasion
  ) throws(AnswerRefusal) -> [Alert] {
    guard let index = episodes.firstIndex(where: { $0.alert == alert }) else { throw .unknown }
    let latest = episodes[index].latest
    if let first = latest.course.acknowledgement { throw .acknowledged(first) }
    if let seen, seen < latest.course.asked { throw .stale(version: latest.version) }
    let acknowledged = episodes[index].acknowledge(by: person, at: occasion)
    forgetEnded()
    return [acknowledged]
  }

  package mutating func begin(
    _ pause: Pause, at occasion: Occasion, manners: Manners
  ) throws(AnswerRefusal) -> [Alert] {
    switch pause.scope {
    case .resident: break
    case .rule(let rule): if Pauses.unpausable.contains(rule) { throw .unpausable }
    case .alert(let alert):
      guard let episode = episodes.first(where: { $0.alert == alert }) else { throw .unknown }
      if Pauses.unpausable.contains(episode.rule) { throw .unpausable }
    }
    pausing.begin(pause, at: occasion.elapsedMs)
    return followPauses(at: occasion)
  }

  /// Ends every pause of that scope before its time.
  package mutating func endPause(
    of scope: Pause.Scope, at occasion: Occasion, manners: Manners
  ) throws(AnswerRefusal) -> [Alert] {
    guard pausing.end(of: scope) else { throw .notPaused }
    return followPauses(at: occasion)
  }

  /// Makes what is on paused, paused otherwise or not paused any more, by the pauses that there are.
  private mutating func followPauses(at occasion: Occasion) -> [Alert] {
    episodes.indices.filter { episodes[$0].isOn }.compactMap { index in
      let (episode, latest) = (episodes[index], episodes[index].latest)
      let pause = pausing.concerning(rule: episode.rule, alert: episode.alert)
      if let pause { return pause == latest.course.pause ? nil : episodes[index].pause(pause, at: occasion) }
      return episode.state == .paused ? episodes[index].resume(at: occasion) : nil
    }
  }

  /// What the clinic has or lacks has changed: the next transition of each says so.
  package mutating func noteUndelivered(_ alerts: Set<StableID>) {
    for index in episodes.indices { episodes[index].isUndelivered = alerts.contains(episodes[index].alert) }
  }
}

/// Why an answer of the clinic changes nothing.
package enum AnswerRefusal: Error, Sendable, Equatable {
  /// No such episode is open.
  case unknown
  /// Somebody else was first.
  case acknowledged(Alert.Acknowledgement)
  /// It has begun again, or has gone up a level, since the version that was seen.
  case stale(version: Int)
  /// There is no such pause.
  case notPaused
  /// It must not be paused.
  case unpausable
}

extension Manners {
  /// Of an open episode. Small matters of devices are said once: nobody is called at night for a battery.
  func manner(of alert: Alert) -> Manner {
    var manner = self[alert.category, alert.priority]
    if alert.category == .technical, alert.priority == .low { (manner.again, manner.escalate) = (nil, []) }
    return manner
  }
}

extension Alert.Priority {
  func isMoreSerious(than other: Alert.Priority) -> Bool {
    guard let mine = Self.allCases.firstIndex(of: self), let its = Self.allCases.firstIndex(of: other) else {
      return false
    }
    return mine < its
  }
}
