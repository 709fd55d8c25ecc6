// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import CSystemd
import DBus
import EventLoop
import Journal
import Logging
import Vitals

/// The box's own API, `org.vigil.Gateway1`: what `vigilctl` speaks to. The D-Bus policy file decides who may call it.
///
/// `Status() -> s` and `Devices() -> s` answer JSON. `Forget(device) -> s` and `Assign(device, user, resident) -> s`, with
/// `_unassigned` for nobody, answer the device's id, and so does `AssignWithConsent(device, user, resident, code) -> s`,
/// whose code is told to nobody but the device. Three methods hand out one end of a socketpair:
/// `Scan({serials: b}) -> h` with a ``ScanConversation``, `Pair(address, resident, {withoutReading: b}) -> h` with a
/// ``PairingConversation``, `Watch(options) -> h` with a ``WatchConversation``.
/// `AlertChanged(alert, state, priority, undelivered)` is
/// emitted for a lamp or a buzzer; it carries no value, because any user can receive a broadcast.
package actor LocalAPI {
  package static let name = "org.vigil.Gateway1"
  package static let path = "/org/vigil/Gateway1"

  private let loop: EventLoop
  private let collector: CollectorService
  private let journal: Journal
  private let ingest: Ingest
  private let report: HealthReport
  private let log: Logger
  private var connection: BusConnection?
  private var scans = 0

  init(
    loop: EventLoop, collector: CollectorService, journal: Journal, ingest: Ingest, report: HealthReport, log: Logger
  ) {
    self.loop = loop
    self.collector = collector
    self.journal = journal
    self.ingest = ingest
    self.report = report
    self.log = log
  }

  package func export(on connection: BusConnection) async throws {
    // Once for each connection, and before the name: the calls that have started us wait for it.
    if self.connection !== connection {
      try await connection.export(
        path: Self.path, interface: Self.name, vtable: { vigil_gateway_vtable($0) },
        handler: { [weak self] call in
          guard let self else { throw BusError.disconnected }
          return try await self.answer(call)
        })
      self.connection = connection
    }
    try await connection.requestName(Self.name)
  }

  /// Tells whoever listens on the bus that alerts have changed.
  package nonisolated func announce(_ signals: [AlertSignal]) {
    guard !signals.isEmpty else { return }
    Task { await self.emit(signals) }
  }

  private func emit(_ signals: [AlertSignal]) async {
    for signal in signals {
      try? await connection?.emit(
        Self.path, Self.name, "AlertChanged",
        [
          .string(signal.alert.description), .string(signal.state.rawValue), .string(signal.priority.rawValue),
          .bool(signal.isUndelivered),
        ])
    }
  }

  private func answer(_ call: BusMethodCall) async throws -> [BusValue] {
    switch call.member {
    case "Status": return [.string(try text(await report.make()))]
    case "Devices": return [.string(try text(await report.make().devices))]
    case "Forget": return [.string(try await forget(call))]
    case "Assign": return [.string(try await assign(call, consent: nil))]
    case "AssignWithConsent": return [.string(try await assignWithConsent(call))]
    case "Scan": return [.descriptor(try scan(call))]
    case "Watch": return [.descriptor(try watch())]
    case "Pair": return [.descriptor(try await pair(call))]
    default: throw BusError(name: "org.freedesktop.DBus.Error.UnknownMethod", message: "no method \(call.member)")
    }
  }

  private func text(_ value: some Encodable) throws -> String {
    String(decoding: try JSONText.encode(value), as: UTF8.self)
  }

  private func refusal(_ kind: String, _ message: String) -> BusError {
    BusError(name: "org.vigil.Error.\(kind)", message: message)
  }

  /// The user id of a caller, by the bus. One who has left again gets nothing done: it would be audited as nobody's.
  private func uid(of call: BusMethodCall) async throws -> UInt32 {
    let reply = try? await connection?.call(
      "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser",
      [.string(call.sender)])
    guard let uid = reply?.first?.integer.flatMap({ UInt32(exactly: $0) }) else {
      throw refusal("Gone", "the caller has left before it was served")
    }
    return uid
  }

  /// The device that the first argument names, by its id or its address.
  private func device(of call: BusMethodCall) async throws -> EnrolledDevice {
    let wanted = call.body.first?.string ?? ""
    guard
      let device = try await journal.devices().first(where: {
        $0.id == wanted || $0.address.description == wanted.uppercased()
      })
    else { throw refusal("NotFound", "no enrolled device \(wanted)") }
    return device
  }

  private func forget(_ call: BusMethodCall) async throws -> String {
    let device = try await device(of: call)
    let uid = try await uid(of: call)
    do {
      try await collector.forget(device, uid: uid)
    } catch {
      throw refusal("Storage", "\(error)")
    }
    return device.id
  }

  private func assignWithConsent(_ call: BusMethodCall) async throws -> String {
    guard call.body.count >= 4, let code = call.body[3].integer.flatMap(ConsentCode.init),
      call.body[2].string != ResidentID.unassigned.description
    else { throw refusal("InvalidConsent", "not a consent code of a resident's: four digits, as the device wants it") }
    return try await assign(call, consent: code)
  }

  private func assign(_ call: BusMethodCall, consent: ConsentCode?) async throws -> String {
    guard call.body.count >= 3, let user = call.body[1].integer, UserSlots.users.contains(user) else {
      throw refusal("InvalidUser", "not a user's number: 0 to 254, as the device sends it")
    }
    guard let resident = call.body[2].string.flatMap(ResidentID.init), resident != .gateway else {
      throw refusal("InvalidResident", "not a resident's id: 4 to 32 of a-z, 0-9 and -, as the clinic issued it")
    }
    let device = try await device(of: call)
    guard resident != .unassigned || device.slots != nil else {
      throw refusal("NotShared", "no user of \(device.id) was ever assigned: all its readings are one resident's")
    }
    let uid = try await uid(of: call)
    let isDone: Bool
    do {
      isDone = try await collector.assign(user, of: device, to: resident, consent: consent, uid: uid)
    } catch {
      throw refusal("Storage", "\(error)")
    }
    guard isDone else { throw refusal("NotFound", "no enrolled device \(device.id)") }
    return device.id
  }

  private func scan(_ call: BusMethodCall) throws -> OwnedDescriptor {
    guard scans < ScanConversation.limit else {
      throw refusal("TooMany", "\(scans) scans are running already: end one of them")
    }
    let (channel, clientEnd) = try LineChannel.make()
    let conversation = ScanConversation(
      collector: collector, channel: channel, loop: loop, readsSerials: call.body.first?["serials"]?.bool ?? false,
      log: log)
    scans += 1
    Task {
      await conversation.run()
      scans -= 1
    }
    return OwnedDescriptor(clientEnd)
  }

  private func pair(_ call: BusMethodCall) async throws -> OwnedDescriptor {
    guard call.body.count >= 2, let address = call.body[0].string.flatMap(DeviceAddress.init) else {
      throw refusal("InvalidAddress", "not a Bluetooth address: it looks like F5:F1:F2:F3:F4:01")
    }
    guard let resident = call.body[1].string.flatMap(ResidentID.init), resident != .unassigned, resident != .gateway
    else {
      throw refusal("InvalidResident", "not a resident's id: 4 to 32 of a-z, 0-9 and -, as the clinic issued it")
    }
    let request = PairingRequest(
      address: address, resident: resident,
      isWithoutReading: call.body.count > 2 && call.body[2]["withoutReading"]?.bool == true,
      uid: try await uid(of: call))
    let (channel, clientEnd) = try LineChannel.make()
    let conversation = PairingConversation(collector: collector, channel: channel, loop: loop)
    Task { await conversation.run(request) }
    return OwnedDescriptor(clientEnd)
  }

  private func watch() throws -> OwnedDescriptor {
    let (channel, clientEnd) = try LineChannel.make()
    let descriptor = OwnedDescriptor(clientEnd)
    guard let watcher = ingest.feed.enter(channel) else {
      throw refusal("TooMany", "\(WatchFeed.watcherLimit) watch already: end one of them")
    }
    let conversation = WatchConversation(watcher: watcher, ingest: ingest, report: report, channel: channel, loop: loop)
    Task { await conversation.run() }
    return descriptor
  }
}
