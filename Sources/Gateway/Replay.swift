// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Journal
import Vitals

/// How ``Ingest`` takes up where the last run ended.
extension Ingest {
  /// How far back the rules look at streams, and at readings that a person takes now and then: averages are of a week, and
  /// its first day is left out.
  private static let streamWindowMs: Int64 = 20 * 60_000
  private static let spotWindowMs: Int64 = 8 * 86_400_000
  private static let mostSpots = 5000
  /// What is older than this was decided by the last run.
  private static let undecidedMs: Int64 = 6 * 3_600_000
  /// A synchronized clock that differs by more from what it was before was wrong before.
  private static let clockStepMs: Int64 = 60_000

  private struct Stored {
    let open: [Alert]
    let memories: [ResidentID: BookMemory]
    let settings: [ResidentID: PersonSettings?]
    let baselines: [ResidentID: [Baseline.Hour]]
    let lastSeen: [String: Int64]
    let devices: [EnrolledDevice]
    let history: [Observation]

    init(_ journal: isolated Journal, at now: Moment) throws {
      open = try journal.openAlerts()
      var memories: [ResidentID: BookMemory] = [:]
      for (resident, pauses) in try journal.pauses() { memories[resident, default: BookMemory()].pauses = pauses }
      for (resident, day) in try journal.days() { memories[resident, default: BookMemory()].day = day }
      self.memories = memories
      settings = try journal.personSettings()
      baselines = try journal.baselines()
      lastSeen = try journal.lastSeen()
      devices = try journal.devices()
      history = try Self.history(journal, at: now)
    }

    /// What the rules look at, in no order.
    private static func history(_ journal: isolated Journal, at now: Moment) throws -> [Observation] {
      let recent = try journal.recentObservations(
        bootID: now.bootID, sinceMonotonicMs: now.monotonicMs - streamWindowMs, limit: 100_000)
      var spots =
        try now.wallMs.map { try journal.recentSpots(sinceWallMs: $0 - spotWindowMs, limit: mostSpots) } ?? []
      spots += try journal.recentSpots(
        bootID: now.bootID, sinceMonotonicMs: now.monotonicMs - spotWindowMs, limit: mostSpots)
      let known = Set(spots.map(\.reading))
      return (spots + recent.filter { $0.isStream || !known.contains($0.reading) }).filter { $0.purpose == .care }
    }
  }

  /// Takes up where the last run ended.
  ///
  /// - Parameters:
  ///   - onCommit: called with the alerts of each batch, once it is on the disk.
  ///   - onWriteFailure: called once with alerts that cannot be written now: a person must not wait for a disk.
  package func resume(
    onCommit: @escaping @Sendable ([Alert]) -> Void, onWriteFailure: @escaping @Sendable ([Alert]) -> Void
  ) throws {
    self.onCommit = onCommit
    self.onWriteFailure = onWriteFailure
    let now = clock()
    try takeUp(at: now)
    try summaries.resume(now: now)
    try releaseLeftovers()
    commitWhenDue()
  }

  /// A box that did not know the time could not know how long it had been off either: once it does, everything is looked
  /// at again.
  func takeUpAgainWhenTimeIsKnown(_ now: Moment) {
    guard let takenUp, Self.isTimeOther(now, than: takenUp) else { return }
    commit()
    guard writeError == nil, batch.isEmpty else { return }
    let before = (persons, technical, missing, memories)
    do {
      try takeUp(at: now)
      log.notice("the time is known now: what was known of persons was read again")
    } catch {
      (persons, technical, missing, memories) = before
      log.error("what was known of persons cannot be read again, will try again: \(error)")
    }
  }

  /// Whether the wall clock is worth more than it was, and says something else.
  private static func isTimeOther(_ now: Moment, than before: Moment) -> Bool {
    guard let wall = now.wallMs else { return false }
    guard let old = before.wallMs else { return true }
    guard now.synchronized, !before.synchronized else { return false }
    return abs((wall &- old) &- (now.monotonicMs &- before.monotonicMs)) > clockStepMs
  }

  /// Devices, what the clinic has said, open episodes, and the rules' windows from the readings of before.
  private func takeUp(at now: Moment) throws {
    let stored = try journal.assumeIsolated { try Stored($0, at: now) }
    memories = stored.memories
    persons = [:]
    missing = MissingData()
    technical.resume(
      open: stored.open, pauses: memory(of: .gateway).pauses, day: memory(of: .gateway).day, at: occasion(now),
      elapsed: elapsed)
    devicesAre(stored.devices)
    adopt(stored.settings, at: now)
    plansChanged()
    let raised = try replay(stored, at: now)
    restore(stored.baselines)
    restore(stored.lastSeen, at: now)
    let episodes = Dictionary(
      grouping: stored.open.filter { !$0.isOfBox } + raised, by: \.resident)
    for resident in Set(persons.keys).union(episodes.keys).union(memories.keys) where resident != .gateway {
      resume(resident, open: episodes[resident] ?? [], day: memory(of: resident).day, at: now)
      keepMemory(of: resident)
    }
    for alert in stored.open {
      noteDelivery(of: alert, seq: try journal.assumeIsolated { try $0.beginning(of: alert.alert) })
    }
    batch += raised.map(BatchItem.alert)
    takenUp = now
  }

  private func resume(_ resident: ResidentID, open: [Alert], day: DayMemory, at now: Moment) {
    persons[resident, default: PersonState(resident: resident)].resume(
      open: open, pauses: memory(of: resident).pauses, day: day, at: occasion(now), elapsed: elapsed)
  }

  /// The rules that readings of before are held against are the person's own.
  private func adopt(_ settings: [ResidentID: PersonSettings?], at now: Moment) {
    let before = occasion(now, elapsedMs: now.monotonicMs &- Self.spotWindowMs &- Self.undecidedMs)
    for (resident, settings) in settings {
      guard let settings else {
        // Its version is lost as well: the clinic says it all again.
        log.error("what the clinic said of a person cannot be read: the rules of everybody hold for them")
        continue
      }
      _ = Evaluator.adopt(
        settings, at: before, state: &persons[resident, default: PersonState(resident: resident)], rules: rules)
    }
  }

  /// The clinic has said what is to be measured.
  func plansChanged() { missing.plansAre(persons.mapValues(\.settings.plan)) }

  /// Feeds the rules what they have seen before. What they raise was published then, and the journal's word counts,
  /// but for one: what was waiting when the box went off, and is over now, is an alert that nobody has heard of.
  private func replay(_ stored: Stored, at now: Moment) throws -> [Alert] {
    // What is raised in a pause is raised in silence. What was due then was not counted then.
    for resident in memories.keys where resident != .gateway {
      resume(resident, open: [], day: DayMemory(), at: now)
    }
    let timed = stored.history.map { (observation: $0, at: elapsed(of: $0.received, seen: now)) }
    for (observation, at) in timed.sorted(by: { $0.at < $1.at }) {
      missing.take(observation, at: occasion(observation.received, elapsedMs: at))
      noteReading(of: observation.device.id, at: at)
      _ = evaluate(.observation(observation), of: observation.resident, at: observation.received, elapsedMs: at)
    }
    let since = now.monotonicMs - Self.undecidedMs
    let undecided = Set(timed.filter { $0.at >= since && !$0.observation.isStream }.map(\.observation.reading))
    var raised: [Alert] = []
    for resident in persons.keys {
      // Without the episodes of the replay, and what they say again.
      let alerts = evaluate(.tick(isHeard: false), of: resident, at: now)
      raised += alerts.filter { $0.version == 1 && ($0.phase == .start || $0.phase == .pause) }
    }
    return try raised.filter { alert in
      guard let last = alert.evidence.last?.reading, undecided.contains(last),
        !stored.open.contains(where: { $0.resident == alert.resident && $0.rule == alert.rule })
      else { return false }
      return try !journal.assumeIsolated { try $0.isKnownAlert(alert.alert) }
    }
  }

  /// After the replay: what was known of more values stays.
  private func restore(_ baselines: [ResidentID: [Baseline.Hour]]) {
    for resident in persons.keys {
      let known = baselines[resident] ?? []
      let closed = persons[resident]?.detector.baseline.takeClosedHours() ?? []
      if !closed.isEmpty { batch.append(.baseline(closed, of: resident)) }
      persons[resident]?.detector.baseline.restore(known)
    }
    for (resident, hours) in baselines where persons[resident] == nil {
      persons[resident] = PersonState(resident: resident)
      persons[resident]?.detector.baseline.restore(hours)
    }
  }

  private func restore(_ lastSeen: [String: Int64], at now: Moment) {
    guard let wallMs = now.wallMs else { return }
    missing.restore(seen: lastSeen.mapValues { min(now.monotonicMs, now.monotonicMs &- (wallMs &- $0)) })
  }

  /// When something was, on this boot's monotonic clock.
  func elapsed(of moment: Moment) -> Int64 {
    moment.bootID == bootID ? moment.monotonicMs : elapsed(of: moment, seen: clock())
  }

  /// A moment on this boot's monotonic clock, negative before the boot.
  private func elapsed(of moment: Moment, seen now: Moment) -> Int64 {
    if moment.bootID == now.bootID { return moment.monotonicMs }
    guard let then = moment.wallMs, let wall = now.wallMs else { return now.monotonicMs - Self.undecidedMs }
    return min(now.monotonicMs, now.monotonicMs &- (wall &- then))
  }
}
