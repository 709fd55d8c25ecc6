// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import Journal
import Vitals

/// `diagnose`: how the box is, by which rules and settings it goes, and which alerts are open.
struct Diagnose: CommandEffect {
  /// So that the answer stays below 64 KiB.
  private static let (mostEpisodes, mostPersons) = (150, 256)

  private struct Answer: Encodable, Sendable {
    struct Rules: Encodable, Sendable {
      let edition: String
      let version: Int
    }

    struct Settings: Encodable, Sendable {
      let resident: String
      let version: Int
    }

    struct Episode: Encodable, Sendable {
      let alert: String
      let resident: String
      let rule: String
      let version: Int
      let state: String
    }

    let health: Health
    let rules: Rules
    let settings: [Settings]
    /// How many are open; more than `episodes` names where they would not fit.
    let total: Int
    let episodes: [Episode]
  }

  let journal: Journal
  let ingest: Ingest
  let rules: RuleSet
  let health: @Sendable () async -> Health

  func decide(_ proven: CommandGate.Proven) async -> CommandDecision {
    guard let open = try? await journal.openAlerts() else { return .refused(.storage) }
    var health = await health()
    health.alerts = nil
    let versions = await ingest.settingsVersions.sorted { $0.key.description < $1.key.description }
    let answer = Answer(
      health: health, rules: Answer.Rules(edition: rules.edition, version: rules.version),
      settings: versions.prefix(Self.mostPersons).map {
        Answer.Settings(resident: $0.key.description, version: $0.value)
      },
      total: open.count,
      episodes: open.mostUrgentFirst.prefix(Self.mostEpisodes).map {
        Answer.Episode(
          alert: $0.alert.description, resident: $0.resident.description, rule: $0.rule, version: $0.version,
          state: $0.state.rawValue)
      })
    return .todo(answer: CommandOutcome.Body(answer)) {}
  }
}
