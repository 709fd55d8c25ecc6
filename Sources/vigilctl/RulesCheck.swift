// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ArgumentParser
import Document
import Gateway
import Texts

struct RulesCheck: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "check", abstract: RuleCommandTexts.checkAbstract.here,
      discussion: RuleCommandTexts.checkDiscussion.here)
  }

  @Argument(help: RuleCommandTexts.file.help) var file: String = Rules.file
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await Failure.reported {
      let check = Self.check(file) { path throws(FileError) in try TextFile.read(path) }
      if common.json {
        if let finding = check.finding { try Self.write(FindingLine(finding, severity: "error")) }
        for warning in check.warnings { try Self.write(FindingLine(warning, severity: "warning")) }
        try Self.write(ResultLine(check))
      } else {
        for line in check.lines { Self.say(Layout.plain(line.here)) }
      }
      if check.finding != nil { throw ExitCode.failure }
    }
  }

  static func check(_ path: String, read: (String) throws(FileError) -> String) -> RuleCheck {
    do {
      return RuleCheck(try read(path), file: path)
    } catch {
      return RuleCheck(error)
    }
  }

  /// In whole words where a person reads it as it comes.
  private static func say(_ line: String) {
    guard Terminal.isInteractive else { return Terminal.out(line) }
    for part in Layout.wrapped(line, to: Terminal.readableColumns, indent: 2) { Terminal.out(part) }
  }

  // MARK: for programs, in English

  private static func write(_ line: some Encodable) throws {
    Terminal.out(String(decoding: try JSONText.encode(line), as: UTF8.self))
  }

  private struct FindingLine: Encodable {
    let severity: String
    let file: String
    let line: Int
    let column: Int
    let what: String
    let next: String

    init(_ finding: RuleCheck.Finding, severity: String) {
      self.severity = severity
      file = finding.file
      line = finding.mark.line
      column = finding.mark.column
      what = finding.what.en
      next = finding.next.en
    }
  }

  private struct ResultLine: Encodable {
    let rules: Int
    let changed: [String]
    let added: [String]
    let leftOut: [String]
    let warnings: Int
    let ok: Bool

    init(_ check: RuleCheck) {
      rules = check.rules.count
      changed = check.changed.map(\.id)
      added = check.added.map(\.id)
      leftOut = check.leftOut.map(\.id)
      warnings = check.warnings.count
      ok = check.finding == nil
    }
  }
}
