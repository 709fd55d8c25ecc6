// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import Logging

extension Central {
  /// Waits until the services of a device are known, so that its profile can be told. A link that ends meanwhile is made
  /// again: some devices hang up once they are paired.
  ///
  /// - Throws: ``PairingFailure``.
  package func resolveServices(of address: String) async throws -> Device {
    for _ in 1...3 {
      guard isAvailable else { throw PairingFailure.bluetoothGone }
      guard let known = device(address) else { throw PairingFailure.notInSight(address) }
      if !known.isConnected { try await connect(known) }
      _ = await wait(.seconds(40)) { central in
        guard let device = central.device(address), device.isConnected else { return true }
        return device.servicesResolved
      }
      try Task.checkCancellation()
      if let device = device(address), device.isConnected, device.servicesResolved { return device }
    }
    throw isAvailable ? PairingFailure.hungUp(address) : .bluetoothGone
  }

  /// - Throws: ``PairingFailure``.
  func connect(_ device: Device) async throws {
    do {
      try await callConnect(device, timeout: .seconds(60))
    } catch {
      try Task.checkCancellation()
      log.info("cannot connect", metadata: ["address": "\(device.address)", "error": "\(error)"])
      throw isAvailable ? PairingFailure.hungUp(device.address) : .bluetoothGone
    }
  }
}
