// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import Texts

struct Watch: AsyncParsableCommand {
  @Flag var clinic = false
  @Option var config = DeskConfiguration.defaultPath
  @OptionGroup var common: CommonOptions

  func run() async throws { try await WatchClinic.run(config: config, isJSON: common.json) }
}
