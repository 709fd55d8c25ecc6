// SPDX-License-Identifier: GPL-3.0-or-later
import DBus

extension Central {
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

  private func readWhileConnected(_ device: Device) async throws -> DeviceIdentity {
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
    return await readIdentity(of: device.address)
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
