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
}
