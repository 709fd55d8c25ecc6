// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import EventLoop
import Logging

/// What a link to an enrolled device is doing, in the order in which it goes through them.
package enum LinkState: Sendable, Equatable {
  /// No bluetoothd, or the controller is missing or off. One that is off is switched on again every 30 s.
  case waitingForBluetooth
  /// bluetoothd does not know the device: waiting for an advertisement.
  case searching
  /// Connecting as soon as it advertises.
  case connecting
  case connected
  /// Its advertisements are heard, and nothing more is wanted of it.
  case listening
  /// The last try failed; the next one comes by itself then, or earlier when the device is seen.
  case retrying(LinkFailure, next: ContinuousClock.Instant)
}

/// How a conversation over a link ends.
package enum ConversationEnd: Sendable {
  /// There is nothing more to say, and the link stays.
  case stay
  /// The device is to be left alone until it advertises anew.
  case hangUp
}

/// Why a try failed, in a form that can be said in any language.
package struct LinkFailure: Sendable, Equatable, CustomStringConvertible {
  /// A D-Bus error's name: bluetoothd's own, or `org.vigil.Error.HungUp`, `org.vigil.Error.ServicesTimedOut`,
  /// `org.vigil.Error.Failed`.
  package let name: String
  /// The words that came with it; bluetoothd 5.66 has one name, Failed, for many reasons.
  package let message: String
  /// In English, for logs.
  package let description: String

  package init(_ error: any Error) {
    description = "\(error)"
    switch error {
    case let error as BusError: (name, message) = (error.name, error.message)
    case BlueZError.hungUp: (name, message) = ("org.vigil.Error.HungUp", "\(error)")
    case BlueZError.timedOut: (name, message) = ("org.vigil.Error.ServicesTimedOut", "\(error)")
    default: (name, message) = ("org.vigil.Error.Failed", "\(error)")
    }
  }
}

extension Central {
  /// Keeps a device connected and subscribed until the task is cancelled, whatever happens to device, controller,
  /// bluetoothd or bus.
  ///
  /// For a device that bluetoothd knows, StartNotify precedes Connect: the session is in place before the link, so an
  /// indication that the device sends at once is not missed. StopNotify is never called: bluetoothd re-registers the
  /// session at each reconnection (stack.md, fact 29).
  ///
  /// - Parameters:
  ///   - characteristics: 128-bit lower-case UUIDs to subscribe to, those that the device has.
  ///   - conversation: runs on each connection once everything is subscribed to, and is cancelled when it ends. Where it
  ///     returns `hangUp` the link is ended, and made again when the device has been silent and advertises anew.
  package func keepLink(
    to address: String, subscribingTo characteristics: Set<String>,
    conversation: @escaping @Sendable () async -> ConversationEnd = { .stay },
    report: @escaping @Sendable (LinkState) -> Void
  ) async {
    var backoff = Backoff()
    while !Task.isCancelled {
      let start = ContinuousClock.now
      do {
        let end = try await link(
          to: address, subscribingTo: characteristics, conversation: conversation, backoff: &backoff, report: report)
        if end == .hangUp {
          report(.connecting)
          await waitUntilSilent(address)
        }
      } catch {
        if Task.isCancelled { return }
        log.info("link failed", metadata: ["address": "\(address)", "error": "\(error)"])
        // A Connect that waited long for an advertisement was itself the pause: a cuff advertises for some 30 s only.
        if ContinuousClock.now - start > .seconds(10) { backoff.reset() }
        let duration = backoff.next()
        report(.retrying(LinkFailure(error), next: .now + duration))
        await pause(duration, orUntilSeen: address)
      }
    }
  }

  /// One life of a link: returns when the device has gone, or was hung up on.
  private func link(
    to address: String, subscribingTo wanted: Set<String>,
    conversation: @escaping @Sendable () async -> ConversationEnd, backoff: inout Backoff,
    report: @Sendable (LinkState) -> Void
  ) async throws -> ConversationEnd {
    if !isReady {
      report(.waitingForBluetooth)
      guard await wait(.seconds(30), until: { $0.isReady }) else {
        // bluetoothd may have refused to switch the controller on (rfkill, busy): ask again.
        await switchOn()
        return .stay
      }
    }
    if device(address) == nil {
      report(.searching)
      await discovering { _ = await wait(.seconds(60)) { $0.device(address) != nil || !$0.isReady } }
    }
    guard let known = device(address) else { return .stay }
    let valuesBefore = valueCount[known.address] ?? 0

    if !known.isConnected {
      report(.connecting)
      do {
        try await subscribe(known, to: wanted)
      } catch {
        // It is tried again on the connection; what the device says before that would be lost, so say so.
        log.warning("cannot subscribe before connecting", metadata: ["address": "\(address)", "error": "\(error)"])
      }
      try await connect(known, subscribingTo: wanted)
    }
    let settled = await wait(.seconds(40)) { central in
      guard let device = central.device(address), device.isConnected, central.isReady else { return true }
      return device.servicesResolved
    }
    if Task.isCancelled { return .stay }
    guard settled else {
      _ = try? await call(known.path, Interface.device, "Disconnect")
      throw BlueZError.timedOut("finding the services of \(address)")
    }
    guard let connected = device(address), connected.isConnected else {
      // A device may say what it has to say and hang up before its services are resolved: that is no failure.
      guard valueCount[known.address] ?? 0 > valuesBefore else { throw BlueZError.hungUp(address) }
      backoff.reset()
      return .stay
    }
    try await subscribe(connected, to: wanted)
    backoff.reset()
    report(.connected)
    let talk = Task {
      let end = await conversation()
      guard end == .hangUp, !Task.isCancelled else { return ConversationEnd.stay }
      log.debug("hanging up", metadata: ["address": "\(address)"])
      _ = try? await call(connected.path, Interface.device, "Disconnect")
      return .hangUp
    }
    _ = await wait(nil) { $0.device(address)?.isConnected != true || !$0.isReady }
    talk.cancel()
    return await talk.value
  }

  /// How long a device that goes on advertising is left alone after it was hung up on.
  private static let longestRest = Duration.seconds(60)

  /// A device that was hung up on advertises for a while as if nothing had been.
  private func waitUntilSilent(_ address: String) async {
    guard let path = device(address)?.path else { return }
    await discovering {
      let end = ContinuousClock.now + Self.longestRest
      while ContinuousClock.now < end, !Task.isCancelled, isReady {
        let last = sightings[path]?.last
        guard await wait(Sightings.longestPause, until: { $0.sightings[path]?.last != last || !$0.isReady }) else {
          return
        }
      }
    }
  }

  /// Connects, and meanwhile subscribes to each wanted characteristic as soon as bluetoothd shows it: after its restart
  /// 5.66 has no GATT objects of a bonded device until the next connection.
  private func connect(_ device: Device, subscribingTo wanted: Set<String>) async throws {
    let early = Task {
      while await wait(nil, until: { $0.hasUnsubscribed(device, wanted) }) {
        // What fails here is tried again once the services are resolved.
        do { try await subscribe(device, to: wanted) } catch { return }
      }
    }
    do {
      // The kernel waits for an advertisement and gives up after some 40 s.
      _ = try await withTaskCancellationHandler {
        try await call(device.path, Interface.device, "Connect", timeout: .seconds(60))
      } onCancel: {
        Task { _ = try? await self.call(device.path, Interface.device, "Disconnect") }
      }
    } catch {
      early.cancel()
      await early.value
      throw error
    }
    early.cancel()
    await early.value
  }

  private func hasUnsubscribed(_ device: Device, _ wanted: Set<String>) -> Bool {
    objects.characteristics(of: device.path).contains {
      wanted.contains($0.uuid) && $0.canNotify && !subscriptions.contains($0.path)
    }
  }

  var isReady: Bool { isAvailable && adapter?.isPowered == true }

  /// Waits until there is a controller that is on.
  ///
  /// - Returns: false where the task was cancelled.
  package func waitUntilReady() async -> Bool { await wait(nil) { $0.isReady } }

  /// Makes sure of the notification sessions, each time anew: StartNotify of a session that lives is answered at once.
  /// Where a device hangs up while bluetoothd registers the session on a new link, 5.66 drops it and tells nobody
  /// (src/gatt-client.c, register_notify_cb).
  ///
  /// - Throws: the first refusal, once all others have been asked for: one must not keep the rest from being heard.
  private func subscribe(_ device: Device, to wanted: Set<String>) async throws {
    var refusal: (any Error)?
    for characteristic in objects.characteristics(of: device.path)
    where wanted.contains(characteristic.uuid) && characteristic.canNotify {
      // Before the call: the first value may overtake its reply.
      let isNew = subscriptions.insert(characteristic.path).inserted
      do {
        _ = try await call(characteristic.path, Interface.characteristic, "StartNotify")
      } catch let error as BusError where error.name == "org.bluez.Error.InProgress" {
        // The session is there and waits for the link.
        continue
      } catch {
        if isNew { subscriptions.remove(characteristic.path) }
        refusal = refusal ?? error
      }
    }
    if let refusal { throw refusal }
  }

  /// Waits, but no longer than until the device is seen or bluetoothd has changed.
  private func pause(_ duration: Duration, orUntilSeen address: String) async {
    let before = device(address)
    let wasReady = isReady
    _ = await wait(duration) { central in
      let now = central.device(address)
      return (now?.isConnected == true && before?.isConnected != true) || (now == nil) != (before == nil)
        || central.isReady != wasReady
    }
  }
}
