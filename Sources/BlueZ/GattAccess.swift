// SPDX-License-Identifier: GPL-3.0-or-later
import DBus

/// Reading and writing the characteristics of a device that is connected.
extension Central {
  /// A transaction that takes longer has failed for the device too: ATT gives it 30 s, and then ends the link.
  private static let accessLimit = Duration.seconds(31)

  /// What a connected device has; its services are resolved.
  package func characteristics(of address: String) async -> [Characteristic] {
    guard let device = device(address) else { return [] }
    await settleObjects(of: device)
    return objects.characteristics(of: device.path)
  }

  /// - Parameter uuid: of the characteristic, 128-bit, lower case.
  package func read(_ uuid: String, of address: String) async throws -> [UInt8] {
    let found = try characteristic(uuid, of: address, \.canRead)
    let reply = try await call(
      found.path, Interface.characteristic, "ReadValue", [.properties([])], timeout: Self.accessLimit)
    return reply.first?.bytes ?? []
  }

  /// - Parameter withResponse: whether the device is to confirm it; where it can do only one of the two, that one.
  package func write(_ bytes: [UInt8], to uuid: String, of address: String, withResponse: Bool) async throws {
    let found = try characteristic(uuid, of: address) { $0.canWrite || $0.canWriteWithoutResponse }
    let isRequest = withResponse ? found.canWrite : !found.canWriteWithoutResponse
    _ = try await call(
      found.path, Interface.characteristic, "WriteValue",
      [.bytes(bytes), .properties([("type", .string(isRequest ? "request" : "command"))])], timeout: Self.accessLimit)
  }

  /// Subscribes to one more characteristic of a connected device, on every later connection too.
  ///
  /// - Parameter uuid: of the characteristic, 128-bit, lower case.
  package func subscribe(to uuid: String, of address: String) async throws {
    guard let device = device(address), device.isConnected else { throw BlueZError.deviceNotFound(address) }
    try await subscribe(device, to: [uuid])
  }

  private func characteristic(
    _ uuid: String, of address: String, _ isFit: (Characteristic) -> Bool
  ) throws -> Characteristic {
    guard let device = device(address), device.isConnected else { throw BlueZError.deviceNotFound(address) }
    let found = objects.characteristics(of: device.path).first { $0.uuid == uuid && isFit($0) }
    guard let found else { throw BlueZError.unavailable("\(address) has no \(uuid) for this") }
    return found
  }

  /// In a device's first link its objects may come after ServicesResolved, but before the answer to a later call.
  func settleObjects(of device: Device) async {
    _ = try? await call(
      device.path, Interface.properties, "Get", [.string(Interface.device), .string("ServicesResolved")])
  }
}
