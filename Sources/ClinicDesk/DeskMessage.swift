// SPDX-License-Identifier: GPL-3.0-or-later
import FoundationEssentials

/// A message of a gateway, read as far as a desk needs it.
package enum DeskMessage: Sendable, Equatable {
  case alert(AlertMessage)
  case openAlerts(OpenAlertsMessage)
  case reading(ReadingMessage)
  case status(StatusMessage)
  case health(HealthMessage)
  case result(ResultMessage)

  /// Names what the message is and what its fields mean.
  private struct Schema: Decodable {
    let name: String

    init(from decoder: any Decoder) throws {
      guard let name = try Fields(decoder).id("schema") else { throw Unreadable() }
      self.name = name
    }
  }

  /// - Returns: nil for a kind or a schema number that is not known here: both numbers of a change are sent for a year.
  /// - Throws: for what cannot be read. The error tells nothing of the content.
  init?(kind: String, payload: [UInt8]) throws {
    // Nothing of Vigil's is larger.
    guard payload.count <= 64 * 1024 else { throw Unreadable() }
    guard ["alert", "escalation", "alerts", "reading", "status", "health", "result"].contains(kind) else { return nil }
    let data = Data(payload)
    let decoder = JSONDecoder()
    let schema = try decoder.decode(Schema.self, from: data).name
    switch (kind, schema) {
    // An escalation is the same message when it goes up a tier.
    case ("alert", "vigil.alert/1"), ("escalation", "vigil.alert/1"):
      self = .alert(try decoder.decode(AlertMessage.self, from: data))
    case ("alerts", "vigil.alerts/1"): self = .openAlerts(try decoder.decode(OpenAlertsMessage.self, from: data))
    case ("reading", "vigil.reading/1"), ("reading", "vigil.summary/1"):
      self = .reading(try decoder.decode(ReadingMessage.self, from: data))
    case ("status", "vigil.status/1"): self = .status(try decoder.decode(StatusMessage.self, from: data))
    case ("health", "vigil.health/1"): self = .health(try decoder.decode(HealthMessage.self, from: data))
    case ("result", "vigil.result/1"): self = .result(try decoder.decode(ResultMessage.self, from: data))
    default: return nil
    }
  }
}

/// `vigil.alert/1`: one transition of an episode, with the whole episode in it.
package struct AlertMessage: Sendable, Equatable, Decodable {
  /// A life of the gateway's database.
  package let epoch: String
  /// nil for an alert that was sent while the gateway could not store it: the same message comes again with its number.
  package let seq: Int64?
  package let facts: AlertFacts
  package let details: AlertDetails

  /// It begins and is over: somebody is to read it, and nobody has to do anything.
  var isNotice: Bool { details.phase == "start" && facts.state == .ended }

  package init(epoch: String, seq: Int64?, facts: AlertFacts, details: AlertDetails) {
    self.epoch = epoch
    self.seq = seq
    self.facts = facts
    self.details = details
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    guard let epoch = fields.id("epoch") else { throw Unreadable() }
    self.epoch = epoch
    seq = fields.whole("seq")
    guard fields.isNull("seq") || seq.map({ $0 >= 1 }) == true else { throw Unreadable() }
    facts = try AlertFacts(from: decoder)
    details = try AlertDetails(from: decoder)
  }
}

/// `vigil.alerts/1`, retained: which episodes are open, for who joins late.
package struct OpenAlertsMessage: Sendable, Equatable, Decodable {
  package let epoch: String
  /// The last seq of the alert lane that the list takes into account; nil from a gateway that does not say.
  package let upTo: Int64?
  /// How many are open.
  package let total: Int64?
  package let alerts: [AlertFacts]

  /// More than any gateway has; the sum over all of them must fit.
  private static let mostTotal: Int64 = 1_000_000

  /// Whether an alert that is not in the list was not open.
  package var isComplete: Bool { total == Int64(alerts.count) }

  package init(epoch: String, upTo: Int64?, total: Int64?, alerts: [AlertFacts]) {
    self.epoch = epoch
    self.upTo = upTo
    self.total = total
    self.alerts = alerts
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    guard let epoch = fields.id("epoch"), let list = fields.list("alerts", of: AlertFacts.self) else {
      throw Unreadable()
    }
    self.epoch = epoch
    upTo = fields.whole("upTo").flatMap { $0 >= 0 ? $0 : nil }
    // An item that cannot be read may be an open alert: such a list proves no end.
    total = fields.whole("total").flatMap { total in
      min(Self.mostTotal, list.items.count == list.count ? total : max(total, Int64(list.count)))
    }
    alerts = list.items
  }
}

/// `vigil.status/1`, retained.
package struct StatusMessage: Sendable, Equatable, Decodable {
  package let epoch: String?
  package let isOnline: Bool
  package let version: String

  package init(epoch: String?, isOnline: Bool, version: String) {
    self.epoch = epoch
    self.isOnline = isOnline
    self.version = version
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    switch fields.id("state") {
    case "online": isOnline = true
    case "offline": isOnline = false
    default: throw Unreadable()
    }
    epoch = fields.id("epoch")
    version = fields.id("version") ?? "?"
  }
}
