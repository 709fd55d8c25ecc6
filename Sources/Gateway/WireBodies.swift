// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import FoundationEssentials
import Vitals

/// A number with just the digits that the device sent; JSON numbers have no trailing zeros here.
struct WireNumber: Encodable {
  let decimal: Decimal

  /// nil for what JSON's plain digits cannot say.
  init?(_ value: ExactDecimal) {
    guard let decimal = Decimal(exactly: value) else { return nil }
    self.decimal = decimal
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(decimal)
  }
}

extension Decimal {
  /// The same number, which JSON writes in plain digits; nil where a Decimal has no such exponent.
  init?(exactly number: ExactDecimal) {
    self.init(
      sign: number.isNegative ? .minus : .plus, exponent: number.exponent,
      significand: Decimal(number.mantissa.magnitude))
    if isNaN { return nil }
  }
}

struct WireValue: Encodable {
  let kind: String
  let value: WireNumber?
  let absent: String?
  let unit: String?
  let mdc: Int?
  let loinc: String?

  init(_ quantity: Quantity, isFromOximeter: Bool) {
    kind = quantity.kind.rawValue
    value = quantity.number.flatMap(WireNumber.init)
    if case .absent(let reason) = quantity.content {
      absent = reason.rawValue
    } else {
      absent = value == nil ? AbsentReason.nres.rawValue : nil
    }
    unit = value == nil ? nil : quantity.kind.unit.rawValue
    mdc = quantity.kind.mdc(fromOximeter: isFromOximeter)
    loinc = quantity.kind.loinc
  }
}

struct ReadingBody: Encodable {
  let schema = "vigil.reading/1"
  let id: String
  let epoch: String
  let lane: String
  let seq: Int64
  let gateway: String
  @NullWhenMissing var at: String?
  let reading: String
  let revision = 1
  let state = "final"
  let purpose: String
  let resident: String
  let device: WireDevice
  @NullWhenMissing var observedAt: String?
  @NullWhenMissing var receivedAt: String?
  let clock: WireClock
  let age: String
  let quality: String
  let status: [String]
  let values: [WireValue]

  init(
    id: String, epoch: String, lane: String, seq: Int64, gateway: String, at: String?, observation: Observation
  ) {
    self.id = id
    self.epoch = epoch
    self.lane = lane
    self.seq = seq
    self.gateway = gateway
    _at = NullWhenMissing(wrappedValue: at)
    reading = observation.reading.description
    purpose = observation.purpose.rawValue
    resident = observation.resident.description
    device = WireDevice(observation)
    _observedAt = NullWhenMissing(wrappedValue: observation.observedWallMs.map(SiteTime.text))
    _receivedAt = NullWhenMissing(wrappedValue: observation.received.wallMs.map(SiteTime.text))
    clock = WireClock(observation)
    age = observation.age.rawValue
    quality = observation.quality.rawValue
    status = observation.status
    let isFromOximeter = observation.values.contains { $0.kind == .spo2 }
    values = observation.values.map { WireValue($0, isFromOximeter: isFromOximeter) }
  }
}

struct WireDevice: Encodable {
  let id: String
  let profile: String
  let model: String
  let link: String
  let address: String

  init(_ observation: Observation) {
    id = observation.device.id
    profile = observation.profile
    model = observation.device.model
    link = observation.link.rawValue
    address = observation.device.address.description
  }
}

struct WireClock: Encodable {
  let source: String
  @NullWhenMissing var deviceTime: String?
  @NullWhenMissing var offsetSeconds: WireNumber?
  @NullWhenMissing var uncertaintySeconds: WireNumber?
  let synchronized: Bool
  let bootId: String
  let monotonicMs: Int64

  init(_ observation: Observation) {
    source = observation.clock.source.rawValue
    _deviceTime = NullWhenMissing(wrappedValue: observation.clock.deviceTime?.description)
    _offsetSeconds = NullWhenMissing(wrappedValue: observation.clock.offsetSeconds.flatMap(WireNumber.init))
    _uncertaintySeconds = NullWhenMissing(wrappedValue: observation.clock.uncertaintySeconds.flatMap(WireNumber.init))
    synchronized = observation.received.synchronized
    bootId = observation.received.bootID
    monotonicMs = observation.received.monotonicMs
  }
}

struct AlertBody: Encodable {
  let schema = "vigil.alert/1"
  let id: String
  let epoch: String
  let lane: String
  @NullWhenMissing var seq: Int64?
  let gateway: String
  @NullWhenMissing var at: String?
  let resident: String
  let alert: String
  let version: Int
  let phase: String
  let state: String
  let category: String
  let priority: String
  let level: Int
  let rule: String
  let ruleVersion: Int
  let limits: [WireLimit]
  let evidence: [WireEvidence]
  @NullWhenMissing var raisedAt: String?
  let bootId: String
  let monotonicMs: Int64
  @NullWhenMissing var acknowledgedBy: String?
  @NullWhenMissing var acknowledgedAt: String?
  @NullWhenMissing var pausedUntil: String?
  @NullWhenMissing var supersededBy: String?
  let undelivered = false
  let text: [String: String]

  init(id: String, epoch: String, lane: String, seq: Int64?, gateway: String, at: String?, alert: Alert) {
    self.id = id
    self.epoch = epoch
    self.lane = lane
    _seq = NullWhenMissing(wrappedValue: seq)
    self.gateway = gateway
    _at = NullWhenMissing(wrappedValue: at)
    resident = alert.resident.description
    self.alert = alert.alert.description
    version = alert.version
    phase = alert.phase.rawValue
    state = alert.state.rawValue
    category = alert.category.rawValue
    priority = alert.priority.rawValue
    level = alert.level
    rule = alert.rule
    ruleVersion = alert.ruleVersion
    limits = alert.limits.map(WireLimit.init)
    evidence = alert.evidence.map(WireEvidence.init)
    _raisedAt = NullWhenMissing(wrappedValue: alert.raised.wallMs.map(SiteTime.text))
    bootId = alert.raised.bootID
    monotonicMs = alert.raised.monotonicMs
    _acknowledgedBy = NullWhenMissing(wrappedValue: nil)
    _acknowledgedAt = NullWhenMissing(wrappedValue: nil)
    _pausedUntil = NullWhenMissing(wrappedValue: nil)
    _supersededBy = NullWhenMissing(wrappedValue: alert.supersededBy?.description)
    text = alert.text
  }
}

struct WireLimit: Encodable {
  let kind: String
  let op: String
  let value: WireNumber?
  let unit: String
  let basis: String

  init(_ limit: Limit) {
    kind = limit.kind.rawValue
    op = limit.op.rawValue
    value = WireNumber(limit.value)
    unit = limit.unit.rawValue
    basis = limit.basis.rawValue
  }
}

struct WireEvidence: Encodable {
  struct Value: Encodable {
    let kind: String
    let value: WireNumber
    let unit: String
  }

  let reading: String
  let values: [Value]
  @NullWhenMissing var observedAt: String?
  let age: String

  init(_ evidence: Evidence) {
    reading = evidence.reading.description
    values = evidence.values.compactMap { quantity in
      quantity.number.flatMap(WireNumber.init).map {
        Value(kind: quantity.kind.rawValue, value: $0, unit: quantity.kind.unit.rawValue)
      }
    }
    _observedAt = NullWhenMissing(wrappedValue: evidence.observedWallMs.map(SiteTime.text))
    age = evidence.age.rawValue
  }
}

struct GapBody: Encodable {
  let schema = "vigil.gap/1"
  let id: String
  let epoch: String
  let lane: String
  let seq: Int64
  let gateway: String
  @NullWhenMissing var at: String?
  let reason: String
  let count: Int
  @NullWhenMissing var from: String?
  @NullWhenMissing var to: String?
  @NullWhenMissing var previousEpoch: String?
}

struct StatusBody: Encodable {
  let schema = "vigil.status/1"
  let id: String
  let gateway: String
  @NullWhenMissing var at: String?
  let state: String
  let version: String
  let epoch: String
  let bootId: String
}

struct OpenAlertsBody: Encodable {
  struct Item: Encodable {
    let alert: String
    let resident: String
    let rule: String
    let version: Int
    let state: String
    let category: String
    let priority: String
    let level: Int
    @NullWhenMissing var raisedAt: String?
  }

  let schema = "vigil.alerts/1"
  let id: String
  let gateway: String
  @NullWhenMissing var at: String?
  let epoch: String
  /// The last number of the alert lane that the list takes into account.
  let upTo: Int64
  /// How many are open; more than `alerts` names where they would not fit.
  let total: Int
  let alerts: [Item]
}

struct HealthBody: Encodable {
  let schema = "vigil.health/1"
  let id: String
  let gateway: String
  @NullWhenMissing var at: String?
  let epoch: String
  let health: Health
}

/// Writes `null` where there is nothing: a key that the contract names is always there.
@propertyWrapper
package struct NullWhenMissing<Wrapped: Encodable>: Encodable {
  package var wrappedValue: Wrapped?

  package init(wrappedValue: Wrapped?) { self.wrappedValue = wrappedValue }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

extension NullWhenMissing: Sendable where Wrapped: Sendable {}
