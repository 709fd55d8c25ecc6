// SPDX-License-Identifier: GPL-3.0-or-later

/// Commands that await an answer. A command has one effect however often it comes, by its request; so whatever is in doubt is
/// sent again as it was: when no answer comes, when the connection broke, when the person asks for the same thing again.
package struct PendingCommands: Sendable {
  /// What somebody wants to be sent.
  package struct Order: Sendable {
    package let command: SentCommand
    /// Signed, for `down/command/acknowledge`.
    package let payload: [UInt8]

    package init(command: SentCommand, payload: [UInt8]) {
      self.command = command
      self.payload = payload
    }
  }

  package struct Outgoing: Sendable, Equatable {
    package let gateway: String
    package let payload: [UInt8]
    /// Names this sending towards the broker.
    package let token: UInt64
  }

  private struct Entry {
    var command: SentCommand
    let payload: [UInt8]
    let madeMs: Int64
    var wantsSending = true
    var tokens: Set<UInt64> = []
  }

  package static let patienceMs: Int64 = 15_000
  /// As long as the command says that it is valid.
  package static let validityMs: Int64 = 600_000
  private static let limit = 100
  /// MQTT's reason code.
  private static let quotaExceeded: UInt8 = 151

  private var entries: [Entry] = []
  private var nextToken: UInt64 = 1

  package var count: Int { entries.count }

  /// The request under which the same has been asked for, and no answer has come yet.
  package func request(gateway: String, alert: String, version: Int64) -> String? {
    entries.first { $0.command.isFor(gateway, alert, version) }?.command.request
  }

  mutating func take(_ order: Order, at moment: DeskMoment) -> SentCommand {
    let command = order.command
    if let index = entries.firstIndex(where: { $0.command.isFor(command.gateway, command.alert, command.version) }) {
      entries[index].wantsSending = true
      return entries[index].command
    }
    // So much is unanswered that more would not help.
    guard entries.count < Self.limit else { return command.with(.undeliverable(code: Self.quotaExceeded)) }
    entries.append(Entry(command: command, payload: order.payload, madeMs: moment.monotonicMs))
    return command
  }

  mutating func takeOutgoing(at moment: DeskMoment) -> [Outgoing] {
    var outgoing: [Outgoing] = []
    for index in entries.indices where entries[index].wantsSending {
      entries[index].wantsSending = false
      entries[index].tokens.insert(nextToken)
      outgoing.append(
        Outgoing(gateway: entries[index].command.gateway, payload: entries[index].payload, token: nextToken))
      nextToken &+= 1
    }
    return outgoing
  }

  mutating func sendAgain() {
    for index in entries.indices { entries[index].wantsSending = true }
  }

  mutating func published(_ token: UInt64, reason: UInt8) -> SentCommand? {
    guard reason == 16 || reason >= 128, let index = entries.firstIndex(where: { $0.tokens.contains(token) }) else {
      return nil
    }
    return entries.remove(at: index).command.with(.undeliverable(code: reason))
  }

  /// - Returns: nil for the answer to somebody else, or to what has its answer already.
  mutating func hear(_ result: ResultMessage, from gateway: String) -> SentCommand? {
    let index = entries.firstIndex { $0.command.request == result.request && $0.command.gateway == gateway }
    guard let index else { return nil }
    return entries.remove(at: index).command.with(result.isDone ? .done(result) : .refused(result))
  }

  mutating func tick(at moment: DeskMoment) -> [SentCommand] {
    var told: [SentCommand] = []
    for index in entries.indices {
      let age = moment.monotonicMs - entries[index].madeMs
      if age >= Self.validityMs {
        entries[index].command.fate = .expired
        told.append(entries[index].command)
      } else if age >= Self.patienceMs, entries[index].command.fate == .sent {
        entries[index].command.fate = .unanswered
        entries[index].wantsSending = true
        told.append(entries[index].command)
      }
    }
    entries.removeAll { $0.command.fate == .expired }
    return told
  }
}

extension SentCommand {
  fileprivate func isFor(_ gateway: String, _ alert: String, _ version: Int64) -> Bool {
    self.gateway == gateway && self.alert == alert && self.version == version
  }

  fileprivate func with(_ fate: Fate) -> SentCommand {
    var command = self
    command.fate = fate
    return command
  }
}
