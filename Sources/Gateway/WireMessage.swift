// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import FoundationEssentials
import Journal
import Vitals

/// Renders the messages of MQTT version 1 (contract.md; the JSON Schemas stand in `Schemas/`).
///
/// A ledger message is rendered from rows that never change, so a resend is identical, keys and all.
package struct WireMessage: Sendable {
  package let topic: String
  package let payload: [UInt8]

  /// The most that a ledger message may have.
  package static let ledgerLimit = 8 * 1024
  /// The most that another one may have.
  package static let limit = 64 * 1024
}

/// Makes messages for one gateway.
package struct MessageWriter: Sendable {
  package let clinic: String
  package let gateway: String
  package let epoch: String

  package init(clinic: String, gateway: String, epoch: String) {
    self.clinic = clinic
    self.gateway = gateway
    self.epoch = epoch
  }

  /// How many open episodes `up/alerts` names, where its size allows.
  private static let openAlertsLimit = 150

  package var root: String { "vigil/v1/\(clinic)/\(gateway)/" }

  // MARK: the ledger

  package func message(_ entry: LedgerEntry) throws -> WireMessage {
    let at = entry.atWallMs.map(SiteTime.text)
    switch entry.content {
    case .reading(let observation):
      return try encode(
        "up/reading/\(observation.resident)",
        ReadingBody(
          id: StableID(hashing: ["reading", epoch, observation.reading.description, String(observation.revision)]).uuid,
          epoch: epoch,
          lane: entry.lane.name, seq: entry.seq, gateway: gateway, at: at, observation: observation))
    case .alert(let alert):
      return try message(alert, seq: entry.seq, at: at)
    case .escalation(let alert):
      return try escalation(alert, seq: entry.seq, at: at)
    case .gap(let gap):
      return try message(gap, lane: entry.lane, seq: entry.seq, at: at)
    case .summary(let summary):
      return try encode(
        "up/reading/\(summary.resident)",
        SummaryBody(
          id: StableID(hashing: ["summary", epoch, summary.reading.description, String(summary.revision)]).uuid,
          epoch: epoch, lane: entry.lane.name, seq: entry.seq, gateway: gateway, at: at, summary: summary))
    }
  }

  /// An alert while the database cannot be written to, and its escalation where it is one: without numbers, the same ids
  /// come again with them.
  package func unnumbered(_ alert: Alert, at moment: Moment) throws -> [WireMessage] {
    let at = moment.wallMs.map(SiteTime.text)
    let message = try message(alert, seq: nil, at: at)
    return alert.phase == .escalate ? [message, try escalation(alert, seq: nil, at: at)] : [message]
  }

  /// What takes the place of a row that cannot be sent, so that its number is accounted for.
  package func substitute(for seq: Int64, in lane: Lane, atWallMs: Int64?) throws -> WireMessage {
    let gap = Gap(reason: .unreadable, count: 1, fromWallMs: atWallMs, toWallMs: atWallMs)
    return try message(gap, lane: lane, seq: seq, at: atWallMs.map(SiteTime.text))
  }

  private func message(_ alert: Alert, seq: Int64?, at: String?) throws -> WireMessage {
    try encode(
      "up/alert/\(alert.resident)",
      AlertBody(
        id: StableID(hashing: ["alert", epoch, alert.alert.description, String(alert.version)]).uuid, epoch: epoch,
        lane: Lane.alert.name, seq: seq, gateway: gateway, at: at, alert: alert))
  }

  /// What goes up a level, for whoever takes only these.
  private func escalation(_ alert: Alert, seq: Int64?, at: String?) throws -> WireMessage {
    try encode(
      "up/escalation/\(alert.level)/\(alert.resident)",
      AlertBody(
        id: StableID(hashing: ["escalation", epoch, alert.alert.description, String(alert.version)]).uuid, epoch: epoch,
        lane: Lane.alert.name, seq: seq, gateway: gateway, at: at, alert: alert))
  }

  private func message(_ gap: Gap, lane: Lane, seq: Int64, at: String?) throws -> WireMessage {
    try encode(
      "up/gap",
      GapBody(
        id: StableID(hashing: ["gap", epoch, lane.name, String(seq)]).uuid, epoch: epoch, lane: lane.name, seq: seq,
        gateway: gateway, at: at, reason: gap.reason.rawValue, count: gap.count,
        from: gap.fromWallMs.map(SiteTime.text), to: gap.toWallMs.map(SiteTime.text),
        fromSeq: gap.numbers?.lowerBound, toSeq: gap.numbers?.upperBound, previousEpoch: gap.previousEpoch))
  }

  // MARK: beside the ledger

  package func status(online: Bool, at moment: Moment) throws -> WireMessage {
    try encode(
      "up/status",
      StatusBody(
        id: UUID().uuidString.lowercased(), gateway: gateway, at: moment.wallMs.map(SiteTime.text),
        state: online ? "online" : "offline", version: Version.current, epoch: epoch, bootId: moment.bootID))
  }

  /// As many of the open episodes as there is room for: active ones first, then the newest.
  ///
  /// - Parameter upTo: the last number of the alert lane that the list takes into account.
  package func openAlerts(_ alerts: [Alert], upTo: Int64, at moment: Moment) throws -> WireMessage {
    let id = UUID().uuidString.lowercased()
    let order = alerts.filter { $0.state == .active } + alerts.filter { $0.state != .active }.reversed()
    var items = order.prefix(Self.openAlertsLimit).map(OpenAlertsBody.Item.init)
    while true {
      let message = try encode(
        "up/alerts",
        OpenAlertsBody(
          id: id, gateway: gateway, at: moment.wallMs.map(SiteTime.text), epoch: epoch, upTo: upTo,
          total: alerts.count, alerts: items))
      // A site's names of rules may be long.
      guard message.payload.count > WireMessage.limit, !items.isEmpty else { return message }
      items.removeLast(max(1, items.count - items.count * WireMessage.limit / message.payload.count))
    }
  }

  package func health(_ health: Health, at moment: Moment) throws -> WireMessage {
    var health = health
    // `up/alerts` says it, and a gateway may pay for each byte.
    health.alerts = nil
    return try encode(
      "up/health",
      HealthBody(
        id: UUID().uuidString.lowercased(), gateway: gateway, at: moment.wallMs.map(SiteTime.text), epoch: epoch,
        health: health))
  }

  /// The answer to a command.
  ///
  /// - Parameter request: nil where the command did not say one.
  package func result(
    _ outcome: CommandOutcome, request: String?, name: String?, at moment: Moment
  ) throws -> WireMessage {
    let id = request.map { StableID(hashing: ["result", epoch, $0, outcome.code]).uuid }
    return try encode(
      Self.resultTopic,
      ResultBody(
        id: id ?? UUID().uuidString.lowercased(), gateway: gateway, at: moment.wallMs.map(SiteTime.text),
        request: request, name: name, outcome: outcome))
  }

  /// The same answer again.
  package func result(again answer: String) -> WireMessage {
    WireMessage(topic: root + Self.resultTopic, payload: Array(answer.utf8))
  }

  private static let resultTopic = "up/result"

  private func encode(_ topic: String, _ body: some Encodable) throws -> WireMessage {
    WireMessage(topic: root + topic, payload: try JSONText.encode(body))
  }
}

package enum JSONText {
  /// Keys in alphabetical order, so that the same content is the same bytes.
  package static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }
}
