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

  /// How many open episodes `up/alerts` names, so that it stays below 64 KiB: active ones first, then the newest.
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
          id: StableID(hashing: ["reading", epoch, observation.reading.description, "1"]).uuid, epoch: epoch,
          lane: entry.lane.name, seq: entry.seq, gateway: gateway, at: at, observation: observation))
    case .alert(let alert):
      return try message(alert, seq: entry.seq, at: at)
    case .gap(let gap):
      return try message(gap, lane: entry.lane, seq: entry.seq, at: at)
    }
  }

  /// An alert while the database cannot be written to: without a number, the same id comes again with one.
  package func unnumbered(_ alert: Alert, at moment: Moment) throws -> WireMessage {
    try message(alert, seq: nil, at: moment.wallMs.map(SiteTime.text))
  }

  /// What takes the place of a row that cannot be sent, so that its number is accounted for.
  package func substitute(for entry: LedgerEntry) throws -> WireMessage {
    let gap = Gap(reason: .unreadable, count: 1, fromWallMs: entry.atWallMs, toWallMs: entry.atWallMs)
    return try message(gap, lane: entry.lane, seq: entry.seq, at: entry.atWallMs.map(SiteTime.text))
  }

  private func message(_ alert: Alert, seq: Int64?, at: String?) throws -> WireMessage {
    try encode(
      "up/alert/\(alert.resident)",
      AlertBody(
        id: StableID(hashing: ["alert", epoch, alert.alert.description, String(alert.version)]).uuid, epoch: epoch,
        lane: Lane.alert.name, seq: seq, gateway: gateway, at: at, alert: alert))
  }

  private func message(_ gap: Gap, lane: Lane, seq: Int64, at: String?) throws -> WireMessage {
    try encode(
      "up/gap",
      GapBody(
        id: StableID(hashing: ["gap", epoch, lane.name, String(seq)]).uuid, epoch: epoch, lane: lane.name, seq: seq,
        gateway: gateway, at: at, reason: gap.reason.rawValue, count: gap.count,
        from: gap.fromWallMs.map(SiteTime.text), to: gap.toWallMs.map(SiteTime.text),
        previousEpoch: gap.previousEpoch))
  }

  // MARK: beside the ledger

  package func status(online: Bool, at moment: Moment) throws -> WireMessage {
    try encode(
      "up/status",
      StatusBody(
        id: UUID().uuidString.lowercased(), gateway: gateway, at: moment.wallMs.map(SiteTime.text),
        state: online ? "online" : "offline", version: Version.current, epoch: epoch, bootId: moment.bootID))
  }

  /// - Parameter upTo: the last number of the alert lane that the list takes into account.
  package func openAlerts(_ alerts: [Alert], upTo: Int64, at moment: Moment) throws -> WireMessage {
    try encode(
      "up/alerts",
      OpenAlertsBody(
        id: UUID().uuidString.lowercased(), gateway: gateway, at: moment.wallMs.map(SiteTime.text), epoch: epoch,
        upTo: upTo, total: alerts.count,
        alerts: (alerts.filter { $0.state == .active } + alerts.filter { $0.state != .active }.reversed())
          .prefix(Self.openAlertsLimit).map { alert in
            OpenAlertsBody.Item(
              alert: alert.alert.description, resident: alert.resident.description, rule: alert.rule,
              version: alert.version, state: alert.state.rawValue, category: alert.category.rawValue,
              priority: alert.priority.rawValue, level: alert.level, raisedAt: alert.raised.wallMs.map(SiteTime.text))
          }))
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
