// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import Testing
import Texts

@testable import vigilctl

@Suite struct HelpScreenTests {
  private static let commands = [Vigilctl.self] + Vigilctl.configuration.subcommands

  /// What the parser says when it refuses these arguments.
  private func refusal(of arguments: [String]) -> (sentence: String, full: String)? {
    do {
      _ = try Vigilctl.parseAsRoot(arguments)
      return nil
    } catch {
      return (Vigilctl.message(for: error), Vigilctl.fullMessage(for: error, columns: HelpScreen.unbroken))
    }
  }

  /// The parser may change its words: then the table has to.
  @Test(arguments: [
    ["no-such-command"], ["forget"], ["pair", "x"], ["devices", "--loud"], ["devices", "--jsn"], ["devices", "-x"],
    ["devices", "--lang"], ["devices", "--lang", "fr"], ["devices", "--json=3"], ["devices", "a", "b"],
    ["devices", "---"],
    ["--generate-completion-script", "x"], ["---completion"], ["decode", "--characteristic"],
  ])
  func everyRefusalIsTranslated(arguments: [String]) throws {
    let said = try #require(refusal(of: arguments))
    let sentence = try #require(ParserTexts.translated(said.sentence, to: .zh), "\(said.sentence)")
    #expect(sentence != said.sentence && ParserTexts.translated(said.sentence, to: .en) == said.sentence)
    let screen = HelpScreen(language: .zh, columns: 80).refusal(said.sentence, full: said.full)
    let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first?.hasPrefix("错误：") == true && lines.contains { $0.hasPrefix("用法：") } && lines.last != "")
    for word in ["Error", "Usage", "Help:", "See '", "information"] { #expect(!screen.contains(word), "\(screen)") }
  }

  @Test(arguments: commands.indices, Language.allCases) func helpFits(command: Int, language: Language) {
    let type = Self.commands[command]
    let original = Vigilctl.helpMessage(for: type, columns: HelpScreen.unbroken)
    for columns in [40, 80, 100] {
      let lines = HelpScreen(language: language, columns: columns).help(original).split(separator: "\n")
      #expect(lines.allSatisfy { Layout.cells(String($0)) <= columns }, "\(lines)")
      for word in ["OVERVIEW", "USAGE", "OPTIONS", "default:", "Show help", "Show the version", "detailed help"] {
        // In the parser's own language nothing of it is lost.
        let joined = lines.flatMap { $0.split(separator: " ") }.joined(separator: " ")
        #expect(joined.contains(word) == (language == .en && original.contains(word)), "\(word): \(joined)")
      }
    }
  }

  @Test func anOptionIsLaidOutInCells() {
    let original = """
      OVERVIEW: 看。

      USAGE: vigilctl see --characteristic <characteristic> [--lang <lang>] [<values> ...]

      OPTIONS:
        --lang <lang>           语言。 (values: zh, en; default: en)
        --characteristic <characteristic>
                                特征。
        -h, --help              Show help information.

      """
    #expect(
      HelpScreen(language: .zh, columns: 44).help(original) == """
        概述：看。

        用法：vigilctl see --characteristic <特征>
              [--lang <语言>] [<数值> ...]

        选项：
          --lang <语言>           语言。（可选 zh、
                                  en；默认 en）
          --characteristic <特征>
                                  特征。
          -h, --help              显示帮助。
        """)
  }

  @Test func whatWasTypedIsShownButNotObeyed() {
    let sentence = "Unexpected argument '\u{1B}[2J\(String(repeating: "x", count: 100_000))'"
    let screen = HelpScreen(language: .zh, columns: 80).refusal(sentence, full: "Error: \(sentence)\nUsage: vigilctl")
    #expect(screen.hasPrefix("错误：多余的参数\n“\u{FFFD}[2J") && screen.count < 600)
  }

  @Test(arguments: [
    (["--lang", "zh"], Language.zh), (["--lang=zh"], .zh), (["devices", "--lang", "zh"], .zh), ([], .en),
    (["--lang", "zh", "--lang", "en"], .en), (["--lang=fr"], .en), (["--lang"], .en), (["--", "--lang", "zh"], .en),
    (["--lang", "--lang=zh"], .en),
  ])
  func theArgumentsNameTheLanguage(arguments: [String], language: Language) {
    #expect(Language(arguments: ["vigilctl"] + arguments, locale: .en) == language)
  }
}
