// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import DeviceProfiles
import EventLoop
import Journal
import Logging
import Vitals

/// The way of a reading, on one page: capture, measurement, observation, alert, and one transaction for all of it.
///
/// It shares the journal's executor, and there is no `await` between BEGIN and COMMIT. There is one batch, in arrival
/// order. An indication or an alert transition commits the whole batch at once, because bluetoothd has already confirmed
/// the indication to the device; a stream waits at most 4 s. The publisher is told only after COMMIT. A batch that could
/// not be written is kept and tried again.
package actor Ingest {
  package nonisolated var unownedExecutor: UnownedSerialExecutor { journal.unownedExecutor }

  /// What a stream may lose to a kill or a power cut; the README says so.
  static let longestWait = Duration.seconds(4)
  /// How far back the rules look that are built now.
  private static let windowMs: Int64 = 20 * 60 * 1000
  private static let longestBatch = 65_536

  private let journal: Journal
  private let catalog: ProfileCatalog
  private let rules: RuleSet
  private let clock: Clock
  private let log: Logger
  nonisolated let ring = CaptureRing()

  private var devices: [DeviceAddress: EnrolledDevice] = [:]
  private var persons: [ResidentID: PersonState] = [:]
  private var batch: [Item] = []
  private var timer: EventSource?
  /// Monotonic time of each device's latest reading.
  private(set) var lastReading: [String: Int64] = [:]
  private(set) var writeError: String?
  private var onCommit: @Sendable ([Alert]) -> Void = { _ in }

  private enum Item {
    case observation(Observation, bytes: [UInt8])
    case undecoded(Capture, device: String, reason: String)
    case alert(Alert)
    case gap(Gap)

    var isUrgent: Bool {
      switch self {
      case .observation(let observation, _): !observation.isStream
      case .undecoded: false
      case .alert, .gap: true
      }
    }

    var isStream: Bool { if case .observation(let observation, _) = self { observation.isStream } else { false } }
  }

  package init(journal: Journal, catalog: ProfileCatalog, rules: RuleSet, clock: @escaping Clock, log: Logger) {
    self.journal = journal
    self.catalog = catalog
    self.rules = rules
    self.clock = clock
    self.log = log
  }

  /// Takes up where the last run ended: devices, open episodes, and the rules' windows from this boot's readings.
  package func resume(onCommit: @escaping @Sendable ([Alert]) -> Void) throws {
    self.onCommit = onCommit
    let now = clock()
    let (devices, recent, open) = try journal.assumeIsolated { journal in
      (
        try journal.devices(),
        try journal.recentObservations(
          bootID: now.bootID, sinceMonotonicMs: now.monotonicMs - Self.windowMs, limit: 100_000),
        try journal.openAlerts()
      )
    }
    self.devices = Dictionary(devices.map { ($0.address, $0) }, uniquingKeysWith: { $1 })
    for observation in recent {
      _ = evaluate(.observation(observation), of: observation.resident, at: observation.received)
    }
    let episodes = Dictionary(grouping: open.map(Episode.init), by: \.resident)
    for resident in Set(persons.keys).union(episodes.keys) {
      persons[resident, default: PersonState(resident: resident)].adopt(episodes[resident] ?? [])
    }
  }

  /// What came before counts for the devices as they were.
  package func devicesChanged(_ devices: [EnrolledDevice]) {
    drain()
    self.devices = Dictionary(devices.map { ($0.address, $0) }, uniquingKeysWith: { $1 })
  }

  // MARK: the way of a reading

  /// Called on the Bluetooth loop. The bytes are in memory when it returns, and on their way to the disk.
  package nonisolated func receive(address: DeviceAddress, characteristic: String, bytes: [UInt8]) {
    if ring.put(address: address, characteristic: characteristic, bytes: bytes, now: clock()) {
      Task { await self.drain() }
    }
  }

  package func drain() {
    let (captures, overflow) = ring.take()
    for capture in captures { accept(capture) }
    if let overflow {
      log.error("more values arrived than there was room for", metadata: ["lost": "\(overflow.count)"])
      batch.append(
        .gap(
          Gap(
            reason: .overflow, count: overflow.count, fromWallMs: overflow.first.wallMs,
            toWallMs: overflow.last.wallMs)))
    }
    commitWhenDue()
  }

  private func accept(_ capture: Capture) {
    guard let device = devices[capture.address] else { return }
    guard let found = catalog.find(characteristic: capture.characteristic, among: device.profiles) else {
      batch.append(.undecoded(capture, device: device.id, reason: "no profile for this characteristic"))
      return
    }
    let measurement: Measurement
    do {
      measurement = try Decoder.decode(capture.bytes, as: found.characteristic, of: found.profile, feature: nil)
    } catch {
      log.warning(
        "a value could not be decoded",
        metadata: ["device": "\(device.id)", "characteristic": "\(found.characteristic.uuid)", "error": "\(error)"])
      batch.append(.undecoded(capture, device: device.id, reason: "\(error)"))
      return
    }
    let observation = Normalizer.observation(
      measurement, characteristic: found.characteristic,
      context: Normalizer.Context(
        device: device.reference, link: device.link, resident: device.resident, purpose: .care,
        received: capture.received, instantOf: SiteTime.instant))
    guard !isKnown(observation) else { return }
    lastReading[device.id] = capture.received.monotonicMs
    batch.append(.observation(observation, bytes: capture.bytes))
    for alert in evaluate(.observation(observation), of: device.resident, at: capture.received) {
      batch.append(.alert(alert))
    }
  }

  /// Whether a spot reading has been stored or stands in the batch: some devices send a value until it is confirmed.
  private func isKnown(_ observation: Observation) -> Bool {
    guard !observation.isStream else { return false }
    let isWaiting = batch.contains { item in
      if case .observation(let other, _) = item { other.reading == observation.reading } else { false }
    }
    // Where the database cannot be asked, the insertion decides.
    return isWaiting || (try? journal.assumeIsolated { try $0.isKnownSpot(observation.reading) }) ?? false
  }

  private func evaluate(_ event: Evaluator.Event, of resident: ResidentID, at moment: Moment) -> [Alert] {
    Evaluator.evaluate(
      event, elapsedMs: moment.monotonicMs, now: moment,
      state: &persons[resident, default: PersonState(resident: resident)], rules: rules)
  }

  /// Time has passed: some rules raise because nothing came.
  package func tick() {
    let now = clock()
    for resident in persons.keys {
      for alert in evaluate(.tick, of: resident, at: now) { batch.append(.alert(alert)) }
    }
    commitWhenDue()
  }

  // MARK: one transaction

  private func commitWhenDue() {
    guard !batch.isEmpty else { return }
    if writeError == nil, batch.contains(where: \.isUrgent) {
      commit()
    } else if timer == nil {
      wait(writeError == nil ? Self.longestWait : .seconds(1))
    }
  }

  private func wait(_ duration: Duration) {
    do {
      timer = try EventSource.timer(after: duration, on: journal.loop) { [weak self] in
        self?.assumeIsolated { $0.commit() }
      }
    } catch {
      commit()
    }
  }

  /// Writes the batch. On failure it stays, and so do the evaluator's states that belong to it.
  package func commit() {
    timer = nil
    guard !batch.isEmpty else { return }
    let items = batch
    let now = clock()
    do {
      try journal.assumeIsolated { try $0.write(now: now) { writer in try Self.write(items, with: writer) } }
    } catch {
      if writeError == nil { log.error("cannot write to the database, will try again: \(error)") }
      writeError = "\(error)"
      shedStreams()
      wait(.seconds(1))
      return
    }
    if writeError != nil { log.notice("the database can be written to again") }
    writeError = nil
    batch = []
    onCommit(items.compactMap { if case .alert(let alert) = $0 { alert } else { nil } })
  }

  private static func write(_ items: [Item], with writer: Journal.Writer) throws {
    for item in items {
      switch item {
      case .observation(let observation, let bytes): try writer.append(observation, bytes: bytes)
      case .alert(let alert): try writer.append(alert)
      case .gap(let gap): try writer.append(gap, to: .reading)
      case .undecoded(let capture, let device, let reason):
        try writer.appendUndecoded(
          device: device, characteristic: BluetoothUUID.short(capture.characteristic), received: capture.received,
          bytes: capture.bytes, reason: reason)
      }
    }
  }

  /// While nothing can be written memory stays bounded: the oldest stream samples go first, declared as a gap.
  private func shedStreams() {
    guard batch.count > Self.longestBatch else { return }
    var excess = batch.count - Self.longestBatch * 3 / 4
    var dropped: [Moment] = []
    batch.removeAll { item in
      guard excess > 0, item.isStream, case .observation(let observation, _) = item else { return false }
      excess -= 1
      dropped.append(observation.received)
      return true
    }
    guard let first = dropped.first, let last = dropped.last else { return }
    batch.append(
      .gap(Gap(reason: .overflow, count: dropped.count, fromWallMs: first.wallMs, toWallMs: last.wallMs)))
  }
}
