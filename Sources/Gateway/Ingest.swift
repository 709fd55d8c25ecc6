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
  /// How far back the rules look at streams, and at readings that a person takes now and then.
  private static let streamWindowMs: Int64 = 20 * 60 * 1000
  private static let spotWindowMs: Int64 = 6 * 3600 * 1000
  /// While nothing can be written: the pause between two tries grows to this.
  private static let longestRetry = Duration.seconds(30)
  private static let longestBatch = 65_536

  private let journal: Journal
  private let rules: RuleSet
  private let clock: Clock
  private let log: Logger
  nonisolated let ring = CaptureRing()
  nonisolated let feed = WatchFeed()

  private var devices: [DeviceAddress: EnrolledDevice] = [:]
  private var readers: DeviceReaders
  private var persons: [ResidentID: PersonState] = [:]
  private var batch: [BatchItem] = []
  private var timer: EventSource?
  /// Monotonic time of each device's latest reading.
  private(set) var lastReading: [String: Int64] = [:]
  /// When a value of each device that could not be decoded was last logged, monotonic.
  private var lastUndecodedLog: [String: Int64] = [:]
  private static let undecodedLogPause: Int64 = 60_000
  private(set) var writeError: (any Error)?
  private var retryPause = Duration.seconds(1)
  /// Alerts of the batch that went out without a number.
  private var unnumbered: Set<Alert.Transition> = []
  private var onCommit: @Sendable ([Alert]) -> Void = { _ in }
  private var onWriteFailure: @Sendable ([Alert]) -> Void = { _ in }
  /// Messages whose measurements are in the batch.
  private var understood: Set<Understood> = []
  private var onUnderstood: @Sendable (Understood) -> Void = { _ in }
  private var onCommissioning: @Sendable (CommissioningReading) -> Void = { _ in }

  package init(journal: Journal, catalog: ProfileCatalog, rules: RuleSet, clock: @escaping Clock, log: Logger) {
    self.journal = journal
    readers = DeviceReaders(catalog: catalog)
    self.rules = rules
    self.clock = clock
    self.log = log
  }

  /// Takes up where the last run ended: devices, open episodes, and the rules' windows from the readings of before.
  ///
  /// - Parameters:
  ///   - onCommit: called with the alerts of each batch, once it is on the disk.
  ///   - onWriteFailure: called once with alerts that cannot be written now: a person must not wait for a disk.
  package func resume(
    onCommit: @escaping @Sendable ([Alert]) -> Void, onWriteFailure: @escaping @Sendable ([Alert]) -> Void
  ) throws {
    self.onCommit = onCommit
    self.onWriteFailure = onWriteFailure
    devicesAre(try journal.assumeIsolated { try $0.devices() })
    let raised = try replay()
    let open = try journal.assumeIsolated { try $0.openAlerts() } + raised
    let episodes = Dictionary(grouping: open.map(Episode.init), by: \.resident)
    for resident in Set(persons.keys).union(episodes.keys) {
      persons[resident, default: PersonState(resident: resident)].adopt(episodes[resident] ?? [])
    }
    batch += raised.map(BatchItem.alert)
    commitWhenDue()
  }

  /// Tells about readings of a device that nobody has confirmed yet, each once it is on the disk.
  package func onCommissioning(_ handler: @escaping @Sendable (CommissioningReading) -> Void) {
    onCommissioning = handler
  }

  /// Tells which kinds of messages have come, once what they say is on the disk: a device may be asked for more then.
  func onUnderstood(_ handler: @escaping @Sendable (Understood) -> Void) { onUnderstood = handler }

  /// Feeds the rules what they have seen before. What they raise was published then, and the journal's word counts,
  /// but for one: a spot reading whose wait ended while the box was off is an alert that nobody has heard of.
  private func replay() throws -> [Alert] {
    let now = clock()
    let history = try journal.assumeIsolated { journal in
      let streams = try journal.recentObservations(
        bootID: now.bootID, sinceMonotonicMs: now.monotonicMs - Self.streamWindowMs, limit: 100_000)
      let spots = try now.wallMs.map { try journal.recentSpots(sinceWallMs: $0 - Self.spotWindowMs, limit: 100_000) }
      return (streams.filter(\.isStream) + (spots ?? streams.filter { !$0.isStream })).filter { $0.purpose == .care }
    }
    let timed = history.map { (observation: $0, at: Self.elapsed(of: $0.received, seen: now)) }
    let spots = Set(history.filter { !$0.isStream }.map(\.reading))
    var raised: [Alert] = []
    for (observation, at) in timed.sorted(by: { $0.at < $1.at }) {
      raised += evaluate(.observation(observation), of: observation.resident, at: observation.received, elapsedMs: at)
    }
    for resident in persons.keys { raised += evaluate(.tick, of: resident, at: now, elapsedMs: now.monotonicMs) }
    // The oldest ones may lack the reading that confirmed or ended them: they have been decided long ago.
    let decided = Set(
      timed.filter { $0.at < now.monotonicMs - Self.spotWindowMs + 3_600_000 }.map(\.observation.reading))
    return try raised.filter { alert in
      guard alert.phase == .start, let first = alert.evidence.first?.reading, spots.contains(first),
        !decided.contains(first)
      else { return false }
      return try !journal.assumeIsolated { try $0.isKnownAlert(alert.alert) }
    }
  }

  /// A moment on this boot's monotonic clock, negative before the boot.
  private static func elapsed(of moment: Moment, seen now: Moment) -> Int64 {
    if moment.bootID == now.bootID { return moment.monotonicMs }
    guard let then = moment.wallMs, let wall = now.wallMs else { return now.monotonicMs - spotWindowMs }
    return min(now.monotonicMs, now.monotonicMs &- (wall &- then))
  }

  private func devicesAre(_ devices: [EnrolledDevice]) {
    self.devices = Dictionary(devices.map { ($0.address, $0) }, uniquingKeysWith: { $1 })
    readers.keep(Set(devices.map(\.id)))
  }

  /// What came before counts for the devices as they were.
  package func devicesChanged(_ devices: [EnrolledDevice]) {
    drain()
    devicesAre(devices)
  }

  /// What a device can tell was read from it; what came before counts as it did.
  func featureIs(_ bytes: [UInt8], of characteristic: String, device: EnrolledDevice) {
    drain()
    readers.featureIs(bytes, of: characteristic, device: device.id)
  }

  func linkEnded(_ device: EnrolledDevice) {
    drain()
    readers.linkEnded(device.id)
  }

  // MARK: for those who ask

  /// In the order of their ids.
  var enrolled: [EnrolledDevice] {
    devices.values.sorted { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }
  }

  /// How many episodes have not ended; ``PersonState`` leaves the oldest of those that are over to the journal.
  var openEpisodes: (active: Int, open: Int) {
    let episodes = persons.values.flatMap(\.episodes)
    return (episodes.count { $0.state == .active }, episodes.count)
  }

  /// Tells a watcher which alerts are open. There is no commit between the look and the telling, so what it is told
  /// afterwards is newer.
  func tellOpenAlerts(to watcher: WatchFeed.WatcherID) throws {
    feed.add([.open(try journal.assumeIsolated { try $0.openAlerts() }, watcher)])
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
    if batch.isEmpty { tellUnderstood() }
  }

  private func accept(_ capture: Capture) {
    guard let device = devices[capture.address] else { return }
    for (place, reading) in readers.read(capture, of: device).enumerated() {
      switch reading {
      case .measurement(let measurement, let characteristic, let bytes):
        if let message = measurement.message {
          understood.insert(Understood(address: capture.address, profile: measurement.profile, message: message))
        }
        accept(measurement, characteristic, of: device, capture.with(bytes), place: place)
      case .undecoded(let reason, let isStream, let bytes):
        keepUndecoded(capture.with(bytes), device, reason, isStream: isStream)
      }
    }
  }

  private func accept(
    _ measurement: Measurement, _ characteristic: CharacteristicProfile, of device: EnrolledDevice, _ capture: Capture,
    place: Int
  ) {
    let observation = Normalizer.observation(
      measurement, characteristic: characteristic,
      context: Normalizer.Context(
        device: device.reference,
        // Anyone can send an advertisement, whatever the device's own link is worth.
        link: capture.isAdvertised ? .advert : device.link, resident: device.resident, purpose: device.purpose,
        received: capture.received, place: place, instantOf: SiteTime.instant))
    guard !isKnown(observation) else { return }
    lastReading[device.id] = capture.received.monotonicMs
    batch.append(.observation(observation, bytes: capture.bytes))
    // A technician's test never alerts.
    guard observation.purpose == .care else { return }
    for alert in evaluate(.observation(observation), of: device.resident, at: capture.received) {
      batch.append(.alert(alert))
    }
  }

  private func keepUndecoded(_ capture: Capture, _ device: EnrolledDevice, _ reason: String, isStream: Bool) {
    let now = capture.received.monotonicMs
    // A stream of them could fill the log.
    if lastUndecodedLog[device.id].map({ now &- $0 >= Self.undecodedLogPause }) ?? true {
      lastUndecodedLog[device.id] = now
      log.warning(
        "a value could not be decoded",
        metadata: [
          "device": "\(device.id)", "characteristic": "\(BluetoothUUID.short(capture.characteristic))",
          "error": "\(reason)",
        ])
    }
    batch.append(.undecoded(capture, device: device.id, reason: reason, isStream: isStream))
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

  private func evaluate(
    _ event: Evaluator.Event, of resident: ResidentID, at moment: Moment, elapsedMs: Int64? = nil
  ) -> [Alert] {
    Evaluator.evaluate(
      event, elapsedMs: elapsedMs ?? moment.monotonicMs, now: moment,
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
      wait(writeError == nil ? Self.longestWait : retryPause)
    }
    if writeError != nil { sendUnnumbered() }
  }

  private func wait(_ duration: Duration) {
    // Without a timer the next tick comes here again.
    timer = try? EventSource.timer(after: duration, on: journal.loop) { [weak self] in
      self?.assumeIsolated { $0.commit() }
    }
  }

  /// Writes the batch. On failure it stays and is tried again, and the evaluator's states, which are ahead of the
  /// journal then, stay with it.
  package func commit() {
    timer = nil
    guard !batch.isEmpty else { return }
    let items = batch
    let commissioning: [CommissioningReading]
    do {
      commissioning = try write(items)
    } catch {
      if writeError == nil { log.error("cannot write to the database, will try again: \(error)") }
      writeError = error
      shedStreams()
      sendUnnumbered()
      wait(retryPause)
      retryPause = min(retryPause * 2, Self.longestRetry)
      return
    }
    if writeError != nil { log.notice("the database can be written to again") }
    writeError = nil
    retryPause = .seconds(1)
    unnumbered = []
    batch = []
    if feed.isWatched { feed.add(items.compactMap(\.watched)) }
    onCommit(items.compactMap { if case .alert(let alert) = $0 { alert } else { nil } })
    for reading in commissioning { onCommissioning(reading) }
    tellUnderstood()
  }

  private func tellUnderstood() {
    for message in understood { onUnderstood(message) }
    understood = []
  }

  private func write(_ items: [BatchItem]) throws -> [CommissioningReading] {
    let now = clock()
    var commissioning: [CommissioningReading] = []
    do {
      commissioning = try journal.assumeIsolated { journal in
        try journal.write(now: now) { writer in try BatchItem.write(items, with: writer) }
      }
    } catch JournalError.rejected {
      // One of them can never be written. The others must not wait for it.
      for item in items {
        do {
          commissioning += try journal.assumeIsolated { journal in
            try journal.write(now: now) { writer in try BatchItem.write([item], with: writer) }
          }
        } catch JournalError.rejected(let reason) {
          log.error("dropped what the database does not allow: \(reason)")
        }
      }
    }
    return commissioning
  }

  /// A person must not wait for a disk: alerts that cannot be written go out once without a number; the same message
  /// follows with one.
  private func sendUnnumbered() {
    let alerts = batch.compactMap { if case .alert(let alert) = $0 { alert } else { nil } }
      .filter { unnumbered.insert($0.transition).inserted }
    if !alerts.isEmpty { onWriteFailure(alerts) }
  }

  /// While nothing can be written memory stays bounded: the oldest stream samples go first, declared as a gap.
  private func shedStreams() {
    guard batch.count > Self.longestBatch else { return }
    var excess = batch.count - Self.longestBatch * 3 / 4
    var dropped: [Moment] = []
    batch.removeAll { item in
      guard excess > 0, item.isStream else { return false }
      excess -= 1
      if case .observation(let observation, _) = item { dropped.append(observation.received) }
      return true
    }
    guard let first = dropped.first, let last = dropped.last else { return }
    batch.append(
      .gap(Gap(reason: .overflow, count: dropped.count, fromWallMs: first.wallMs, toWallMs: last.wallMs)))
  }
}

/// A kind of message that has come from a device.
struct Understood: Sendable, Hashable {
  let address: DeviceAddress
  let profile: String
  let message: String
}
