// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Gateway

/// An alert as a line of `watch --clinic --json`: whole, whatever has changed.
struct DeskAlertLine: Encodable {
  struct Value: Encodable {
    let kind: String
    let value: Double
    let unit: String
  }

  struct Pause: Encodable {
    /// `resident`, `rule`, `alert`.
    let scope: String
    let reason: String
    @NullWhenMissing var by: String?
  }

  /// `alert`; or `notice` for what is to be read and was never open.
  let event: String
  /// `opened`, `changed`, `detailed`, `overdue`, `ended`; `notice`.
  let change: String
  /// Whether it is in the list of open alerts from now on.
  let open: Bool
  /// How it became known that it ended: `message`, `list`, `expired`; null while it is open.
  @NullWhenMissing var end: String?
  /// By this machine's clock.
  @NullWhenMissing var at: String?
  let gateway: String
  let epoch: String
  let alert: String
  let version: Int64
  let resident: String
  let rule: String
  let state: String
  let category: String
  let priority: String
  /// How far the gateway has escalated it.
  let level: Int64
  /// How far this desk has, by its own clock: 1 while there is time to answer.
  let secondTier: Int64
  /// For how long nobody has answered it; null for one that awaits no answer.
  @NullWhenMissing var unansweredSeconds: Int64?
  @NullWhenMissing var raisedAt: String?
  let followed: Bool
  @NullWhenMissing var ruleName: [String: String]?
  @NullWhenMissing var acknowledgedBy: String?
  @NullWhenMissing var acknowledgedAt: String?
  /// Null, as all that follows, until a message of it has come; of the last message that has.
  @NullWhenMissing var phase: String?
  @NullWhenMissing var text: [String: String]?
  @NullWhenMissing var values: [Value]?
  @NullWhenMissing var pausedUntil: String?
  @NullWhenMissing var pause: Pause?
  @NullWhenMissing var undelivered: Bool?

  init(_ alert: DeskAlert, change: String, end: String? = nil, at moment: DeskMoment) {
    self.init(alert, event: "alert", change: change, open: end == nil, end: end, at: moment)
  }

  init(notice alert: DeskAlert, at moment: DeskMoment) {
    self.init(alert, event: "notice", change: "notice", open: false, end: "message", at: moment)
  }

  private init(_ alert: DeskAlert, event: String, change: String, open: Bool, end: String?, at moment: DeskMoment) {
    let (facts, details) = (alert.facts, alert.details)
    self.event = event
    self.change = change
    self.open = open
    _end = NullWhenMissing(wrappedValue: end)
    _at = NullWhenMissing(wrappedValue: DeskJSON.text(moment.wallMs))
    gateway = alert.gateway
    epoch = alert.epoch
    self.alert = facts.alert
    version = facts.version
    resident = facts.resident
    rule = facts.rule
    state = facts.state.name
    category = facts.category
    priority = facts.priority.rawValue
    level = facts.level
    secondTier = alert.tier
    _unansweredSeconds = NullWhenMissing(wrappedValue: open ? alert.waited(at: moment).map { $0 / 1000 } : nil)
    _raisedAt = NullWhenMissing(wrappedValue: DeskJSON.text(facts.raisedMs))
    followed = alert.isFollowed
    _ruleName = NullWhenMissing(wrappedValue: facts.ruleNames.isEmpty ? nil : facts.ruleNames)
    _acknowledgedBy = NullWhenMissing(wrappedValue: facts.acknowledgedBy)
    _acknowledgedAt = NullWhenMissing(wrappedValue: DeskJSON.text(facts.acknowledgedMs))
    _phase = NullWhenMissing(wrappedValue: details?.phase)
    _text = NullWhenMissing(wrappedValue: details?.texts)
    _values = NullWhenMissing(
      wrappedValue: details?.values.map { Value(kind: $0.kind, value: $0.value, unit: $0.unit) })
    _pausedUntil = NullWhenMissing(wrappedValue: DeskJSON.text(details?.pausedUntilMs))
    _pause = NullWhenMissing(
      wrappedValue: details?.pause.map { Pause(scope: $0.scope, reason: $0.reason, by: $0.by) })
    _undelivered = NullWhenMissing(wrappedValue: details?.wasUndelivered)
  }
}
