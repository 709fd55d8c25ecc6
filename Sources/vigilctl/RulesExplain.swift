// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ArgumentParser
import Gateway
import Texts

struct RulesExplain: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "explain", abstract: RuleCommandTexts.explainAbstract.here)
  }

  @Argument(help: RuleCommandTexts.id.help) var id: String?
  @OptionGroup var rules: RuleOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await Failure.reported {
      let set = try rules.ruleSet()
      for (index, subject) in try wanted(of: set).enumerated() {
        if common.json {
          Terminal.out(String(decoding: try subject.json(in: set), as: UTF8.self))
          continue
        }
        if index > 0 { Terminal.out("") }
        for line in Self.lines(subject.words(in: set), in: .current, columns: Terminal.readableColumns) {
          Terminal.out(line)
        }
      }
    }
  }

  /// What can be explained: a rule about a person's values, or a condition of the box and its devices.
  enum Subject {
    case rule(Rule)
    case technical(TechnicalDescription)

    static func all(in set: RuleSet) -> [Subject] {
      set.rules.map(Subject.rule) + TechnicalDescription.all(in: set).map(Subject.technical)
    }

    var id: String {
      switch self {
      case .rule(let rule): rule.id
      case .technical(let condition): condition.id
      }
    }

    func words(in set: RuleSet) -> RuleDescription {
      switch self {
      case .rule(let rule): RuleDescription(rule, in: set)
      case .technical(let condition): condition.words
      }
    }

    func json(in set: RuleSet) throws -> [UInt8] {
      switch self {
      case .rule(let rule): try Array(JSONText.encode(RuleDetails(rule, in: set)))
      case .technical(let condition): try Array(JSONText.encode(TechnicalDetails(condition, in: set)))
      }
    }
  }

  /// However its letters are written.
  private func wanted(of set: RuleSet) throws -> [Subject] {
    let all = Subject.all(in: set)
    guard let id else { return all }
    if let subject = all.first(where: { $0.id.lowercased() == id.lowercased() }) { return [subject] }
    throw Failure(RuleCommandTexts.noRule(id, similar: Self.similar(to: id, among: all.map(\.id))))
  }

  /// The one that has these letters in it, whatever stands between them, if there is only one.
  static func similar(to id: String, among ids: [String]) -> String? {
    func letters(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
    let wanted = letters(id)
    if let same = ids.first(where: { letters($0) == wanted }) { return same }
    let found = ids.filter { letters($0).contains(wanted) }
    return found.count == 1 && !wanted.isEmpty ? found.first : nil
  }

  /// A label in front of what it says.
  static func lines(_ description: RuleDescription, in language: Language, columns: Int) -> [String] {
    let width = (description.lines.map { Layout.cells($0.label(in: language)) }.max() ?? 0) + 4
    return Layout.wrapped(Layout.plain(description.heading(in: language)), to: columns)
      + description.lines.flatMap { line in
        let label = Layout.padded("  " + line.label(in: language), to: width)
        return Layout.wrapped(label + Layout.plain(line.text(in: language)), to: columns, indent: width)
      }
  }
}
