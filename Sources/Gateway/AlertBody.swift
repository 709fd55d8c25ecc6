// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// `vigil.alert/1`, of an alert and of an escalation.
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
  @NullWhenMissing var pause: WirePause?
  let undelivered: Bool
  @NullWhenMissing var ruleName: [String: String]?
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
    let course = alert.course
    _acknowledgedBy = NullWhenMissing(wrappedValue: course.acknowledgement?.by)
    _acknowledgedAt = NullWhenMissing(wrappedValue: course.acknowledgement?.at.wallMs.map(SiteTime.text))
    _pausedUntil = NullWhenMissing(wrappedValue: course.pause?.untilWallMs.map(SiteTime.text))
    _pause = NullWhenMissing(wrappedValue: course.pause.map(WirePause.init))
    undelivered = course.undelivered
    _ruleName = NullWhenMissing(wrappedValue: course.name.isEmpty ? nil : course.name)
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

/// Why an episode is quiet.
struct WirePause: Encodable {
  let scope: String
  let reason: String
  let by: String

  init(_ pause: Pause) {
    scope =
      switch pause.scope {
      case .resident: "resident"
      case .rule: "rule"
      case .alert: "alert"
      }
    reason = pause.reason
    by = pause.by
  }
}
