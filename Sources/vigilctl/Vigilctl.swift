// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import Gateway
import Glibc
import Texts

@main
struct Vigilctl: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "vigilctl", abstract: HelpTexts.program.here, discussion: HelpTexts.disclaimer.here,
      version: Version.current,
      subcommands: [
        Scan.self, Pair.self, Devices.self, Forget.self, Assign.self, Status.self, Watch.self, Decode.self,
        Profiles.self,
        Rules.self,
        ReplayCommand.self,
      ])
  }

  // Before the command as well as behind it.
  @OptionGroup var language: LanguageOption

  /// sysexits would be 64 for unusable arguments; the contract says 2.
  private static let unusableArguments: Int32 = 2

  static func main() async {
    Terminal.guardDescriptors()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
  }

  private static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    let full = fullMessage(for: error, columns: HelpScreen.unbroken)
    switch code {
    case .success: Terminal.out(full.hasPrefix(ParserTexts.overview.en) ? HelpScreen().help(full) : full)
    case .validationFailure:
      Terminal.err(
        HelpScreen().refusal(message(for: error), full: full))
      Glibc.exit(unusableArguments)
    default: if !(error is ExitCode) { Failure(error).report() }
    }
    Glibc.exit(code.rawValue)
  }
}
