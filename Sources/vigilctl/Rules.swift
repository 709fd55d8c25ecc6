// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ArgumentParser
import Gateway
import Texts

struct Rules: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: RuleCommandTexts.abstract.here,
      subcommands: [RulesList.self, RulesExplain.self, RulesCheck.self])
  }

  /// Where a site's own rules are.
  static let file = "/etc/vigil/rules.yaml"

  @OptionGroup var language: LanguageOption
}

/// Which rules are meant: an edition that comes with Vigil, or a site's.
struct RuleOptions: ParsableArguments {
  enum Edition: String, ExpressibleByArgument, CaseIterable {
    case cn
    case intl
  }

  @Option(help: RuleCommandTexts.edition.help) var edition: Edition?
  @Option(help: RuleCommandTexts.file.help) var file: String?

  func validate() throws {
    guard file == nil || edition == nil else { throw ValidationError(RuleCommandTexts.fileOrEdition.here) }
  }

  func ruleSet() throws -> RuleSet {
    guard let file else { return try RuleLoader.edition((edition ?? .cn).rawValue) }
    return try RuleLoader.load(try TextFile.read(file), file: file)
  }
}

struct RulesList: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "list", abstract: RuleCommandTexts.listAbstract.here)
  }

  @OptionGroup var rules: RuleOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await Failure.reported {
      let set = try rules.ruleSet()
      if common.json {
        for rule in set.rules {
          Terminal.out(String(decoding: try JSONText.encode(RuleDetails(rule, in: set)), as: UTF8.self))
        }
        for condition in TechnicalDescription.all(in: set) {
          Terminal.out(String(decoding: try JSONText.encode(TechnicalDetails(condition, in: set)), as: UTF8.self))
        }
      } else {
        for line in Self.lines(set, in: .current, columns: Terminal.size.columns) { Terminal.out(line) }
      }
    }
  }

  static func lines(_ set: RuleSet, in language: Language, columns: Int) -> [String] {
    let edition = RuleCommandTexts.edition(set.edition, version: set.version, by: set.author, on: set.date)
    let heading = set.note.map { RuleCommandTexts.noted(edition, $0) } ?? edition
    let rows =
      [RuleCommandTexts.columns.map { $0(in: language) }]
      + set.rules.map { rule in
        [
          rule.id, rule.name(in: language), priority(of: rule, in: language),
          RuleDescription(rule, in: set).condition(in: language),
        ].map(Layout.plain)
      }
    return Layout.wrapped(Layout.plain(heading(in: language)), to: columns, indent: 2)
      + Layout.table(rows, within: columns, shrinking: [1, 3], minimum: 18) + [""]
      + technicalLines(set, in: language, columns: columns)
  }

  private static func technicalLines(_ set: RuleSet, in language: Language, columns: Int) -> [String] {
    let rows =
      [RuleCommandTexts.columns.map { $0(in: language) }]
      + TechnicalDescription.all(in: set).map { condition in
        [
          condition.id, condition.name(in: language), words(condition.priorities, in: language),
          condition.words.condition(in: language),
        ].map(Layout.plain)
      }
    return Layout.wrapped(TechnicalRuleTexts.heading(in: language), to: columns, indent: 2)
      + Layout.table(rows, within: columns, shrinking: [1, 3], minimum: 18)
  }

  /// All that it may be, the usual one last: `high/medium`.
  private static func priority(of rule: Rule, in language: Language) -> String {
    let priorities = (rule.priorityCases.map(\.priority) + [rule.priority]).reduce(into: [Alert.Priority]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    return words(priorities, in: language)
  }

  private static func words(_ priorities: [Alert.Priority], in language: Language) -> String {
    priorities.map { RuleTexts.priority($0.rawValue)(in: language) }
      .joined(separator: RuleCommandTexts.otherPriority(in: language))
  }
}
