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

  let journal: Journal
  let streams: Configuration.Streams
  var summaries: Summaries
  let rules: RuleSet
  let clock: Clock
  let bootID: String
  let log: Logger
  nonisolated let ring = CaptureRing()
  nonisolated let feed = WatchFeed()
  nonisolated let undecided = UndecidedStreams()

  var devices: [DeviceAddress: EnrolledDevice] = [:]
  private(set) var readers: DeviceReaders
  var clocks = DeviceClocks()
  var amendments = TimeAmendments()
  var persons: [ResidentID: PersonState] = [:]
  var technical = TechnicalState()
  /// What stands in the journal, or in the batch, of everybody's book; the gateway's own for technical alerts.
  var memories: [ResidentID: BookMemory] = [:]
  /// When the journal was last read; nil before the start.
  var takenUp: Moment?
  /// Of the stored records that come over each device's present connection.
  var tallies: [String: RecordTally] = [:]
  var missing = MissingData()
  var delivery = DeliveryWatch()
  var box = BoxWatch()
  var batch: [BatchItem] = []
  var timer: EventSource?
  /// Monotonic time of each device's latest reading.
  private(set) var lastReading: [String: Int64] = [:]
  /// When it was last logged that a value of each device is of no use, monotonic.
  private var lastWarning: [String: Int64] = [:]
  private static let warningPause: Int64 = 60_000
  var writeError: (any Error)?
  var retryPause = Duration.seconds(1)
  /// Alerts of the batch that went out without a number.
  var unnumbered: Set<Alert.Transition> = []
  var onCommit: @Sendable ([Alert]) -> Void = { _ in }
  var onWriteFailure: @Sendable ([Alert]) -> Void = { _ in }
  /// Messages whose measurements are in the batch.
  var understood: Set<Understood> = []
  var onUnderstood: @Sendable (Understood) -> Void = { _ in }
  var onCommissioning: @Sendable (CommissioningReading) -> Void = { _ in }
  var onSignals: @Sendable ([AlertSignal]) -> Void = { _ in }

  package init(
    journal: Journal, catalog: ProfileCatalog, rules: RuleSet, streams: Configuration.Streams = .full,
    clock: @escaping Clock, log: Logger
  ) {
    self.journal = journal
    self.streams = streams
    summaries = Summaries(journal: journal, streams: streams, log: log)
    readers = DeviceReaders(catalog: catalog)
    self.rules = rules
    self.clock = clock
    bootID = clock().bootID
    self.log = log
  }

  /// Tells about readings of a device that nobody has confirmed yet, each once it is on the disk.
  package func onCommissioning(_ handler: @escaping @Sendable (CommissioningReading) -> Void) {
    onCommissioning = handler
  }

  /// Tells which kinds of messages have come, once what they say is on the disk: a device may be asked for more then.
  func onUnderstood(_ handler: @escaping @Sendable (Understood) -> Void) { onUnderstood = handler }

  /// Tells about open alerts that turn out to be undelivered, or delivered after all.
  package func onSignals(_ handler: @escaping @Sendable ([AlertSignal]) -> Void) { onSignals = handler }

  func devicesAre(_ devices: [EnrolledDevice]) {
    self.devices = Dictionary(devices.map { ($0.address, $0) }, uniquingKeysWith: { $1 })
    let ids = Set(devices.map(\.id))
    readers.keep(ids)
    clocks.keep(ids)
    let known = devices.filter(\.isConfirmed).map { (device: $0.reference, resident: $0.resident) }
    missing.devicesAre(known)
    batch += technical.devicesAre(known, at: occasion(clock())).map(BatchItem.alert)
  }

  /// What came before counts for the devices as they were.
  package func devicesChanged(_ devices: [EnrolledDevice]) {
    drain()
    for device in self.devices.values where !devices.contains(device) { release(device.id) }
    devicesAre(devices)
    commitWhenDue()
  }

  /// What a device can tell was read from it; what came before counts as it did.
  func featureIs(_ bytes: [UInt8], of characteristic: String, device: EnrolledDevice) {
    drain()
    readers.featureIs(bytes, of: characteristic, device: device.id)
  }

  func linkEnded(_ device: EnrolledDevice) {
    drain()
    release(device.id)
    clocks.linkEnded(device.id)
    tallies[device.id] = nil
    commitWhenDue()
    readers.linkEnded(device.id)
  }

  // MARK: for those who ask

  /// In the order of their ids.
  var enrolled: [EnrolledDevice] {
    devices.values.sorted { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }
  }

  /// The codes that a device wants for its users' data, by the number of the user.
  func consents(of device: EnrolledDevice) -> [Int: ConsentCode] { devices[device.address]?.slots?.consents ?? [:] }

  /// When each device gave a sign of life, on this boot's monotonic clock.
  var lastSeen: [String: Int64] {
    Dictionary(enrolled.compactMap { one in missing.lastHeard(one.id).map { (one.id, $0) } }, uniquingKeysWith: { $1 })
  }

  /// How full each device's battery was when that was known last.
  var batteries: [String: BoxWatch.Battery] { box.batteries }

  /// How many episodes have not ended; ``PersonState`` leaves the oldest of those that are over to the journal.
  var openEpisodes: (active: Int, open: Int) {
    let episodes = persons.values.flatMap(\.episodes) + technical.episodes
    return (episodes.count { $0.state == .active }, episodes.count)
  }

  /// Tells a watcher which alerts are open. There is no commit between the look and the telling, so what it is told
  /// afterwards is newer.
  func tellOpenAlerts(to watcher: WatchFeed.WatcherID) throws {
    feed.add([.open(try journal.assumeIsolated { try $0.openAlerts() }, watcher)])
  }

  // MARK: the way of a reading

  /// Called on the Bluetooth loop. The bytes are in memory when it returns, and on their way to the disk.
  ///
  /// - Parameter isBonded: there is a bond with the device on the connection that they came over.
  package nonisolated func receive(
    address: DeviceAddress, characteristic: String, bytes: [UInt8], isBonded: Bool = true
  ) {
    let isFirst = ring.put(
      address: address, characteristic: characteristic, bytes: bytes, isBonded: isBonded, now: clock())
    if isFirst {
      Task { await self.drain() }
    }
  }

  package func drain() {
    let (captures, overflow) = ring.take()
    for capture in captures { accept(capture) }
    if let overflow {
      log.error("more values arrived than there was room for", metadata: ["lost": "\(overflow.count)"])
      for device in tallies.keys { tallies[device]?.miss() }
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
    guard capture.isBonded || capture.isAdvertised || !device.link.isBonded else {
      // It was enrolled with a bond: whoever has its address alone is not believed.
      warn("a value came over a link without the bond and is left out", of: device, capture)
      tallies[device.id]?.miss()
      return
    }
    missing.heard(device.id, at: occasion(capture.received))
    // What comes over the bond says that it holds.
    if device.link.isBonded, !capture.isAdvertised, device.isConfirmed {
      note(.bondLost(device.reference, device.resident), holds: false, at: occasion(capture.received))
    }
    if holds(capture, of: device) {
      batch.append(.held(HeldValue(capture)))
    } else {
      read(capture, of: device)
    }
  }

  /// A value that has waited goes the way of the others, and is kept as it came no longer.
  func release(_ value: HeldValue) {
    if let device = devices[value.address] { read(Capture(value), of: device) }
    batch.append(.released(value))
  }

  private func read(_ capture: Capture, of device: EnrolledDevice) {
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
        link: capture.isAdvertised ? .advert : device.link, resident: device.resident(of: measurement.user),
        purpose: device.purpose,
        received: capture.received, place: place, clock: clocks.knowledge(of: device.id),
        instantOf: SiteTime.instant))
    let isKnown = isKnown(observation)
    tally(measurement, isKnown: isKnown, of: device)
    guard !isKnown else { return }
    noteReading(of: device.id, at: capture.received.monotonicMs)
    batch.append(.observation(observation, bytes: capture.bytes))
    // A technician's test never alerts.
    guard observation.purpose == .care else { return }
    let elapsed = elapsed(of: capture.received)
    missing.take(observation, at: occasion(capture.received, elapsedMs: elapsed))
    judge(.observation(observation), of: observation.resident, at: capture.received, elapsedMs: elapsed)
    guard observation.isStream else { return }
    undecided.set(
      capture.address,
      isUndecided: persons[observation.resident]?.detector.undecided.contains(device.id) == true)
  }

  /// - Parameter at: on this boot's monotonic clock.
  func noteReading(of device: String, at elapsed: Int64) {
    lastReading[device] = max(lastReading[device] ?? elapsed, elapsed)
  }

  private func keepUndecoded(_ capture: Capture, _ device: EnrolledDevice, _ reason: String, isStream: Bool) {
    warn("a value could not be decoded", of: device, capture, ["error": "\(reason)"])
    batch.append(.undecoded(capture, device: device.id, reason: reason, isStream: isStream))
  }

  /// A stream of them could fill the log.
  private func warn(
    _ what: Logger.Message, of device: EnrolledDevice, _ capture: Capture, _ more: Logger.Metadata = [:]
  ) {
    let now = capture.received.monotonicMs
    guard lastWarning[device.id].map({ now &- $0 >= Self.warningPause }) ?? true else { return }
    lastWarning[device.id] = now
    let about: Logger.Metadata = [
      "device": "\(device.id)", "characteristic": "\(BluetoothUUID.short(capture.characteristic))",
    ]
    log.warning(what, metadata: about.merging(more) { $1 })
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

  func evaluate(
    _ event: Evaluator.Event, of resident: ResidentID, at moment: Moment, elapsedMs: Int64? = nil
  ) -> [Alert] {
    // Nobody's readings have no rules, and nothing is kept of nobody.
    guard resident != .unassigned else { return [] }
    return Evaluator.evaluate(
      event, at: occasion(moment, elapsedMs: elapsedMs),
      state: &persons[resident, default: PersonState(resident: resident)], rules: rules)
  }

  /// What the rules say of it, into the batch.
  private func judge(
    _ event: Evaluator.Event, of resident: ResidentID, at moment: Moment, elapsedMs: Int64? = nil
  ) {
    batch += evaluate(event, of: resident, at: moment, elapsedMs: elapsedMs).map(BatchItem.alert)
    keepMemory(of: resident)
  }

  func occasion(_ moment: Moment, elapsedMs: Int64? = nil) -> Occasion {
    Occasion(now: moment, elapsedMs: elapsedMs, calendar: SiteTime.calendar)
  }

  /// Time has passed: some rules raise because nothing came, what nobody answers is said again, and minutes of streams are
  /// over.
  package func tick() {
    let now = clock()
    drain()
    takeUpAgainWhenTimeIsKnown(now)
    releaseOverdue(at: now)
    let isHeard = isEverythingHeard
    for resident in persons.keys {
      judge(.tick(isHeard: isHeard), of: resident, at: now)
      let hours = persons[resident]?.detector.baseline.takeClosedHours() ?? []
      if !hours.isEmpty { batch.append(.baseline(hours, of: resident)) }
    }
    let open = persons.values.reduce(into: Set()) { $0.formUnion($1.detector.undecided) }
    undecided.keep(devices.values.filter { open.contains($0.id) }.map(\.address))
    watchTheBox(at: now, isHeard: isHeard)
    commitWhenDue()
    guard writeError == nil else { return }
    let waiting = batch.lazy.compactMap { item in
      if case .observation(let observation, _) = item, observation.isStream { observation.received } else { nil }
    }.first
    let hasNews = summaries.work(now: now, waiting: waiting)
    if amendTimes(now) || hasNews { onCommit([]) }
  }

  /// Says whether a technical condition holds, as often as its caller likes: an alert goes out when that changes.
  package func set(_ condition: TechnicalCondition, holds: Bool) {
    note(condition, holds: holds)
    commitWhenDue()
  }

  func note(_ condition: TechnicalCondition, holds: Bool) { note(condition, holds: holds, at: occasion(clock())) }

  func note(_ condition: TechnicalCondition, holds: Bool, at occasion: Occasion) {
    let alerts = technical.set(condition, holds: holds, at: occasion, manners: rules.manners)
    if !alerts.isEmpty { batch += alerts.map(BatchItem.alert) }
  }
}
