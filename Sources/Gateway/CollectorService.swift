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
/// ``Ingest``. Enrolment is in Commissioning.swift.
package actor CollectorService: Service {
  private let loop: EventLoop
  let central: Central
  let journal: Journal
  let ingest: Ingest
  let publisher: PublisherService
  let catalog: ProfileCatalog
  let limits: Configuration.Bluetooth
  let clock: Clock
  let log: Logger
  nonisolated let board = LinkBoard()
  nonisolated let consents = ConsentBoard()
  private let conversations = Conversations()
  private var links: [String: Task<Void, Never>] = [:]
  /// The pairing that is going on: one at a time.
  var pairing: Task<PairingMessage, any Error>?
  /// The device that it has enrolled, until that is confirmed.
  var provisional: EnrolledDevice?
  var isStopping = false
  /// Removes bonds that nobody wants.
  var cleaning: Task<Void, Never>?
  private var export: (@Sendable (BusConnection) async throws -> Void)?

  package init(
    loop: EventLoop, bluetooth: Configuration.Bluetooth, journal: Journal, ingest: Ingest, publisher: PublisherService,
    catalog: ProfileCatalog, clock: @escaping Clock, log: Logger
  ) {
    self.loop = loop
    self.journal = journal
    self.ingest = ingest
    self.publisher = publisher
    self.catalog = catalog
    limits = bluetooth
    self.clock = clock
    self.log = log
    let conversations = conversations
    central = Central(loop: loop, adapterName: bluetooth.adapter, log: log) { notification in
      guard let address = DeviceAddress(notification.address) else { return }
      ingest.receive(
        address: address, characteristic: notification.characteristic, bytes: notification.bytes,
        isBonded: notification.isBonded)
      conversations.tell(
        .value(notification.bytes, characteristic: notification.characteristic, atMs: clock().monotonicMs), of: address)
    } onAdvertisement: { advertisement in
      guard let address = DeviceAddress(advertisement.address) else { return }
      ingest.receive(address: address, characteristic: advertisement.source.name, bytes: advertisement.bytes)
    } watchedAddresses: {
      ingest.undecided.addresses
    }
  }

  /// What to put on each new connection to the bus: the box's own API.
  package func onConnection(_ export: @escaping @Sendable (BusConnection) async throws -> Void) { self.export = export }

  package func run() async throws {
    // A full disk must not keep the other devices from being read.
    do {
      try await forgetUnconfirmed()
    } catch {
      log.error("cannot forget what was not confirmed: \(error)")
    }
    let conversations = conversations
    await ingest.onUnderstood { one in
      conversations.tell(.understood(message: one.message, profile: one.profile), of: one.address)
    }
    for device in try await journal.devices() where device.isConfirmed { startLink(device) }
    removeUnwantedBonds()
    let care = Task { await central.keepController() }
    await cancelWhenGracefulShutdown { await self.keepBus() }
    care.cancel()
    await endPairing()
    cleaning?.cancel()
    await cleaning?.value
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
        if Task.isCancelled { await endPairing() }
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

  func startLink(_ device: EnrolledDevice) {
    let (central, board, address) = (central, board, device.address.description)
    let profiles = device.profiles.compactMap { catalog.profile(id: $0) }
    if profiles.count < device.profiles.count {
      let gone = device.profiles.filter { catalog.profile(id: $0) == nil }
      log.error(
        "profiles of an enrolled device are not there any more; put them back, or forget the device and pair it again",
        metadata: ["device": "\(device.id)", "profiles": "\(gone.joined(separator: " "))"])
    }
    if DeviceSession.leading(profiles)?.isAdvertisedOnly == true {
      links[device.id] = Task { await central.keepListening(to: address) { board.set($0, for: device.id) } }
      return
    }
    let conversation = DeviceConversation(
      device: device, profiles: profiles, central: central, ingest: ingest, conversations: conversations,
      consents: consents, clock: clock, log: log)
    links[device.id] = Task {
      await central.keepLink(
        to: address, isBonded: device.link.isBonded, need: LinkNeed(profiles),
        subscribingTo: DeviceSession.subscriptions(for: profiles)
      ) {
        await conversation.run()
      } report: {
        board.set($0, for: device.id)
      }
    }
  }

  func endLink(_ device: EnrolledDevice) async {
    if let link = links.removeValue(forKey: device.id) {
      link.cancel()
      await link.value
    }
    board.set(nil, for: device.id)
  }

  package func devices() async -> [Device] { await central.devices }

  /// Tells ``Ingest`` whether Bluetooth works.
  func tellOfBluetooth() async {
    switch await central.bluetoothState {
    case .busAway, .bluetoothdAway, .bluetoothdFrozen, .adapterMissing, .adapterOff:
      await ingest.bluetoothIs(working: false)
    case .adapterGivenUp: await ingest.bluetoothIs(working: false, isGivenUp: true)
    case .adapterSilent, .adapterUnheard, .scanRefused, .working: await ingest.bluetoothIs(working: true)
    }
  }

  /// Tells ``Ingest`` what is seen of devices without a value: which are there, their batteries, whether their bonds hold.
  ///
  /// - Parameter interval: since the last look.
  func tellOfDevices(since interval: Duration) async {
    let known = Dictionary(await central.devices.map { ($0.address, $0) }, uniquingKeysWith: { $1 })
    let signals = await central.signals(within: interval)
    var heard: Set<String> = []
    var batteries: [String: Int] = [:]
    var bondLost: [String: Bool] = [:]
    for device in await ingest.enrolled {
      switch board.state(of: device.id) {
      case .connected:
        bondLost[device.id] = false
        heard.insert(device.id)
        batteries[device.id] = known[device.address.description]?.battery
      case .resolving: heard.insert(device.id)
      case .retrying(let failure, _) where failure.isBondLost: bondLost[device.id] = true
      default: break
      }
      if signals[device.address.description] != nil { heard.insert(device.id) }
    }
    // What is known of a bluetoothd that hangs is of the past.
    if await central.bluetoothState != .bluetoothdFrozen { await ingest.heard(heard) }
    await ingest.batteriesAre(batteries)
    await ingest.bondsAre(lost: bondLost)
  }

  package var bluetooth: (available: Bool, adapter: Adapter?) {
    get async { await central.bluetooth }
  }
}

extension LinkNeed {
  /// Of a device with these profiles. Most of what is urgent in a stream is oxygen: both its rules are of high priority, and
  /// a pulse is in it as well.
  fileprivate init(_ profiles: [DeviceProfile]) {
    guard DeviceSession.leading(profiles).map({ $0.session.connection == .stay }) ?? true else {
      self = .spot
      return
    }
    self = .stream(weight: profiles.contains { $0.measures(.spo2) } ? 2 : 1)
  }
}

extension Advertisement.Source {
  /// As a profile names it.
  var name: String {
    switch self {
    case .manufacturer(let company): ValueSource.manufacturer(company)
    case .service(let uuid): ValueSource.serviceData(uuid)
    }
  }
}

extension Device {
  /// What a profile may recognise it by.
  ///
  /// - Parameter model: what it calls itself, once it was asked.
  func facts(model: String? = nil) -> DeviceFacts {
    DeviceFacts(services: services, name: hasName ? name : nil, model: model, manufacturers: manufacturers)
  }
}
