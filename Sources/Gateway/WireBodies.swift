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
  let revision: Int
  let state: String
  let purpose: String
  let resident: String
  let device: WireDevice
  let user: Int?
  @NullWhenMissing var observedAt: String?
  @NullWhenMissing var receivedAt: String?
  let clock: WireClock
  let age: String
  let quality: String
  /// A sample of a live stream.
  let stream: Bool
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
    revision = observation.revision
    state = observation.state.rawValue
    purpose = observation.purpose.rawValue
    resident = observation.resident.description
    device = WireDevice(observation)
    user = observation.user
    _observedAt = NullWhenMissing(wrappedValue: observation.observedWallMs.map(SiteTime.text))
    _receivedAt = NullWhenMissing(wrappedValue: observation.received.wallMs.map(SiteTime.text))
    clock = WireClock(observation)
    age = observation.age.rawValue
    quality = observation.quality.rawValue
    stream = observation.isStream
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
    self.init(observation.device, profile: observation.profile, link: observation.link)
  }

  init(_ device: DeviceReference, profile: String, link: LinkSecurity) {
    id = device.id
    self.profile = profile
    model = device.model
    self.link = link.rawValue
    address = device.address.description
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

  /// Of what has no clock but ours.
  init(receivedAt moment: Moment) {
    source = ClockEvidence.Source.receipt.rawValue
    _deviceTime = NullWhenMissing(wrappedValue: nil)
    _offsetSeconds = NullWhenMissing(wrappedValue: nil)
    _uncertaintySeconds = NullWhenMissing(wrappedValue: nil)
    synchronized = moment.synchronized
    bootId = moment.bootID
    monotonicMs = moment.monotonicMs
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
  @NullWhenMissing var count: Int?
  @NullWhenMissing var from: String?
  @NullWhenMissing var to: String?
  @NullWhenMissing var fromSeq: Int64?
  @NullWhenMissing var toSeq: Int64?
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
    @NullWhenMissing var acknowledgedBy: String?
    @NullWhenMissing var acknowledgedAt: String?
    @NullWhenMissing var ruleName: [String: String]?

    init(_ alert: Alert) {
      self.alert = alert.alert.description
      resident = alert.resident.description
      rule = alert.rule
      version = alert.version
      state = alert.state.rawValue
      category = alert.category.rawValue
      priority = alert.priority.rawValue
      level = alert.level
      _raisedAt = NullWhenMissing(wrappedValue: alert.raised.wallMs.map(SiteTime.text))
      let (acknowledgement, name) = (alert.course.acknowledgement, alert.course.name)
      _acknowledgedBy = NullWhenMissing(wrappedValue: acknowledgement?.by)
      _acknowledgedAt = NullWhenMissing(wrappedValue: acknowledgement?.at.wallMs.map(SiteTime.text))
      _ruleName = NullWhenMissing(wrappedValue: name.isEmpty ? nil : name)
    }
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

struct ResultBody: Encodable {
  struct Reason: Encodable {
    let code: String
    let text: [String: String]
  }

  let schema = "vigil.result/1"
  let id: String
  let gateway: String
  @NullWhenMissing var at: String?
  @NullWhenMissing var request: String?
  @NullWhenMissing var name: String?
  let outcome: String
  @NullWhenMissing var reason: Reason?
  @NullWhenMissing var body: CommandOutcome.Body?

  init(id: String, gateway: String, at: String?, request: String?, name: String?, outcome: CommandOutcome) {
    self.id = id
    self.gateway = gateway
    _at = NullWhenMissing(wrappedValue: at)
    _request = NullWhenMissing(wrappedValue: request)
    _name = NullWhenMissing(wrappedValue: name)
    self.outcome = outcome.name
    _reason = NullWhenMissing(wrappedValue: outcome.refusal.map { Reason(code: $0.rawValue, text: $0.text.byTag) })
    _body = NullWhenMissing(wrappedValue: outcome.body)
  }
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
