// SPDX-License-Identifier: GPL-3.0-or-later

/// What a clinic's desk knows, out of the messages of its gateways in whatever order they come: a reducer without input,
/// output or clock. Feed it every message below `vigil/v1/{clinic}/+/up/#`, and the time once a second.
///
///     var desk = Desk(clinic: "c1")
///     desk.subscribed(at: now)
///     let events = desk.receive(topic: topic, payload: payload, retained: retained, at: now)
///     desk.openAlerts          -> the list, in the order of its urgency
///     desk.gateways            -> who is online, offline, lost
///
/// What comes from outside cannot make it fail or grow without bound. Messages that cannot be read are counted; what there
/// was no room for is counted as well, and an alert that is in the list leaves it only with an ``DeskEvent/ended(_:_:)``.
package struct Desk: Sendable {
  package struct Limits: Sendable {
    /// A gateway beyond this takes the place of one that is lost and has no open alert; where there is none, it is refused.
    package var gateways = 2000
    /// Alerts beyond this are refused until others end: those that are in the list stay.
    package var openAlerts = 20_000
    /// A series beyond this takes the place of the one that has been silent for the longest.
    package var series = 2000
    /// Values of a series; the oldest goes.
    package var history = 60
    /// Notices; the oldest goes.
    package var notices = 20

    package init() {}
  }

  /// How many `health` a gateway may miss before it is lost.
  package static let missedHealth: Int64 = 3
  /// An alert that nobody can end any more, because the gateway has lost the database that knew it, leaves the list a day
  /// after that was found out.
  package static let unfollowedMs: Int64 = 24 * 3_600_000

  package let clinic: String
  /// Three `health`, and a quarter of one for the jitter of box and network.
  private let patienceMs: Int64
  private let secondTier: SecondTier
  private let limits: Limits
  private var known: [String: GatewayState] = [:]
  private var openCount = 0
  private var isListening = false
  /// When the last connection ended, monotonic.
  private var deafSinceMs: Int64?
  private var nextExpiryMs: Int64 = 0
  package private(set) var readings: ReadingBoard
  /// What was to be read and opened nothing, see ``DeskEvent/notice(_:)``: the latest last.
  package private(set) var notices: [DeskAlert] = []
  /// The commands of this desk that await an answer.
  package private(set) var commands = PendingCommands()
  /// Messages that could not be read.
  package private(set) var malformed = 0
  /// Messages for whose gateway or alert there was no room.
  package private(set) var refused = 0

  package init(
    clinic: String, healthSeconds: Int = 60, secondTier: SecondTier = .byDefault, limits: Limits = Limits()
  ) {
    self.clinic = clinic
    self.secondTier = secondTier
    self.limits = limits
    let interval = Int64(min(max(healthSeconds, 1), 86_400)) * 1000
    patienceMs = Self.missedHealth * interval + interval / 4
    readings = ReadingBoard(seriesLimit: limits.series, historyLimit: limits.history)
  }

  package var gateways: [GatewayState] { known.values.sorted { $0.id < $1.id } }
  package var hasGateways: Bool { !known.isEmpty }

  package var openAlerts: [DeskAlert] { known.values.flatMap(\.openAlerts).sorted(by: DeskAlert.isListedBefore) }

  // MARK: the connection

  /// The subscription is in place: a `health` that does not come now has been missed. What could not be heard since
  /// ``disconnected(at:)`` has not.
  package mutating func subscribed(at moment: DeskMoment) {
    isListening = true
    // What was published over a connection that broke may not have arrived.
    commands.sendAgain()
    guard let deafSinceMs else { return }
    for id in known.keys { known[id]?.leaveOut(max(0, moment.monotonicMs - deafSinceMs), at: moment) }
    self.deafSinceMs = nil
  }

  /// Nothing can be heard, and so nothing is judged.
  package mutating func disconnected(at moment: DeskMoment) {
    isListening = false
    if deafSinceMs == nil { deafSinceMs = moment.monotonicMs }
  }

  // MARK: what comes

  package mutating func receive(
    topic: String, payload: [UInt8], retained: Bool, at moment: DeskMoment
  ) -> [DeskEvent] {
    guard let topic = DeskTopic(topic), topic.clinic == clinic else { return [] }
    // An empty message is how a retained one is deleted.
    guard !payload.isEmpty else { return deleted(topic.kind, of: topic.gateway) }
    let message: DeskMessage
    do {
      guard let read = try DeskMessage(kind: topic.kind, payload: payload) else { return [] }
      message = read
    } catch {
      malformed += 1
      return []
    }
    return receive(message, from: topic.gateway, retained: retained, at: moment)
  }

  package mutating func receive(
    _ message: DeskMessage, from id: String, retained: Bool, at moment: DeskMoment
  ) -> [DeskEvent] {
    if case .reading(let reading) = message {
      readings.hear(reading, from: id, at: moment)
      return []
    }
    if case .result(let result) = message {
      return commands.hear(result, from: id).map { [.command($0)] } ?? []
    }
    var makingRoom: [DeskEvent] = []
    if known[id] == nil {
      guard let events = makeRoom() else {
        refused += 1
        return []
      }
      makingRoom = events
    }
    let isNew = known[id] == nil
    var gateway = known[id] ?? GatewayState(id: id, at: moment)
    let notice = Self.notice(message, to: gateway, at: moment)
    var events = change(&gateway, isNew: isNew, touching: Self.alertIDs(of: message, in: gateway)) { gateway, mayOpen in
      switch message {
      case .alert(let alert): gateway.hear(alert, at: moment, mayOpen: mayOpen)
      case .openAlerts(let list): gateway.hear(list, retained: retained, at: moment, mayOpen: mayOpen)
      case .status(let status): gateway.hear(status, retained: retained, at: moment)
      case .health(let health): gateway.hear(health, at: moment)
      case .reading, .result: break
      }
    }
    known[id] = gateway
    if let notice {
      notices.append(notice)
      notices.removeFirst(max(0, notices.count - limits.notices))
      events.append(.notice(notice))
    }
    return makingRoom + events
  }

  /// Time has passed: call it each second.
  package mutating func tick(at moment: DeskMoment) -> [DeskEvent] {
    var events: [DeskEvent] = []
    if isListening {
      for (id, before) in known where !before.isLost {
        known[id]?.judge(at: moment, patienceMs: patienceMs)
        if known[id]?.isLost == true { events.append(.gateway(id, .lost)) }
      }
    }
    // Whether a gateway is lost or this desk hears nothing makes no difference: what was open and unanswered still is, as far
    // as anybody here knows.
    for id in known.keys.sorted() {
      let overdue = known[id]?.takeOverdue(at: moment, by: secondTier) ?? []
      events += overdue.sorted(by: DeskAlert.isListedBefore).map(DeskEvent.overdue)
    }
    events += commands.tick(at: moment).map(DeskEvent.command)
    if moment.monotonicMs >= nextExpiryMs {
      nextExpiryMs = moment.monotonicMs + 60_000
      for (id, var gateway) in known {
        events += change(&gateway, isNew: false, touching: gateway.alertIDs) { gateway, _ in
          gateway.expire(beforeMs: moment.monotonicMs - Self.unfollowedMs)
        }
        known[id] = gateway
      }
    }
    return events
  }

  // MARK: commands

  /// A command is to be sent: its fate comes as ``DeskEvent/command(_:)``.
  package mutating func command(_ command: PendingCommands.Order, at moment: DeskMoment) -> [DeskEvent] {
    [.command(commands.take(command, at: moment))]
  }

  /// What is to be published now; it counts as sent then.
  package mutating func takeOutgoing(at moment: DeskMoment) -> [PendingCommands.Outgoing] {
    isListening ? commands.takeOutgoing(at: moment) : []
  }

  /// The broker's answer to what was published.
  package mutating func published(_ token: UInt64, reason: UInt8) -> [DeskEvent] {
    commands.published(token, reason: reason).map { [.command($0)] } ?? []
  }

  // MARK: what has changed by it

  /// The alert that the message is news of without opening it.
  private static func notice(_ message: DeskMessage, to gateway: GatewayState, at moment: DeskMoment) -> DeskAlert? {
    guard case .alert(let alert) = message, alert.isNotice, !gateway.knows(alert.facts.alert) else { return nil }
    return DeskAlert(
      gateway: gateway.id, epoch: alert.epoch, facts: alert.facts, details: alert.details, isFollowed: true,
      first: moment, awaitedFrom: nil, tier: SecondTier.first)
  }

  /// nil stands for every alert of the gateway: its epoch may change.
  private static func alertIDs(of message: DeskMessage, in gateway: GatewayState) -> Set<String> {
    switch message {
    case .alert(let alert) where gateway.epoch != nil: [alert.facts.alert]
    case .alert(let alert): gateway.alertIDs.union([alert.facts.alert])
    case .openAlerts(let list): gateway.alertIDs.union(list.alerts.map(\.alert))
    case .status(let status) where status.epoch == gateway.epoch: []
    case .health(let health) where health.epoch == gateway.epoch: []
    case .status, .health: gateway.alertIDs
    case .reading, .result: []
    }
  }

  /// Changes a gateway and tells what is different. Events come from comparing, so they cannot disagree with the list.
  private mutating func change(
    _ gateway: inout GatewayState, isNew: Bool, touching ids: Set<String>,
    _ body: (inout GatewayState, () -> Bool) -> Void
  ) -> [DeskEvent] {
    let presence = gateway.presence
    // A new message may push a former epoch out with all that it has.
    let ids = ids.union(gateway.epochs.count > 1 ? gateway.alertIDs : [])
    let before = Dictionary(
      ids.compactMap { id in gateway.openAlert(id).map { (id, $0) } }, uniquingKeysWith: { $1 })
    var room = limits.openAlerts - openCount
    var refusedHere = 0
    body(&gateway) {
      if room > 0 {
        room -= 1
        return true
      }
      refusedHere += 1
      return false
    }
    refused += refusedHere
    var events: [DeskEvent] = []
    if isNew || gateway.presence != presence { events.append(.gateway(gateway.id, gateway.presence)) }
    for id in ids.sorted() {
      switch (before[id], gateway.openAlert(id)) {
      case (nil, let now?):
        openCount += 1
        events.append(.alert(now, .opened))
      case (let then?, let now?) where then != now:
        events.append(.alert(now, then.hasOnlyLessDetail(than: now) ? .detailed : .changed))
      case (let then?, nil):
        openCount -= 1
        events.append(.ended(gateway.lastWords(on: id) ?? then, gateway.end(of: id)))
      default: break
      }
    }
    return events
  }

  private mutating func deleted(_ kind: String, of id: String) -> [DeskEvent] {
    guard known[id]?.wasDeleted(kind) == true, let gateway = known.removeValue(forKey: id) else { return [] }
    let open = gateway.openAlerts
    openCount -= open.count
    return open.map { .ended($0, .expired) } + [.gone(id)]
  }

  /// - Returns: nil where nobody can be forgotten for a new gateway.
  private mutating func makeRoom() -> [DeskEvent]? {
    guard known.count >= limits.gateways else { return [] }
    let candidates = known.values.filter { $0.isLost && $0.openAlerts.isEmpty }
    guard let oldest = candidates.min(by: { ($0.lastSign?.monotonicMs ?? 0) < ($1.lastSign?.monotonicMs ?? 0) }) else {
      return nil
    }
    known[oldest.id] = nil
    return [.gone(oldest.id)]
  }
}
