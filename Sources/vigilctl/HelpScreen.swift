// SPDX-License-Identifier: GPL-3.0-or-later
import Texts

/// The parser's help and refusals in the language of the person at the terminal.
///
/// The parser lays out its help for characters of one cell, so it is asked for lines without an end, and the layout is
/// made here: one for both languages.
struct HelpScreen {
  /// The width to ask the parser for: it breaks no line.
  static let unbroken = 1_000_000
  /// Where the parser and we put what is said of an option.
  private static let column = 26
  /// More of a sentence only repeats what was typed.
  private static let longestSentence = 400

  let language: Language
  let columns: Int

  init(language: Language = .current, columns: Int = Terminal.readableColumns) {
    self.language = language
    self.columns = columns
  }

  /// - Parameters:
  ///   - sentence: what is wrong with the arguments.
  ///   - full: that sentence with its heading, and the usage behind it.
  func refusal(_ sentence: String, full: String) -> String {
    let heading = ParserTexts.error
    let begin = heading.en + sentence + "\n"
    let rest = full.hasPrefix(begin) ? String(full.dropFirst(begin.count)) : full
    let unknownCommand = full.contains(" <subcommand>\n") ? ParserTexts.unexpectedArgument(in: sentence) : nil
    let said =
      unknownCommand.map { HelpTexts.noCommand($0)(in: language) } ?? ParserTexts.translated(sentence, to: language)
      ?? sentence
    let lines = Layout.wrapped(
      Layout.cut(Layout.plain(heading(in: language) + said), to: Self.longestSentence), to: columns)
    return ((sentence.isEmpty ? [] : lines) + [help(rest)]).joined(separator: "\n")
  }

  /// - Parameter text: what the parser answers to `--help` or puts below a refusal, in unbroken lines. A completion script
  ///   and the version are no help, and stay as they are.
  func help(_ text: String) -> String {
    var lines: [String] = []
    var isInSection = false
    var rest = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
    while let line = rest.popFirst() {
      if let heading = ParserTexts.sections.first(where: { $0.en == line }) {
        isInSection = true
        lines.append(heading(in: language))
      } else if line.hasPrefix("  See '") {
        let words = String(line.dropFirst(2))
        lines += wrapped("  " + (ParserTexts.translated(words, to: language) ?? words), indent: 2)
      } else if isInSection, line.hasPrefix("  ") {
        let continued = rest.first.map { $0.hasPrefix(String(repeating: " ", count: Self.column)) } ?? false
        lines += element(line, below: continued ? rest.popFirst() : nil)
      } else if let (heading, words) = headed(line, [ParserTexts.usage, ParserTexts.shortUsage]) {
        isInSection = false
        lines += synopsis(ParserTexts.synopsis(words, in: language), heading: heading)
      } else if let (heading, words) = headed(line, [ParserTexts.overview]) {
        isInSection = false
        lines += wrapped(heading + words)
      } else if let (heading, words) = headed(line, [ParserTexts.help]) {
        let words = String(words.drop { $0 == " " })
        lines += wrapped(heading + ParserTexts.synopsis(words, in: language), indent: Layout.cells(heading))
      } else {
        lines += wrapped(line)
      }
    }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  private func headed(_ line: String, _ headings: [Text]) -> (heading: String, words: String)? {
    headings.first { line.hasPrefix($0.en) }.map { ($0(in: language), String(line.dropFirst($0.en.count))) }
  }

  private func wrapped(_ line: String, indent: Int = 0) -> [String] {
    Layout.wrapped(line, to: columns, indent: indent)
  }

  /// An argument, option or subcommand with what is said of it, which the parser puts below a long one.
  private func element(_ line: String, below: String?) -> [String] {
    let isLong = below != nil || line.count <= Self.column
    let label = ParserTexts.synopsis(isLong ? line : String(line.prefix(Self.column)), in: language)
    let abstract =
      below.map { String($0.dropFirst(Self.column)) } ?? (isLong ? "" : String(line.dropFirst(Self.column)))
    let words = ParserTexts.translated(abstract, to: language) ?? abstract
    let indent = String(repeating: " ", count: Self.column)
    let lines = words.isEmpty ? [] : wrapped(indent + words, indent: Self.column)
    let name = String(label.reversed().drop { $0 == " " }.reversed())
    guard Layout.cells(name) < Self.column - 1, let first = lines.first else { return [name] + lines }
    return [Layout.padded(name, to: Self.column) + first.dropFirst(Self.column)] + lines.dropFirst()
  }

  /// A synopsis, broken only between its arguments.
  private func synopsis(_ words: String, heading: String) -> [String] {
    let indent = Layout.cells(heading)
    var lines: [String] = []
    var line = heading
    for argument in Self.arguments(of: words) {
      if Layout.cells(line) > indent, Layout.cells(line) + 1 + Layout.cells(argument) > columns {
        lines.append(line)
        line = String(repeating: " ", count: indent)
      }
      line += (Layout.cells(line) > indent ? " " : "") + argument
    }
    return lines + [line]
  }

  /// `vigilctl pair <address> --resident <resident> [--lang <lang>]` in its parts: an option stays with its value.
  private static func arguments(of synopsis: String) -> [String] {
    var parts: [String] = []
    var depth = 0
    for word in synopsis.split(separator: " ") {
      let isValue = word.hasPrefix("<") && parts.last?.hasPrefix("-") == true
      if depth > 0 || isValue, let last = parts.popLast() {
        parts.append(last + " " + word)
      } else {
        parts.append(String(word))
      }
      depth += word.count { $0 == "[" } - word.count { $0 == "]" }
    }
    return parts
  }
}
