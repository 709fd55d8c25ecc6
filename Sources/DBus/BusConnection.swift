// SPDX-License-Identifier: GPL-3.0-or-later
import CSystemd
import EventLoop
import Glibc

/// A signal, decoded.
package struct BusSignal: Sendable {
  package let path: String
  package let interface: String
  package let member: String
  /// The sender counts its messages by it, from 1.
  package let serial: UInt32
  package let body: [BusValue]
}

/// A call of one of our methods.
package struct BusMethodCall: Sendable {
  package let sender: String
  package let path: String
  package let member: String
  package let body: [BusValue]
}

/// A connection to a message bus by sd-bus. It lives on an ``EventLoop``; so do the handlers of its signals.
///
/// When the bus goes away, pending calls fail and `onDisconnect` is called once; the owner then makes a new connection.
package actor BusConnection {
  package nonisolated let loop: EventLoop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private var bus: OpaquePointer?
  private var slots: [OpaquePointer] = []
  private var pendingCalls: [ObjectIdentifier: PendingCall] = [:]

  package typealias MethodHandler = @Sendable (BusMethodCall) async throws -> [BusValue]

  package init(loop: EventLoop) { self.loop = loop }

  /// Connects and waits until the bus has answered.
  ///
  /// - Parameter address: nil for `DBUS_SYSTEM_BUS_ADDRESS` or the system bus.
  package func open(address: String? = nil, onDisconnect: @escaping @Sendable () -> Void) async throws {
    guard bus == nil else { return }
    let target =
      address ?? getenv("DBUS_SYSTEM_BUS_ADDRESS").map { String(cString: $0) }
      ?? "unix:path=/run/dbus/system_bus_socket"
    var new: OpaquePointer?
    try check(sd_bus_new(&new))
    do {
      try check(sd_bus_set_address(new, target))
      try check(sd_bus_set_bus_client(new, 1))
      try check(sd_bus_negotiate_fds(new, 1))
      try check(sd_bus_set_exit_on_disconnect(new, 0))
      try check(sd_bus_start(new))
      try check(sd_bus_attach_event(new, loop.event, 0))
    } catch {
      sd_bus_unref(new)
      throw error
    }
    bus = new
    try addMatch(
      "type='signal',sender='org.freedesktop.DBus.Local',interface='org.freedesktop.DBus.Local',member='Disconnected'"
    ) { _ in onDisconnect() }
    do {
      _ = try await call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId")
    } catch {
      close()
      throw error
    }
  }

  package func close() {
    for slot in slots { sd_bus_slot_unref(slot) }
    slots = []
    for pending in Array(pendingCalls.values) { finish(pending, .failure(BusError.disconnected)) }
    bus = sd_bus_flush_close_unref(bus)
  }

  // MARK: calls

  /// A call whose answer has not come. `close()` fails those that are left: sd-bus would forget them silently.
  private final class PendingCall: @unchecked Sendable {
    let continuation: CheckedContinuation<[BusValue], any Error>
    let onReply: (@Sendable ([BusValue]) -> Void)?
    let owner: BusConnection
    var slot: OpaquePointer?

    init(
      _ continuation: CheckedContinuation<[BusValue], any Error>, onReply: (@Sendable ([BusValue]) -> Void)?,
      owner: BusConnection
    ) {
      self.continuation = continuation
      self.onReply = onReply
      self.owner = owner
    }
  }

  package func call(
    _ destination: String, _ path: String, _ interface: String, _ member: String, _ arguments: [BusValue] = [],
    timeout: Duration = .seconds(25), onReply: (@Sendable ([BusValue]) -> Void)? = nil
  ) async throws -> [BusValue] {
    guard bus != nil else { throw BusError.disconnected }
    var raw: OpaquePointer?
    try check(sd_bus_message_new_method_call(bus, &raw, destination, path, interface, member))
    guard let raw else { throw BusError.disconnected }
    let message = BusMessage(adopting: raw)
    for argument in arguments { try message.append(argument) }
    return try await withCheckedThrowingContinuation { continuation in
      let pending = PendingCall(continuation, onReply: onReply, owner: self)
      let result = sd_bus_call_async(
        bus, &pending.slot, message.raw,
        { raw, context, _ in
          guard let raw, let context else { return 0 }
          let pending = Unmanaged<PendingCall>.fromOpaque(context).takeUnretainedValue()
          let answer: Result<[BusValue], any Error>
          if let error = sd_bus_message_get_error(raw) {
            answer = .failure(BusError(error))
          } else {
            answer = Result { try BusMessage(retaining: raw).readAll() }
          }
          pending.owner.assumeIsolated { $0.finish(pending, answer) }
          return 1
        }, Unmanaged.passUnretained(pending).toOpaque(), timeout.microseconds)
      if result < 0 {
        continuation.resume(throwing: BusError(code: result))
      } else {
        pendingCalls[ObjectIdentifier(pending)] = pending
      }
    }
  }

  private func finish(_ pending: PendingCall, _ answer: Result<[BusValue], any Error>) {
    guard pendingCalls.removeValue(forKey: ObjectIdentifier(pending)) != nil else { return }
    sd_bus_slot_unref(pending.slot)
    if case .success(let reply) = answer { pending.onReply?(reply) }
    pending.continuation.resume(with: answer)
  }

  /// Owns a well-known name, or fails: it never waits in the queue behind another owner.
  package func requestName(_ name: String) async throws {
    let doNotQueue: UInt32 = 4
    let reply = try await call(
      "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
      [.string(name), .uint32(doNotQueue)])
    guard let answer = reply.first?.integer, answer == 1 || answer == 4 else {
      throw BusError(name: "org.freedesktop.DBus.Error.AddressInUse", message: "\(name) has another owner")
    }
  }

  // MARK: signals

  private final class SignalHandler {
    let handle: (BusSignal) -> Void
    init(_ handle: @escaping (BusSignal) -> Void) { self.handle = handle }
  }

  /// Calls the handler, on the loop, for each broadcast signal that the match rule lets through. Rules last as long as the
  /// connection. The rule is installed before any later call is sent, so nothing is lost between.
  ///
  /// A signal with a destination reaches us whatever the rules say, and sd-bus takes anybody's for that of the name in
  /// `sender`: only of a broadcast has the bus looked who sent it.
  package func addMatch(_ rule: String, _ handler: @escaping @Sendable (BusSignal) -> Void) throws {
    guard bus != nil else { throw BusError.disconnected }
    let context = Unmanaged.passRetained(SignalHandler(handler))
    var slot: OpaquePointer?
    let result = sd_bus_add_match_async(
      bus, &slot, rule,
      { raw, context, _ in
        guard let raw, let context, sd_bus_message_get_destination(raw) == nil else { return 0 }
        let message = BusMessage(retaining: raw)
        guard let body = try? message.readAll() else { return 0 }
        Unmanaged<SignalHandler>.fromOpaque(context).takeUnretainedValue().handle(
          BusSignal(
            path: message.path, interface: message.interface, member: message.member, serial: message.serial, body: body
          ))
        return 0
      }, nil, context.toOpaque())
    guard result >= 0, let slot else {
      context.release()
      throw BusError(code: result)
    }
    sd_bus_slot_set_destroy_callback(slot) { context in
      if let context { Unmanaged<SignalHandler>.fromOpaque(context).release() }
    }
    slots.append(slot)
  }

  package func emit(_ path: String, _ interface: String, _ member: String, _ arguments: [BusValue]) throws {
    guard bus != nil else { throw BusError.disconnected }
    var raw: OpaquePointer?
    try check(sd_bus_message_new_signal(bus, &raw, path, interface, member))
    guard let raw else { throw BusError.disconnected }
    let message = BusMessage(adopting: raw)
    for argument in arguments { try message.append(argument) }
    try check(sd_bus_send(bus, message.raw, nil))
  }

  // MARK: objects of ours

  private final class ExportedObject: @unchecked Sendable {
    weak var connection: BusConnection?
    let handle: MethodHandler
    init(_ connection: BusConnection, _ handle: @escaping MethodHandler) {
      self.connection = connection
      self.handle = handle
    }
  }

  /// A message held over an `await`; only ever touched on the loop.
  private struct HeldMessage: @unchecked Sendable { let raw: OpaquePointer }

  /// Exports an interface described by a vtable; sd-bus answers introspection and checks signatures. The handler may
  /// take its time. A ``BusError`` that it throws is the caller's error reply.
  package func export(
    path: String, interface: String,
    vtable: (_ handler: @escaping sd_bus_message_handler_t) -> UnsafePointer<sd_bus_vtable>?,
    handler: @escaping MethodHandler
  ) throws {
    guard bus != nil else { throw BusError.disconnected }
    let context = Unmanaged.passRetained(ExportedObject(self, handler))
    var slot: OpaquePointer?
    let result = sd_bus_add_object_vtable(
      bus, &slot, path, interface,
      vtable { raw, context, _ in
        guard let raw, let context else { return 0 }
        let object = Unmanaged<ExportedObject>.fromOpaque(context).takeUnretainedValue()
        guard let connection = object.connection, let held = sd_bus_message_ref(raw) else { return 0 }
        let call = HeldMessage(raw: held)
        return connection.assumeIsolated { $0.dispatch(call, object.handle) }
      }, context.toOpaque())
    guard result >= 0, let slot else {
      context.release()
      throw BusError(code: result)
    }
    sd_bus_slot_set_destroy_callback(slot) { context in
      if let context { Unmanaged<ExportedObject>.fromOpaque(context).release() }
    }
    slots.append(slot)
  }

  private func dispatch(_ held: HeldMessage, _ handler: @escaping MethodHandler) -> Int32 {
    let message = BusMessage(retaining: held.raw)
    guard let body = try? message.readAll() else {
      sd_bus_message_unref(held.raw)
      return -EBADMSG
    }
    let call = BusMethodCall(sender: message.sender, path: message.path, member: message.member, body: body)
    Task {
      do {
        let values = try await handler(call)
        self.answer(held, values)
      } catch {
        let busError = error as? BusError
        self.refuse(held, busError ?? BusError(name: "org.freedesktop.DBus.Error.Failed", message: "\(error)"))
      }
    }
    return 1
  }

  private func answer(_ call: HeldMessage, _ values: [BusValue]) {
    defer { sd_bus_message_unref(call.raw) }
    var raw: OpaquePointer?
    guard bus != nil, sd_bus_message_new_method_return(call.raw, &raw) >= 0, let raw else { return }
    let message = BusMessage(adopting: raw)
    do {
      for value in values { try message.append(value) }
      try check(sd_bus_send(bus, message.raw, nil))
    } catch {
      sendError(call, error)
    }
  }

  private func refuse(_ call: HeldMessage, _ error: BusError) {
    defer { sd_bus_message_unref(call.raw) }
    if bus != nil { sendError(call, error) }
  }

  private func sendError(_ call: HeldMessage, _ error: BusError) {
    error.name.withCString { name in
      error.message.withCString { text in
        var raw = sd_bus_error(name: name, message: text, _need_free: 0)
        _ = sd_bus_reply_method_error(call.raw, &raw)
      }
    }
  }
}
