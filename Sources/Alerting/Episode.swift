// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The life of one alert condition of one person, from its start to its end.
package struct Episode: Sendable, Equatable {
  package let alert: StableID
  package let resident: ResidentID
  package let rule: String
  package let ruleVersion: Int
  package let category: Alert.Category
  package let priority: Alert.Priority
  package let level: Int
  package let limits: [Limit]
  package let evidence: [Evidence]
  package let raised: Moment
  /// The best link that the evidence came over: a worse one does not clear a high alert.
  package let link: LinkSecurity
  package private(set) var version = 1
  package private(set) var state = Alert.State.active
  package private(set) var supersededBy: StableID?
  var clearing = Clearing()

  init(
    _ rule: Rule, resident: ResidentID, priority: Alert.Priority, limits: [Limit], first: Evidence,
    furtherEvidence: [Evidence], link: LinkSecurity, raised: Moment
  ) {
    alert = StableID(hashing: ["alert", resident.description, rule.id, first.reading.description])
    self.resident = resident
    self.rule = rule.id
    ruleVersion = rule.version
    category = rule.category
    self.priority = priority
    level = rule.level
    self.limits = limits
    evidence = [first] + furtherEvidence
    self.raised = raised
    self.link = link
  }

  /// Takes an episode up again from its latest transition; what was counted towards its end begins anew.
  package init(_ latest: Alert) {
    alert = latest.alert
    resident = latest.resident
    rule = latest.rule
    ruleVersion = latest.ruleVersion
    category = latest.category
    priority = latest.priority
    level = latest.level
    limits = latest.limits
    evidence = latest.evidence
    raised = latest.raised
    link = latest.link
    version = latest.version
    state = latest.state
    supersededBy = latest.supersededBy
  }

  /// The condition is over. High alerts stay until somebody acknowledges them.
  mutating func clear() {
    version += 1
    state = priority == .high ? .clearedUnacknowledged : .ended
    clearing = Clearing()
  }

  mutating func supersede(by alert: StableID) {
    version += 1
    state = .ended
    supersededBy = alert
    clearing = Clearing()
  }

  func transition(_ phase: Alert.Phase, text: [String: String]) -> Alert {
    Alert(
      alert: alert, version: version, resident: resident, rule: rule, ruleVersion: ruleVersion, phase: phase,
      state: state, category: category, priority: priority, level: level, limits: limits, evidence: evidence,
      raised: raised, supersededBy: supersededBy, text: text, link: link)
  }
}

/// What has been counted towards the end of an episode.
struct Clearing: Sendable, Equatable {
  private var streams: [Stream] = []
  private var spots = 0
  private var lastSpot: StableID?

  private struct Stream: Sendable, Equatable {
    let source: Source
    var hold: Hold
  }

  /// A stream's sample inside the deadband.
  /// - Returns: how long the stream has been there, in milliseconds.
  mutating func hold(_ source: Source, at elapsed: Int64) -> Int64 {
    if let index = streams.firstIndex(where: { $0.source == source }) {
      if !streams[index].hold.isSilent(at: elapsed) {
        streams[index].hold.hold(at: elapsed)
        return streams[index].hold.held
      }
      streams.remove(at: index)
    }
    if streams.count >= PersonState.streamLimit { streams.removeFirst() }
    streams.append(Stream(source: source, hold: Hold(at: elapsed)))
    return 0
  }

  /// A stream's sample that says nothing.
  mutating func freeze(_ source: Source, at elapsed: Int64) {
    guard let index = streams.firstIndex(where: { $0.source == source }) else { return }
    if streams[index].hold.isSilent(at: elapsed) || !streams[index].hold.freeze(at: elapsed) {
      streams.remove(at: index)
    }
  }

  /// A spot reading inside the deadband.
  /// - Returns: how many there were one after the other; the same reading sent twice is one.
  mutating func count(_ reading: StableID) -> Int {
    if lastSpot != reading { spots += 1 }
    lastSpot = reading
    return spots
  }
}
