// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
import Journal
import Logging
import MQTT
import ServiceLifecycle
import Synchronization
import Vitals

/// Takes the clinic's commands one after the other: proves, remembers, does and answers.
///
/// A request has one effect and one answer however often it comes. What changes alerts or settings is written in one
/// transaction with it. Anything else is done when the request is on the disk, so a crash in between leaves it undone and
/// answered with `done`: such an effect has to be one that the clinic can see and ask for again.
package actor CommandService: Service {
  /// More than this many that wait are dropped; the clinic has no answer then and asks again.
  private static let longestQueue = 32

  struct Incoming: Sendable {
    let arrival: CommandGate.Arrival
    let correlationData: [UInt8]?

    init(_ message: Message) {
      let name = message.topic.split(separator: "/").last.map(String.init) ?? ""
      // What is too large is not kept while it waits.
      let payload = Array(message.payload.prefix(CommandGate.largest + 1))
      arrival = CommandGate.Arrival(name: name, payload: payload, isRetained: message.retained)
      correlationData = message.correlationData
    }
  }

  private let gate: CommandGate
  private let effects: [CommandName: any CommandEffect]
  private let journal: Journal
  private let writer: MessageWriter
  private let clock: Clock
  private let log: Logger
  private let answer: @Sendable (WireMessage, [UInt8]?) async -> Bool
  private let queue: AsyncStream<Incoming>
  private let entrance: AsyncStream<Incoming>.Continuation
  private let dropped = Atomic<Int>(0)
  private var quota = TurnedAwayQuota()

  /// - Parameter answer: sends a message with correlation data; false where that is not possible now.
  package init(
    gate: CommandGate, effects: [CommandName: any CommandEffect], journal: Journal, writer: MessageWriter,
    clock: @escaping Clock, log: Logger, answer: @escaping @Sendable (WireMessage, [UInt8]?) async -> Bool
  ) {
    self.gate = gate
    self.effects = effects
    self.journal = journal
    self.writer = writer
    self.clock = clock
    self.log = log
    self.answer = answer
    (queue, entrance) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.longestQueue))
  }

  /// Takes a message of `down/command/+`; on any thread, at once.
  package nonisolated func take(_ message: Message) {
    if case .dropped = entrance.yield(Incoming(message)) {
      dropped.wrappingAdd(1, ordering: .relaxed)
    }
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown { [self] in
      for await incoming in queue { await handle(incoming) }
    }
  }

  func handle(_ incoming: Incoming) async {
    let lost = dropped.exchange(0, ordering: .relaxed)
    if lost > 0 { log.warning("commands came too fast, some were dropped", metadata: ["count": "\(lost)"]) }
    let now = clock()
    let proof = Result { () throws(CommandGate.TurnedAway) in try gate.prove(incoming.arrival) }
    let message =
      switch proof {
      case .success(let proven): await decide(proven, now)
      case .failure(let turnedAway):
        await turnAway(
          turnedAway.refusal, request: turnedAway.request, name: CommandName(rawValue: incoming.arrival.name)?.rawValue,
          now)
      }
    guard let message else { return }
    if await !answer(message, incoming.correlationData) { log.info("an answer was not sent: no connection") }
  }

  // MARK: whose sender is known

  /// - Returns: the answer; nil where there is none.
  func decide(_ proven: CommandGate.Proven, _ now: Moment) async -> WireMessage? {
    let command = proven.command
    do {
      if let known = try await journal.command(command.request) {
        guard known.name == command.name, known.keyID == proven.keyID, known.by == command.by.id else {
          return await turnAway(.requestReused, request: command.request, name: command.name, now)
        }
        return writer.result(again: known.answer)
      }
    } catch {
      log.error("cannot read the commands: \(error)")
      return await turnAway(.storage, request: command.request, name: command.name, now)
    }
    switch await judge(proven, now) {
    case .refused(let refusal, let body): return await refuse(proven, refusal, body, now)
    case .together(let perform):
      do {
        let outcome = try await perform { [writer] journal, outcome in
          let message = try writer.result(outcome, request: command.request, name: command.name, at: now)
          try journal.append(Self.record(proven, outcome, message), at: now)
        }
        if case .refused(let refusal, let body) = outcome { return await refuse(proven, refusal, body, now) }
        note(proven, outcome)
        return try writer.result(outcome, request: command.request, name: command.name, at: now)
      } catch {
        log.error("cannot write what a command asks for, it is not done: \(error)")
        return await turnAway(.storage, request: command.request, name: command.name, now)
      }
    case .todo(let body, let perform):
      guard let message = await remember(proven, .done(body: body), now) else {
        return await turnAway(.storage, request: command.request, name: command.name, now)
      }
      await perform()
      return message
    }
  }

  private func refuse(
    _ proven: CommandGate.Proven, _ refusal: CommandRefusal, _ body: CommandOutcome.Body?, _ now: Moment
  ) async -> WireMessage? {
    if !refusal.isForNow, let message = await remember(proven, .refused(refusal, body: body), now) { return message }
    let reason = refusal.isForNow ? refusal : .storage
    return await turnAway(reason, request: proven.command.request, name: proven.command.name, now)
  }

  private func judge(_ proven: CommandGate.Proven, _ now: Moment) async -> CommandDecision {
    let admission = Result { () throws(CommandRefusal) in try gate.admit(proven, at: now) }
    switch admission {
    case .failure(let refusal): return .refused(refusal)
    case .success(let name):
      guard let effect = effects[name] else { return .refused(.notBuilt) }
      return await effect.decide(proven)
    }
  }

  /// - Returns: the answer; nil where it could not be written.
  private func remember(
    _ proven: CommandGate.Proven, _ outcome: CommandOutcome, _ now: Moment
  ) async -> WireMessage? {
    let command = proven.command
    do {
      let message = try writer.result(outcome, request: command.request, name: command.name, at: now)
      try await journal.append(Self.record(proven, outcome, message), now: now)
      note(proven, outcome)
      return message
    } catch {
      log.error("cannot remember a command, it is not done: \(error)")
      return nil
    }
  }

  private static func record(
    _ proven: CommandGate.Proven, _ outcome: CommandOutcome, _ message: WireMessage
  ) -> CommandRecord {
    let command = proven.command
    return CommandRecord(
      request: command.request, name: command.name, keyID: proven.keyID, role: proven.role.rawValue, by: command.by.id,
      outcome: outcome.name, reason: outcome.refusal?.rawValue, answer: String(decoding: message.payload, as: UTF8.self)
    )
  }

  private func note(_ proven: CommandGate.Proven, _ outcome: CommandOutcome) {
    let (name, key) = (proven.command.name, proven.keyID ?? "-")
    log.notice(
      "a command of the clinic", metadata: ["name": "\(name)", "key": "\(key)", "outcome": "\(outcome.code)"])
  }

  // MARK: that is not remembered

  /// - Parameter name: nil for one that nobody knows: it is not repeated to the log.
  private func turnAway(
    _ refusal: CommandRefusal, request: String?, name: String?, _ now: Moment
  ) async -> WireMessage? {
    guard let passedOver = quota.admit(atMs: now.monotonicMs) else { return nil }
    log.warning(
      "a command was turned away",
      metadata: ["name": "\(name ?? "unknown")", "reason": "\(refusal.rawValue)", "passed-over": "\(passedOver)"])
    do {
      try await journal.appendTurnedAway(name: name ?? "unknown", code: refusal.rawValue, now: now)
    } catch { log.error("cannot write the audit: \(error)") }
    return try? writer.result(.refused(refusal), request: request, name: name, at: now)
  }
}
