// SPDX-License-Identifier: GPL-3.0-or-later
import DBus

/// Data that a device's advertisement carried (Core Specification Supplement, Part A, 1.4 and 1.11).
package struct Advertisement: Sendable, Equatable {
  package enum Source: Sendable, Hashable {
    /// A company id.
    case manufacturer(UInt16)
    /// A service's 128-bit lower-case UUID.
    case service(String)
  }

  /// `F5:F1:F2:F3:F4:01`
  package let address: String
  package let source: Source
  /// What follows the company id or the UUID.
  package let bytes: [UInt8]

  package init(address: String, source: Source, bytes: [UInt8]) {
    self.address = address
    self.source = source
    self.bytes = bytes
  }

  /// What a change of Device1's properties tells: `ManufacturerData` is `a{qv}`, `ServiceData` `a{sv}`, of `ay` each.
  static func all(of address: String, in changed: BusValue) -> [Advertisement] {
    let companies = entries(changed["ManufacturerData"]).compactMap { key, bytes in
      key.integer.flatMap(UInt16.init(exactly:)).map {
        Advertisement(address: address, source: .manufacturer($0), bytes: bytes)
      }
    }
    let services = entries(changed["ServiceData"]).compactMap { key, bytes in
      key.string.map { Advertisement(address: address, source: .service($0.lowercased()), bytes: bytes) }
    }
    return companies + services
  }

  static func companies(in manufacturerData: BusValue?) -> [UInt16] {
    entries(manufacturerData).compactMap { $0.0.integer.flatMap(UInt16.init(exactly:)) }.sorted()
  }

  private static func entries(_ value: BusValue?) -> [(BusValue, [UInt8])] {
    guard case .dictionary(_, let entries)? = value?.content else { return [] }
    return entries.compactMap { entry in entry.value.bytes.map { (entry.key, $0) } }
  }
}

extension Central {
  /// One that was silent for so long is out of hearing.
  private static let hearing = Duration.seconds(30)

  /// Listens to what a device advertises until the task is cancelled, whatever happens to controller, bluetoothd or bus.
  /// The device is never connected to.
  package func keepListening(to address: String, report: @escaping @Sendable (LinkState) -> Void) async {
    listeners[address, default: 0] += 1
    defer {
      listeners[address, default: 1] -= 1
      if listeners[address] == 0 { listeners[address] = nil }
    }
    // A discovery that goes on already leaves repetitions out.
    if discoveryUsers > 0 { await startDiscovery() }
    await discovering {
      while !Task.isCancelled {
        guard isReady else {
          report(.waitingForBluetooth)
          if await !wait(.seconds(30), until: { $0.isReady }) { await switchOn() }
          continue
        }
        let isHeard = hears(address)
        report(isHeard ? .listening : .searching)
        _ = await wait(.seconds(5)) { $0.hears(address) != isHeard || !$0.isReady }
      }
    }
  }

  private func hears(_ address: String) -> Bool {
    guard let device = device(address), device.rssi != nil, let sighting = sightings[device.path] else { return false }
    return ContinuousClock.now - sighting.last < Self.hearing
  }

  /// bluetoothd tells all data of a kind when some of it was heard.
  func noteAdvertisement(_ path: String, _ changed: BusValue?) {
    guard !listeners.isEmpty, let changed, changed["ManufacturerData"] != nil || changed["ServiceData"] != nil,
      let address = objects.address(path: path), listeners[address] != nil
    else { return }
    for advertisement in Advertisement.all(of: address, in: changed) { onAdvertisement(advertisement) }
  }
}
