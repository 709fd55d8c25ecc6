// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ArgumentParser
import Gateway
import Glibc
import Replay
import Texts

struct ReplayCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "replay", abstract: ReplayTexts.abstract.here, discussion: ReplayTexts.discussion.here)
  }

  @Option(help: ReplayTexts.rules.help) var rules: String?
  @Option(help: ReplayTexts.edition.help) var edition: Edition?
  @Option(help: ReplayTexts.settings.help) var settings: String?
  @Option(help: ReplayTexts.svg.help) var svg: String?
  @Option(help: ReplayTexts.zone.help) var zone = "Asia/Shanghai"
  @OptionGroup var common: CommonOptions
  @Argument(help: ReplayTexts.file.help) var file: String

  enum Edition: String, ExpressibleByArgument, CaseIterable {
    case cn
    case intl
  }

  func validate() throws {
    guard rules == nil || edition == nil else { throw ValidationError(ReplayTexts.rulesOrEdition.here) }
    // A name is looked up as a path, so it must not lead out of the directory of zones.
    let parts = zone.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }),
      TextFile.isTimeZone("/usr/share/zoneinfo/" + zone)
    else { throw ValidationError(ReplayTexts.noZone(zone).here) }
  }

  func run() async throws {
    try await Failure.reported {
      SiteTime.use(zone: zone)
      let set = try ruleSet()
      var run = ReplayRun(
        file: file, rules: set, settings: try settingsOfFile(for: set), isForPrograms: common.json)
      if let svg {
        let picture = try PictureFile(svg)
        run.plot = PlotData()
        try play(&run)
        try picture.write(run.picture)
      } else {
        try play(&run)
      }
      if run.hasBadLines { throw ExitCode.failure }
    }
  }

  private func play(_ run: inout ReplayRun) throws {
    var lines = try InputLines(file: file)
    while let line = try lines.next() { run.take(line) }
    run.finish()
  }

  private func ruleSet() throws -> RuleSet {
    guard let rules else { return try RuleLoader.edition((edition ?? .cn).rawValue) }
    return try RuleLoader.load(try TextFile.read(rules), file: rules)
  }

  private func settingsOfFile(for rules: RuleSet) throws -> [SettingsChange] {
    guard let settings else { return [] }
    let text = try TextFile.read(settings)
    let changes: [SettingsChange]
    do {
      changes = try SettingsReader.changes(text)
    } catch {
      throw Failure(ReplayTexts.unusableSettings(settings, reason: error.text))
    }
    for change in changes {
      guard let refusal = change.refusal(by: rules, wallMs: nil) else { continue }
      throw Failure(ReplayTexts.unusableSettings(settings, reason: refusal))
    }
    return changes
  }
}
