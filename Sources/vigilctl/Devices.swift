// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import FoundationEssentials
import Gateway

struct Devices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Lists the enrolled devices.")

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await DaemonClient.use { daemon in
      let text = try await daemon.call("Devices").string ?? "[]"
      let devices = try JSONDecoder().decode([Health.Device].self, from: Data(text.utf8))
      if common.json {
        for device in devices { Terminal.out(String(decoding: try JSONText.encode(device), as: UTF8.self)) }
      } else if devices.isEmpty {
        Terminal.out("No device is enrolled. Enrol one: vigilctl pair ADDRESS --resident ID")
      } else {
        for line in Self.table(devices) { Terminal.out(line) }
      }
    }
  }

  static func table(_ devices: [Health.Device]) -> [String] {
    let rows =
      [["ID", "ADDRESS", "MODEL", "RESIDENT", "LINK", "STATE", "BATTERY", "LAST READING"]]
      + devices.map { device in
        [
          device.id, device.address, device.model, device.resident, device.link, device.state,
          device.batteryPercent.map { "\($0)%" } ?? "-",
          device.lastReadingSecondsAgo.map { "\($0) s ago" } ?? "-",
        ]
      }
    return Layout.table(rows)
  }
}
