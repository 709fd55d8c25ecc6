// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import Logging

/// How far a pairing is; for the person who waits.
package enum PairingProgress: Sendable, Equatable {
  case searching
  case found(name: String)
  case pairing
  case bonded
  /// Connecting, to see what it is.
  case examining
  /// Connecting without a bond.
  case connecting
  case listening
}

/// How a device is taken into use.
package enum Approach: Sendable, Equatable {
  /// By pairing with it.
  case bond
  /// By connecting only: it does not pair.
  case connect
  /// Never connected to: it advertises what it has to say.
  case listen
  /// It does not show what it is: its services have to be seen first.
  case examine
}

/// A device after pairing.
package struct PairedDevice: Sendable {
  package let device: Device
  package let approach: Approach
  /// A person compared or typed digits, so nobody stands between.
  package let isAuthenticated: Bool
}

extension Central {
  /// The kernel waits for an advertisement; one of a device that is on comes within seconds.
  private static let connectLimit = Duration.seconds(60)
  /// The kernel's SMP_TIMEOUT is 30 s. A question that stood for less was ended by something else.
  private static let unansweredAfter = Duration.seconds(25)

  /// Finds a device, pairs with it and trusts it. On any failure its bond and its object are removed again. One that does
  /// not pair is connected to, or only found.
  ///
  /// The pairing window is open for this long only: the agent is registered, and `Pairable` is on, without which Pair()
  /// makes no bond (stack.md, fact 29); both are as before afterwards. Success is `Bonded`, not `Paired`. Ends early with
  /// CancelPairing when the task is cancelled.
  ///
  /// - Parameter approach: of a device as it shows itself in its advertisement; asked again once its services and its
  ///   model are known, where that was not enough.
  /// - Throws: ``PairingFailure``, or `CancellationError` where the task was cancelled.
  package func pair(
    _ address: String, searchLimit: Duration = .seconds(60),
    approach: @escaping @Sendable (Device, _ model: String?) -> Approach = { _, _ in .bond },
    progress: @escaping @Sendable (PairingProgress) -> Void,
    ask: @escaping @Sendable (PairingQuestion) async -> PairingAnswer
  ) async throws -> PairedDevice {
    guard isAvailable else { throw PairingFailure.bluetoothGone }
    guard adapter?.isPowered == true else { throw PairingFailure.bluetoothOff(adapterName) }
    guard !isPairing else { throw PairingFailure.busy }
    isPairing = true
    // A scan that reads serial numbers removes the device that it has asked.
    _ = await wait(.seconds(40)) { !$0.isReadingInformation }
    defer { isPairing = false }
    let life = generation
    do {
      // How a bond was made cannot be seen from it, and Pair() of a bonded device is never answered by bluetoothd 5.66:
      // it is made anew.
      if device(address)?.isBonded == true { try await remove(address) }
      progress(.searching)
      let found = try await find(address, limit: searchLimit, in: life)
      progress(.found(name: found.name))
      var taken = approach(found, nil)
      if taken == .examine {
        progress(.examining)
        let resolved = try await resolveServices(of: address)
        taken = approach(resolved, await askInformation(of: address).model)
      }
      switch taken {
      case .bond: return try await bond(found, in: life, progress: progress, ask: ask)
      case .connect:
        progress(.connecting)
        _ = try await resolveServices(of: address)
      case .listen: progress(.listening)
      // What nobody knows is left to who asked.
      case .examine: break
      }
      return PairedDevice(device: device(address) ?? found, approach: taken, isAuthenticated: false)
    } catch {
      if Task.isCancelled { throw CancellationError() }
      // A controller that is switched off ends the link first, and says so a moment later.
      if case PairingFailure.hungUp = error {
        _ = await wait(.seconds(1)) { $0.generation != life || $0.adapter?.isPowered != true }
      }
      if generation != life { throw PairingFailure.bluetoothGone }
      if adapter?.isPowered != true { throw PairingFailure.bluetoothOff(adapterName) }
      throw error
    }
  }

  private func find(_ address: String, limit: Duration, in life: Int) async throws -> Device {
    await discovering {
      _ = await wait(limit) { central in
        let device = central.device(address)
        return device?.rssi != nil || device?.isConnected == true || !central.isUsable(in: life)
      }
      // Its name may come with the answer to a scan, a moment later.
      _ = await wait(.seconds(1)) { $0.device(address)?.hasName != false || !$0.isUsable(in: life) }
    }
    try Task.checkCancellation()
    guard isUsable(in: life), let found = device(address) else { throw PairingFailure.notInSight(address) }
    return found
  }

  private func bond(
    _ found: Device, in life: Int, progress: @escaping @Sendable (PairingProgress) -> Void,
    ask: @escaping @Sendable (PairingQuestion) async -> PairingAnswer
  ) async throws -> PairedDevice {
    let asked = PairingAgent(device: found.path, ask: ask)
    agent = asked
    let outcome: Result<Void, any Error>
    do {
      try await openWindow()
      progress(.pairing)
      try await callPair(found, agent: asked, in: life)
      guard await wait(.seconds(10), until: { $0.objects.device(path: found.path)?.isBonded == true }) else {
        throw PairingFailure.timedOut("bonding with \(found.address)")
      }
      try await setProperty(found.path, Interface.device, "Trusted", .bool(true))
      outcome = .success(())
    } catch {
      // After digits a refusal may be a typing mistake; without any it says something about the device.
      if case PairingFailure.refused = error, !asked.hasAsked { noteRefusal(found.path) }
      outcome = .failure(error)
    }
    // Of its own, since the cancellation that ended the pairing must not end this.
    await Task {
      await self.closeWindow()
      // By its path: its address may be another already.
      if case .failure = outcome { try? await self.remove(path: found.path) }
    }.value
    try outcome.get()
    // A device with a private address shows its identity address once it is bonded.
    guard let bonded = objects.device(path: found.path) else { throw PairingFailure.notInSight(found.address) }
    progress(.bonded)
    return PairedDevice(device: bonded, approach: .bond, isAuthenticated: asked.hasAsked)
  }

  private func isUsable(in life: Int) -> Bool { generation == life && adapter?.isPowered == true }

  // MARK: the window

  private func openWindow() async throws {
    guard let adapter else { throw PairingFailure.bluetoothOff(adapterName) }
    // What an earlier window could not put back yet is not to be taken for how it was.
    if pairableBefore == nil { pairableBefore = adapter.isPairable }
    try await registerAgent()
    try await setProperty(adapter.path, Interface.adapter, "Pairable", .bool(true))
    // bluetoothd answers while the kernel's word is still to come.
    guard await wait(.seconds(10), until: { $0.adapter?.isPairable == true }) else {
      throw PairingFailure.timedOut("making \(adapterName) pairable")
    }
  }

  private func closeWindow() async {
    agent = nil
    guard isAvailable else { return }
    await unregisterAgent()
    await restorePairable()
  }

  /// Puts `Pairable` back to what it was before the window; where bluetoothd has gone meanwhile, after its return.
  func restorePairable() async {
    guard let before = pairableBefore, let adapter else { return }
    // bluetoothd switches it off with the last agent, and ignores a change while one is under way.
    if before { _ = await wait(.seconds(1)) { $0.adapter?.isPairable != true } }
    do {
      try await setProperty(adapter.path, Interface.adapter, "Pairable", .bool(before))
      if await wait(.seconds(10), until: { $0.adapter?.isPairable == before }) { pairableBefore = nil }
    } catch {
      log.warning("cannot put Pairable back: \(error)")
    }
  }

  // MARK: Pair()

  private func callPair(_ found: Device, agent: PairingAgent, in life: Int) async throws {
    let path = found.path
    let reply = PairReply()
    Task {
      do {
        _ = try await self.call(path, Interface.device, "Pair", timeout: .seconds(120))
        reply.set(.success(()))
      } catch {
        reply.set(.failure(error))
      }
      self.changed()
    }
    let isLinked = await wait(Self.connectLimit) { central in
      reply.result != nil || central.generation != life || central.objects.device(path: path)?.isConnected == true
    }
    if isLinked { _ = await wait(.seconds(130)) { reply.result != nil || $0.generation != life } }
    guard let result = reply.result else {
      await Task {
        _ = try? await self.call(path, Interface.device, "CancelPairing")
        _ = await self.wait(.seconds(5)) { reply.result != nil || $0.generation != life }
      }.value
      try Task.checkCancellation()
      guard isLinked else { throw PairingFailure.notInSight(found.address) }
      throw PairingFailure.timedOut("pairing with \(found.address)")
    }
    do {
      try result.get()
    } catch let error as BusError {
      throw failure(of: error, address: found.address, agent: agent)
    }
  }

  private func failure(of error: BusError, address: String, agent: PairingAgent) -> any Error {
    switch error.name {
    case "org.bluez.Error.AuthenticationFailed", "org.bluez.Error.AuthenticationRejected":
      agent.isRejectedByPerson ? PairingFailure.rejectedByPerson(address) : .refused(address)
    case "org.bluez.Error.AuthenticationCanceled":
      // The kernel's time-out for an answer and a lost link look alike.
      agent.hasWaited(Self.unansweredAfter) ? PairingFailure.unanswered(address) : .hungUp(address)
    case "org.bluez.Error.AuthenticationTimeout", "org.bluez.Error.ConnectionAttemptFailed",
      "org.freedesktop.DBus.Error.UnknownObject":
      PairingFailure.notInSight(address)
    default: error
    }
  }
}
