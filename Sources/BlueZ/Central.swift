// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import EventLoop
import Logging

/// A value that a device handed over by a notification or an indication.
package struct Notification: Sendable {
  /// `F5:F1:F2:F3:F4:01`
  package let address: String
  /// 128-bit, lower case.
  package let characteristic: String
  package let bytes: [UInt8]
  /// Whether bluetoothd has a bond with the device on this connection: it speaks to nobody who does not prove to have the key.
  package let isBonded: Bool
}

/// What went wrong on the way to a device.
package enum BlueZError: Error, Sendable, CustomStringConvertible {
  /// bluetoothd is not on the bus, or has no such controller.
  case unavailable(String)
  case deviceNotFound(String)
  case timedOut(String)
  /// The device ended the link before it said anything.
  case hungUp(String)
  /// bluetoothd has no bond with a device that was enrolled with one.
  case bondMissing(String)
  /// A bonded device ends each link at once: it has lost its side of the bond.
  case keyMissing(String)

  package var description: String {
    switch self {
    case .unavailable(let what): what
    case .deviceNotFound(let address): "\(address) is not in sight: switch it on, bring it near and try again"
    case .timedOut(let what): "\(what) took too long"
    case .hungUp(let address): "\(address) hung up at once: if that goes on, forget it and pair it again"
    case .bondMissing(let address): "the bond with \(address) is gone: forget it and pair it again"
    case .keyMissing(let address): "\(address) does not know this box any more: forget it and pair it again"
    }
  }
}

/// This box as the Bluetooth central: bluetoothd's objects, kept up to date, and the calls on them.
///
/// bluetoothd may come and go: whatever it forgot is installed again when it returns. The connection to the bus is given
/// once it is open; when the bus itself dies, the owner makes a new one and calls ``attach(to:)`` again.
package actor Central {
  package nonisolated let loop: EventLoop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private var choice: AdapterChoice
  nonisolated let log: Logger
  private let onNotification: @Sendable (Notification) -> Void
  let onAdvertisement: @Sendable (Advertisement) -> Void
  /// Addresses of devices whose values are just being judged.
  let watchedAddresses: @Sendable () -> Set<String>

  var connection: BusConnection?
  var objects = ObjectTree()
  package private(set) var isAvailable = false
  /// Paths that this bus connection has a notification session for. bluetoothd keeps them over disconnections.
  var subscriptions: Set<String> = []
  private var echoes = Echoes()
  var slots = LinkSlots()
  var slotsKeeper: Task<Void, Never>?
  private var waiters: [Int: Waiter] = [:]
  private var nextWaiter = 0
  var wanted = Wanted()
  var discoveryUsers: Int { wanted.count }
  /// What bluetoothd was asked for last.
  var askedPattern = ""
  /// Since when bluetoothd looks without a break.
  var discoveryBegan: ContinuousClock.Instant?
  var discoveryFailed = false
  var discoveryKeeper: Task<Void, Never>?
  var pulse = ControllerPulse()
  /// When bluetoothd was asked for a sign of life, and how many of the last questions it has not answered.
  var checks: (last: ContinuousClock.Instant?, unanswered: Int) = (nil, 0)
  /// The controller is being switched off and on on purpose.
  var isCycling = false
  /// Addresses whose advertisements somebody wants, and how many do.
  var listeners: [String: Int] = [:]
  /// By device path.
  var sightings = Sightings()
  /// When a link to a device came up last, by its path.
  var linkUps: [String: ContinuousClock.Instant] = [:]
  /// By path: which call of Connect is under way.
  var connecting: [String: Int] = [:]
  var connectAttempts = 0
  /// When a device refused to pair without a question, by its path.
  var refusals: [String: ContinuousClock.Instant] = [:]
  /// What devices said about themselves, by path, in this life of the daemon.
  var information: [String: DeviceInformation] = [:]
  var isReadingInformation = false
  var agent: PairingAgent?
  var hasExportedAgent = false
  var isPairing = false
  /// What `Pairable` was before the pairing window that is open, or could not be closed yet.
  var pairableBefore: Bool?
  /// How many values each device has sent.
  private(set) var valueCount: [String: Int] = [:]
  /// Changes with everything that makes an answer of bluetoothd out of date.
  private(set) var generation = 0
  /// Logged once, not with every try.
  private var lastLoadError: String?

  /// - Parameters:
  ///   - adapterName: `hci0`; where there is no such controller and only one other, that is used.
  ///   - onNotification: called on the loop, in order, for each value of a characteristic that was subscribed to.
  ///   - onAdvertisement: called on the loop, in order, for the data that a device's advertisement carries, while
  ///     somebody listens to it.
  ///   - watchedAddresses: of devices whose values are just being judged: they keep their links for a while where there are
  ///     not enough. Asked each second then, on the loop.
  package init(
    loop: EventLoop, adapterName: String, log: Logger, onNotification: @escaping @Sendable (Notification) -> Void,
    onAdvertisement: @escaping @Sendable (Advertisement) -> Void = { _ in },
    watchedAddresses: @escaping @Sendable () -> Set<String> = { [] }
  ) {
    self.loop = loop
    choice = AdapterChoice(wanted: adapterName)
    self.log = log
    self.onNotification = onNotification
    self.onAdvertisement = onAdvertisement
    self.watchedAddresses = watchedAddresses
  }

  // MARK: bluetoothd

  /// Takes a new connection into use and follows bluetoothd from now on.
  package func attach(to connection: BusConnection) async throws {
    self.connection = connection
    hasExportedAgent = false
    forget()
    // Matches before GetManagedObjects, so that nothing falls between (stack.md, fact 7).
    for rule in [
      "type='signal',sender='org.bluez',interface='\(Interface.objectManager)'",
      "type='signal',sender='org.bluez',interface='\(Interface.properties)',member='PropertiesChanged'",
    ] {
      try await connection.addMatch(rule) { [weak self] signal in self?.assumeIsolated { $0.handle(signal) } }
    }
    try await connection.addMatch(
      "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.bluez'"
    ) { [weak self] signal in
      let owner = signal.body.count == 3 ? signal.body[2].string ?? "" : ""
      self?.assumeIsolated { $0.bluetoothdChanged(hasOwner: !owner.isEmpty) }
    }
    if !(await load()) { Task { await self.keepLoading(after: .seconds(5)) } }
  }

  /// The bus is gone.
  package func detach() {
    connection = nil
    forget()
  }

  private func forget() {
    objects.removeAll()
    (subscriptions, linkUps) = ([], [:])
    echoes.forget()
    slots.forget()
    isAvailable = false
    (discoveryBegan, discoveryFailed, checks) = (nil, false, (nil, 0))
    pulse.forget()
    generation += 1
    changed()
  }

  private func bluetoothdChanged(hasOwner: Bool) {
    log.notice("bluetoothd \(hasOwner ? "came" : "went")")
    forget()
    Task { await self.keepLoading(after: hasOwner ? nil : Self.restartPause) }
  }

  /// systemd's own restart of a bluetoothd that crashed comes first.
  private static let restartPause = Duration.seconds(10)

  /// Loads until it is done, or bluetoothd has come or gone once more. A call also makes the bus start a bluetoothd that
  /// is down, where it can.
  private func keepLoading(after first: Duration?) async {
    let generation = generation
    var pause = first
    while generation == self.generation, connection != nil {
      if let pause, await wait(pause, until: { $0.generation != generation }) { return }
      if await load() { return }
      pause = .seconds(30)
    }
  }

  /// Reads what bluetoothd has.
  private func load() async -> Bool {
    guard let connection else { return false }
    let generation = generation
    do {
      // Taken at its place among the signals: those behind it are newer, and one that is lost never comes again.
      let reply = try await connection.call(
        "org.bluez", "/", Interface.objectManager, "GetManagedObjects",
        onReply: { [weak self] reply in self?.assumeIsolated { $0.replaceObjects(with: reply, of: generation) } })
      guard generation == self.generation, !reply.isEmpty else { return false }
      await prepareAdapter()
      guard generation == self.generation else { return false }
      isAvailable = true
      lastLoadError = nil
      changed()
      return true
    } catch {
      if lastLoadError != "\(error)" { log.warning("cannot reach bluetoothd, will try again: \(error)") }
      lastLoadError = "\(error)"
    }
    return false
  }

  private func replaceObjects(with reply: [BusValue], of generation: Int) {
    guard generation == self.generation, let managed = reply.first else { return }
    objects.replace(with: managed)
  }

  /// A controller that is off is switched on, a pairing window that bluetoothd went away with is closed, and a running
  /// discovery is begun anew.
  private func prepareAdapter() async {
    if let adapter { choice.isUsed(adapter) }
    await switchOn()
    if !isPairing { await restorePairable() }
    if discoveryUsers > 0 { await startDiscovery() }
  }

  func switchOn() async {
    guard let adapter, !adapter.isPowered else { return }
    do {
      try await setProperty(adapter.path, Interface.adapter, "Powered", .bool(true))
    } catch {
      log.warning("cannot switch on \(adapterName): \(error)")
      // As good as no answer, unless a switch on the box forbids it (rfkill).
      if let error = error as? BusError, error.name == "org.bluez.Error.Failed" { pulse.unansweredCall() }
    }
  }

  private func handle(_ signal: BusSignal) {
    switch signal.member {
    case "InterfacesAdded" where signal.body.count == 2:
      guard let path = signal.body[0].string else { return }
      objects.add(path, signal.body[1])
      noteSighting(path, Interface.device, signal.body[1][Interface.device])
      noteAdvertisement(path, signal.body[1][Interface.device])
      if path == adapter?.path { Task { await self.prepareAdapter() } }
    case "InterfacesRemoved" where signal.body.count == 2:
      guard let path = signal.body[0].string else { return }
      let interfaces = (signal.body[1].elements ?? []).compactMap(\.string)
      if path == adapter?.path {
        discoveryBegan = nil
        pulse.forget()
      }
      if interfaces.contains(Interface.device) { linkUps[path] = nil }
      objects.remove(path, interfaces: interfaces)
      if interfaces.contains(Interface.characteristic) {
        subscriptions.remove(path)
        echoes.forget(path)
      }
    case "PropertiesChanged" where signal.body.count == 3:
      guard let interface = signal.body[0].string else { return }
      if interface == Interface.characteristic, let bytes = signal.body[1]["Value"]?.bytes {
        notified(signal.path, bytes, serial: signal.serial)
        return
      }
      objects.update(
        signal.path, interface, changed: signal.body[1],
        invalidated: (signal.body[2].elements ?? []).compactMap(\.string))
      noteSighting(signal.path, interface, signal.body[1])
      if interface == Interface.device { noteAdvertisement(signal.path, signal.body[1]) }
      guard interface == Interface.adapter, adapter?.path == signal.path else { break }
      followDiscovery(signal.body[1])
      if signal.body[1]["Powered"]?.bool == false, !isCycling {
        log.warning("\(adapterName) was switched off, switching it on again")
        Task { await self.switchOn() }
      }
    default: return
    }
    changed()
  }

  private func notified(_ path: String, _ bytes: [UInt8], serial: UInt32) {
    guard subscriptions.contains(path) else {
      log.debug("a value of an unknown characteristic", metadata: ["path": "\(path)"])
      return
    }
    let now = ContinuousClock.now
    let (verdict, released) = echoes.judge(bytes, of: path, serial: serial, at: now)
    if let released { tell(path, released, now) }
    switch verdict {
    case .value: tell(path, bytes, now)
    case .echo: break
    case .doubtful:
      Task {
        guard await !wait(Self.doubt, until: { _ in false }), let value = echoes.release(path) else { return }
        tell(path, value, .now)
      }
    }
  }

  /// A value that may be an echo is kept back so long.
  private static let doubt = Duration.seconds(3)

  private func tell(_ path: String, _ bytes: [UInt8], _ now: ContinuousClock.Instant) {
    guard let characteristic = objects.characteristic(path: path),
      let device = objects.device(path: objects.devicePath(above: path))
    else { return }
    pulse.valueCame(at: now)
    valueCount[device.address, default: 0] += 1
    slots.valueCame(from: device.address, at: now)
    onNotification(
      Notification(
        address: device.address, characteristic: characteristic.uuid, bytes: bytes, isBonded: device.isBonded))
  }

  // MARK: views

  /// Whether bluetoothd is there, and the controller that it has.
  package var bluetooth: (available: Bool, adapter: Adapter?) { (isAvailable, adapter) }
  package var adapter: Adapter? { choice.of(objects.adapters) }

  /// `hci0`; the one that is wanted where there is none.
  package var adapterName: String { adapter?.path.split(separator: "/").last.map(String.init) ?? choice.wanted }
  package var devices: [Device] { adapter.map { objects.devices(adapter: $0.path) } ?? [] }
  package func device(_ address: String) -> Device? {
    adapter.flatMap { objects.device(address: address, adapter: $0.path) }
  }

  // MARK: waiting for a change

  private struct Waiter {
    let condition: () -> Bool
    let continuation: CheckedContinuation<Bool, Never>
    let timer: EventSource?
  }

  /// Waits until the condition holds. Ends early when the time is up or the task is cancelled.
  ///
  /// - Returns: whether the condition holds.
  func wait(_ limit: Duration?, until condition: @escaping @Sendable (isolated Central) -> Bool) async -> Bool {
    if condition(self) { return true }
    if Task.isCancelled { return false }
    let id = nextWaiter
    nextWaiter += 1
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let timer = limit.flatMap { limit in
          try? EventSource.timer(after: limit, on: loop) { [weak self] in self?.assumeIsolated { $0.finish(id, false) }
          }
        }
        let holds = { [unowned self] in self.assumeIsolated { condition($0) } }
        waiters[id] = Waiter(condition: holds, continuation: continuation, timer: timer)
        if Task.isCancelled { finish(id, false) }
      }
    } onCancel: {
      Task { await self.finish(id, false) }
    }
  }

  private func finish(_ id: Int, _ result: Bool) {
    waiters.removeValue(forKey: id)?.continuation.resume(returning: result)
  }

  /// Looks at every waiter again; after each change of state.
  func changed() {
    for (id, waiter) in waiters where waiter.condition() { finish(id, true) }
  }

  // MARK: calls

  func call(
    _ path: String, _ interface: String, _ member: String, _ arguments: [BusValue] = [],
    timeout: Duration = .seconds(25)
  ) async throws -> [BusValue] {
    guard let connection else { throw BlueZError.unavailable("not connected to the message bus") }
    let (start, generation) = (ContinuousClock.now, generation)
    do {
      let reply = try await connection.call("org.bluez", path, interface, member, arguments, timeout: timeout)
      note(nil, of: member)
      return reply
    } catch {
      // What a bluetoothd that died has not answered says nothing of the next one.
      if generation == self.generation { note(error, of: member, after: .now - start) }
      throw error
    }
  }

  func setProperty(
    _ path: String, _ interface: String, _ name: String, _ value: BusValue, timeout: Duration = .seconds(25)
  ) async throws {
    _ = try await call(
      path, Interface.properties, "Set", [.string(interface), .string(name), .variant(value)], timeout: timeout)
  }
}
