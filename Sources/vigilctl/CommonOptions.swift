// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import Glibc
import Texts

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Flag(help: HelpTexts.json.help) var json = false
  // Read by `Language.current` before anything is parsed; here so that the parser knows it and says what is possible.
  @Option(help: HelpTexts.language.help) var lang: Language = .current
}

extension Language: ExpressibleByArgument {
  /// The language that the person at the terminal reads: `--lang`, or else the locale.
  static let current: Language = {
    let arguments = CommandLine.arguments
    for (index, argument) in arguments.enumerated() {
      if argument == "--" { break }
      if argument.hasPrefix("--lang=") { return Language(rawValue: String(argument.dropFirst(7))) ?? ofLocale }
      if argument == "--lang", index + 1 < arguments.count {
        return Language(rawValue: arguments[index + 1]) ?? ofLocale
      }
    }
    return ofLocale
  }()

  /// As setlocale(3) looks for the language of messages.
  private static var ofLocale: Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { (name: String) -> String? in
      getenv(name).map { String(cString: $0) }
    }
    return Language(locale: locale.first { !$0.isEmpty } ?? "")
  }
}

extension Text {
  /// In the language of the person at the terminal.
  var here: String { self(in: .current) }

  var help: ArgumentHelp { ArgumentHelp(stringLiteral: here) }
}
