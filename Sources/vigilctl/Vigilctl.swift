// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import Gateway
import Glibc
import Texts

@main
struct Vigilctl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vigilctl", abstract: HelpTexts.program.here, discussion: HelpTexts.disclaimer.here,
    version: Version.current,
    subcommands: [Pair.self, Devices.self, Forget.self, Status.self, Decode.self])

  /// sysexits would be 64 for unusable arguments; the contract says 2.
  private static let unusableArguments: Int32 = 2

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      let code = exitCode(for: error)
      guard code == .validationFailure else { exit(withError: error) }
      Terminal.err(fullMessage(for: error))
      Glibc.exit(unusableArguments)
    }
  }
}
