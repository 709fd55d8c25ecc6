// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Gateway
import Synchronization
import Texts

/// What `watch --clinic` says without a terminal: a line for each change, for people or as JSON.
final class DeskLines: Sendable {
  enum Line: Equatable {
    /// On standard output.
    case result(String)
    /// About the broker and what went wrong, on standard error.
    case remark(String)
  }

  private struct Told {
    var state: String?
    var trouble: Text?
    var counts = Counts(malformed: 0, refused: 0)
  }

  private struct Counts: Equatable, Encodable {
    let event = "counts"
    let malformed: Int
    let refused: Int
  }

  private struct BrokerLine: Encodable {
    let event = "broker"
    /// `connecting`, `connected`, `refused` (the subscription), `away`.
    let state: String
    @NullWhenMissing var reason: String?
  }

  private let isJSON: Bool
  private let language: Language
  private let told = Mutex(Told())

  init(isJSON: Bool, language: Language) {
    self.isJSON = isJSON
    self.language = language
  }

  /// - Parameter events: none where only time has passed.
  func next(_ events: [DeskEvent], _ sight: DeskFollower.Sight) -> [Line] {
    broker(sight) + events.map { .result(isJSON ? json($0, sight.moment) : text($0, sight)) } + counts(sight)
  }

  // MARK: the broker, and what could not be read

  private func broker(_ sight: DeskFollower.Sight) -> [Line] {
    var reason: String?
    let state: String
    switch sight.link {
    case .connecting, .subscribing: state = "connecting"
    case .subscribed: state = "connected"
    case .refused(let code): (state, reason) = ("refused", "\(code)")
    case .away(let why): (state, reason) = ("away", why)
    }
    let trouble = sight.trouble
    return told.withLock { told in
      var lines: [Line] = []
      if told.state != state, state != "connecting" {
        if isJSON { lines.append(.result(Self.encode(BrokerLine(state: state, reason: reason)))) }
        if state == "connected" { lines.append(.remark(DeskTexts.connected(in: language))) }
        told.state = state
      }
      if state != "connecting", told.trouble != trouble {
        if let trouble { lines.append(.remark("vigilctl: " + Layout.plain(trouble(in: language)))) }
        told.trouble = trouble
      }
      return lines
    }
  }

  private func counts(_ sight: DeskFollower.Sight) -> [Line] {
    let counts = Counts(malformed: sight.desk.malformed, refused: sight.desk.refused)
    return told.withLock { told in
      guard told.counts != counts else { return [] }
      told.counts = counts
      let text = DeskTexts.missed(malformed: counts.malformed, refused: counts.refused)(in: language)
      return isJSON ? [.result(Self.encode(counts))] : [.remark(text)]
    }
  }

  // MARK: JSON

  private struct AlertLine: Encodable {
    struct Value: Encodable {
      let kind: String
      let value: Double
      let unit: String
    }

    let event = "alert"
    /// `opened`, `changed`, `detailed`, `ended`.
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
    let level: Int64
    @NullWhenMissing var raisedAt: String?
    let followed: Bool
    /// Null until a message of it has come.
    @NullWhenMissing var phase: String?
    @NullWhenMissing var text: [String: String]?
    @NullWhenMissing var values: [Value]?

    init(_ alert: DeskAlert, change: String, end: String?, at moment: DeskMoment) {
      self.change = change
      open = end == nil
      _end = NullWhenMissing(wrappedValue: end)
      _at = NullWhenMissing(wrappedValue: moment.wallMs.map(SiteTime.text))
      gateway = alert.gateway
      epoch = alert.epoch
      self.alert = alert.facts.alert
      version = alert.facts.version
      resident = alert.facts.resident
      rule = alert.facts.rule
      state = alert.facts.state.name
      category = alert.facts.category
      priority = alert.facts.priority.rawValue
      level = alert.facts.level
      _raisedAt = NullWhenMissing(wrappedValue: alert.facts.raisedMs.map(SiteTime.text))
      followed = alert.isFollowed
      _phase = NullWhenMissing(wrappedValue: alert.details?.phase)
      _text = NullWhenMissing(wrappedValue: alert.details?.texts)
      _values = NullWhenMissing(
        wrappedValue: alert.details?.values.map { Value(kind: $0.kind, value: $0.value, unit: $0.unit) })
    }
  }

  private struct GatewayLine: Encodable {
    let event = "gateway"
    let gateway: String
    /// `unknown`, `online`, `offline`, `lost`, `gone`.
    let state: String
    @NullWhenMissing var at: String?
  }

  private func json(_ event: DeskEvent, _ moment: DeskMoment) -> String {
    switch event {
    case .alert(let alert, let change):
      Self.encode(AlertLine(alert, change: change.rawValue, end: nil, at: moment))
    case .ended(let alert, let end):
      Self.encode(AlertLine(alert, change: "ended", end: end.rawValue, at: moment))
    case .gateway(let id, let presence): gateway(id, presence.rawValue, moment)
    case .gone(let id): gateway(id, "gone", moment)
    }
  }

  private func gateway(_ id: String, _ state: String, _ moment: DeskMoment) -> String {
    Self.encode(GatewayLine(gateway: id, state: state, at: moment.wallMs.map(SiteTime.text)))
  }

  private static func encode(_ line: some Encodable) -> String {
    (try? JSONText.encode(line)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  // MARK: text

  private func text(_ event: DeskEvent, _ sight: DeskFollower.Sight) -> String {
    let time = DeskClock.timeOfDay(sight.moment.wallMs)
    switch event {
    case .alert(let alert, let change): return text(alert, change.rawValue, note: nil, time)
    case .ended(let alert, let end): return text(alert, "ended", note: DeskTexts.end(end.rawValue), time)
    case .gone(let id): return "\(time)  \(DeskTexts.isGone(gateway: id)(in: language))"
    case .gateway(let id, let presence):
      let gateway = sight.desk.gateways.first { $0.id == id }
      let text: Text =
        switch presence {
        case .unknown: DeskTexts.isKnown(gateway: id)
        case .online: DeskTexts.isOnline(gateway: id)
        case .offline: DeskTexts.isOffline(gateway: id, since: nil)
        case .lost: gateway.map { DeskClock.lost($0, at: sight.moment) } ?? DeskTexts.lost
        }
      return "\(time)  \(text(in: language))"
    }
  }

  private func text(_ alert: DeskAlert, _ change: String, note: Text?, _ time: String) -> String {
    let parts = [
      time, DeskTexts.change(change)(in: language), alert.gateway,
      WatchTexts.mark(ofPriority: alert.facts.priority.rawValue),
      DeskTexts.priority(alert.facts.priority.rawValue, level: alert.facts.level)(in: language), alert.facts.rule,
      alert.facts.resident, note?(in: language) ?? WatchTexts.state(alert.facts.state.name)(in: language),
      DeskClock.words(of: alert)(in: language),
    ]
    return parts.joined(separator: "  ")
  }
}
