// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Finds what the rules say of a person's readings: which conditions begin and end. It knows nothing of answers and pauses.
///
/// All durations are on the occasions' monotonic line. Everything that is remembered is bounded. The rules are a person's:
/// what her age and conditions make of their priorities and times is worked out before (``RuleSet/rules(for:at:)``).
package struct Detector: Sendable, Equatable {
  package var baseline = Baseline()
  var table = RuleTable([])
  /// Of all rules that there are, and not of the person's alone.
  var past = PastKinds()
  /// One for each row of the table.
  var watches: [RuleWatch] = []
  var late = LateReadings()
  var elapsed = -Detector.farthest
  /// Nothing ends by time before this.
  var deadline = Int64.max
  /// Rules that are paused by themselves: quiet is what was asked of them, not of the milder ones of their family.
  var shelved: Set<String> = []
  private var sensors = Sensors()
  private var seen = SeenReadings()
  private var latest = LatestValues()
  /// Conditions that are on by rules that are not known yet.
  private var strangers: [Episode] = []

  /// Times beyond this (some 10 million years) are held, so that no difference of two overflows.
  private static let farthest: Int64 = 1 << 58

  package init() {}

  /// Devices whose streams stand outside the limit of a rule that may alert people and has not: the condition has to go on,
  /// or the sensor is not believed yet. Of what is on everybody has heard.
  package var undecided: Set<String> { sensors.undecided(at: elapsed) }

  /// How much is remembered.
  var storedCount: Int {
    watches.reduce(baseline.count + late.count + sensors.count + seen.count + latest.count) { $0 + $1.count }
  }

  /// The rules that are on.
  var on: [String] { watches.indices.filter { watches[$0].isOn }.map { table.rows[$0].rule.id } }

  mutating func take(_ observation: Observation, at occasion: Occasion, rules: [Rule], settle: Int64) -> [Finding] {
    var findings = tick(at: occasion, rules: rules)
    guard observation.state != .enteredInError else { return findings }
    let kinds = KindSet(of: observation.values)
    guard kinds.intersects(table.mask) else { return findings }
    if observation.isStream {
      if observation.age != .late { takeStream(observation, kinds, at: occasion, settle, &findings) }
      return findings
    }
    guard seen.insert(observation.reading) else { return findings }
    if observation.age == .late {
      takeLate(observation, kinds, at: occasion)
    } else {
      takeSpot(observation, kinds, at: occasion, &findings)
    }
    renewDeadline()
    return findings
  }

  /// When the first thing was due that nobody has looked at; nil where that is not before this occasion. After rules have
  /// changed all is looked at with the next occasion.
  func overdue(at occasion: Occasion) -> Int64? {
    deadline > elapsed && deadline < occasion.elapsedMs ? deadline : nil
  }

  /// Waits that end, sessions that are over.
  mutating func tick(at occasion: Occasion, rules: [Rule]) -> [Finding] {
    var findings = rules == table.source && strangers.isEmpty ? [] : rulesChanged(to: rules)
    elapsed = max(elapsed, min(occasion.elapsedMs, Self.farthest))
    baseline.turn(to: occasion, medians: table.medians)
    if elapsed >= deadline { endWaits(at: occasion, &findings) }
    return findings
  }

  /// What waits for a second reading goes on where it offends the new rule too; what is on stays on.
  ///
  /// - Returns: the ends of conditions whose rules are gone.
  mutating func rulesChanged(to rules: [Rule]) -> [Finding] {
    let old = (table, watches)
    table = RuleTable(rules, remembering: past)
    watches = table.rows.map { row in
      guard let index = old.0.index(of: row.rule.id) else { return RuleWatch() }
      var watch = old.1[index]
      if old.0.rows[index].rule != row.rule { regrade(&watch, by: row) }
      return watch
    }
    deadline = .min
    var gone = old.0.rows.indices.filter { old.1[$0].isOn && table.index(of: old.0.rows[$0].rule.id) == nil }
      .map { Finding(old.0.rows[$0].rule.gone, .ended(by: nil)) }
    for episode in strangers {
      if let index = table.index(of: episode.rule) {
        stand(episode, at: index)
      } else {
        gone.append(Finding(Rule(goneSince: episode.latest), .ended(by: nil)))
      }
    }
    strangers = []
    return gone
  }

  /// These are on, whatever the readings of before have said; no others are. Before this comes a tick of now: what it
  /// finds was due before, and may have been said.
  mutating func adopt(_ on: [Episode]) {
    for index in watches.indices { watches[index].on = nil }
    strangers = []
    for episode in on {
      if let index = table.index(of: episode.rule) {
        stand(episode, at: index)
      } else {
        strangers.append(episode)
      }
    }
    deadline = .min
  }

  private mutating func stand(_ episode: Episode, at index: Int) {
    watches[index].dropWaits()
    // A restart is no news: what is to be quiet for days is so from when it was when the program ended.
    let began = max(-Self.farthest, episode.timers.began)
    watches[index].on = Standing(
      link: episode.link, age: episode.latest.evidence.filter { table.rows[index].looks(at: $0) }.age,
      priority: episode.priority, raised: episode.latest.raised, began: nil,
      quietSince: max(began, watches[index].lastOffended ?? began))
    watches[index].lastBegan = began
  }

  private func regrade(_ watch: inout RuleWatch, by row: RuleTable.Row) {
    let needsWords = row.checks.contains { if case .status = $0.condition.test { true } else { false } }
    if needsWords {
      // The words of a reading are not kept with its values.
      watch.wait = SpotWait()
      watch.holds = []
      return
    }
    func grade(_ evidence: Evidence) -> RuleTable.Grade { row.grade(evidence.values, [], baseline, before: elapsed) }
    watch.wait.regrade(grade)
    for index in watch.holds.indices { watch.holds[index].offends = grade(watch.holds[index].first).offends }
    watch.holds.removeAll { $0.offends == 0 }
  }

  // MARK: readings

  private mutating func takeStream(
    _ observation: Observation, _ kinds: KindSet, at occasion: Occasion, _ settle: Int64, _ findings: inout [Finding]
  ) {
    let isMeasured = observation.quality != .invalid && observation.values.contains { $0.number != nil }
    guard let note = sensors.note(observation, isMeasured: isMeasured, at: elapsed) else { return }
    if note.isTaken { for index in watches.indices { watches[index].forget(note.slot) } }
    let (slot, minute) = (note.slot, baseline.now?.minute)
    let isUsable = isMeasured && elapsed - note.began >= settle
    if isUsable, observation.quality == .valid {
      if kinds.intersects(table.aggravating) { latest.note(observation, of: table.aggravating, at: elapsed) }
      if kinds.intersects(table.medians) { baseline.note(observation) }
    }
    let (before, ended) = (findings.count, clear(observation, kinds, slot: slot, minute, isUsable: isUsable, &findings))
    var isUndecided = false
    defer { if isMeasured { sensors.judged(slot, isUndecided: isUndecided) } }
    for index in table.masks.indices where table.concerns(index, kinds, atMinute: minute) && !watches[index].isOn {
      if findings.count > before, ended.contains(index) || isSilenced(index, by: findings[before...]) { continue }
      guard let needed = table.rows[index].rule.confirmation.stream else { continue }
      let grade = grade(index, observation, isUsable: isUsable)
      if !isUndecided, table.rows[index].rule.priority != .low, mayBegin(index) {
        // A sensor that is not believed yet shows all the same what it may have to say.
        isUndecided = isUsable ? grade.isOffending : self.grade(index, observation, isUsable: isMeasured).isOffending
      }
      guard grade.isOffending || !watches[index].holds.isEmpty else { continue }
      let mayBegin = grade.isOffending && mayBegin(index)
      let proof = watches[index].takeStream(
        observation, slot: slot, grade, needed: needed, table.rows[index], mayBegin: mayBegin, at: elapsed)
      if let proof { findings.append(begin(index, proof, at: occasion)) }
    }
  }

  private mutating func takeSpot(
    _ observation: Observation, _ kinds: KindSet, at occasion: Occasion, _ findings: inout [Finding]
  ) {
    if observation.quality == .valid { latest.note(observation, of: table.aggravating, at: elapsed) }
    let minute = baseline.minute(of: observation, at: occasion)
    let (before, ended) = (findings.count, clear(observation, kinds, slot: nil, minute, isUsable: true, &findings))
    if observation.quality == .valid, kinds.intersects(table.aggravating) { worsen(by: kinds, &findings) }
    for index in table.rows.indices where table.concerns(index, kinds, atMinute: minute) {
      if case .average? = table.rows[index].rule.confirmation.spot, observation.quality == .valid {
        watches[index].sessions.begin(at: elapsed)
      }
      if watches[index].isOn { continue }
      if findings.count > before, ended.contains(index) || isSilenced(index, by: findings[before...]) { continue }
      let grade = grade(index, observation, isUsable: true)
      if grade.isOffending { watches[index].lastOffended = elapsed }
      if let proof = confirm(index, by: observation, grade) {
        findings.append(begin(index, proof, at: occasion))
      }
    }
    // Only now, as it is not its own past.
    if observation.quality == .valid { baseline.note(spot: observation, of: table.history, at: elapsed, occasion) }
  }

  private func grade(_ index: Int, _ observation: Observation, isUsable: Bool) -> RuleTable.Grade {
    guard isUsable, observation.quality != .invalid || table.rows[index].isTechnical else { return RuleTable.Grade() }
    return table.rows[index].grade(observation.values, observation.status, baseline, before: elapsed)
  }

  /// A stored reading: it feeds the averages and the baseline, and is told of as late, by the gravest rule of a family.
  private mutating func takeLate(_ observation: Observation, _ kinds: KindSet, at occasion: Occasion) {
    guard observation.quality == .valid else { return }
    late.note(at: elapsed)
    let minute = baseline.minute(of: observation, at: occasion)
    for index in table.rows.indices where table.concerns(index, kinds, atMinute: minute) {
      if case .average? = table.rows[index].rule.confirmation.spot { watches[index].sessions.begin(at: elapsed) }
    }
    let told = table.rows.indices.filter { isToldOf(observation, kinds, minute, by: $0) }
    for index in told where !table.rows[index].greater.contains(where: { told.contains($0) && !isShelved($0) }) {
      let row = table.rows[index]
      late.add(
        LateReadings.Offence(
          evidence: Evidence(observation, of: row.kinds),
          limits: row.limits(crossedBy: observation.values, baseline, before: elapsed)),
        to: row.rule.id, link: observation.link, at: elapsed)
    }
    baseline.note(spot: observation, of: table.history, at: nil, occasion)
  }

  /// Whether a stored reading offends a rule that speaks of such.
  private func isToldOf(_ observation: Observation, _ kinds: KindSet, _ minute: Int?, by index: Int) -> Bool {
    let row = table.rows[index]
    guard table.concerns(index, kinds, atMinute: minute), !row.isTechnical, row.rule.priority != .low else {
      return false
    }
    let grade = row.grade(observation.values, observation.status, baseline, before: elapsed)
    return grade.offends & row.lateBits != 0
  }

  // MARK: beginning

  /// Whether no more serious rule of the family is on, and it did not begin too lately.
  func mayBegin(_ index: Int) -> Bool {
    let row = table.rows[index]
    if watches[index].isOn || row.greater.contains(where: { $0 != index && watches[$0].isOn && !isShelved($0) }) {
      return false
    }
    guard let once = row.rule.onceIn, let last = watches[index].lastBegan else { return true }
    return elapsed - last >= once
  }

  private func isShelved(_ index: Int) -> Bool { shelved.contains(table.rows[index].rule.id) }

  mutating func begin(_ index: Int, _ proof: Proof, at occasion: Occasion) -> Finding {
    let row = table.rows[index]
    let (priority, aggravation) = priority(of: row)
    var superseded: [String] = []
    for lesser in isShelved(index) ? [] : row.lesser {
      if watches[lesser].isOn { superseded.append(table.rows[lesser].rule.id) }
      watches[lesser].on = nil
      watches[lesser].dropWaits()
    }
    watches[index].dropWaits()
    watches[index].on = Standing(
      link: proof.link, age: proof.evidence.age, priority: priority, raised: occasion.now, began: elapsed,
      quietSince: elapsed)
    if proof.isOfNow, row.mayBeWorse(than: priority) {
      watches[index].on?.offence = Standing.Offence(evidence: proof.decisive, at: elapsed)
    }
    watches[index].lastBegan = elapsed
    renewDeadline()
    return began(row, proof, priority, aggravation, superseded: superseded)
  }

  func began(
    _ row: RuleTable.Row, _ proof: Proof, _ priority: Alert.Priority, _ aggravation: Evidence?, superseded: [String]
  ) -> Finding {
    let before = proof.before ?? elapsed
    let evidence = proof.evidence.prefix(aggravation == nil ? Proof.limit : Proof.limit - 1)
    return Finding(
      row.rule,
      .began(
        Onset(
          priority: priority, limits: row.limits(crossedBy: proof.judged, baseline, before: before),
          evidence: evidence + [aggravation].compactMap { $0 }, decisive: proof.decisive,
          figure: proof.figure, past: row.past(of: proof.judged, baseline, before: before),
          aggravation: aggravation?.values.first, isUnconfirmed: proof.isUnconfirmed, link: proof.link,
          superseded: superseded)))
  }

  func priority(of row: RuleTable.Row) -> (Alert.Priority, Evidence?) {
    for worse in row.worse {
      guard
        let evidence = latest.evidence(of: worse.check.kinds, at: elapsed, within: Rule.aggravationWindow),
        worse.check.outcome(evidence.values, [], baseline, before: elapsed).holds
      else { continue }
      return (worse.priority, evidence)
    }
    return (row.rule.priority, nil)
  }

  /// Whether a rule began by this very reading that silences this one: the reading counts for it no more.
  private func isSilenced(_ index: Int, by findings: ArraySlice<Finding>) -> Bool {
    table.rows[index].greater.contains { greater in
      guard !isShelved(greater) else { return false }
      return findings.contains { finding in
        guard case .began = finding.change else { return false }
        return finding.rule.id == table.rows[greater].rule.id
      }
    }
  }

  // MARK: clearing

  /// Whatever a reading ends it ends before anything begins by it.
  /// - Returns: the rules that it has ended.
  private mutating func clear(
    _ observation: Observation, _ kinds: KindSet, slot: Int?, _ minute: Int?, isUsable: Bool,
    _ findings: inout [Finding]
  ) -> [Int] {
    var ended: [Int] = []
    for index in table.masks.indices where watches[index].isOn && table.concerns(index, kinds, atMinute: minute) {
      takeTowardsClear(index, observation, slot: slot, grade(index, observation, isUsable: isUsable), &findings)
      if !watches[index].isOn { ended.append(index) }
      if let offence = watches[index].on?.offence, offence.at == elapsed { worsen(index, by: offence, &findings) }
    }
    return ended
  }

  private mutating func takeTowardsClear(
    _ index: Int, _ observation: Observation, slot: Int?, _ grade: RuleTable.Grade, _ findings: inout [Finding]
  ) {
    let clear = (stream: table.rows[index].rule.clear.stream, readings: table.rows[index].rule.clear.readings)
    guard let (link, age) = watches[index].on.map({ ($0.link, $0.age) }) else { return }
    // Over a worse link nothing is cleared, but what is seen outside the deadband counts. So it is with what may be of long
    // ago, unless the condition began by such a reading.
    let isGuarded =
      table.rows[index].guardsLink && observation.link < link
      || !grade.isOffending && !observation.age.speaks(against: age)
    if slot == nil, watches[index].on?.isAfter(observation, receivedAt: elapsed) == true { return }
    if grade.isOffending {
      watches[index].on?.quietSince = elapsed
      watches[index].lastOffended = elapsed
    }
    // Those are cleared by the next average.
    if case .average? = table.rows[index].rule.confirmation.spot { return }
    let isValid = observation.quality == .valid
    if isValid, grade.isUsable, !isGuarded { noteOffence(index, by: observation, grade) }
    let isInside =
      grade.isUsable && !grade.isOffending
      && table.rows[index].isClear(observation.values, observation.status, baseline, before: elapsed)
    if isInside, isValid {
      if isGuarded { return }
      var isOver = false
      if let slot {
        guard let needed = clear.stream else { return }
        if let held = watches[index].on?.clearing.hold(slot, at: elapsed) { isOver = held >= needed }
      } else if let count = watches[index].on?.clearing.count(observation.reading) {
        isOver = count >= clear.readings
      }
      if isOver { findings.append(end(index, by: Evidence(observation, of: table.rows[index].kinds))) }
    } else if grade.isOffending || grade.isUsable && !isInside && table.rows[index].hasNumber(observation.values) {
      watches[index].on?.clearing = Clearing()
    } else if let slot {
      watches[index].on?.clearing.freeze(slot)
    }
    if isValid, grade.isUsable, !grade.isOffending, !isGuarded, table.rows[index].rule.clear.quiet != nil {
      watches[index].on?.last = Evidence(observation, of: table.rows[index].kinds)
    }
  }

  mutating func end(_ index: Int, by evidence: Evidence?) -> Finding {
    watches[index].on = nil
    return Finding(table.rows[index].rule, .ended(by: evidence))
  }
}
