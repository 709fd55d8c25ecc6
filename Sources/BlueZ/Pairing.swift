// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import Logging

/// How far a pairing is; for the person who waits.
package enum PairingProgress: Sendable, Equatable {
  case searching
  case found(name: String)
  case pairing
  case bonded
}

/// A device after pairing.
package struct PairedDevice: Sendable {
  package let device: Device
  /// A person compared or typed digits, so nobody stands between.
  package let isAuthenticated: Bool
}

extension Central {
  /// Finds a device, pairs with it and trusts it. On any failure a device that was new is removed again.
  ///
  /// Pairable must be on for Pair() to bond and is put back afterwards; success is `Bonded`, not `Paired`
  /// (stack.md, fact 29). Ends early with CancelPairing when the task is cancelled.
  package func pair(
    _ address: String, searchLimit: Duration = .seconds(60),
    progress: @escaping @Sendable (PairingProgress) -> Void,
    ask: @escaping @Sendable (PairingQuestion) async -> PairingAnswer
  ) async throws -> PairedDevice {
    guard isAvailable, let adapter else { throw BlueZError.unavailable("Bluetooth is not available") }
    guard adapter.isPowered else { throw BlueZError.unavailable("the Bluetooth controller \(adapterName) is off") }
    guard !isPairing else { throw BlueZError.unavailable("another device is being paired") }
    isPairing = true
    defer { isPairing = false }

    // How a bond was made cannot be seen from it, and Pair() of a bonded device is never answered by bluetoothd 5.66:
    // it is made anew.
    if device(address)?.isBonded == true { try await remove(address) }
    progress(.searching)
    await discovering {
      _ = await wait(searchLimit) { $0.device(address)?.rssi != nil || $0.device(address)?.isConnected == true }
    }
    try Task.checkCancellation()
    guard let found = device(address) else { throw BlueZError.deviceNotFound(address) }
    progress(.found(name: found.name))

    let asked = AskedForDigits()
    agent = PairingAgent(device: found.path) { question in
      await asked.note()
      return await ask(question)
    }
    defer { agent = nil }
    do {
      try await setProperty(adapter.path, Interface.adapter, "Pairable", .bool(true))
      progress(.pairing)
      try await callPair(found.path)
      guard await wait(.seconds(10), until: { $0.objects.device(path: found.path)?.isBonded == true }) else {
        throw BlueZError.timedOut("bonding with \(address)")
      }
      try await setProperty(found.path, Interface.device, "Trusted", .bool(true))
      try await setProperty(adapter.path, Interface.adapter, "Pairable", .bool(adapter.isPairable))
    } catch {
      // After digits a refusal may be a typing mistake; without any it says something about the device.
      if case BlueZError.pairingRefused = error, await !asked.asked { noteRefusal(found.path) }
      try? await setProperty(adapter.path, Interface.adapter, "Pairable", .bool(adapter.isPairable))
      try? await remove(address)
      throw error
    }
    // By its path: a device with a private address shows its identity address once it is bonded.
    guard let bonded = objects.device(path: found.path) else { throw BlueZError.deviceNotFound(address) }
    progress(.bonded)
    return PairedDevice(device: bonded, isAuthenticated: await asked.asked)
  }

  /// Waits until the services of a device are known, so that its profile can be told. A link that ends meanwhile is made
  /// again.
  package func resolveServices(of address: String) async throws -> Device {
    for _ in 1...3 {
      guard let known = device(address) else { throw BlueZError.deviceNotFound(address) }
      if !known.isConnected {
        _ = try await call(known.path, Interface.device, "Connect", timeout: .seconds(60))
      }
      _ = await wait(.seconds(40)) { central in
        guard let device = central.device(address), device.isConnected else { return true }
        return device.servicesResolved
      }
      if let device = device(address), device.servicesResolved { return device }
      try Task.checkCancellation()
    }
    throw BlueZError.timedOut("finding the services of \(address)")
  }

  private func callPair(_ path: String) async throws {
    try await withTaskCancellationHandler {
      do {
        _ = try await call(path, Interface.device, "Pair", timeout: .seconds(120))
      } catch let error as BusError where error.name == "org.bluez.Error.AuthenticationFailed" {
        throw BlueZError.pairingRefused(objects.device(path: path)?.address ?? path)
      }
    } onCancel: {
      Task { _ = try? await self.call(path, Interface.device, "CancelPairing") }
    }
  }
}

private actor AskedForDigits {
  private(set) var asked = false
  func note() { asked = true }
}
