// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import Gateway

@main
struct Vigilctl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vigilctl", abstract: "Sets up and looks after a Vigil gateway.",
    discussion: "Vigil is an information system, not a medical device. It does not replace an emergency call.",
    version: Version.current,
    subcommands: [Pair.self, Devices.self, Forget.self, Status.self, Decode.self])
}
