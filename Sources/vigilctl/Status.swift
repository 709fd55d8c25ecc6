// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import FoundationEssentials
import Gateway

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Shows how the gateway is.")

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await DaemonClient.use { daemon in
      let text = try await daemon.call("Status").string ?? "{}"
      if common.json {
        Terminal.out(text)
        return
      }
      let health = try JSONDecoder().decode(Health.self, from: Data(text.utf8))
      for line in Self.lines(health) { Terminal.out(line) }
    }
  }

  static func lines(_ health: Health) -> [String] {
    let bluetooth =
      !health.bluetooth.available
      ? "bluetoothd is not running"
      : health.bluetooth.powered ? "on, \(health.bluetooth.adapter)" : "the controller is off or missing"
    let broker =
      health.broker.connected
      ? "connected" : "not connected, trying again" + (health.broker.reason.map { " (\($0))" } ?? "")
    let queues = health.queues.map { "\($0.waiting) \($0.lane)\($0.waiting == 1 ? "" : "s")" }
    return [
      "vigild     \(health.version), up \(health.uptimeSeconds) s",
      "Bluetooth  \(bluetooth)",
      "Broker     \(broker)",
      "Waiting    \(queues.joined(separator: ", "))",
      "Alerts     \(health.openAlerts) open",
      "Clock      \(health.clockSynchronized ? "synchronized" : health.wallClockKnown ? "not synchronized" : "unknown")",
      "Storage    "
        + (health.storage.error ?? health.storage.freeBytes.map { "\($0 / 1_000_000) MB free" } ?? "unknown"),
      "",
    ] + (health.devices.isEmpty ? ["No device is enrolled."] : Devices.table(health.devices))
  }
}
