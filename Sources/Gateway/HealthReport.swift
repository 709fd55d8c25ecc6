// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import BlueZ
import Glibc
import Journal
import Texts
import Vitals

/// Asks everybody how they are.
struct HealthReport: Sendable {
  let journal: Journal
  let ingest: Ingest
  let collector: CollectorService
  let publisher: PublisherService
  let configuration: Configuration
  let clock: Clock
  let startedMonotonicMs: Int64

  func make() async -> Health {
    let now = clock()
    let bluetooth = await collector.bluetooth
    let state = await collector.central.bluetoothState
    let repair = await collector.central.nextRepair.map(Self.seconds)
    let explanation = state.condition.explanation(adapter: configuration.bluetooth.adapter, seconds: repair)
    let signals = await collector.central.signals(within: Self.inTheAir)
    let (lastReading, lastSeen, batteries) = await (ingest.lastReading, ingest.lastSeen, ingest.batteries)
    let linked = await collector.devices().filter(\.isConnected)
    let charges = Dictionary(linked.map { ($0.address, $0.battery) }, uniquingKeysWith: { $1 })
    let ago = { (then: Int64) in max(0, now.monotonicMs - then) / 1000 }
    let stored = await readJournal()
    let undelivered = await ingest.undelivered
    let turns = await collector.central.turns
    return Health(
      version: Version.current, uptimeSeconds: (now.monotonicMs - startedMonotonicMs) / 1000, bootId: now.bootID,
      clockSynchronized: now.synchronized, wallClockKnown: now.wallMs != nil, zone: configuration.zone,
      broker: await broker(at: now), queues: stored.queues, openAlerts: stored.alerts.count,
      alerts: Self.listed(stored.alerts, undelivered), bluetooth: describe(bluetooth, state, explanation, repair),
      storage: await storage(stored),
      devices: stored.devices.map { device in
        let link = collector.board.state(of: device.id)
        let standing = DeviceStanding(
          of: device, link: link, for: collector.board.since(of: device.id).map { .now - $0 },
          catalog: collector.catalog,
          wasSeen: lastSeen[device.id] != nil, bluetooth: state, lastReadingSecondsAgo: lastReading[device.id].map(ago))
        // bluetoothd knows it during a link; what it was then is remembered.
        let charge = charges[device.address.description] ?? nil
        let battery = charge.map { ($0, Int64(0)) } ?? batteries[device.id].map { ($0.percent, ago($0.atMs)) }
        let retry = link.nextTry.map(Self.seconds)
        let turn = turns[device.address.description]
        let turnSeconds = link == .waitingForTurn ? turn?.seconds : nil
        let text = standing.condition.explanation(
          DeviceCondition.Details(
            failure: link.failure.map { ($0.name, $0.message) }, retrySeconds: retry, turnSeconds: turnSeconds,
            bluetooth: explanation,
            missingProfiles: standing.missingProfiles))
        return Health.Device(
          id: device.id, address: device.address.description, model: device.model,
          resident: device.resident.description, users: device.slots.map { users($0, of: device.id) },
          profiles: device.profiles,
          link: device.link.rawValue, serial: device.serial, purpose: device.purpose.rawValue, state: link.word,
          stateSeconds: standing.seconds, condition: standing.condition.rawValue, text: text.sentence.byTag,
          missingProfiles: standing.missingProfiles.isEmpty ? nil : standing.missingProfiles,
          error: link.failure?.description,
          failure: link.failure.map { Health.Failure(name: $0.name, message: $0.message) }, retryInSeconds: retry,
          turnInSeconds: turnSeconds, keepsConnection: turn == .keeps ? true : nil,
          batteryPercent: battery?.0, batterySecondsAgo: battery?.1,
          rssi: signals[device.address.description], lastReadingSecondsAgo: lastReading[device.id].map(ago),
          lastSeenSecondsAgo: lastSeen[device.id].map(ago))
      })
  }

  /// What costs next to nothing: no table that grows is looked at.
  func brief() async -> HealthBrief {
    // The watchdog's sign comes by this: the Bluetooth loop has to answer as well.
    _ = await collector.bluetooth
    let (devices, alerts) = await (ingest.enrolled, ingest.openEpisodes)
    var waiting: Int64 = 0
    for lane in Lane.allCases { waiting += (try? await journal.position(lane).waiting) ?? 0 }
    return HealthBrief(
      gateway: configuration.gateway, brokerConnected: await publisher.state.connected, waiting: waiting,
      activeAlerts: alerts.active, openAlerts: alerts.open,
      devices: devices.map {
        HealthBrief.Device(
          id: $0.id, model: $0.model, resident: $0.resident.description, state: collector.board.state(of: $0.id).word)
      })
  }

  // MARK: the parts

  /// A signal is of now, where it was heard so long ago at most.
  private static let inTheAir = Duration.seconds(30)

  /// Whole seconds until then, rounded up.
  private static func seconds(until then: ContinuousClock.Instant) -> Int64 {
    max(0, ((then - .now).milliseconds + 999) / 1000)
  }

  private func broker(at now: Moment) async -> Health.Broker {
    let state = await publisher.state
    return Health.Broker(
      connected: state.connected, host: configuration.broker.host, port: configuration.broker.port,
      stateSeconds: max(0, now.monotonicMs - state.sinceMs) / 1000, reason: state.reason,
      retryInSeconds: state.connected ? nil : await publisher.nextAttempt.map(Self.seconds),
      nobodyReadsReadings: state.nobodyReadsReadings, readingRefusal: state.readingRefusal,
      undeliveredAlerts: state.undeliveredAlerts)
  }

  private func describe(
    _ bluetooth: (available: Bool, adapter: Adapter?), _ state: BluetoothState, _ explanation: Explanation,
    _ repair: Int64?
  ) -> Health.Bluetooth {
    Health.Bluetooth(
      available: bluetooth.available, version: bluetooth.adapter?.daemonVersion, name: configuration.bluetooth.adapter,
      adapter: bluetooth.adapter?.address ?? "", powered: bluetooth.adapter?.isPowered ?? false,
      condition: state.condition.rawValue, text: explanation.sentence.byTag, retryInSeconds: repair,
      controllers: Controller.all().map {
        Health.Controller(
          name: $0.name, address: $0.address, up: $0.isUp, running: $0.isRunning, bus: $0.bus,
          receiveErrors: $0.receiveErrors, sendErrors: $0.sendErrors)
      })
  }

  private func users(_ slots: UserSlots, of device: String) -> [Health.User] {
    slots.residents.sorted { $0.key < $1.key }.map { user, resident in
      let hasCode = slots.consents[user] != nil
      return Health.User(
        user: user, resident: resident.description,
        consent: hasCode ? collector.consents.outcome(of: user, of: device)?.rawValue ?? "stored" : nil)
    }
  }

  static func listed(_ alerts: [Alert], _ undelivered: Set<StableID>) -> [Health.OpenAlert] {
    alerts.mostUrgentFirst.prefix(Health.alertLimit).map { alert in
      Health.OpenAlert(
        alert: alert.alert.description, resident: alert.resident.description, rule: alert.rule,
        version: alert.version, state: alert.state.rawValue, priority: alert.priority.rawValue,
        raisedAt: alert.raised.wallMs.map(SiteTime.text), undelivered: undelivered.contains(alert.alert))
    }
  }

  private struct Stored {
    var devices: [EnrolledDevice] = []
    var queues: [Health.Queue] = []
    var alerts: [Alert] = []
    var undecoded = 0
    var use: StorageUse?
    var error: (any Error)?
  }

  private func readJournal() async -> Stored {
    var stored = Stored()
    do {
      stored.devices = try await journal.devices()
      for lane in Lane.allCases {
        let position = try await journal.position(lane)
        stored.queues.append(
          Health.Queue(lane: lane.name, lastSeq: position.nextSeq &- 1, waiting: position.waiting))
      }
      stored.alerts = try await journal.openAlerts()
      stored.undecoded = try await journal.undecodedCount()
      stored.use = try await journal.storageUse()
    } catch {
      stored.error = error
    }
    return stored
  }

  private func storage(_ stored: Stored) async -> Health.Storage {
    let database = configuration.storage.database
    let writeError = await ingest.writeError
    var (error, problem) = (String?.none, StorageProblem?.none)
    if stored.error == nil, !TextFile.exists(database) {
      (error, problem) = ("\(database) is gone: what is written now will be lost", .gone)
    } else if let found = writeError ?? stored.error {
      (error, problem) = ("\(found)", StorageProblem(found))
    }
    return Health.Storage(
      freeBytes: freeBytes(), undecodedValues: stored.undecoded, databaseBytes: stored.use?.fileBytes,
      limitBytes: configuration.storage.limitBytes, droppedReadings: stored.use?.droppedReadings ?? 0, error: error,
      problem: problem?.rawValue)
  }

  private func freeBytes() -> Int64? {
    var info = statvfs()
    guard statvfs(configuration.storage.database, &info) == 0 else { return nil }
    let (bytes, overflow) = Int64(clamping: info.f_bavail).multipliedReportingOverflow(
      by: Int64(clamping: info.f_frsize))
    return overflow ? nil : bytes
  }
}

extension LinkTurn {
  /// Until it comes, whole and rounded up.
  fileprivate var seconds: Int64? { if case .waits(let time) = self { (time.milliseconds + 999) / 1000 } else { nil } }
}

extension [Alert] {
  /// Active ones first, then those that are over and not acknowledged; among them by priority, the newest first.
  var mostUrgentFirst: [Alert] {
    let ranks = Dictionary(Alert.Priority.allCases.enumerated().map { ($1, $0) }, uniquingKeysWith: { $1 })
    let urgency = { (alert: Alert) in (alert.state == .active ? 0 : 1, ranks[alert.priority] ?? 0) }
    return enumerated().sorted { one, other in
      let (first, second) = (urgency(one.element), urgency(other.element))
      return first == second ? one.offset > other.offset : first < second
    }.map(\.element)
  }
}
