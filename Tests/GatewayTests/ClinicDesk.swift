// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import FoundationEssentials
import GatewayTestKit
import Journal
import Logging
import Testing
import Vitals

@testable import Gateway

/// A clinic that asks a gateway, and reads what it answers.
final class ClinicDesk: Sendable {
  struct Answer: Decodable {
    struct Reason: Decodable { let code: String }
    private let reason: Reason?
    private let outcome: String
    /// The whole of it.
    private(set) var text = ""

    private enum CodingKeys: CodingKey { case reason, outcome }

    var code: String { reason?.code ?? outcome }

    init(_ message: WireMessage) throws {
      self = try JSONDecoder().decode(Self.self, from: Data(message.payload))
      text = String(decoding: message.payload, as: UTF8.self)
    }
  }

  let box: IngestTests.Box
  private let service: CommandService
  private let clock: Clock

  init(_ box: IngestTests.Box, rules: RuleSet, clock: @escaping Clock) {
    self.box = box
    self.clock = clock
    let ingest = box.ingest
    service = CommandService(
      gate: CommandGate(gateway: "gw-1", policy: .signed([])),
      effects: [
        .acknowledge: Acknowledge(ingest: ingest), .pause: PauseCommand(ingest: ingest, rules: rules, clock: clock),
        .setLimits: SetLimits(ingest: ingest, rules: rules, clock: clock), .setPlan: SetPlan(ingest: ingest),
        .diagnose: Diagnose(journal: box.journal, ingest: ingest, rules: rules) { .sample },
      ], journal: box.journal, writer: MessageWriter(clinic: "c", gateway: "gw-1", epoch: "epoch"), clock: clock,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { _, _ in true }
  }

  /// - Parameters:
  ///   - request: another number, another request.
  ///   - key: nil for a command by the broker's word.
  ///   - now: nil for the time that it is.
  func ask(
    _ name: String, _ body: String, request: Int = 1, seen: Int? = nil, by person: String = "u-12",
    role: Role = .nurse, key: String? = "k1", now: Moment? = nil
  ) async throws -> Answer {
    let payload = Self.command(name, body, request: request, seen: seen, by: person, role: role)
    let command = try #require(ClinicCommand(json: payload))
    let proven = CommandGate.Proven(command: command, keyID: key, role: role)
    return try Answer(try #require(await service.decide(proven, now ?? clock())))
  }

  /// A command as it comes, without a signature.
  static func command(
    _ name: String, _ body: String, request: Int = 1, seen: Int? = nil, by person: String = "u-12", role: Role = .nurse
  ) -> [UInt8] {
    let expected = seen.map { #","expectedVersion":\#($0)"# } ?? ""
    let payload = """
      {"schema":"vigil.command/1","request":"0b0c8a4e-1111-4222-8333-\(100_000_000_000 + request)","gateway":"gw-1",\
      "name":"\(name)","by":{"id":"\(person)","role":"\(role.rawValue)"},"issuedAt":"2026-03-14T07:59:00+08:00",\
      "expiresAt":"2026-04-01T09:00:00+08:00"\(expected),"body":\(body)}
      """
    return Array(payload.utf8)
  }

  /// Any octets, from somebody who has this role.
  ///
  /// - Returns: nil for what is no command, and where so much was turned away that nobody is answered.
  func send(_ payload: [UInt8], role: Role, key: String?) async throws -> Answer? {
    guard let command = ClinicCommand(json: payload) else { return nil }
    let proven = CommandGate.Proven(command: command, keyID: key, role: role)
    return try await service.decide(proven, clock()).map(Answer.init)
  }
}

extension Health {
  /// Of a box without anything.
  static var sample: Health {
    Health(
      version: "0", uptimeSeconds: 1, bootId: Samples.bootID, clockSynchronized: true, wallClockKnown: true,
      zone: "Asia/Shanghai",
      broker: Broker(
        connected: true, host: "h", port: 1, stateSeconds: 1, reason: nil, retryInSeconds: nil,
        nobodyReadsReadings: false, readingRefusal: nil, undeliveredAlerts: 0),
      queues: [], openAlerts: 0, alerts: [],
      bluetooth: Bluetooth(
        available: true, version: nil, name: "hci0", adapter: "", powered: true, condition: nil, text: nil,
        retryInSeconds: nil, controllers: []),
      storage: Storage(
        freeBytes: nil, undecodedValues: 0, databaseBytes: nil, limitBytes: 1, droppedReadings: 0, error: nil,
        problem: nil), devices: [])
  }
}
