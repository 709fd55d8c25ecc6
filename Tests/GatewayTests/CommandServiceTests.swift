// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
import EventLoop
import FoundationEssentials
import GatewayTestKit
import Journal
import Logging
import MQTT
import Synchronization
import Testing
import Vitals

@testable import Gateway

/// Commands with a real database behind them. Who has sent them is the gate's business, so here the broker's word counts.
@Suite struct CommandServiceTests {
  /// A clinic that hears the answers, and an effect that counts.
  final class Clinic: CommandEffect {
    private let heard = Mutex<[(payload: [UInt8], correlationData: [UInt8]?)]>([])
    private let done = Mutex<[String]>([])
    private let wall = Mutex(true)

    var answers: [[UInt8]] { heard.withLock { $0.map(\.payload) } }
    var correlations: [[UInt8]?] { heard.withLock { $0.map(\.correlationData) } }
    var effects: [String] { done.withLock { $0 } }
    func setClock(synchronized: Bool) { wall.withLock { $0 = synchronized } }
    var clock: Clock { { [self] in Samples.moment(1000, wall: wall.withLock { $0 }) } }

    func hear(_ message: WireMessage, _ correlationData: [UInt8]?) -> Bool {
      heard.withLock { $0.append((message.payload, correlationData)) }
      return message.topic == "vigil/v1/c/gw-1/up/result"
    }

    func decide(_ proven: CommandGate.Proven) async -> CommandDecision {
      .todo(answer: CommandOutcome.Body(["did": proven.command.name])) { [self] in
        done.withLock { $0.append(proven.command.request) }
      }
    }

    var codes: [String] { answers.map { Answer($0)?.code ?? "unreadable" } }
  }

  struct Answer: Decodable {
    struct Reason: Decodable { let code: String }
    let request: String?
    let outcome: String
    let reason: Reason?
    let body: [String: String]?

    init?(_ payload: [UInt8]) {
      guard let answer = try? JSONDecoder().decode(Self.self, from: Data(payload)) else { return nil }
      self = answer
    }

    var code: String { reason?.code ?? outcome }
  }

  static let request = "0b0c8a4e-1111-4222-8333-444455556666"
  let directory: TemporaryDirectory
  let journal: Journal
  let clinic = Clinic()

  init() throws {
    directory = try TemporaryDirectory()
    journal = try Journal(
      path: directory.file("vigil.db"), loop: EventLoop(name: "journal"), newEpoch: "epoch", now: Samples.moment(1))
  }

  func service(_ effects: [CommandName: any CommandEffect]? = nil) -> CommandService {
    CommandService(
      gate: CommandGate(gateway: "gw-1", policy: .broker), effects: effects ?? [.setLimits: clinic, .diagnose: clinic],
      journal: journal, writer: MessageWriter(clinic: "c", gateway: "gw-1", epoch: "epoch"), clock: clinic.clock,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { [clinic] in clinic.hear($0, $1) }
  }

  func command(
    _ name: String, request: String = Self.request, gateway: String = "gw-1", by: String = "u-1", body: String = "{}"
  ) -> CommandService.Incoming {
    let payload = """
      {"schema":"vigil.command/1","request":"\(request)","gateway":"\(gateway)","name":"\(name)",\
      "by":{"id":"\(by)","role":"nurse"},"issuedAt":"2026-03-14T07:59:00+08:00",\
      "expiresAt":"2026-03-14T09:00:00+08:00","body":\(body)}
      """
    return CommandService.Incoming(
      Message(
        topic: "vigil/v1/c/gw-1/down/command/\(name)", payload: Array(payload.utf8), retained: false,
        correlationData: [7]))
  }

  @Test func aRequestHasOneEffectAndOneAnswer() async throws {
    let first = service()
    await first.handle(command("set-limits"))
    #expect(clinic.effects == [Self.request])
    await first.handle(command("set-limits"))
    // After a restart as well, and however its letters are written.
    await service().handle(command("set-limits", request: Self.request.uppercased()))
    #expect(clinic.effects == [Self.request])
    #expect(clinic.answers.count == 3 && Set(clinic.answers).count == 1)
    #expect(clinic.correlations == [[7], [7], [7]])
    let answer = try #require(clinic.answers.first.flatMap(Answer.init))
    #expect(answer.code == "done" && answer.request == Self.request && answer.body == ["did": "set-limits"])
    let record = try #require(try await journal.command(Self.request))
    #expect(record.outcome == "done" && record.by == "u-1" && record.role == "nurse" && record.keyID == nil)
  }

  @Test func itsIdIsNotForAnotherCommand() async throws {
    let service = service()
    await service.handle(command("set-limits"))
    await service.handle(command("diagnose"))
    await service.handle(command("set-limits", by: "u-2"))
    #expect(clinic.codes == ["done", "request-reused", "request-reused"])
    #expect(clinic.effects == [Self.request])
  }

  @Test func whatIsTurnedAwayUsesNothingUp() async throws {
    let service = service()
    await service.handle(command("set-limits", gateway: "gw-2"))
    await service.handle(CommandService.Incoming(Message(topic: "a/b", payload: [0x7B], retained: false)))
    #expect(try await journal.command(Self.request) == nil)
    await service.handle(command("set-limits"))
    #expect(clinic.codes == ["wrong-gateway", "malformed", "done"])
    #expect(try await journal.latestAudits(10).map(\.subject) == ["set-limits", "unknown"])
    #expect(try await journal.latestAudits(10).map(\.code) == ["wrong-gateway", "malformed"])
  }

  @Test func whatIsRefusedIsRememberedToo() async throws {
    let service = service()
    await service.handle(command("set-roster"))
    await service.handle(command("set-roster"))
    await service.handle(command("pause", request: Self.request.replacing("0b", with: "0c")))
    #expect(clinic.codes == ["not-built", "not-built", "needs-signature"])
    #expect(clinic.answers[0] == clinic.answers[1])
    #expect(try await journal.command(Self.request)?.reason == "not-built")
  }

  @Test func withoutAClockItIsOnlyPutOff() async throws {
    let service = service()
    clinic.setClock(synchronized: false)
    await service.handle(command("set-limits"))
    await service.handle(command("diagnose", request: Self.request.replacing("0b", with: "0c")))
    clinic.setClock(synchronized: true)
    await service.handle(command("set-limits"))
    #expect(clinic.codes == ["unsynchronized", "done", "done"])
    #expect(clinic.effects.count == 2)
  }

  @Test func whatCannotBeRememberedIsNotDone() async throws {
    let service = service()
    await journal.close()
    await service.handle(command("set-limits"))
    #expect(clinic.codes == ["storage"] && clinic.effects == [])
  }

  @Test func aFloodIsNeitherAnsweredNorWritten() async throws {
    let service = service()
    for _ in 0..<1000 { await service.handle(command("set-limits", gateway: "gw-2")) }
    #expect(clinic.answers.count == TurnedAwayQuota.most)
    #expect(try await journal.latestAudits(100).count == TurnedAwayQuota.most)
    await service.handle(command("set-limits"))
    #expect(clinic.codes.last == "done")
  }

  @Test func theQuotaBeginsAnew() {
    var quota = TurnedAwayQuota()
    let first = (0..<12).map { _ in quota.admit(atMs: 5) }
    #expect(first == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, nil, nil])
    #expect(quota.admit(atMs: 60_004) == nil)
    #expect(quota.admit(atMs: 60_005) == 3)
    #expect(quota.admit(atMs: 60_005) == 0)
    // No clock of the world runs that far.
    #expect(quota.admit(atMs: .max) == 0)
  }
}
