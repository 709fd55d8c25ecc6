// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import FoundationEssentials
import Gateway
import Texts

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: StatusTexts.about.here)

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await DaemonClient.use { daemon in
      let text = try await daemon.call("Status").string ?? "{}"
      if common.json {
        Terminal.out(text)
        return
      }
      let health = try JSONDecoder().decode(Health.self, from: Data(text.utf8))
      // The prompt needs a line, too. What is not for a terminal is shown whole.
      let size = Terminal.size
      let lines = Terminal.isInteractive ? size.lines - 1 : .max
      let screen = StatusScreen(health: health, language: .current, columns: size.columns)
      for line in screen.lines(atMost: lines) { Terminal.out(line) }
    }
  }
}
