// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import DeviceProfiles
import EventLoop
import Journal
import Logging
import Synchronization
import Vitals

/// How a device becomes one of this box's: found, bonded, enrolled provisionally, tried, confirmed. Whatever ends it
/// before the confirmation leaves no bond and no enrolment, here or, where the daemon is killed, at its next start.
extension CollectorService {
  /// How long a technician is kept waiting for the broker.
  private static let deliveryLimit = Duration.seconds(10)

  /// Pairs with a device and makes it one of this box's, in one conversation with the technician.
  ///
  /// - Returns: the conversation's last line.
  /// - Throws: ``CommissioningFailure``, once nothing is left.
  func commission(_ request: PairingRequest, _ talk: PairingTalk) async throws -> PairingMessage {
    guard pairing == nil, !isStopping else {
      try await refuse(request, PairingError(.busy, request.address.description, "another device is being paired"))
    }
    let task = Task { try await self.commissionAlone(request, talk) }
    pairing = task
    defer { pairing = nil }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// Ends a pairing that is going on, and waits until nothing of it is left: the daemon stops.
  func endPairing() async {
    isStopping = true
    await cancelPairing()
  }

  private func cancelPairing() async {
    pairing?.cancel()
    _ = await pairing?.result
  }

  private func commissionAlone(_ request: PairingRequest, _ talk: PairingTalk) async throws -> PairingMessage {
    let address = request.address.description
    // A removal that is under way would take this pairing's note that its bond may be unwanted along.
    cleaning?.cancel()
    await cleaning?.value
    defer { removeUnwantedBonds() }
    do {
      if let existing = try await journal.devices().first(where: { $0.address == request.address }) {
        throw JournalError.alreadyEnrolled(existing.id)
      }
      let opened = AuditEntry(.pairingOpened, uid: request.uid, subject: address)
      try await journal.openPairing(request.address, audit: opened, now: clock())
      record(opened)
    } catch {
      try await refuse(request, PairingError(error, address: address))
    }
    let reached = Reached()
    do {
      let end = ContinuousClock.now + .seconds(limits.commissioningSeconds)
      return try await TimeLimit.run(
        .seconds(limits.commissioningSeconds), late: PairingError(.timedOut, address, "it took too long")
      ) {
        let paired = try await self.bond(request, talk, reached)
        return try await self.tryOut(paired, request, talk, until: end)
      }
    } catch {
      var reason = PairingError(error, address: address)
      if Task.isCancelled, !reason.code.isRejection {
        reason =
          isStopping
          ? PairingError(.stopping, address, "the daemon is being stopped")
          : PairingError(CancellationError(), address: address)
      }
      let isCancelled = reason.code == .cancelled || reason.code.isRejection
      let entry = AuditEntry(
        isCancelled ? .pairingCancelled : .pairingFailed, code: reason.code.rawValue, uid: request.uid, subject: address
      )
      // Of its own, since the cancellation that ended the pairing must not end this.
      let remains = await Task { await self.undo(request.address, audit: entry) }.value
      throw CommissioningFailure(error: reason, bondRemains: remains && reached.pairing)
    }
  }

  private func refuse(_ request: PairingRequest, _ error: PairingError) async throws -> Never {
    let entry = AuditEntry(
      .pairingRefused, code: error.code.rawValue, uid: request.uid, subject: request.address.description)
    await audit(entry)
    throw CommissioningFailure(error: error, bondRemains: false)
  }

  // MARK: the steps

  private func bond(_ request: PairingRequest, _ talk: PairingTalk, _ reached: Reached) async throws -> PairedDevice {
    let (central, address) = (central, request.address.description)
    let paired = try await TimeLimit.run(
      .seconds(limits.pairingSeconds),
      late: PairingError(.windowClosed, address, "the pairing window has closed without a bond")
    ) {
      try await central.pair(address, approach: { self.approach(to: $0, model: $1) }) { progress in
        if progress == .pairing { reached.note() }
        talk.tell(PairingMessage(telling: progress))
      } ask: { question in
        await talk.answer(to: question)
      }
    }
    // A device with a private address has another one now, the one that it is known by from here on.
    if let bonded = DeviceAddress(paired.device.address), bonded != request.address {
      try await journal.addUnwantedBond(bonded)
    }
    return paired
  }

  private func tryOut(
    _ paired: PairedDevice, _ request: PairingRequest, _ talk: PairingTalk, until end: ContinuousClock.Instant
  ) async throws -> PairingMessage {
    var device = paired.device
    var information = DeviceInformation()
    if paired.approach != .listen {
      device = try await central.resolveServices(of: device.address)
      information = await central.askInformation(of: device.address)
      try Task.checkCancellation()
    }
    // A battery is read beside the rest; alone it is of no use.
    let profiles = catalog.profiles(for: device.facts(model: information.model)).filter(\.isRead)
    guard let leading = DeviceSession.leading(profiles), paired.approach != .examine else {
      throw PairingError(
        .noProfile, device.services.map(BluetoothUUID.short).joined(separator: " "), "no profile fits this device")
    }
    var identified = PairingMessage(.identified)
    (identified.serial, identified.model) = (information.serial, information.model)
    identified.manufacturer = information.manufacturer
    talk.tell(identified)
    // Before anything is subscribed to: it may send all that it has stored as soon as somebody is.
    if profiles.contains(where: { $0.session.memory?.deletesOnRead == true }) { try await askForMemory(request, talk) }

    let found = NewDevice(
      address: DeviceAddress(device.address) ?? request.address, model: device.name, profiles: profiles.map(\.id),
      resident: request.resident, link: leading.isAdvertisedOnly ? .advert : paired.link, serial: information.serial)
    let (readings, arrivals) = AsyncStream.makeStream(
      of: CommissioningReading.self, bufferingPolicy: .bufferingNewest(64))
    await ingest.onCommissioning { arrivals.yield($0) }
    defer { arrivals.finish() }
    let enrolled =
      request.isWithoutReading
      ? try await journal.enrol(found, uid: request.uid, now: clock())
      : try await journal.enrolProvisionally(found, now: clock())
    provisional = enrolled
    await ingest.devicesChanged(try await journal.devices())
    startLink(enrolled)

    var last = PairingMessage()
    if !request.isWithoutReading {
      var measure = PairingMessage(.measure)
      measure.seconds = Int(clamping: (end - .now).components.seconds)
      talk.tell(measure)
      let seq = try await show(try await firstUsable(readings, of: enrolled, talk), talk)
      guard let reply = await talk.ask(PairingMessage(asking: .value)) else { throw CancellationError() }
      try Task.checkCancellation()
      guard reply.confirm == true else {
        throw PairingError(.rejectedByPerson, enrolled.address.description, "the value was said to be wrong")
      }
      try await ingest.confirm(enrolled, uid: request.uid)
      last.delivered = await publisher.hasDelivered(seq)
    }
    provisional = nil
    record(AuditEntry(.enrolled, uid: request.uid, subject: enrolled.id))
    last.device = enrolled.id
    last.profiles = enrolled.profiles
    last.titles = profiles.map(ProfileTitle.init)
    last.link = enrolled.link.rawValue
    last.serial = enrolled.serial
    return last
  }

  /// What was read is gone from the device, and from the phone that used to read it: not without being asked.
  private func askForMemory(_ request: PairingRequest, _ talk: PairingTalk) async throws {
    let address = request.address.description
    guard let reply = await talk.ask(PairingMessage(asking: .memory)) else { throw CancellationError() }
    try Task.checkCancellation()
    guard reply.confirm == true else {
      throw PairingError(.memoryDeclined, address, "the device deletes what was read, and nobody agreed to that")
    }
    let agreed = AuditEntry(.memoryAgreed, uid: request.uid, subject: address)
    try await journal.audit(agreed, now: clock())
    record(agreed)
  }

  /// How a device that shows itself like this is taken into use.
  private nonisolated func approach(to device: Device, model: String?) -> Approach {
    let profiles = catalog.profiles(for: device.facts(model: model))
    guard let leading = DeviceSession.leading(profiles) else { return .examine }
    if leading.isAdvertisedOnly { return .listen }
    return leading.session.bonding == .none ? .connect : .bond
  }

  /// The first reading of that device that a person can judge.
  private func firstUsable(
    _ readings: AsyncStream<CommissioningReading>, of device: EnrolledDevice, _ talk: PairingTalk
  ) async throws -> CommissioningReading {
    var told: Set<PairingMessage.Progress> = []
    for await reading in readings where reading.observation.device.id == device.id {
      let observation = reading.observation
      if catalog.profile(id: observation.profile)?.isOfUse != true { continue }
      let hasValue = observation.quality != .invalid && observation.values.contains { $0.number != nil }
      if hasValue, observation.age != .late { return reading }
      let why = hasValue ? PairingMessage.Progress.stored : .unusable
      if told.insert(why).inserted { talk.tell(PairingMessage(why)) }
    }
    throw CancellationError()
  }

  /// - Returns: its number in the ledger.
  private func show(_ reading: CommissioningReading, _ talk: PairingTalk) async throws -> Int64 {
    var shown = PairingMessage(.reading)
    shown.reading = PairingMessage.Reading(reading.observation)
    talk.tell(shown)
    var delivery = PairingMessage(.delivered)
    delivery.delivered = await publisher.waitUntilDelivered(reading.seq, limit: Self.deliveryLimit)
    if delivery.delivered == false {
      let broker = await publisher.state
      (delivery.reason, delivery.refusal) = (broker.reason, broker.readingRefusal)
    }
    try Task.checkCancellation()
    talk.tell(delivery)
    return reading.seq
  }

  // MARK: nothing stays

  /// - Returns: whether a bond remains.
  private func undo(_ address: DeviceAddress, audit entry: AuditEntry) async -> Bool {
    if let device = provisional {
      provisional = nil
      await endLink(device)
      do {
        let devices = try await journal.forget(device, audit: entry, now: clock())
        publisher.committed([])
        await ingest.devicesChanged(devices)
      } catch {
        // It is not confirmed, so the next start forgets it.
        log.error("cannot forget a device: \(error)", metadata: ["device": "\(device.id)"])
      }
      record(entry)
    } else {
      await audit(entry)
    }
    // A device with a private address has got another one by its bond.
    let unwanted = (try? await journal.unwantedBonds()) ?? []
    return await removeBonds(of: Set(unwanted).union([address]))
  }

  /// What a daemon that was killed has left in the middle.
  func forgetUnconfirmed() async throws {
    let left = try await journal.forgetUnconfirmed(code: PairingCode.interrupted.rawValue, now: clock())
    guard !left.isEmpty else { return }
    await ingest.devicesChanged(try await journal.devices())
    for device in left {
      record(
        AuditEntry(
          .pairingFailed, code: PairingCode.interrupted.rawValue, uid: nil, subject: device.address.description))
    }
  }

  /// Says whose the readings of a device's user are from now on. What came before stays whose it was.
  ///
  /// - Parameters:
  ///   - resident: ``ResidentID/unassigned`` for nobody.
  ///   - consent: what the device wants for the user's data, from its next connection on; nil where it stays as it is.
  /// - Returns: false where the device is enrolled no more.
  func assign(
    _ user: Int, of device: EnrolledDevice, to resident: ResidentID, consent: ConsentCode?, uid: UInt32?
  ) async throws -> Bool {
    guard
      let devices = try await journal.assign(
        user, of: device, to: resident, consent: consent, uid: uid, now: clock())
    else { return false }
    if consent != nil || resident == .unassigned { consents.forget(user, of: device.id) }
    // The audit has whose they are.
    log.notice(
      "\(AuditEntry.Event.assigned.rawValue)",
      metadata: ["subject": "\(device.id)", "uid": "\(uid.map(String.init) ?? "-")"])
    await ingest.devicesChanged(devices)
    return true
  }

  /// Ends the link, removes the bond and the enrolment. What the device sent before stays.
  package func forget(_ device: EnrolledDevice, uid: UInt32?) async throws {
    if provisional?.id == device.id {
      await cancelPairing()
      // It may have been confirmed in this moment.
      guard try await journal.devices().contains(where: { $0.id == device.id }) else { return }
    }
    let entry = AuditEntry(.forgotten, uid: uid, subject: device.id)
    // First: where it fails the device goes on being read.
    let devices = try await journal.forget(device, audit: entry, now: clock())
    record(entry)
    await ingest.devicesChanged(devices)
    await endLink(device)
    // Somebody may be pairing it anew by now: its bond is left to that.
    if pairing == nil { _ = await removeBonds(of: [device.address]) } else { removeUnwantedBonds() }
  }
}

extension Ingest {
  /// Makes a device one of this box's: what came before was its trial, and what comes from now on is for care.
  ///
  /// - Throws: where it is not confirmed.
  func confirm(_ device: EnrolledDevice, uid: UInt32?) throws {
    // What a trial has brought has to be on the disk, to be taken over where it was measured before.
    drain()
    release(device.id)
    commit()
    if let writeError { throw writeError }
    let now = clock()
    devicesAre(try journal.assumeIsolated { try $0.confirm(device, uid: uid, now: now) })
    commitWhenDue()
    onCommit([])
  }
}

/// Whether bluetoothd was asked to pair: before that there is no bond to speak of.
private final class Reached: Sendable {
  private let state = Atomic(false)
  var pairing: Bool { state.load(ordering: .relaxed) }
  func note() { state.store(true, ordering: .relaxed) }
}

/// A pairing that came to nothing, with what is left of it.
struct CommissioningFailure: Error {
  let error: PairingError
  /// bluetoothd was not there to remove the bond. It is done as soon as it is back.
  let bondRemains: Bool
}

extension PairedDevice {
  fileprivate var link: LinkSecurity {
    switch approach {
    case .bond: isAuthenticated ? .authenticated : .encrypted
    case .connect, .examine: .open
    case .listen: .advert
    }
  }
}

extension PairingMessage {
  init(telling progress: PairingProgress) {
    switch progress {
    case .searching: self.init(.searching)
    case .found(let name):
      self.init(.found)
      self.name = name
    case .pairing: self.init(.pairing)
    case .bonded: self.init(.bonded)
    case .examining: self.init(.examining)
    case .connecting: self.init(.connecting)
    case .listening: self.init(.listening)
    }
  }
}
