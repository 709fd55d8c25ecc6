// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import EventLoop
import Vitals

/// What `Watch` says, one JSON object a line with one key: first ``state``, then an ``alert`` for each open one, then each
/// reading and each transition of an alert once it is committed, and the state whenever it has changed.
///
/// After ``missed`` the client forgets the alerts that it knows: those that are open follow.
package struct WatchLine: Encodable {
  var state: HealthBrief?
  var reading: WatchedReading?
  var alert: WatchedAlert?
  /// So many readings and alerts were left out, because the client did not read in time.
  var missed: Int?
}

/// The facts of `vigil.reading/1` under the same keys, without those of the ledger.
struct WatchedReading: Encodable {
  let reading: String
  let resident: String
  let device: WireDevice
  let user: Int?
  let purpose: String
  @NullWhenMissing var observedAt: String?
  @NullWhenMissing var receivedAt: String?
  let clock: WireClock
  let age: String
  let quality: String
  let status: [String]
  let values: [WireValue]

  init(_ observation: Observation) {
    reading = observation.reading.description
    resident = observation.resident.description
    device = WireDevice(observation)
    user = observation.user
    purpose = observation.purpose.rawValue
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

/// The facts of `vigil.alert/1` under the same keys, without those of the ledger.
struct WatchedAlert: Encodable {
  let alert: String
  let version: Int
  let resident: String
  let rule: String
  let ruleVersion: Int
  let phase: String
  let state: String
  let category: String
  let priority: String
  let level: Int
  let limits: [WireLimit]
  let evidence: [WireEvidence]
  @NullWhenMissing var raisedAt: String?
  let text: [String: String]

  init(_ alert: Alert) {
    self.alert = alert.alert.description
    version = alert.version
    resident = alert.resident.description
    rule = alert.rule
    ruleVersion = alert.ruleVersion
    phase = alert.phase.rawValue
    state = alert.state.rawValue
    category = alert.category.rawValue
    priority = alert.priority.rawValue
    level = alert.level
    limits = alert.limits.map(WireLimit.init)
    evidence = alert.evidence.map(WireEvidence.init)
    _raisedAt = NullWhenMissing(wrappedValue: alert.raised.wallMs.map(SiteTime.text))
    text = alert.text
  }
}

/// One who watches, over a ``LineChannel``, until the client closes its end.
struct WatchConversation: Sendable {
  private static let interval = Duration.seconds(1)

  let watcher: Watcher
  let ingest: Ingest
  let report: HealthReport
  let channel: LineChannel
  let loop: EventLoop

  func run() async {
    var source = try? await ChannelWatch(loop: loop).watch(channel)
    let news = Task { await tellNews() }
    for await _ in channel.lines {}
    withExtendedLifetime(source) {}
    // Before what takes long: a descriptor at its end would wake the loop again and again.
    source = nil
    news.cancel()
    ingest.feed.leave(watcher)
    await news.value
    channel.finish()
  }

  private func tellNews() async {
    var told: HealthBrief?
    var needsAlerts = true
    while !Task.isCancelled {
      let brief = await report.brief()
      if watcher.recover() { needsAlerts = true }
      if brief != told, watcher.sendIfRoom(WatchLine(state: brief)) { told = brief }
      // A database that cannot be read now is asked again.
      if needsAlerts, (try? await ingest.tellOpenAlerts(to: watcher.id)) != nil { needsAlerts = false }
      try? await Task.sleep(for: Self.interval)
    }
  }
}
