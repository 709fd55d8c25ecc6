// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import ClinicDesk

/// What nobody answers is said again by the desk's own clock, whatever the gateway does.
@Suite struct SecondTierTests {
  var desk = Desk(clinic: "c1", healthSeconds: 60)
  let wall = DeskMoment.at(0).wallMs ?? 0

  init() { desk.subscribed(at: .at(0)) }

  mutating func hear(
    _ alert: String = "a1", version: Int64 = 1, _ state: AlertFacts.State = .active,
    _ priority: AlertFacts.Priority = .high, raised: Double? = nil, at seconds: Double
  ) {
    let facts = DeskTests.facts(
      alert, version: version, state: state, priority: priority, raisedMs: raised.map { wall + Int64($0 * 1000) })
    _ = desk.receive(DeskTests.alert(facts, seq: version + 1), from: "gw-1", retained: false, at: .at(seconds))
  }

  /// Which alerts have become overdue, and at what level; the gateway's presence left out.
  mutating func overdue(at seconds: Double) -> [String] {
    desk.tick(at: .at(seconds)).compactMap { event in
      if case .overdue(let alert) = event { "\(alert.facts.alert) \(alert.tier)" } else { nil }
    }
  }

  @Test mutating func onceForEachLevel() {
    hear(at: 0)
    #expect(overdue(at: 299).isEmpty && desk.openAlerts.first?.isOverdue == false)
    #expect(overdue(at: 300) == ["a1 2"] && desk.openAlerts.first?.isOverdue == true)
    #expect(overdue(at: 301).isEmpty && overdue(at: 899).isEmpty)
    #expect(overdue(at: 900) == ["a1 3"])
    #expect(overdue(at: 90_000).isEmpty)
  }

  @Test mutating func fromTheRaisingWhereThatIsKnown() {
    hear("late", raised: -290, at: 0)
    hear("ahead", raised: 4000, at: 0)
    #expect(overdue(at: 9).isEmpty)
    #expect(overdue(at: 10) == ["late 2"])
    // A clock that is ahead does not put it off.
    #expect(overdue(at: 300) == ["ahead 2"])
    // Nor is what came very late said level by level.
    hear("old", raised: -5000, at: 301)
    #expect(overdue(at: 302) == ["old 3"])
  }

  @Test mutating func mediumHasMoreTimeAndLowHasNoEnd() {
    hear("m", .active, .medium, at: 0)
    hear("l", .active, .low, at: 0)
    #expect(overdue(at: 1799).isEmpty)
    #expect(overdue(at: 1800) == ["m 2"])
    #expect(overdue(at: 14_399).isEmpty)
    #expect(overdue(at: 14_400) == ["m 3"])
    #expect(overdue(at: 1_000_000).isEmpty)
  }

  @Test(arguments: [AlertFacts.Priority.high, .medium])
  mutating func aBoxCanWaitLongerThanAPerson(priority: AlertFacts.Priority) {
    for category in ["technical", "new"] {
      let facts = AlertFacts(
        alert: category, version: 1, resident: "_gateway", rule: "ST-1", state: .active, category: category,
        priority: priority, raisedMs: nil)
      _ = desk.receive(DeskTests.alert(facts, seq: 2), from: "gw-1", retained: false, at: .at(0))
    }
    #expect(overdue(at: 1801) == ["new \(priority == .high ? 3 : 2)"])
    #expect(overdue(at: 3600) == ["technical 2"])
    #expect(overdue(at: 86_399).filter { $0.hasPrefix("technical") }.isEmpty)
    #expect(overdue(at: 86_400) == ["technical 3"])
  }

  @Test(arguments: [AlertFacts.State.acknowledged, .paused, .ended])
  mutating func whatIsTakenCareOfIsNotTimed(state: AlertFacts.State) {
    hear(at: 0)
    hear(version: 2, state, at: 200)
    #expect(overdue(at: 10_000).isEmpty)
    #expect(desk.openAlerts.first?.waited(at: .at(200)) == nil)
    // Active again: the time begins anew, though it was raised long ago.
    hear(version: 3, .active, at: 10_000)
    #expect(desk.openAlerts.first?.waited(at: .at(10_060)) == 60_000)
    #expect(overdue(at: 10_299).isEmpty)
    #expect(overdue(at: 10_300) == ["a1 2"])
  }

  /// It comes and goes, and nobody answers: it has waited since it was raised.
  @Test mutating func whatIsOverAndThereAgainHasWaitedAllTheTime() {
    hear(at: 0)
    hear(version: 2, .clearedUnacknowledged, at: 200)
    #expect(overdue(at: 299).isEmpty)
    hear(version: 3, .active, at: 280)
    #expect(desk.openAlerts.first?.waited(at: .at(290)) == 290_000)
    #expect(overdue(at: 300) == ["a1 2"])
  }

  @Test mutating func whatIsAnsweredIsNotOverdueAnyMore() {
    hear(at: 0)
    _ = overdue(at: 400)
    hear(version: 2, .acknowledged, at: 401)
    #expect(desk.openAlerts.first?.isOverdue == false)
  }

  /// The gateway's own going up neither stands for the desk's nor puts it off.
  @Test mutating func theGatewaysEscalationIsAnotherMatter() {
    hear(at: 0)
    let facts = AlertFacts(
      alert: "a1", version: 2, resident: "r-0001", rule: "OX-1", state: .active, priority: .high, level: 2,
      raisedMs: nil)
    _ = desk.receive(DeskTests.alert(facts, seq: 3), from: "gw-1", retained: false, at: .at(299))
    #expect(overdue(at: 300) == ["a1 2"])
  }

  @Test mutating func anUnknownStateIsTimed() {
    hear("a1", .init(name: "unheard-of"), at: 0)
    #expect(overdue(at: 300) == ["a1 2"])
  }

  @Test mutating func aLostGatewaysAlertsStayAndAreTimed() {
    hear(at: 0)
    #expect(desk.tick(at: .at(200)) == [.gateway("gw-1", .lost)])
    #expect(overdue(at: 300) == ["a1 2"] && desk.openAlerts.count == 1)
    // And also while this desk hears nothing at all.
    desk.disconnected(at: .at(400))
    #expect(overdue(at: 900) == ["a1 3"])
    // Nor does a new database let anybody off.
    _ = desk.receive(.health(HealthMessage(epoch: "e2")), from: "gw-1", retained: false, at: .at(901))
    #expect(desk.openAlerts.map(\.isFollowed) == [false] && desk.openAlerts.first?.tier == 3)
  }

  @Test mutating func ofTwoEpochsThePresentOneCounts() {
    hear(version: 5, at: 0)
    _ = desk.receive(.health(HealthMessage(epoch: "e2")), from: "gw-1", retained: false, at: .at(1))
    let facts = DeskTests.facts("a1", state: .acknowledged)
    _ = desk.receive(DeskTests.alert(facts, seq: 2, epoch: "e2"), from: "gw-1", retained: false, at: .at(2))
    #expect(overdue(at: 2000).isEmpty)
  }

  @Test mutating func theTimesAreTheClinics() {
    desk = Desk(clinic: "c1", secondTier: SecondTier(highMs: [1000], mediumMs: []))
    hear("h", at: 0)
    hear("m", .active, .medium, at: 0)
    #expect(overdue(at: 1) == ["h 2"] && overdue(at: 99_999).isEmpty)
  }

  @Test mutating func whatIsOverdueStandsFirst() {
    hear("old", at: 0)
    hear("low", .active, .low, at: 0)
    hear("new", raised: 299, at: 299)
    #expect(desk.openAlerts.map(\.facts.alert) == ["new", "old", "low"])
    _ = overdue(at: 300)
    #expect(desk.openAlerts.map(\.facts.alert) == ["old", "new", "low"])
  }
}
