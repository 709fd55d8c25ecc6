// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import Texts

/// Two views under one name: this gateway's own (``WatchBox``), and with `--clinic` what a clinic's desk sees of all of
/// them by the broker (``WatchClinic``).
struct Watch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: WatchTexts.about.here, discussion: WatchTexts.discussion.here)

  @Flag(help: DeskTexts.clinic.help) var clinic = false
  @Option(help: DeskTexts.config.help) var config: String?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if config != nil, !clinic { throw ValidationError(DeskTexts.configNeedsClinic.here) }
  }

  func run() async throws {
    if clinic {
      try await WatchClinic.run(config: config ?? DeskConfiguration.defaultPath, isJSON: common.json)
    } else {
      try await WatchBox(isJSON: common.json).run()
    }
  }
}
