// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import DeviceProfiles
import EventLoop
import Journal

/// What one who scans has been told, and so what there is to tell. Pure: the surroundings and the time are handed in.
struct ScanFeed {
  typealias Instant = ContinuousClock.Instant

  /// How often a device is told whose signal and age alone have changed.
  private static let shortestPause = Duration.seconds(1)
  /// One that was connected to for its serial number is out of sight for a moment.
  private static let grace = Duration.seconds(3)
  /// A device may have got free in the meantime.
  private static let refusalMemory = Duration.seconds(30 * 60)

  private struct Told {
    var device: ScanDevice
    var heard: Instant
    var at: Instant
    var present: Instant
  }

  let catalog: ProfileCatalog
  private var state: ScanState?
  private var told: [String: Told] = [:]

  init(catalog: ProfileCatalog) { self.catalog = catalog }

  /// Tells what has changed.
  ///
  /// - Parameters:
  ///   - enrolled: by address.
  ///   - send: hands over a line; false where it got lost: it is told again next time.
  mutating func tell(
    _ surroundings: Surroundings, enrolled: [String: EnrolledDevice], now: Instant, send: (ScanMessage) -> Bool
  ) {
    let state = Self.state(of: surroundings)
    if state != self.state {
      guard send(ScanMessage(state: state)) else { return }
      self.state = state
    }
    for nearby in surroundings.devices {
      let address = nearby.device.address
      let device = describe(nearby, enrolled[address], now)
      if let before = told[address] {
        told[address]?.present = now
        let isNews =
          Self.withoutTimes(device) != Self.withoutTimes(before.device)
          || (nearby.began != nil) != (before.device.beganMs != nil)
        let isUpdate = nearby.lastHeard != before.heard && now - before.at >= Self.shortestPause
        guard isNews || isUpdate else { continue }
      }
      if send(ScanMessage(device: device)) {
        told[address] = Told(device: device, heard: nearby.lastHeard, at: now, present: now)
      }
    }
    for (address, before) in told where now - before.present >= Self.grace {
      if send(ScanMessage(gone: address)) { told[address] = nil }
    }
  }

  /// Those to be asked for their serial number: of use, near, strangers to this box and to bluetoothd, and none that is
  /// never connected to.
  func candidates(_ surroundings: Surroundings, enrolled: [String: EnrolledDevice], now: Instant) -> [String] {
    surroundings.devices.filter { nearby in
      let device = nearby.device
      return nearby.information == nil && !device.isBonded && !device.isConnected && enrolled[device.address] == nil
        && now - nearby.lastHeard < .seconds(5)
        && DeviceSession.leading(profiles(nearby, nil))?.isAdvertisedOnly == false
    }.map(\.device.address)
  }

  private static func state(of surroundings: Surroundings) -> ScanState {
    switch surroundings.obstacle {
    case .noBluetoothd: .noBluetoothd
    case .noController: .noController
    case .off: .off
    case .refused: .refused
    case nil: surroundings.isSettled ? .ready : .listening
    }
  }

  private static func withoutTimes(_ device: ScanDevice) -> ScanDevice {
    var device = device
    (device.lastSeenMs, device.beganMs, device.rssi) = (0, nil, nil)
    return device
  }

  private func describe(_ nearby: NearbyDevice, _ enrolled: EnrolledDevice?, _ now: Instant) -> ScanDevice {
    let device = nearby.device
    let profiles = profiles(nearby, enrolled)
    return ScanDevice(
      address: device.address, name: device.hasName ? device.name : nil,
      services: device.services.map(BluetoothUUID.short), profiles: profiles.map(\.id),
      titles: profiles.map(ProfileTitle.init),
      rssi: device.rssi, lastSeenMs: milliseconds(now - nearby.lastHeard),
      beganMs: nearby.began.map { milliseconds(now - $0) }, enrolled: enrolled?.id, paired: device.isPaired,
      bonded: device.isBonded, connected: device.isConnected, serial: enrolled?.serial ?? nearby.information?.serial,
      model: nearby.information?.model, note: note(nearby, enrolled, now))
  }

  /// A battery alone is of no use.
  private func profiles(_ nearby: NearbyDevice, _ enrolled: EnrolledDevice?) -> [DeviceProfile] {
    let known = enrolled.map { $0.profiles.compactMap(catalog.profile) }
    return (known ?? catalog.profiles(for: nearby.device.facts(model: nearby.information?.model))).filter(\.isOfUse)
  }

  private func milliseconds(_ duration: Duration) -> Int { Int(clamping: duration.milliseconds) }

  /// Whether a device is somebody else's, where it can be known. Mostly it cannot:
  /// - One that is connected to a phone, or advertises to it alone (ADV_DIRECT_IND), is not heard at all.
  /// - That it is not open to new partners stands in the Flags of its advertisement, as neither limited nor general
  ///   discoverable (Core, Vol 3, Part C, 9.2; the health device profiles say "when bonded"). bluetoothd 5.66 exports them
  ///   with `--experimental` only, and 0 also stands for an advertisement without Flags, which says nothing.
  /// - Vendors say it in their own data, in forms that they do not publish.
  /// - One that is bonded refuses to pair, mostly; so does one that is just not ready to.
  private func note(_ nearby: NearbyDevice, _ enrolled: EnrolledDevice?, _ now: Instant) -> ScanDevice.Note? {
    guard enrolled == nil, !nearby.device.isBonded else { return nil }
    if let refused = nearby.refused, now - refused < Self.refusalMemory { return .refusedPairing }
    if let flags = nearby.device.advertisingFlags, flags != 0, flags & 0b11 == 0 { return .notDiscoverable }
    return nil
  }
}
