// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import Glibc
import Texts

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Flag(help: HelpTexts.json.help) var json = false
  @OptionGroup var language: LanguageOption
}

struct LanguageOption: ParsableArguments {
  // Read by `Language.current` before anything is parsed; here so that the parser knows it and says what is possible.
  @Option(help: HelpTexts.language.help) var lang: Language = .current
}

extension Language: ExpressibleByArgument {
  /// The language that the person at the terminal reads: `--lang`, or else the locale.
  static let current = Language(arguments: CommandLine.arguments, locale: ofLocale)

  /// - Parameters:
  ///   - arguments: of the program. The last `--lang` counts, as for the parser; an unusable one is the parser's to refuse,
  ///     in the locale's language.
  ///   - locale: what there is without `--lang`.
  init(arguments: [String], locale: Language) {
    var last: String?
    var isNext = false
    for argument in arguments.dropFirst().prefix(while: { $0 != "--" }) {
      if isNext || argument.hasPrefix("--lang=") { last = isNext ? argument : String(argument.dropFirst(7)) }
      isNext = !isNext && argument == "--lang"
    }
    self = last.flatMap(Language.init) ?? locale
  }

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
