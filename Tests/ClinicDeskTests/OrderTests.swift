// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import ClinicDesk

/// The list of open alerts is right whatever the order, the duplicates and the moment of joining.
@Suite struct OrderTests {
  struct Standing: Hashable {
    let gateway: String
    let alert: String
    let version: Int64
    let state: String
    let acknowledgedBy: String?
    let isFollowed: Bool

    init(_ alert: DeskAlert) {
      self.init(alert.gateway, alert.facts, alert.isFollowed)
    }

    init(_ gateway: String, _ facts: AlertFacts, _ isFollowed: Bool = true) {
      self.gateway = gateway
      alert = facts.alert
      version = facts.version
      state = facts.state.name
      acknowledgedBy = facts.acknowledgedBy
      self.isFollowed = isFollowed
    }
  }

  static let casesPerSeed = 400

  @Test(arguments: 1...8)
  func theListIsTheTruth(seed: Int) {
    var random = Seeded(state: UInt64(seed))
    var open = 0
    var joinedLate = 0
    for number in 0..<Self.casesPerSeed {
      var desk = Desk(clinic: "c1")
      var follower = Follower()
      var expected: Set<Standing> = []
      var deliveries: [(String, DeskMessage)] = []
      // Two gateways may give an episode the same id, and must not be mixed up.
      for gateway in ["gw-1", "gw-2"].prefix(random.oneIn(3) ? 2 : 1) {
        let history = GatewayHistory(
          epoch: "e", prefix: "a", steps: Int.random(in: 1...40, using: &random), using: &random)
        let joinedAt = random.oneIn(3) ? nil : Int64.random(in: 0...history.last, using: &random)
        if joinedAt != nil { joinedLate += 1 }
        deliveries += history.deliveries(joinedAt: joinedAt, using: &random).map { (gateway, $0) }
        expected.formUnion(history.truth.map { Standing(gateway, $0) })
      }
      deliveries.shuffle(using: &random)
      for (step, (gateway, message)) in deliveries.enumerated() {
        follower.follow(
          desk.receive(message, from: gateway, retained: random.oneIn(2), at: .at(Double(step))))
      }
      let list = desk.openAlerts
      #expect(Set(list.map(Standing.init)) == expected, "seed \(seed), case \(number)")
      #expect(list.count == expected.count && follower.list == list)
      open += expected.count
    }
    // It is worth something only if there was something to be right about.
    #expect(open > Self.casesPerSeed && joinedLate > Self.casesPerSeed / 3)
  }

  @Test(arguments: 1...4)
  func anEpochThatTookOverLeavesTheOldAlertsUnfollowed(seed: Int) {
    var random = Seeded(state: UInt64(seed &* 977))
    for number in 0..<200 {
      let before = GatewayHistory(epoch: "e1", prefix: "a", steps: 20, using: &random)
      let after = GatewayHistory(epoch: "e2", prefix: "b", steps: 20, using: &random)
      var deliveries = before.deliveries(joinedAt: random.oneIn(2) ? nil : before.last / 2, using: &random)
      deliveries += after.deliveries(joinedAt: random.oneIn(2) ? nil : after.last / 2, using: &random)
      deliveries.shuffle(using: &random)
      // A gateway says each minute which epoch it is in.
      deliveries.append(.health(HealthMessage(epoch: "e2")))
      var desk = Desk(clinic: "c1")
      var follower = Follower()
      for (step, message) in deliveries.enumerated() {
        follower.follow(desk.receive(message, from: "gw-1", retained: false, at: .at(Double(step))))
      }
      let expected =
        after.truth.map { Standing("gw-1", $0) } + before.truth.map { Standing("gw-1", $0, false) }
      #expect(Set(desk.openAlerts.map(Standing.init)) == Set(expected), "seed \(seed), case \(number)")
      #expect(follower.list == desk.openAlerts)
      let events = desk.tick(at: .at(Double(Desk.unfollowedMs / 1000) + 1000))
      follower.follow(events)
      #expect(Set(desk.openAlerts.map(Standing.init)) == Set(after.truth.map { Standing("gw-1", $0) }))
      #expect(follower.list == desk.openAlerts)
      #expect(events.count { if case .ended(_, .expired) = $0 { true } else { false } } == before.truth.count)
    }
  }

  /// A list that has no room for all proves no end; nothing that has been heard of and not ended is left out.
  @Test(arguments: 1...4)
  func listsWithoutRoomHideNothing(seed: Int) {
    var random = Seeded(state: UInt64(seed &* 31))
    for _ in 0..<200 {
      let history = GatewayHistory(epoch: "e", prefix: "a", steps: 40, using: &random)
      let room = Int.random(in: 1...3, using: &random)
      var desk = Desk(clinic: "c1")
      let isLate = random.oneIn(2)
      for message in history.deliveries(joinedAt: isLate ? history.last / 2 : nil, room: room, using: &random) {
        _ = desk.receive(message, from: "gw-1", retained: false, at: .at(0))
      }
      let list = desk.openAlerts
      let known = Set(list.map { Standing($0) })
      let truth = Set(history.truth.map { Standing("gw-1", $0) })
      if !isLate { #expect(known == truth) }
      let newer = Set(history.messages.filter { ($0.seq ?? 0) > history.last / 2 }.map(\.facts.alert))
      #expect(truth.filter { newer.contains($0.alert) }.isSubset(of: known))
    }
  }

  @Test func whatTheJSONSaysIsWhatTheMessageSays() {
    var random = Seeded(state: 7)
    for _ in 0..<60 {
      let history = GatewayHistory(epoch: "e", prefix: "a", steps: 25, using: &random)
      var desk = Desk(clinic: "c1")
      for message in history.deliveries(joinedAt: history.last / 2, using: &random) {
        let (kind, json) = JSON.text(message)
        _ = desk.receive(
          topic: "vigil/v1/c1/gw-1/up/\(kind)", payload: Array(json.utf8), retained: false, at: .at(0))
      }
      #expect(desk.malformed == 0)
      #expect(Set(desk.openAlerts.map { Standing($0) }) == Set(history.truth.map { Standing("gw-1", $0) }))
    }
  }
}
