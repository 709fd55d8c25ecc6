// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DBus

struct Forget: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Removes a device from this gateway, with its bond.",
    discussion: "What it sent before stays, and is still delivered.")

  @Argument(help: "The device's id (d-2) or its address.") var device: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await DaemonClient.use { daemon in
      let id = try await daemon.call("Forget", [.string(device)]).string ?? device
      Terminal.out(common.json ? #"{"forgotten":"\#(id)"}"# : "\(id) is forgotten.")
    }
  }
}
