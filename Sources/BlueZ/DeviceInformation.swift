// SPDX-License-Identifier: GPL-3.0-or-later
import DBus

/// What a device says about itself (Device Information Service 1.1), made printable; nil where it says nothing.
package struct DeviceInformation: Sendable, Equatable {
  /// Serial Number String, 2A25: what tells two of a kind apart.
  package var serial: String?
  /// Model Number String, 2A24.
  package var model: String?
  /// Manufacturer Name String, 2A29.
  package var manufacturer: String?

  package init(serial: String? = nil, model: String? = nil, manufacturer: String? = nil) {
    self.serial = serial
    self.model = model
    self.manufacturer = manufacturer
  }
}

extension Central {
  private static let texts: [String: WritableKeyPath<DeviceInformation, String?> & Sendable] = [
    "00002a25-0000-1000-8000-00805f9b34fb": \.serial,
    "00002a24-0000-1000-8000-00805f9b34fb": \.model,
    "00002a29-0000-1000-8000-00805f9b34fb": \.manufacturer,
  ]

  /// Connects to a device for a moment and reads who it is, without pairing: where nobody is being paired there is no
  /// agent, and the agent of a pairing serves one device. Afterwards bluetoothd knows as little of the device as before.
  /// What was read is remembered.
  ///
  /// - Parameter address: of a device that is neither bonded nor connected.
  /// - Throws: where it does not answer, or another one is being read or paired with.
  package func readInformation(of address: String) async throws {
    guard let device = device(address), !device.isBonded, !device.isConnected else {
      throw BlueZError.deviceNotFound(address)
    }
    guard !isPairing, !isReadingInformation else { throw BlueZError.unavailable("another device is being spoken to") }
    isReadingInformation = true
    defer {
      isReadingInformation = false
      changed()
    }
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
    return await askInformation(of: device.address)
  }

  /// Reads what a connected device says about itself. What cannot be read is left out: that is no reason not to use it.
  package func askInformation(of address: String) async -> DeviceInformation {
    var information = DeviceInformation()
    guard let device = device(address) else { return information }
    await settleObjects(of: device)
    for characteristic in objects.characteristics(of: device.path) where characteristic.canRead {
      guard let text = Self.texts[characteristic.uuid] else { continue }
      do {
        let reply = try await call(
          characteristic.path, Interface.characteristic, "ReadValue", [.properties([])], timeout: .seconds(15))
        information[keyPath: text] = Self.text(reply.first?.bytes ?? [])
      } catch {
        // It tells only whom it knows. bluetoothd has tried to pair by itself then, and was refused: not twice.
        log.info("a device does not say who it is: \(error)", metadata: ["address": "\(address)"])
        return information
      }
    }
    return information
  }

  /// Some end it with NUL or fill it up with spaces.
  private static func text(_ bytes: [UInt8]) -> String? {
    let printable = ObjectTree.printable(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
    let words = printable.split(separator: " ")
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
