// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import Texts

/// Two views under one name: this gateway's own (``WatchBox``), and with `--clinic` what a clinic's desk sees of all of
/// them by the broker.
struct Watch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: WatchTexts.about.here, discussion: WatchTexts.discussion.here)

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await WatchBox(isJSON: common.json).run()
  }
}
