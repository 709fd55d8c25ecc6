// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import Logging

/// What a device says about itself (Device Information Service 1.1), made printable; nil where it says nothing.
package struct DeviceIdentity: Sendable, Equatable {
  /// Serial Number String, 2A25: what tells two of a kind apart.
  package var serial: String?
  /// Model Number String, 2A24.
  package var model: String?
  /// Manufacturer Name String, 2A29.
  package var manufacturer: String?
}

extension Central {
  private static let identityTexts: [String: WritableKeyPath<DeviceIdentity, String?> & Sendable] = [
    "00002a25-0000-1000-8000-00805f9b34fb": \.serial,
    "00002a24-0000-1000-8000-00805f9b34fb": \.model,
    "00002a29-0000-1000-8000-00805f9b34fb": \.manufacturer,
  ]

  /// Waits until the services of a device are known, so that its profile can be told. A link that ends meanwhile is made
  /// again: some devices hang up once they are paired.
  ///
  /// - Throws: ``PairingFailure``.
  package func resolveServices(of address: String) async throws -> Device {
    for _ in 1...3 {
      guard isAvailable else { throw PairingFailure.bluetoothGone }
      guard let known = device(address) else { throw PairingFailure.notInSight(address) }
      if !known.isConnected { try await connectAgain(known) }
      _ = await wait(.seconds(40)) { central in
        guard let device = central.device(address), device.isConnected else { return true }
        return device.servicesResolved
      }
      try Task.checkCancellation()
      if let device = device(address), device.servicesResolved { return device }
    }
    throw isAvailable ? PairingFailure.hungUp(address) : .bluetoothGone
  }

  private func connectAgain(_ device: Device) async throws {
    do {
      _ = try await withTaskCancellationHandler {
        try await call(device.path, Interface.device, "Connect", timeout: .seconds(60))
      } onCancel: {
        Task { _ = try? await self.call(device.path, Interface.device, "Disconnect") }
      }
    } catch {
      try Task.checkCancellation()
      log.info("cannot connect after pairing", metadata: ["address": "\(device.address)", "error": "\(error)"])
      throw isAvailable ? PairingFailure.hungUp(device.address) : .bluetoothGone
    }
  }

  /// Reads what a connected device says about itself. What cannot be read is left out: that is no reason not to use it.
  package func readIdentity(of address: String) async -> DeviceIdentity {
    var identity = DeviceIdentity()
    guard let device = device(address) else { return identity }
    // In a device's first link its objects may come after ServicesResolved, but before the answer to a later call.
    _ = try? await call(
      device.path, Interface.properties, "Get", [.string(Interface.device), .string("ServicesResolved")])
    for characteristic in objects.characteristics(of: device.path) where characteristic.flags.contains("read") {
      guard let text = Self.identityTexts[characteristic.uuid] else { continue }
      do {
        let reply = try await call(
          characteristic.path, Interface.characteristic, "ReadValue", [.properties([])], timeout: .seconds(15))
        identity[keyPath: text] = Self.text(reply.first?.bytes ?? [])
      } catch {
        log.info(
          "cannot read what a device says about itself", metadata: ["address": "\(address)", "error": "\(error)"])
      }
    }
    return identity
  }

  private static func text(_ bytes: [UInt8]) -> String? {
    let printable = ObjectTree.printable(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
    let words = printable.split(separator: " ")
    return words.isEmpty ? nil : words.joined(separator: " ")
  }
}
