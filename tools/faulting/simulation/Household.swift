// SPDX-License-Identifier: GPL-3.0-or-later
import Gateway
import Journal
import Vitals

/// Three devices that say a value each second, and a scale. Each value of the strap and of the scale is another one.
struct Household: Sendable {
  private static let devices = [
    ("F5:F1:F2:F3:F4:01", "bluetooth.heart-rate", "r-0001"), ("F5:F1:F2:F3:F4:02", "bluetooth.heart-rate", "r-0002"),
    ("F5:F1:F2:F3:F4:03", "bluetooth.pulse-oximeter", "r-0003"),
    ("F5:F1:F2:F3:F4:04", "bluetooth.weight-scale", "r-0003"),
  ]

  let addresses: [DeviceAddress]

  /// Enrols all four, where they are not there already.
  static func move(into journal: Journal, now: Moment) async throws -> Household {
    let known = Set(try await journal.devices().map(\.address))
    var addresses: [DeviceAddress] = []
    for (text, profile, person) in devices {
      guard let address = DeviceAddress(text), let resident = ResidentID(person) else {
        throw SimulationError("not an address or a resident: \(text) \(person)")
      }
      addresses.append(address)
      guard !known.contains(address) else { continue }
      _ = try await journal.enrol(
        NewDevice(address: address, model: profile, profiles: [profile], resident: resident, link: .encrypted),
        uid: nil, now: now)
    }
    return Household(addresses: addresses)
  }

  /// What the three streams say in a second.
  func speak(_ second: Int, spo2: UInt8, to ingest: Ingest) {
    let beat = UInt8(60 + second % 20)
    say(0, "2a37", [0x10, beat, UInt8(second & 0xff), UInt8(second >> 8 & 0xff)], ingest)
    say(1, "2a37", [0, beat], ingest)
    say(2, "2a5f", [0, spo2, 0, beat, 0], ingest)
  }

  /// Somebody stands on the scale.
  func weigh(_ number: Int, to ingest: Ingest) {
    say(3, "2a9d", [0, UInt8(number & 0xff), UInt8(number >> 8 & 0xff)], ingest)
  }

  private func say(_ device: Int, _ characteristic: String, _ bytes: [UInt8], _ ingest: Ingest) {
    ingest.receive(
      address: addresses[device], characteristic: "0000\(characteristic)-0000-1000-8000-00805f9b34fb", bytes: bytes)
  }
}
