// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import DBus
import DeviceProfiles
import EventLoop
import Journal
import Logging
import ServiceLifecycle
import Vitals

/// Keeps the bus, bluetoothd and a link to every enrolled device, whatever goes away, and hands what devices say to
/// ``Ingest``.
package actor CollectorService: Service {
  private let loop: EventLoop
  let central: Central
  let journal: Journal
  private let ingest: Ingest
  let catalog: ProfileCatalog
  private let clock: Clock
  private let log: Logger
  nonisolated let board = LinkBoard()
  private var links: [String: Task<Void, Never>] = [:]
  private var export: (@Sendable (BusConnection) async throws -> Void)?

  package init(
    loop: EventLoop, adapter: String, journal: Journal, ingest: Ingest, catalog: ProfileCatalog,
    clock: @escaping Clock, log: Logger
  ) {
    self.loop = loop
    self.journal = journal
    self.ingest = ingest
    self.catalog = catalog
    self.clock = clock
    self.log = log
    central = Central(loop: loop, adapterName: adapter, log: log) { notification in
      guard let address = DeviceAddress(notification.address) else { return }
      ingest.receive(address: address, characteristic: notification.characteristic, bytes: notification.bytes)
    }
  }

  /// What to put on each new connection to the bus: the box's own API.
  package func onConnection(_ export: @escaping @Sendable (BusConnection) async throws -> Void) { self.export = export }

  package func run() async throws {
    for device in try await journal.devices() { startLink(device) }
    await cancelWhenGracefulShutdown { await self.keepBus() }
    for task in links.values { task.cancel() }
    for task in links.values { await task.value }
    links = [:]
  }

  /// Connects to the bus again and again, for as long as the daemon runs.
  private func keepBus() async {
    var lastError: String?
    while !Task.isCancelled {
      let connection = BusConnection(loop: loop)
      let (lost, loss) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      do {
        try await connection.open { loss.finish() }
        try await central.attach(to: connection)
        log.notice("connected to the message bus")
        lastError = nil
        let api = Task { await self.keepAPI(on: connection) }
        for await _ in lost {}
        api.cancel()
        if !Task.isCancelled { log.warning("lost the message bus") }
      } catch {
        if lastError != "\(error)" { log.error("cannot use the message bus, will try again: \(error)") }
        lastError = "\(error)"
        try? await Task.sleep(for: .seconds(2))
      }
      await central.detach()
      await connection.close()
    }
  }

  /// Devices are read whether or not the technician's program can reach us.
  private func keepAPI(on connection: BusConnection) async {
    var isReported = false
    while !Task.isCancelled {
      do {
        try await export?(connection)
        return
      } catch {
        if !isReported { log.error("vigilctl cannot reach this daemon, will try again: \(error)") }
        isReported = true
        try? await Task.sleep(for: .seconds(10))
      }
    }
  }

  // MARK: links

  private func startLink(_ device: EnrolledDevice) {
    let (central, board) = (central, board)
    let wanted = Set(
      device.profiles.compactMap { catalog.profile(id: $0) }.flatMap { profile in
        profile.characteristics.compactMap { BluetoothUUID.full($0.uuid) }
      })
    links[device.id] = Task {
      await central.keepLink(to: device.address.description, subscribingTo: wanted) { board.set($0, for: device.id) }
    }
  }

  package func devices() async -> [Device] { await central.devices }

  package var bluetooth: (available: Bool, adapter: Adapter?) {
    get async { await central.bluetooth }
  }

  // MARK: enrolment

  /// Pairs with a device, finds its profiles and makes it one of this box's.
  package func enrol(
    _ address: DeviceAddress, resident: ResidentID, progress: @escaping @Sendable (PairingProgress) -> Void,
    ask: @escaping @Sendable (PairingQuestion) async -> PairingAnswer
  ) async throws -> EnrolledDevice {
    if let existing = try await journal.devices().first(where: { $0.address == address }) {
      throw JournalError.alreadyEnrolled(existing.id)
    }
    let paired = try await central.pair(address.description, progress: progress, ask: ask)
    // A device with a private address has another one now, the one that it is known by from here on.
    let address = DeviceAddress(paired.device.address) ?? address
    do {
      let device = try await central.resolveServices(of: address.description)
      let profiles = catalog.profiles(forServices: device.services).map(\.id)
      guard profiles.contains(where: { $0 != "bluetooth.battery" }) else {
        throw EnrolmentError.noProfile(device.services.map(BluetoothUUID.short))
      }
      let enrolled = try await journal.enrol(
        address: address, model: device.name, profiles: profiles, resident: resident,
        link: paired.isAuthenticated ? .authenticated : .encrypted, now: clock())
      await ingest.devicesChanged(try await journal.devices())
      startLink(enrolled)
      log.notice("enrolled a device", metadata: ["device": "\(enrolled.id)", "address": "\(address)"])
      return enrolled
    } catch {
      try? await central.remove(address.description)
      throw error
    }
  }

  /// Ends the link, removes the bond and the enrolment. What the device sent before stays.
  package func forget(_ device: EnrolledDevice) async throws {
    if let link = links.removeValue(forKey: device.id) {
      link.cancel()
      await link.value
    }
    try await journal.forget(device)
    await ingest.devicesChanged(try await journal.devices())
    board.set(nil, for: device.id)
    do {
      try await central.remove(device.address.description)
    } catch {
      log.warning("bluetoothd could not remove the bond: \(error)", metadata: ["device": "\(device.id)"])
    }
    log.notice("forgot a device", metadata: ["device": "\(device.id)"])
  }
}

package enum EnrolmentError: Error, Sendable, CustomStringConvertible {
  /// With the services that the device has.
  case noProfile([String])

  package var description: String {
    switch self {
    case .noProfile(let services):
      "no profile fits this device (its services: \(services.joined(separator: ", "))): add one for it first"
    }
  }
}
