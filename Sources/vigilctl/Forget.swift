// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DBus
import Texts

struct Forget: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: PairTexts.forgetAbstract.here, discussion: PairTexts.forgetDiscussion.here)

  @Argument(help: PairTexts.forgetHelp.help) var device: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await DaemonClient.use { daemon in
      let id = try await daemon.call("Forget", [.string(device)], timeout: .seconds(60)).string ?? device
      if common.json { Terminal.out(#"{"forgotten":"\#(id)"}"#) } else { Terminal.out(PairTexts.forgotten(device: id)) }
    }
  }
}
