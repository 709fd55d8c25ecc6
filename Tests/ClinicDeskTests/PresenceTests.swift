// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import ClinicDesk

/// Three missed `health` are a lost gateway, by the desk's own clock.
@Suite struct PresenceTests {
  var desk = Desk(clinic: "c1", healthSeconds: 60)

  init() { desk.subscribed(at: .at(0)) }

  mutating func hear(_ kind: String, _ json: String, at seconds: Double, retained: Bool = false) -> [DeskEvent] {
    desk.receive(
      topic: "vigil/v1/c1/gw-1/up/\(kind)", payload: Array(json.utf8), retained: retained, at: .at(seconds))
  }

  var presence: GatewayState.Presence? { desk.gateways.first?.presence }

  @Test mutating func threeMissedOnesAreALostGateway() {
    #expect(hear("status", JSON.status("online"), at: 1) == [.gateway("gw-1", .online)])
    #expect(hear("health", JSON.health(), at: 2).isEmpty)
    // Two are missed, the third is a little late.
    #expect(desk.tick(at: .at(2 + 190)).isEmpty)
    #expect(hear("health", JSON.health(), at: 192).isEmpty)
    #expect(desk.tick(at: .at(192 + 195)).isEmpty)
    #expect(desk.tick(at: .at(192 + 196)) == [.gateway("gw-1", .lost)])
    #expect(desk.tick(at: .at(192 + 197)).isEmpty)
    #expect(hear("health", JSON.health(), at: 400) == [.gateway("gw-1", .online)])
  }

  @Test mutating func aRetainedStatusIsNoSignOfLife() {
    #expect(hear("status", JSON.status("online"), at: 100, retained: true) == [.gateway("gw-1", .online)])
    #expect(desk.gateways.first?.lastSign == nil)
    #expect(hear("status", JSON.status("online"), at: 290, retained: true).isEmpty)
    #expect(desk.tick(at: .at(296)) == [.gateway("gw-1", .lost)])
    #expect(hear("status", JSON.status("online"), at: 300, retained: true).isEmpty)
    #expect(hear("status", JSON.status("online"), at: 301) == [.gateway("gw-1", .online)])
    #expect(desk.tick(at: .at(301 + 190)).isEmpty)
  }

  @Test mutating func offlineSaysSoUntilItIsLost() {
    _ = hear("status", JSON.status("online"), at: 0)
    #expect(hear("status", JSON.status("offline"), at: 30) == [.gateway("gw-1", .offline)])
    #expect(desk.gateways.first?.offlineSince == .at(30))
    #expect(hear("status", JSON.status("offline"), at: 40).isEmpty)
    #expect(desk.gateways.first?.offlineSince == .at(30))
    #expect(desk.tick(at: .at(200)) == [.gateway("gw-1", .lost)])
    #expect(hear("status", JSON.status("offline"), at: 210).isEmpty)
    #expect(presence == .lost)
  }

  @Test mutating func whatWasOfflineBeforeHasNoSince() {
    #expect(hear("status", JSON.status("offline"), at: 1, retained: true) == [.gateway("gw-1", .offline)])
    #expect(desk.gateways.first?.offlineSince == nil)
  }

  @Test mutating func whileNothingCanBeHeardNothingIsMissed() {
    _ = hear("health", JSON.health(), at: 0)
    desk.disconnected(at: .at(100))
    #expect(desk.tick(at: .at(10_000)).isEmpty)
    desk.disconnected(at: .at(10_000))
    desk.subscribed(at: .at(10_001))
    // The silence before counts on, or a connection that comes and goes would hide a dead gateway for ever.
    #expect(desk.tick(at: .at(10_001 + 95)).isEmpty)
    #expect(desk.tick(at: .at(10_001 + 96)) == [.gateway("gw-1", .lost)])
    // And what is lost is not found by our coming back.
    desk.disconnected(at: .at(10_500))
    desk.subscribed(at: .at(11_000))
    #expect(desk.tick(at: .at(11_001)).isEmpty && presence == .lost)
  }

  @Test mutating func aGatewayThatOnlySendsAlertsIsJudgedToo() {
    let facts = AlertFacts(
      alert: "a1", version: 1, resident: "r-0001", rule: "OX-1", state: .active, priority: .high, raisedMs: nil)
    let message = AlertMessage(
      epoch: "e", seq: 2, facts: facts, details: AlertDetails(version: 1, phase: "start", texts: [:]))
    #expect(hear("alert/r-0001", JSON.text(message), at: 10).first == .gateway("gw-1", .unknown))
    #expect(desk.tick(at: .at(206)) == [.gateway("gw-1", .lost)])
    #expect(desk.openAlerts.count == 1)
  }

  @Test mutating func healthThatCannotBeReadIsStillHealth() {
    #expect(
      hear("health", #"{"schema":"vigil.health/1","health":["?"]}"#, at: 100) == [.gateway("gw-1", .unknown)])
    #expect(desk.gateways.first?.lastSign == .at(100) && desk.malformed == 0)
  }

  @Test mutating func itsContentIsShown() {
    _ = hear("health", JSON.health(), at: 1)
    let health = desk.gateways.first?.health
    #expect(health?.devices == 2 && health?.connectedDevices == 1 && health?.waiting == 5)
    #expect(health?.hasBluetooth == true && health?.hasStorageError == false && health?.knowsTime == true)
    #expect(desk.gateways.first?.version == "0.1.0")
  }

  @Test mutating func whatIsDeletedAtTheBrokerIsGone() {
    _ = hear("status", JSON.status("offline"), at: 0)
    _ = hear("alerts", JSON.text(OpenAlertsMessage(epoch: "e", upTo: 1, total: 0, alerts: [])), at: 0)
    #expect(hear("status", "", at: 1).isEmpty)
    #expect(hear("alerts", "", at: 2) == [.gone("gw-1")])
    #expect(desk.gateways.isEmpty && desk.malformed == 0)
  }
}
