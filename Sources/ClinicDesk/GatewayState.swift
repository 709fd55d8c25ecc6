// SPDX-License-Identifier: GPL-3.0-or-later

/// What a desk knows of one gateway.
package struct GatewayState: Sendable {
  package enum Presence: String, Sendable {
    /// It has sent something, and not yet said how it is.
    case unknown
    case online
    /// It took leave, or the broker speaks for it.
    case offline
    /// Three `health` messages have not come, whatever it said last: a dead box cannot say that it is dead.
    case lost
  }

  /// What the desk calls a lost gateway: a technical condition beside those that gateways raise themselves.
  package static let lostRule = "ND-4"
  package static let lostPriority = AlertFacts.Priority.high
  package static let lostCategory = "technical"

  package let id: String
  /// What its status says; nil before there is one.
  package private(set) var saysOnline: Bool?
  /// When it went offline, by the desk's clocks; nil where that was before this desk was there.
  package private(set) var offlineSince: DeskMoment?
  package private(set) var version: String?
  package private(set) var health: HealthMessage?
  /// The last sign of life: a `health`, or the status of a gateway that comes online. Not a retained one.
  package private(set) var lastSign: DeskMoment?
  package private(set) var isLost = false
  /// The life of its database that it speaks of now.
  package private(set) var epoch: String?
  /// When this desk first heard of it.
  package let firstHeard: DeskMoment
  /// From when on the missing of `health` counts, monotonic.
  private var judgedFromMs: Int64
  /// Topics whose retained message was deleted at the broker.
  private var deleted: Set<String> = []
  /// Of this and earlier epochs.
  private(set) var epochs: [String: EpochAlerts] = [:]
  /// Since when an epoch has not been the present one, monotonic.
  private var formerSinceMs: [String: Int64] = [:]

  /// Earlier epochs with alerts that nobody has ended; more are forgotten, the oldest first.
  private static let formerEpochLimit = 3

  init(id: String, at moment: DeskMoment) {
    self.id = id
    firstHeard = moment
    judgedFromMs = moment.monotonicMs
  }

  package var presence: Presence {
    if isLost { return .lost }
    guard let saysOnline else { return .unknown }
    return saysOnline ? .online : .offline
  }

  // MARK: signs of life

  mutating func hear(_ status: StatusMessage, retained: Bool, at moment: DeskMoment) {
    deleted = []
    if status.isOnline {
      offlineSince = nil
      if !retained { sign(moment) }
    } else if saysOnline != false {
      // A retained one was there before us, unless we have seen it online.
      offlineSince = retained && saysOnline == nil ? nil : moment
    }
    saysOnline = status.isOnline
    version = status.version
    if let epoch = status.epoch { isNow(epoch, at: moment) }
  }

  mutating func hear(_ health: HealthMessage, at moment: DeskMoment) {
    self.health = health
    version = health.version ?? version
    sign(moment)
    if let epoch = health.epoch { isNow(epoch, at: moment) }
  }

  private mutating func sign(_ moment: DeskMoment) {
    lastSign = moment
    judgedFromMs = moment.monotonicMs
    isLost = false
  }

  /// While nothing could be heard nothing was missed. One that was lost before stays so until it is heard again.
  mutating func leaveOut(_ deafMs: Int64, at moment: DeskMoment) {
    judgedFromMs = max(judgedFromMs, min(judgedFromMs + deafMs, moment.monotonicMs))
  }

  /// - Parameter patienceMs: how long `health` may stay away.
  mutating func judge(at moment: DeskMoment, patienceMs: Int64) {
    if moment.monotonicMs - judgedFromMs > patienceMs { isLost = true }
  }

  private static let retained: Set<String> = ["status", "alerts"]

  /// Somebody has deleted the retained message of a topic at the broker.
  /// - Returns: whether nothing retained is left of the gateway: it is to be forgotten.
  mutating func wasDeleted(_ kind: String) -> Bool {
    guard Self.retained.contains(kind) else { return false }
    deleted.insert(kind)
    return deleted == Self.retained
  }

  // MARK: alerts

  mutating func hear(_ message: AlertMessage, at moment: DeskMoment, mayOpen: () -> Bool) {
    if epoch == nil { isNow(message.epoch, at: moment) }
    edit(message.epoch, at: moment) { $0.hear(message, at: moment, mayOpen: mayOpen) }
  }

  /// - Parameter retained: such a list may be older than what has been heard since; then it says nothing of the present epoch.
  mutating func hear(_ message: OpenAlertsMessage, retained: Bool, at moment: DeskMoment, mayOpen: () -> Bool) {
    deleted = []
    if epoch == nil || !retained { isNow(message.epoch, at: moment) }
    edit(message.epoch, at: moment) { $0.hear(message, at: moment, mayOpen: mayOpen) }
  }

  private mutating func edit(_ epoch: String, at moment: DeskMoment, _ body: (inout EpochAlerts) -> Void) {
    body(&epochs[epoch, default: EpochAlerts()])
    if epoch != self.epoch, formerSinceMs[epoch] == nil { formerSinceMs[epoch] = moment.monotonicMs }
    while formerSinceMs.count > Self.formerEpochLimit, let oldest = formerSinceMs.min(by: Self.isOlder)?.key {
      forget(oldest)
    }
  }

  private static func isOlder(_ one: (key: String, value: Int64), _ other: (key: String, value: Int64)) -> Bool {
    (one.value, one.key) < (other.value, other.key)
  }

  private mutating func isNow(_ epoch: String, at moment: DeskMoment) {
    guard epoch != self.epoch else { return }
    if let before = self.epoch, epochs[before] != nil { formerSinceMs[before] = moment.monotonicMs }
    self.epoch = epoch
    formerSinceMs[epoch] = nil
  }

  private mutating func forget(_ epoch: String) {
    epochs[epoch] = nil
    formerSinceMs[epoch] = nil
  }

  /// Forgets what nobody has followed since then.
  mutating func expire(beforeMs limit: Int64) {
    for (epoch, since) in formerSinceMs where since < limit { forget(epoch) }
    for epoch in epochs.keys { _ = epochs[epoch]?.dropUnnumbered(silentSinceMs: limit) }
  }

  /// Every id that an open or ended alert of it has.
  var alertIDs: Set<String> { Set(epochs.values.flatMap(\.entries.keys)) }

  /// The open alert of that id. What the present epoch says of an alert counts, not what an earlier one said.
  func openAlert(_ id: String) -> DeskAlert? {
    if let epoch, let entry = epochs[epoch]?.entries[id] {
      return entry.isOpen ? alert(entry, of: epoch, isFollowed: true) : nil
    }
    let former = formerSinceMs.sorted { Self.isOlder($1, $0) }.lazy.compactMap { epoch, _ in
      epochs[epoch]?.entries[id].map { (epoch, $0) }
    }
    return former.first { $0.1.isOpen }.map { alert($0.1, of: $0.0, isFollowed: false) }
  }

  private func alert(_ entry: EpochAlerts.Entry, of epoch: String, isFollowed: Bool) -> DeskAlert {
    DeskAlert(
      gateway: id, epoch: epoch, facts: entry.facts, details: entry.details, isFollowed: isFollowed, first: entry.first,
      awaitedFrom: entry.awaitedFrom, tier: entry.tier)
  }

  /// What the message that ended it says; nil where none did.
  func lastWords(on id: String) -> DeskAlert? {
    guard let epoch, let entry = epochs[epoch]?.entries[id], !entry.isOpen, !entry.isMissing else { return nil }
    return alert(entry, of: epoch, isFollowed: true)
  }

  /// Why it is not in the list any more.
  func end(of id: String) -> DeskEvent.End {
    let present = epoch.flatMap { epochs[$0]?.entries[id] }
    guard let entry = present ?? epochs.values.lazy.compactMap({ $0.entries[id] }).first else { return .expired }
    return entry.isMissing ? .list : .message
  }

  package var openAlerts: [DeskAlert] { alertIDs.compactMap(openAlert) }

  /// Whether anything has been heard of that alert.
  func knows(_ id: String) -> Bool { epochs.values.contains { $0.entries[id] != nil } }

  /// Open alerts that nobody has answered for so long that they have reached a level of which nothing was said yet. From now
  /// on it has been said.
  mutating func takeOverdue(at moment: DeskMoment, by times: SecondTier) -> [DeskAlert] {
    var found: [DeskAlert] = []
    for (epoch, alerts) in epochs {
      for (id, entry) in alerts.entries where entry.isOpen && entry.tier < times.last(for: entry.facts) {
        guard let shown = openAlert(id), shown.epoch == epoch, let waited = shown.waited(at: moment) else { continue }
        let tier = times.level(after: waited, for: entry.facts)
        guard tier > entry.tier else { continue }
        epochs[epoch]?.tell(tier, of: id)
        if let told = openAlert(id) { found.append(told) }
      }
    }
    return found
  }

  /// How many alerts are open at the gateway beyond those that its list had room for and this desk has heard of.
  package var unlistedAlerts: Int64 {
    guard let epoch, let alerts = epochs[epoch], let listed = alerts.listed, listed.total > listed.count else {
      return 0
    }
    return max(0, listed.total - Int64(alerts.openCount))
  }
}
