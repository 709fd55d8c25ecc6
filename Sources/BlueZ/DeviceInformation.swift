// SPDX-License-Identifier: GPL-3.0-or-later
import DBus

/// What a device says about itself in its Device Information Service.
package struct DeviceInformation: Sendable, Equatable {
  /// Serial Number String, 2A25; nil where it has none or does not tell.
  package let serial: String?
  /// Model Number String, 2A24.
  package let model: String?
}

extension Central {
  private static let serialNumber = "00002a25-0000-1000-8000-00805f9b34fb"
  private static let modelNumber = "00002a24-0000-1000-8000-00805f9b34fb"

  /// Connects to a device for a moment and reads who it is, without pairing: our agent refuses whoever asks meanwhile.
  /// Afterwards bluetoothd knows as little of the device as before. What was read is remembered.
  ///
  /// - Parameter address: of a device that is neither bonded nor connected.
  /// - Throws: where it does not answer, or another one is being read or paired with.
  package func readInformation(of address: String) async throws {
    guard let device = device(address), !device.isBonded, !device.isConnected else {
      throw BlueZError.deviceNotFound(address)
    }
    guard !isPairing, !isReadingInformation else { throw BlueZError.unavailable("another device is being spoken to") }
    isReadingInformation = true
    defer { isReadingInformation = false }
    do {
      let read = try await readWhileConnected(device)
      if information.count >= 256 { information = [:] }
      information[device.path] = read
    } catch {
      await letGo(device)
      throw error
    }
    await letGo(device)
  }

  private func readWhileConnected(_ device: Device) async throws -> DeviceInformation {
    _ = try await withTaskCancellationHandler {
      try await call(device.path, Interface.device, "Connect", timeout: .seconds(10))
    } onCancel: {
      Task { _ = try? await self.call(device.path, Interface.device, "Disconnect") }
    }
    let settled = await wait(.seconds(15)) { central in
      guard let now = central.objects.device(path: device.path), now.isConnected else { return true }
      return now.servicesResolved
    }
    guard settled, objects.device(path: device.path)?.servicesResolved == true else {
      throw BlueZError.hungUp(device.address)
    }
    do {
      return DeviceInformation(
        serial: try await text(Self.serialNumber, of: device), model: try await text(Self.modelNumber, of: device))
    } catch {
      // It tells only whom it knows. bluetoothd has tried to pair by itself then, and our agent has refused: not twice.
      log.info("a device does not say who it is: \(error)", metadata: ["address": "\(device.address)"])
      return DeviceInformation(serial: nil, model: nil)
    }
  }

  private func text(_ uuid: String, of device: Device) async throws -> String? {
    guard let path = objects.characteristics(of: device.path).first(where: { $0.uuid == uuid })?.path else {
      return nil
    }
    let reply = try await call(path, Interface.characteristic, "ReadValue", [.properties([])], timeout: .seconds(5))
    guard let bytes = reply.first?.bytes else { return nil }
    // Some end it with NUL or fill it up with spaces.
    let words = ObjectTree.printable(String(decoding: bytes, as: UTF8.self)).split(separator: " ")
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// Connect() made bluetoothd keep the device for good: it is removed, with the link, unless somebody pairs with it now.
  private func letGo(_ device: Device) async {
    defer { sightings.wasSpokenTo(device.path, at: .now) }
    guard let now = objects.device(path: device.path), !now.isBonded, agent?.device != device.path, let adapter else {
      return
    }
    _ = try? await call(adapter.path, Interface.adapter, "RemoveDevice", [.path(device.path)])
  }
}
