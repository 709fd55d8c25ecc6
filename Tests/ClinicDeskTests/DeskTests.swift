// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts

@testable import ClinicDesk

@Suite struct DeskTests {
  var desk = Desk(clinic: "c1")

  static func facts(
    _ alert: String = "a1", version: Int64 = 1, state: AlertFacts.State = .active,
    priority: AlertFacts.Priority = .high, raisedMs: Int64? = nil
  ) -> AlertFacts {
    AlertFacts(
      alert: alert, version: version, resident: "r-0001", rule: "OX-1", state: state, priority: priority,
      raisedMs: raisedMs)
  }

  static func alert(_ facts: AlertFacts, seq: Int64?, epoch: String = "e") -> DeskMessage {
    .alert(
      AlertMessage(
        epoch: epoch, seq: seq, facts: facts,
        details: AlertDetails(version: facts.version, phase: "start", texts: ["en": "text \(facts.version)"])))
  }

  static func list(_ alerts: [AlertFacts], upTo: Int64?, total: Int64? = nil, epoch: String = "e") -> DeskMessage {
    .openAlerts(
      OpenAlertsMessage(epoch: epoch, upTo: upTo, total: total ?? Int64(alerts.count), alerts: alerts))
  }

  @discardableResult
  mutating func hear(_ message: DeskMessage, from gateway: String = "gw-1", at seconds: Double = 0) -> [DeskEvent] {
    desk.receive(message, from: gateway, retained: false, at: .at(seconds))
  }

  @discardableResult
  mutating func hear(_ kind: String, _ json: String) -> [DeskEvent] {
    desk.receive(topic: "vigil/v1/c1/gw-1/up/\(kind)", payload: Array(json.utf8), retained: false, at: .at(0))
  }

  var open: [String] { desk.openAlerts.map(\.facts.alert) }

  // MARK: lists and messages

  @Test mutating func aListGivesWhatHasNoTextYet() {
    hear(Self.list([Self.facts(version: 2)], upTo: 9))
    #expect(desk.openAlerts.first?.details == nil)
    // Even an older message has a text; how it stands is the list's word.
    let events = hear(Self.alert(Self.facts(version: 1), seq: 5))
    #expect(desk.openAlerts.first?.details?.texts == ["en": "text 1"] && desk.openAlerts.first?.facts.version == 2)
    guard case .alert(_, .detailed)? = events.first else {
      Issue.record("\(events)")
      return
    }
  }

  static let listed = """
    {"schema":"vigil.alerts/1","epoch":"e","upTo":9,"total":1,"alerts":[{"alert":"a1","version":2,"resident":"r-0001",\
    "rule":"OX-1","state":"acknowledged","category":"physiological","priority":"high","level":1,"raisedAt":null,\
    "acknowledgedBy":"u-12","acknowledgedAt":"2026-03-14T08:05:00+08:00",\
    "ruleName":{"zh":"血氧过低","en":"low oxygen saturation"}}]}
    """

  @Test mutating func aListSaysWhoHasTakenItAndWhatItIsAbout() {
    let events = hear("alerts", Self.listed)
    let facts = desk.openAlerts.first?.facts
    #expect(facts?.acknowledgedBy == "u-12" && facts?.acknowledgedMs == 1_773_446_700_000 && events.count == 2)
    #expect(facts?.ruleName(in: .zh) == "血氧过低" && desk.openAlerts.first?.details == nil)
    // Said again it is no news.
    #expect(hear("alerts", Self.listed).isEmpty)
  }

  /// A gateway of before leaves that out of its list: the message of the same version completes it.
  @Test(arguments: [true, false]) mutating func whatAListLeavesOutItsMessageSays(isListFirst: Bool) {
    let said = AlertFacts(
      alert: "a1", version: 2, resident: "r-0001", rule: "OX-1", state: .acknowledged, priority: .high, raisedMs: nil,
      acknowledgedBy: "u-12", ruleNames: ["en": "low oxygen saturation"])
    let bare = Self.list([Self.facts(version: 2, state: .acknowledged)], upTo: 9)
    for message in isListFirst ? [bare, Self.alert(said, seq: 9)] : [Self.alert(said, seq: 9), bare] {
      for case .alert(_, .changed) in hear(message) { Issue.record("it stands as before") }
    }
    #expect(desk.openAlerts.map(\.facts) == [said])
  }

  @Test mutating func whatEndedWhileNobodyListenedIsFoundOut() {
    hear(Self.alert(Self.facts("a1"), seq: 5))
    hear(Self.alert(Self.facts("a2"), seq: 12))
    let events = hear(Self.list([], upTo: 10))
    #expect(open == ["a2"])
    guard case .ended(let alert, .list)? = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(alert.facts.alert == "a1" && events.count == 1)
    // An older list and an older message change nothing.
    hear(Self.list([Self.facts("a1")], upTo: 9))
    hear(Self.alert(Self.facts("a1", version: 2), seq: 7))
    #expect(open == ["a2"])
  }

  @Test mutating func anIncompleteOrUnnumberedListEndsNothing() {
    hear(Self.alert(Self.facts("a1"), seq: 5))
    hear(Self.list([], upTo: 10, total: 3))
    hear(Self.list([], upTo: nil))
    #expect(open == ["a1"] && desk.gateways.first?.unlistedAlerts == 2)
    hear(Self.list([], upTo: 11, total: 4))
    #expect(desk.gateways.first?.unlistedAlerts == 3)
    // Nor one with an item that cannot be read.
    hear(
      "alerts",
      #"{"schema":"vigil.alerts/1","epoch":"e","upTo":12,"total":1,"alerts":[{"alert":"a9","version":"two"}]}"#)
    #expect(open == ["a1"] && desk.malformed == 0)
  }

  @Test mutating func anAbsurdTotalDoesNotOverflowTheSumOverGateways() {
    for gateway in ["gw-1", "gw-2"] {
      _ = desk.receive(
        topic: "vigil/v1/c1/\(gateway)/up/alerts",
        payload: Array(
          #"{"schema":"vigil.alerts/1","epoch":"e","upTo":5,"total":9223372036854775807,"alerts":[]}"#.utf8),
        retained: true, at: .at(0))
    }
    #expect(desk.gateways.map(\.unlistedAlerts) == [1_000_000, 1_000_000])
  }

  @Test mutating func aMessageWithoutItsNumberIsTheSameAlert() {
    hear(Self.alert(Self.facts("a1"), seq: nil))
    hear(Self.list([], upTo: 10))
    #expect(open == ["a1"], "no list speaks for it yet")
    #expect(hear(Self.alert(Self.facts("a1"), seq: 11)).isEmpty)
    hear(Self.list([], upTo: 12))
    #expect(open.isEmpty)
    hear(Self.alert(Self.facts("a1"), seq: nil))
    #expect(open.isEmpty)
  }

  @Test mutating func whatNeverGetsItsNumberLeavesAfterADay() {
    hear(Self.alert(Self.facts("a1"), seq: nil))
    let day = Double(Desk.unfollowedMs / 1000)
    _ = desk.tick(at: .at(day - 1))
    #expect(open == ["a1"])
    hear(Self.alert(Self.facts("a2"), seq: 4), at: day)
    let events = desk.tick(at: .at(day + 120))
    #expect(open == ["a2"])
    guard case .ended(_, .expired)? = events.last else {
      Issue.record("\(events)")
      return
    }
  }

  @Test mutating func thePresentEpochsWordOnAnAlertCounts() {
    hear(Self.alert(Self.facts("a1", version: 3), seq: 40))
    hear(Self.alert(Self.facts("a2", version: 3), seq: 41))
    let events = hear(.status(StatusMessage(epoch: "e2", isOnline: true, version: "0.2.0")))
    #expect(events.count == 3 && desk.openAlerts.allSatisfy { !$0.isFollowed })
    // The device sends its stored reading again, and the new database raises the alert again.
    hear(Self.alert(Self.facts("a1", version: 1), seq: 2, epoch: "e2"))
    #expect(desk.openAlerts.map(\.isFollowed).contains(true) && open.count == 2)
    hear(Self.alert(Self.facts("a1", version: 2, state: .ended), seq: 3, epoch: "e2"))
    #expect(open == ["a2"])
  }

  @Test mutating func aRetainedListOfBeforeDoesNotBringAnEpochBack() {
    hear(.status(StatusMessage(epoch: "e2", isOnline: true, version: "0.2.0")))
    _ = desk.receive(Self.list([Self.facts("a1")], upTo: 5), from: "gw-1", retained: true, at: .at(1))
    #expect(desk.openAlerts.map(\.isFollowed) == [false] && desk.gateways.first?.epoch == "e2")
  }

  @Test mutating func theListIsInTheOrderOfUrgency() {
    hear(Self.alert(Self.facts("low", priority: .low, raisedMs: 9000), seq: 2))
    hear(Self.alert(Self.facts("old", raisedMs: 1000), seq: 3))
    hear(Self.alert(Self.facts("new", raisedMs: 5000), seq: 4))
    hear(Self.alert(Self.facts("cleared", state: .clearedUnacknowledged, raisedMs: 8000), seq: 5))
    #expect(open == ["new", "old", "low", "cleared"])
  }

  @Test mutating func ageIsFromTheRaisingUnlessThatCannotBe() {
    let now = DeskMoment.at(0).wallMs ?? 0
    hear(Self.alert(Self.facts("a1", raisedMs: now - 60_000), seq: 2))
    hear(Self.alert(Self.facts("a2", raisedMs: now + 86_400_000), seq: 3))
    hear(Self.alert(Self.facts("a3"), seq: 4))
    let ages = Dictionary(
      desk.openAlerts.map { ($0.facts.alert, $0.age(at: .at(10))) }, uniquingKeysWith: { $1 })
    #expect(ages == ["a1": 70_000, "a2": 10_000, "a3": 10_000])
  }

  // MARK: what is not as it should be

  @Test mutating func unknownThingsAreBorne() {
    hear(
      "alert/r-0001",
      #"{"schema":"vigil.alert/1","epoch":"e","seq":2,"alert":"a1","version":1,"priority":"extreme","state":"odd","x":{}}"#
    )
    let alert = desk.openAlerts.first
    #expect(alert?.facts.priority == .high && alert?.facts.state.isActive == true)
    #expect(alert?.details?.text(in: .zh) == nil)
    hear("alert/r-0001", #"{"schema":"vigil.alert/2","new":true}"#)
    hear("weather", "{")
    hear("status", #"{"schema":"vigil.status/1","state":"online"}"#)
    #expect(
      desk.receive(topic: "vigil/v2/c1/gw-1/up/alert/r", payload: [1], retained: false, at: .at(0)).isEmpty)
    #expect(
      desk.receive(topic: "vigil/v1/c2/gw-1/up/alert/r", payload: [1], retained: false, at: .at(0)).isEmpty)
    #expect(desk.malformed == 0 && desk.gateways.first?.presence == .online)
    #expect(desk.openAlerts.count == 1)
  }

  @Test(arguments: [
    "", "{", "[]", "null", "\u{0}", "{\"schema\":5}", #"{"schema":"vigil.alert/1"}"#,
    #"{"schema":"vigil.alert/1","epoch":"e","seq":"2","alert":"a1","version":1}"#,
    #"{"schema":"vigil.alert/1","epoch":"e","seq":0,"alert":"a1","version":1}"#,
    #"{"schema":"vigil.alert/1","epoch":"e","seq":2,"alert":"a1","version":0}"#,
    #"{"schema":"vigil.alert/1","epoch":"e","seq":2,"alert":"a\u001b[2J","version":1}"#,
    #"{"schema":"vigil.alert/1","epoch":"e","seq":99999999999999999999,"alert":"a1","version":1}"#,
  ])
  mutating func whatCannotBeReadIsCounted(json: String) {
    hear("alert/r-0001", json)
    #expect(desk.malformed == (json.isEmpty ? 0 : 1) && desk.openAlerts.isEmpty)
  }

  @Test mutating func nothingFromOutsideMovesTheCursor() {
    hear(
      "alert/r-0001",
      #"{"schema":"vigil.alert/1","epoch":"e","seq":2,"alert":"a1","version":1,"text":{"en":"a\u001b[2J\u202eb\nc"}}"#)
    #expect(desk.openAlerts.first?.details?.text(in: .en) == "a[2Jbc")
  }

  /// Valid messages with a few octets changed, cut or doubled.
  @Test func noiseNeverEndsIt() {
    var random = Seeded(state: 99)
    var desk = Desk(clinic: "c1")
    let reading = """
      {"schema":"vigil.reading/1","id":"1","epoch":"e","seq":4,"reading":"b7","resident":"r-0001",\
      "device":{"id":"d-2"},"quality":"valid","values":[{"kind":"spo2","value":97,"unit":"%"}]}
      """
    var waiting: [DeskMessage] = []
    for round in 0..<6000 {
      if waiting.isEmpty {
        waiting = GatewayHistory(epoch: "e\(round)", prefix: "a", steps: 30, using: &random)
          .deliveries(joinedAt: nil, using: &random)
      }
      let message = waiting.popLast() ?? .health(HealthMessage(epoch: nil))
      var (kind, json) = JSON.text(message)
      if random.oneIn(4) { (kind, json) = ("reading/r-0001", reading) }
      var bytes = Array(json.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        guard let index = bytes.indices.randomElement(using: &random) else { break }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(bytes[index], at: index)
        default: bytes.removeLast(Int.random(in: 0...min(9, bytes.count), using: &random))
        }
      }
      _ = desk.receive(
        topic: "vigil/v1/c1/gw-\(round % 3)/up/\(kind)", payload: bytes, retained: false, at: .at(Double(round)))
    }
    #expect(desk.malformed > 500 && desk.gateways.count == 3 && !desk.readings.series.isEmpty)
  }

  // MARK: bounds

  @Test mutating func anAlertThatIsInTheListStaysWhenThereIsNoRoom() {
    var limits = Desk.Limits()
    limits.openAlerts = 2
    desk = Desk(clinic: "c1", limits: limits)
    for number in 1...4 { hear(Self.alert(Self.facts("a\(number)"), seq: Int64(number))) }
    #expect(open.sorted() == ["a1", "a2"] && desk.refused == 2)
    hear(Self.alert(Self.facts("a1", version: 2, state: .ended), seq: 5))
    hear(Self.alert(Self.facts("a4"), seq: 4))
    #expect(open.sorted() == ["a2", "a4"])
  }

  @Test mutating func aLostGatewayMakesRoomForANewOneUnlessItHasAlerts() {
    var limits = Desk.Limits()
    limits.gateways = 2
    desk = Desk(clinic: "c1", limits: limits)
    desk.subscribed(at: .at(0))
    hear(Self.alert(Self.facts("a1"), seq: 2), from: "gw-1")
    hear(.health(HealthMessage(epoch: "e")), from: "gw-2")
    #expect(hear(.health(HealthMessage(epoch: "e")), from: "gw-3").isEmpty)
    #expect(desk.refused == 1 && desk.gateways.map(\.id) == ["gw-1", "gw-2"])
    _ = desk.tick(at: .at(1000))
    #expect(
      hear(.health(HealthMessage(epoch: "e")), from: "gw-3", at: 1000)
        == [.gone("gw-2"), .gateway("gw-3", .unknown)])
    #expect(desk.gateways.map(\.id) == ["gw-1", "gw-3"] && open == ["a1"])
  }

  @Test mutating func tombstonesAndEpochsAreBounded() {
    for number in 1...3000 {
      hear(Self.alert(Self.facts("a\(number)", state: .ended), seq: Int64(number)))
    }
    #expect((desk.gateways.first?.alertIDs.count ?? 0) <= 500)
    for epoch in 1...20 { hear(Self.alert(Self.facts("b\(epoch)"), seq: 2, epoch: "f\(epoch)")) }
    #expect(desk.gateways.first?.epochs.count == 4 && desk.openAlerts.count == 3)
  }
}
