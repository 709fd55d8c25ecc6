// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import Logging

/// A device that is near.
package struct NearbyDevice: Sendable {
  package let device: Device
  /// When its last advertisement was heard; while it is connected it sends none.
  package let lastHeard: ContinuousClock.Instant
  /// Since when it advertises, where it began to while we listened; nil where it was there before.
  package let began: ContinuousClock.Instant?
  /// When it refused to pair, without having asked for digits: what one does that is bonded to somebody else, and what a
  /// broken one does too.
  package let refused: ContinuousClock.Instant?
  package let information: DeviceInformation?
}

/// What is around, as far as it can be heard.
package struct Surroundings: Sendable {
  package enum Obstacle: Sendable, Equatable {
    case noBluetoothd
    case noController
    case off
    /// bluetoothd does not let us listen.
    case refused
  }

  /// Why nothing can be heard now.
  package let obstacle: Obstacle?
  /// What was there before we listened has had the time to be heard: a device that appears now has just begun.
  package let isSettled: Bool
  package let devices: [NearbyDevice]
}

extension Central {
  /// One that was not heard for so long has gone: bluetoothd forgets it then as well (TemporaryTimeout).
  private static let memory = Duration.seconds(30)
  private static let retryPause = Duration.seconds(5)
  /// What is answered to a start while one is there already, or on its way.
  private static let startPatience = Duration.seconds(2)

  /// The kernel itself waits no longer than 2 s for a controller's answer to one command.
  private static let answerLimit = Duration.seconds(10)

  /// Looks for advertisements while the operation runs; several users share one discovery.
  ///
  /// - Parameter address: the one device that is of interest; nil where all are.
  package func discovering<T: Sendable>(
    for address: String? = nil, _ operation: () async throws -> T
  ) async rethrows -> T {
    wanted.add(address)
    if wanted.count == 1 || wanted.pattern != askedPattern { await startDiscovery() }
    if discoveryKeeper == nil { discoveryKeeper = Task { await self.keepDiscovery() } }
    defer {
      wanted.remove(address)
      changed()
    }
    return try await operation()
  }

  /// Sees to it that bluetoothd looks as long as somebody wants it, and no longer.
  private func keepDiscovery() async {
    while true {
      if discoveryUsers == 0 {
        if await stopDiscovery(), discoveryUsers == 0 { break }
      } else if discoveryBegan == nil || wanted.pattern != askedPattern, obstacle == nil || obstacle == .refused {
        await startDiscovery()
      }
      let isWanted = discoveryUsers > 0
      _ = await wait(isWanted ? Self.retryPause : .seconds(1)) { ($0.discoveryUsers > 0) != isWanted }
    }
    discoveryKeeper = nil
  }

  /// - Returns: whether it does not look on our behalf any more.
  func stopDiscovery() async -> Bool {
    discoveryBegan = nil
    guard let adapter else { return true }
    do {
      _ = try await call(adapter.path, Interface.adapter, "StopDiscovery", timeout: Self.answerLimit)
      return true
    } catch let error as BusError where error.name == "org.bluez.Error.InProgress" {
      // It is still starting, or stopping.
      return false
    } catch {
      // Most of all 'No discovery started'.
      return true
    }
  }

  func startDiscovery() async {
    guard let adapter, adapter.isPowered else { return }
    do {
      let pattern = wanted.pattern
      // Without duplicates the data of an advertisement is told when it has changed only.
      var filter = [("Transport", BusValue.string("le")), ("DuplicateData", .bool(!listeners.isEmpty))]
      // For strangers there are no objects then, and nothing is told of them.
      if !pattern.isEmpty { filter.append(("Pattern", .string(pattern))) }
      _ = try await call(adapter.path, Interface.adapter, "SetDiscoveryFilter", [.properties(filter)])
      askedPattern = pattern
      guard discoveryUsers > 0 else { return }
      _ = try await call(adapter.path, Interface.adapter, "StartDiscovery", timeout: Self.answerLimit)
    } catch let error as BusError where error.name == "org.bluez.Error.InProgress" {
      // It looks already on this connection's behalf, or a start is on its way, or it only says so.
      guard await wait(Self.startPatience, until: { $0.adapter?.isDiscovering == true }) else {
        _ = await stopDiscovery()
        return
      }
    } catch {
      log.warning("cannot look for devices: \(error)")
      discoveryFailed = true
      return
    }
    discoveryFailed = false
    if discoveryUsers > 0, discoveryBegan == nil { discoveryBegan = .now }
  }

  // MARK: signals

  /// A discovery ends with the controller's power and does not come back by itself.
  func followDiscovery(_ changed: BusValue) {
    if changed["Powered"]?.bool == false || changed["Discovering"]?.bool == false { discoveryBegan = nil }
    // Nor where somebody began to look while the end of the one before was under way.
    if changed["Powered"]?.bool == true || changed["Discovering"]?.bool == false, discoveryUsers > 0 {
      Task { await self.startDiscovery() }
    }
  }

  /// bluetoothd tells the RSSI of each advertisement that the controller reports, also where it has not changed, because
  /// there is a filter (src/adapter.c, btd_adapter_update_found_device). One that gets connected has advertised too.
  func noteSighting(_ path: String, _ interface: String, _ changed: BusValue?) {
    guard interface == Interface.device, let changed else { return }
    let isReport = changed["RSSI"] != nil
    guard isReport || changed["Connected"]?.bool == true else { return }
    let now = ContinuousClock.now
    sightings.heard(path, at: now)
    if isReport { pulse.reported(at: now) } else { pulse.heard(at: now) }
    if changed["Connected"]?.bool == true { linkUps[path] = now }
  }

  /// A device said no to pairing at once.
  func noteRefusal(_ path: String) {
    if refusals.count >= 100 { refusals = [:] }
    refusals[path] = .now
  }

  // MARK: what is near

  /// What can be heard while somebody is ``discovering(_:)``.
  package func look() -> Surroundings {
    let now = ContinuousClock.now
    return Surroundings(
      obstacle: obstacle, isSettled: discoveryBegan.map { now - $0 >= Sightings.settling } ?? false,
      devices: devices.compactMap { nearby($0, now) })
  }

  private func nearby(_ device: Device, _ now: ContinuousClock.Instant) -> NearbyDevice? {
    let sighting = sightings[device.path]
    // The objects of devices that bluetoothd knows from before say nothing about where they are: those that a discovery
    // has heard have an RSSI until it ends.
    let isHeard = device.rssi != nil && sighting.map { now - $0.last < Self.memory } == true
    guard device.isConnected || isHeard else { return nil }
    return NearbyDevice(
      device: device, lastHeard: device.isConnected ? now : sighting?.last ?? now,
      began: sightings.beginning(of: device.path, listeningSince: discoveryBegan), refused: refusals[device.path],
      information: information[device.path])
  }

  /// How strong the devices are that were heard within that time, in dBm by address. bluetoothd 5.66 keeps the RSSI of one
  /// that has gone for as long as a discovery goes on.
  package func signals(within time: Duration) -> [String: Int] {
    let now = ContinuousClock.now
    let heard = devices.compactMap { device -> (String, Int)? in
      guard let rssi = device.rssi, let sighting = sightings[device.path], now - sighting.last < time else {
        return nil
      }
      return (device.address, rssi)
    }
    return Dictionary(heard, uniquingKeysWith: { $1 })
  }

  var obstacle: Surroundings.Obstacle? {
    if !isAvailable { return .noBluetoothd }
    guard let adapter else { return .noController }
    if !adapter.isPowered { return .off }
    return discoveryFailed ? .refused : nil
  }
}
