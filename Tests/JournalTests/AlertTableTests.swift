// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import EventLoop
import GatewayTestKit
import Journal
import Testing
import Vitals

@Suite struct AlertTableTests {
  func alert(
    _ name: String, version: Int, phase: Alert.Phase, state: Alert.State, supersededBy: StableID? = nil
  ) throws -> Alert {
    Alert(
      alert: StableID(hashing: [name]), version: version, resident: try #require(ResidentID("r-31k7")), rule: "OX-1",
      ruleVersion: 3, phase: phase, state: state, category: .physiological, priority: .high, level: 1,
      limits: [Limit(kind: .spo2, op: .below, value: ExactDecimal(90), basis: .default)],
      evidence: [
        Evidence(
          reading: StableID(hashing: ["reading"]), values: [Samples.quantity(.spo2, 86)], observedWallMs: nil,
          age: .fresh),
        Evidence(reading: StableID(hashing: ["empty"]), values: [], observedWallMs: 5, age: .unknown),
      ],
      raised: Samples.moment(7), supersededBy: supersededBy, text: ["en": "SpO2 86 %", "zh": "血氧 86%"],
      link: .encrypted)
  }

  @Test func transitionsComeBackAsTheyWereAndTheLatestIsThePresent() async throws {
    let directory = try TemporaryDirectory()
    let journal = try Journal(
      path: directory.file("vigil.db"), loop: try EventLoop(name: "journal"), newEpoch: "e", now: Samples.moment(0))
    let started = try alert("a", version: 1, phase: .start, state: .active)
    let cleared = try alert("a", version: 2, phase: .clear, state: .clearedUnacknowledged)
    let other = try alert("b", version: 1, phase: .start, state: .active)
    let ended = try alert("b", version: 2, phase: .supersede, state: .ended, supersededBy: started.alert)
    try await journal.write(now: Samples.moment(1)) { writer in
      for transition in [started, other, cleared, ended] { try writer.append(transition) }
    }
    #expect(try await journal.openAlerts() == [cleared])
    let listed = try await journal.openAlertsUpToNow()
    #expect(listed.alerts == [cleared] && listed.upTo == 5)  // the epoch's gap has 1
    let written = try await journal.entries(.alert, after: 1, limit: 9).compactMap { entry in
      if case .alert(let alert) = entry.content { alert } else { nil }
    }
    #expect(written == [started, other, cleared, ended])
  }

  /// What began in a pause has no `start`.
  @Test func theBeginningOfAnEpisodeIsFound() async throws {
    let directory = try TemporaryDirectory()
    let journal = try Journal(
      path: directory.file("vigil.db"), loop: try EventLoop(name: "journal"), newEpoch: "e", now: Samples.moment(0))
    let paused = try alert("a", version: 1, phase: .pause, state: .paused)
    let again = try alert("a", version: 2, phase: .pause, state: .paused)
    let resumed = try alert("a", version: 3, phase: .resume, state: .active)
    let last = try alert("a", version: 4, phase: .continue, state: .active)
    var found: [Int64?] = [try await journal.beginning(of: paused.alert)]
    for transition in [paused, again, resumed, last] {
      try await journal.write(now: Samples.moment(1)) { writer in _ = try writer.append(transition) }
      found.append(try await journal.beginning(of: paused.alert))
    }
    #expect(found == [nil, 2, 2, 4, 4])  // the epoch's gap has 1
  }

  /// What a restart goes on from: who has seen it, and a pause with its words.
  @Test(arguments: [nil, 1_773_446_400_000] as [Int64?]) func aCourseComesBackWhole(wallMs: Int64?) async throws {
    let directory = try TemporaryDirectory()
    let journal = try Journal(
      path: directory.file("vigil.db"), loop: try EventLoop(name: "journal"), newEpoch: "e", now: Samples.moment(0))
    let at = Moment(bootID: Samples.bootID, monotonicMs: 70_000, wallMs: wallMs, synchronized: wallMs != nil)
    let scopes: [Pause.Scope] = [.resident, .rule("OX-1"), .alert(StableID(hashing: ["x"]))]
    for (version, scope) in scopes.enumerated() {
      var course = Alert.Course(at: at, since: Samples.moment(7))
      course.acknowledgement = Alert.Acknowledgement(by: "u-12 a", at: at)
      course.pause = Pause(
        id: StableID(hashing: ["p"]), scope: scope, reason: "洗澡  for a while", by: "u-3", from: at,
        milliseconds: version == 0 ? nil : 60_000)
      course.undelivered = version == 1
      course.began = Samples.moment(9)
      course.asked = version
      if version == 1 {
        course.name = ["zh": "血氧过低", "en": "low oxygen saturation"]
        course.start = ["zh": "血氧 86%，低于 90%", "en": "SpO2 86 %, below 90 %"]
      }
      let plain = try alert("a", version: version + 1, phase: .pause, state: .paused)
      let written = Alert(
        alert: plain.alert, version: plain.version, resident: plain.resident, rule: plain.rule, ruleVersion: 3,
        phase: .pause, state: .paused, category: .physiological, priority: .high, level: 2, limits: [], evidence: [],
        raised: plain.raised, supersededBy: nil, text: ["en": "x", "zh": "y"], link: .open, course: course)
      try await journal.write(now: Samples.moment(1)) { writer in _ = try writer.append(written) }
      #expect(try await journal.openAlerts() == [written])
    }
  }

  @Test func oneThatGoesUpALevelHasTwoNumbers() async throws {
    let directory = try TemporaryDirectory()
    let journal = try Journal(
      path: directory.file("vigil.db"), loop: try EventLoop(name: "journal"), newEpoch: "e", now: Samples.moment(0))
    let started = try alert("a", version: 1, phase: .start, state: .active)
    let up = try alert("a", version: 2, phase: .escalate, state: .active)
    let seqs = try await journal.write(now: Samples.moment(1)) { writer in
      try [started, up, alert("b", version: 1, phase: .start, state: .active)].map { try writer.append($0) }
    }
    #expect(seqs == [2, 3, 5])
    let entries = try await journal.entries(.alert, after: 2, limit: 2)
    #expect(entries.map(\.seq) == [3, 4])
    guard case .alert(let alert)? = entries.first?.content, case .escalation(let escalation)? = entries.last?.content
    else {
      Issue.record("not an alert and its escalation")
      return
    }
    #expect(alert == up && escalation == up)
  }
}
