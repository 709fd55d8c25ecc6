// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What spot readings and the time that passes confirm.
extension Detector {
  // MARK: by a reading

  /// - Returns: what confirms the rule's condition; nil while it waits.
  mutating func confirm(_ index: Int, by observation: Observation, _ grade: RuleTable.Grade) -> Proof? {
    let row = table.rows[index]
    let isClean = row.isTechnical || row.isClean(observation, grade)
    let evidence = Evidence(observation, of: row.kinds)
    switch row.rule.confirmation.spot {
    case .one?:
      guard grade.isOffending, isClean, mayBegin(index) else { return nil }
      return Proof(evidence, link: observation.link)
    case .second(let second)?:
      guard grade.isOffending else {
        if isClean {
          watches[index].wait.end(grade, link: observation.link, age: observation.age, guardsLink: row.guardsLink)
        }
        return nil
      }
      let reading = SpotWait.Reading(
        evidence: evidence, at: elapsed, isClean: isClean, link: observation.link, offends: grade.offends)
      let isQualified = second.orFullyQualified && observation.status.contains("fully-qualified")
      let mayBegin = mayBegin(index)
      return watches[index].wait.take(
        reading, second, sides: row.sides, guardsLink: row.guardsLink, isQualified: isQualified, mayBegin: mayBegin)
    case .mean(let count, let apart, let within)?:
      guard isClean, grade.isUsable else { return nil }
      watches[index].window.add(
        MeanWindow.Reading(evidence: evidence, status: observation.status, at: elapsed, link: observation.link),
        within: within)
      return confirmByMean(index, count, apart: apart)
    case .sessions?:
      if isClean, grade.isUsable {
        watches[index].sessions.add(
          evidence, status: observation.status, link: observation.link, guardsLink: row.guardsLink, at: elapsed)
      }
      return nil
    case .average?, nil: return nil
    }
  }

  private func confirmByMean(_ index: Int, _ count: Int, apart: Int64) -> Proof? {
    guard mayBegin(index) else { return nil }
    let row = table.rows[index]
    for readings in watches[index].window.candidates(guardsLink: row.guardsLink, readings: count, apart: apart) {
      var tally = Tally()
      for reading in readings { tally.add(reading.evidence.values, status: reading.status) }
      let values = tally.values(atLeast: count)
      guard row.grade(values, tally.status, baseline, before: elapsed).isOffending, let first = readings.first
      else { continue }
      return Proof(
        readings.map(\.evidence), means: values, figure: .meanOf(readings: readings.count),
        link: readings.reduce(first.link) { max($0, $1.link) }, before: elapsed)
    }
    return nil
  }

  // MARK: by the time

  mutating func endWaits(at occasion: Occasion, _ findings: inout [Finding]) {
    for index in table.rows.indices {
      let rule = table.rows[index].rule
      if watches[index].isOn {
        if let quiet = rule.clear.quiet, let on = watches[index].on, elapsed - on.quietSince >= quiet {
          findings.append(end(index, by: on.last))
        }
      } else if case .second(let second)? = rule.confirmation.spot,
        let proof = watches[index].wait.lapse(at: elapsed, second), mayBegin(index)
      {
        findings.append(begin(index, proof, at: occasion))
      }
      guard watches[index].sessions.isOver(at: elapsed), let session = watches[index].sessions.close() else { continue }
      switch rule.confirmation.spot {
      case .sessions(let count, let of, let within)?:
        if let proof = judge(session, index, count, of: of, within: within) {
          findings.append(begin(index, proof, at: occasion))
        }
      case .average?: judgeAverage(index, at: occasion, &findings)
      default: break
      }
    }
    for collected in late.take(at: elapsed) {
      if let index = table.index(of: collected.rule) { findings.append(notice(of: collected, index)) }
    }
    renewDeadline()
  }

  /// When something ends by time next.
  mutating func renewDeadline() {
    var next = late.due
    for index in watches.indices {
      if case .second(let second)? = table.rows[index].rule.confirmation.spot {
        next = min(next, watches[index].wait.due(second))
      }
      next = min(next, watches[index].sessions.due)
      if let on = watches[index].on, let quiet = table.rows[index].rule.clear.quiet {
        next = min(next, on.quietSince.later(by: quiet))
      }
    }
    deadline = next
  }

  private mutating func judge(
    _ session: SessionLog.Session, _ index: Int, _ count: Int, of: Int, within: Int64
  ) -> Proof? {
    let row = table.rows[index]
    func offends(_ part: SessionLog.Part) -> Bool {
      row.grade(part.tally.values(atLeast: 1), part.tally.status, baseline, before: session.began).isOffending
    }
    let worst = session.parts.first(where: offends)
    let part = worst ?? session.all
    let verdict = SessionLog.Verdict(
      began: session.began, link: session.link, offends: worst != nil, isFresh: session.isFresh,
      evidence: part.evidence)
    guard
      let offending = watches[index].sessions.note(
        verdict, count, of: of, within: within, guardsLink: row.guardsLink),
      mayBegin(index)
    else { return nil }
    let share = max(1, Proof.limit / offending.count)
    let evidence = offending.suffix(Proof.limit).flatMap { $0.evidence.prefix(share) }
    return Proof(
      evidence, means: part.tally.values(atLeast: 1), figure: .sessions(offending.count),
      link: offending.reduce(session.link) { max($0, $1.link) }, before: session.began)
  }

  private mutating func judgeAverage(_ index: Int, at occasion: Occasion, _ findings: inout [Finding]) {
    let row = table.rows[index]
    guard case .average(let days, let atLeastDays, let readings, let dropsFirstDay)? = row.rule.confirmation.spot,
      let today = baseline.now?.day,
      let average = HomeAverage(
        of: baseline.spots, row.mask, days: days, atLeastDays: atLeastDays, readings: readings,
        dropsFirstDay: dropsFirstDay, today: today, hours: row.rule.applies.hours),
      let proof = Proof(
        average.readings.suffix(Proof.limit), means: average.means,
        figure: .homeAverage(days: average.days, readings: average.readings.count), link: average.link,
        before: elapsed)
    else { return }
    let isOffending = row.grade(average.means, [], baseline, before: elapsed).isOffending
    if watches[index].isOn {
      if !isOffending, row.isClear(average.means, [], baseline, before: elapsed) {
        findings.append(end(index, by: proof.decisive))
      }
    } else if isOffending, mayBegin(index) {
      findings.append(begin(index, proof, at: occasion))
    }
  }

  private func notice(of collected: LateReadings.Collected, _ index: Int) -> Finding {
    let rule = table.rows[index].rule
    return Finding(
      rule,
      .late(
        Onset(
          priority: rule.priority, limits: collected.worst.limits, evidence: collected.evidence,
          decisive: collected.worst.evidence, figure: .stored(collected.count), link: collected.link)))
  }
}

extension RuleTable.Row {
  /// Status words that make no value doubtful.
  private static let harmless: Set<String> = [
    "result-too-high", "result-too-low", "context-follows", "battery-low", "time-fault", "clock-not-set",
    "from-storage", "validated", "fully-qualified",
  ]

  /// Whether a reading may confirm and end alone. Beyond what a meter can measure is as good as a number, though the reading
  /// counts as questionable for it; whatever else makes it doubtful stands in its status.
  fileprivate func isClean(_ observation: Observation, _ grade: RuleTable.Grade) -> Bool {
    switch observation.quality {
    case .valid: return true
    case .invalid: return false
    case .questionable:
      guard observation.status.allSatisfy(Self.harmless.contains) else { return false }
      return checks.contains { check in
        guard case .absent(_, let reason) = check.condition.test, reason == .ninf || reason == .pinf else {
          return false
        }
        return check.outcome(observation.values, observation.status, Baseline(), before: 0).holds
      }
    }
  }
}
