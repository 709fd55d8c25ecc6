// SPDX-License-Identifier: GPL-3.0-or-later

/// Whose advertisements somebody wants, as far as bluetoothd can be told. Pure.
struct Wanted: Sendable {
  private var everything = 0
  private var addresses: [String: Int] = [:]

  /// How many users there are.
  var count: Int { everything + addresses.values.reduce(0, +) }

  /// - Parameter address: nil for all.
  mutating func add(_ address: String?) {
    if let address { addresses[address, default: 0] += 1 } else { everything += 1 }
  }

  mutating func remove(_ address: String?) {
    guard let address else {
      everything -= 1
      return
    }
    addresses[address, default: 1] -= 1
    if addresses[address] == 0 { addresses[address] = nil }
  }

  /// What the addresses have in common from their beginning (adapter-api.txt, SetDiscoveryFilter, Pattern): bluetoothd takes
  /// one pattern. Empty where it must tell of all devices.
  var pattern: String {
    guard everything == 0, var common = addresses.keys.first else { return "" }
    for address in addresses.keys {
      common = String(zip(common, address).prefix { $0 == $1 }.map(\.0))
    }
    return common
  }
}
