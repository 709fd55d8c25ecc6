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
  /// Linked, and bluetoothd reads what it has, for 40 s at most.
  case resolving
  /// It is there, and the controller has no connection left for it. Devices take turns.
  case waitingForTurn
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
  /// A D-Bus error's name: bluetoothd's own, or `org.vigil.Error.` and one of `HungUp`, `BondMissing`, `KeyMissing`,
  /// `ServicesTimedOut`, `Failed`.
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
    case BlueZError.bondMissing: (name, message) = ("org.vigil.Error.BondMissing", "\(error)")
    case BlueZError.keyMissing: (name, message) = ("org.vigil.Error.KeyMissing", "\(error)")
    case BlueZError.timedOut: (name, message) = ("org.vigil.Error.ServicesTimedOut", "\(error)")
    default: (name, message) = ("org.vigil.Error.Failed", "\(error)")
    }
  }

  /// One of the two has lost its side of the bond. No try mends that: the device has to be paired anew, by a person.
  package var isBondLost: Bool { name == "org.vigil.Error.BondMissing" || name == "org.vigil.Error.KeyMissing" }
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
  ///   - isBonded: it was enrolled with a bond. Without one it is not connected to: anybody could take its address.
  ///   - need: whose turn it is where there are not enough connections.
  ///   - characteristics: 128-bit lower-case UUIDs to subscribe to, those that the device has.
  ///   - conversation: runs on each connection once everything is subscribed to, and is cancelled when it ends. Where it
  ///     returns `hangUp` the link is ended, and made again when the device has been silent and advertises anew.
  package func keepLink(
    to address: String, isBonded: Bool = false, need: LinkNeed = .stream(weight: 1),
    subscribingTo characteristics: Set<String>,
    conversation: @escaping @Sendable () async -> ConversationEnd = { .stay },
    report: @escaping @Sendable (LinkState) -> Void
  ) async {
    var backoff = Backoff()
    var bondLoss = BondLoss(address: address, isBonded: isBonded, need: need)
    defer { slots.forget(address) }
    while !Task.isCancelled {
      let start = ContinuousClock.now
      let valuesBefore = valueCount[address]
      do {
        let end = try await link(
          to: address, isBonded: isBonded, need: need, subscribingTo: characteristics, conversation: conversation,
          backoff: &backoff
        ) { state in
          if state == .connected { bondLoss.holds() }
          if let loss = bondLoss.found, state == .searching || state == .connecting {
            report(.retrying(loss, next: .now))
          } else {
            report(state)
          }
        }
        if hasSpoken(address, since: valuesBefore) { bondLoss.holds() }
        if end == .hangUp {
          report(.connecting)
          await waitUntilSilent(address)
        }
      } catch {
        if Task.isCancelled { return }
        log.info("link failed", metadata: ["address": "\(address)", "error": "\(error)"])
        // A Connect that waited long for an advertisement was itself the pause: a cuff advertises for some 30 s only.
        if ContinuousClock.now - start > .seconds(10) { backoff.reset() }
        if hasSpoken(address, since: valuesBefore) { bondLoss.holds() }
        let failure = bondLoss.failed(error)
        let duration = backoff.next()
        report(.retrying(failure, next: .now + duration))
        await pause(duration, orUntilSeen: address)
      }
    }
  }

  /// Whether a value has come of it since there were so many. Over a link without its key none does.
  private func hasSpoken(_ address: String, since count: Int?) -> Bool { valueCount[address] ?? 0 > count ?? 0 }

  /// One life of a link: returns when the device has gone, or was hung up on.
  private func link(
    to address: String, isBonded: Bool, need: LinkNeed, subscribingTo wanted: Set<String>,
    conversation: @escaping @Sendable () async -> ConversationEnd, backoff: inout Backoff,
    report: (LinkState) -> Void
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
      await discovering(for: address) { _ = await wait(.seconds(60)) { $0.device(address) != nil || !$0.isReady } }
    }
    guard let known = device(address) else { return .stay }
    guard known.isBonded || !isBonded else { throw BlueZError.bondMissing(address) }
    let (valuesBefore, generation) = (valueCount[known.address], generation)

    if !known.isConnected {
      if slots.isWaiting(address) {
        report(.waitingForTurn)
        guard await waitForTurn(address) else { return .stay }
      }
      report(.connecting)
      do {
        try await subscribe(known, to: wanted)
      } catch {
        // It is tried again on the connection; what the device says before that would be lost, so say so.
        log.warning("cannot subscribe before connecting", metadata: ["address": "\(address)", "error": "\(error)"])
      }
      guard try await connect(known, need: need, subscribingTo: wanted) else { return .stay }
    }
    slots.linked(address, need: need, at: .now)
    defer { slots.ended(address, at: .now) }
    report(.resolving)
    let settled = await wait(.seconds(40)) { central in
      guard let device = central.device(address), device.isConnected, central.isReady else { return true }
      return device.servicesResolved
    }
    if Task.isCancelled { return .stay }
    guard settled else {
      _ = try? await call(known.path, Interface.device, "Disconnect")
      throw BlueZError.timedOut("finding the services of \(address)")
    }
    // bluetoothd or the controller has gone, and the link with it.
    guard isReady, generation == self.generation else { return .stay }
    guard let connected = device(address), connected.isConnected else {
      // A device may say what it has to say and hang up before its services are resolved: that is no failure.
      guard hasSpoken(known.address, since: valuesBefore) else { throw BlueZError.hungUp(address) }
      backoff.reset()
      return .stay
    }
    do {
      try await subscribe(connected, to: wanted)
    } catch {
      // What the device lets itself be asked for counts. One that refuses everything may be in a bad state.
      guard isSubscribed(connected, to: wanted) else { throw error }
      log.warning("a device refuses a subscription", metadata: ["address": "\(address)", "error": "\(error)"])
    }
    backoff.reset()
    report(.connected)
    let keeper = Task { await keepSubscribed(connected, to: wanted) }
    defer { keeper.cancel() }
    let talk = Task {
      let end = await conversation()
      guard end == .hangUp, !Task.isCancelled else { return ConversationEnd.stay }
      log.debug("hanging up", metadata: ["address": "\(address)"])
      _ = try? await call(connected.path, Interface.device, "Disconnect")
      return .hangUp
    }
    _ = await wait(nil) {
      $0.device(address)?.isConnected != true || !$0.isReady || $0.slots.isYielding(address)
    }
    talk.cancel()
    let end = await talk.value
    if slots.isYielding(address) { await makeRoom(connected) }
    return end
  }

  /// How long a device that goes on advertising is left alone after it was hung up on.
  private static let longestRest = Duration.seconds(60)

  /// A device that was hung up on advertises for a while as if nothing had been.
  private func waitUntilSilent(_ address: String) async {
    guard let path = device(address)?.path else { return }
    await discovering(for: address) {
      let end = ContinuousClock.now + Self.longestRest
      while ContinuousClock.now < end, !Task.isCancelled, isReady {
        let last = sightings[path]?.last
        guard await wait(Sightings.longestPause, until: { $0.sightings[path]?.last != last || !$0.isReady }) else {
          return
        }
      }
    }
  }

  /// Subscribes to what a firmware update has put in another place, and again to what was refused, while the link lives.
  private func keepSubscribed(_ device: Device, to wanted: Set<String>) async {
    var backoff = Backoff(minimum: .seconds(2), maximum: .seconds(300))
    while await wait(nil, until: { $0.hasUnsubscribed(device, wanted) }) {
      do {
        try await subscribe(device, to: wanted)
        backoff.reset()
      } catch {
        guard (try? await Task.sleep(for: backoff.next())) != nil else { return }
      }
    }
  }

  private func isSubscribed(_ device: Device, to wanted: Set<String>) -> Bool {
    notifying(device, wanted).contains { subscriptions.contains($0.path) }
  }

  func hasUnsubscribed(_ device: Device, _ wanted: Set<String>) -> Bool {
    notifying(device, wanted).contains { !subscriptions.contains($0.path) }
  }

  /// What is wanted of the device, as far as it has it and tells of it.
  private func notifying(_ device: Device, _ wanted: Set<String>) -> [Characteristic] {
    objects.characteristics(of: device.path).filter { wanted.contains($0.uuid) && $0.canNotify }
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
  func subscribe(_ device: Device, to wanted: Set<String>) async throws {
    var refusal: (any Error)?
    for characteristic in notifying(device, wanted) {
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

  /// A device that goes on advertising is not tried again at each of its advertisements.
  private static let shortestPause = Duration.seconds(5)

  /// Waits, but no longer than until the device begins to advertise, or is heard after a while, or bluetoothd has changed.
  private func pause(_ duration: Duration, orUntilSeen address: String) async {
    let before = device(address)
    let sighting = before.flatMap { sightings[$0.path] }
    let wasReady = isReady
    let start = ContinuousClock.now
    _ = await wait(duration) { central in
      let now = central.device(address)
      if let heard = now.flatMap({ central.sightings[$0.path] }), heard != sighting {
        if heard.began != sighting?.began || heard.last - start > Self.shortestPause { return true }
      }
      return (now?.isConnected == true && before?.isConnected != true) || (now == nil) != (before == nil)
        || central.isReady != wasReady
    }
  }
}
