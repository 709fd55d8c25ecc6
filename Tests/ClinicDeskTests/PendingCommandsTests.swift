// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import ClinicDesk

/// A command of the desk until it has its answer.
@Suite struct PendingCommandsTests {
  var desk = Desk(clinic: "c1")

  init() {
    desk.subscribed(at: .at(0))
    _ = desk.receive(DeskTests.alert(DeskTests.facts(), seq: 2), from: "gw-1", retained: false, at: .at(0))
  }

  mutating func acknowledge(_ request: String = "q1", at seconds: Double = 0) throws -> [DeskEvent] {
    let alert = try #require(desk.openAlerts.first)
    return desk.command(
      PendingCommands.Order(command: SentCommand(request: request, of: alert), payload: Array(request.utf8)),
      at: .at(seconds))
  }

  mutating func answer(_ json: String, from gateway: String = "gw-1") -> [DeskEvent] {
    desk.receive(
      topic: "vigil/v1/c1/\(gateway)/up/result", payload: Array(json.utf8), retained: false, at: .at(20))
  }

  static func done(_ request: String = "q1") -> String {
    """
    {"schema":"vigil.result/1","request":"\(request)","name":"acknowledge","outcome":"done","reason":null,\
    "body":{"alert":"a1","version":2,"state":"acknowledged"}}
    """
  }

  func fates(_ events: [DeskEvent]) -> [SentCommand.Fate] {
    events.compactMap { if case .command(let command) = $0 { command.fate } else { nil } }
  }

  @Test mutating func itIsSentAndAnswered() throws {
    #expect(fates(try acknowledge()) == [.sent])
    let outgoing = desk.takeOutgoing(at: .at(0))
    #expect(outgoing.map(\.gateway) == ["gw-1"] && outgoing.first?.payload == Array("q1".utf8))
    #expect(desk.takeOutgoing(at: .at(1)).isEmpty)
    let token = try #require(outgoing.first).token
    #expect(desk.published(token, reason: 0).isEmpty)
    let events = answer(Self.done("Q1"))
    guard case .command(let command)? = events.first, case .done(let result) = command.fate else {
      Issue.record("\(events)")
      return
    }
    #expect(command.alert == "a1" && command.version == 1 && result.version == 2 && result.state == "acknowledged")
    #expect(answer(Self.done()).isEmpty && desk.commands.count == 0)
    #expect(desk.tick(at: .at(15)).isEmpty)
  }

  @Test mutating func aRefusalSaysWhyAndWho() throws {
    _ = try acknowledge()
    let events = answer(
      """
      {"schema":"vigil.result/1","request":"q1","outcome":"refused","reason":{"code":"already-acknowledged",\
      "text":{"zh":"已确认","en":"done already"}},"body":{"by":"u-7","at":"2026-03-14T08:05:00+08:00"}}
      """)
    guard case .command(let command)? = events.first, case .refused(let result) = command.fate else {
      Issue.record("\(events)")
      return
    }
    #expect(result.code == "already-acknowledged" && result.texts["en"] == "done already" && result.by == "u-7")
    #expect(result.atMs != nil)
  }

  @Test mutating func whatIsNotAnsweredIsSaidAndSentAgainAsItWas() throws {
    _ = try acknowledge()
    let first = desk.takeOutgoing(at: .at(0))
    #expect(desk.tick(at: .at(14)).isEmpty)
    #expect(fates(desk.tick(at: .at(15))) == [.unanswered])
    #expect(desk.tick(at: .at(16)).isEmpty)
    let second = desk.takeOutgoing(at: .at(16))
    #expect(second.map(\.payload) == first.map(\.payload) && second.first?.token != first.first?.token)
    // Asked for again: the same request.
    #expect(desk.commands.request(gateway: "gw-1", alert: "a1", version: 1) == "q1")
    #expect(fates(try acknowledge("q2", at: 20)) == [.unanswered])
    #expect(desk.takeOutgoing(at: .at(20)).first?.payload == Array("q1".utf8) && desk.commands.count == 1)
    #expect(fates(desk.tick(at: .at(599))).isEmpty)
    #expect(fates(desk.tick(at: .at(600))) == [.expired])
    #expect(desk.commands.count == 0 && answer(Self.done()).isEmpty)
  }

  @Test mutating func withoutAConnectionItWaitsAndGoesOutThen() throws {
    desk.disconnected(at: .at(0))
    _ = try acknowledge(at: 1)
    #expect(desk.takeOutgoing(at: .at(1)).isEmpty)
    desk.subscribed(at: .at(5))
    #expect(desk.takeOutgoing(at: .at(5)).count == 1)
    // Whether it arrived before the connection broke nobody knows.
    desk.disconnected(at: .at(6))
    desk.subscribed(at: .at(8))
    #expect(desk.takeOutgoing(at: .at(8)).count == 1 && desk.takeOutgoing(at: .at(8)).isEmpty)
  }

  @Test(arguments: [UInt8(16), 135])
  mutating func whatTheBrokerDoesNotTakeIsSaid(reason: UInt8) throws {
    _ = try acknowledge()
    let token = desk.takeOutgoing(at: .at(0)).first?.token ?? 0
    #expect(desk.published(token &+ 7, reason: reason).isEmpty)
    #expect(fates(desk.published(token, reason: reason)) == [.undeliverable(code: reason)])
    #expect(desk.commands.count == 0)
  }

  @Test mutating func answersToOthersAreTheirs() throws {
    _ = try acknowledge()
    #expect(answer(Self.done("q9")).isEmpty && answer(Self.done(), from: "gw-2").isEmpty)
    #expect(answer(#"{"schema":"vigil.result/1","request":null,"outcome":"refused"}"#).isEmpty)
    #expect(desk.commands.count == 1 && desk.malformed == 0)
    // An outcome that is unknown here was not done.
    guard
      case .refused(let result)? = fates(
        answer(#"{"schema":"vigil.result/1","request":"q1","outcome":"later"}"#)
      ).first
    else {
      Issue.record("no answer")
      return
    }
    #expect(result.code == "later")
  }

  @Test mutating func thereIsAnEnd() throws {
    for number in 0..<200 {
      let facts = DeskTests.facts("b\(number)")
      _ = desk.receive(DeskTests.alert(facts, seq: Int64(number + 3)), from: "gw-1", retained: false, at: .at(1))
    }
    let alerts = desk.openAlerts
    let events = alerts.flatMap { alert in
      desk.command(
        PendingCommands.Order(command: SentCommand(request: alert.facts.alert, of: alert), payload: []), at: .at(1))
    }
    #expect(alerts.count == 201 && events.count == 201 && desk.commands.count == 100)
    #expect(fates(events).count { $0 == .undeliverable(code: 151) } == 101)
  }
}
