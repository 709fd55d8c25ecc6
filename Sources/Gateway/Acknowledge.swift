// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import Vitals

/// `acknowledge`: somebody has seen an alert. The first one wins; a later one learns who and when.
struct Acknowledge: CommandEffect {
  private struct Body: Decodable { let alert: String }

  /// What becomes of the alert.
  struct Answer: Encodable, Sendable {
    let alert: String
    @NullWhenMissing var version: Int?
    @NullWhenMissing var state: String?

    init(_ alert: StableID, _ latest: Alert?) {
      self.alert = alert.description
      _version = NullWhenMissing(wrappedValue: latest?.version)
      _state = NullWhenMissing(wrappedValue: latest?.state.rawValue)
    }
  }

  /// Who was first, and when; null while the wall clock was unknown.
  struct First: Encodable, Sendable {
    let by: String
    @NullWhenMissing var at: String?

    init(_ first: Alert.Acknowledgement) {
      by = first.by
      _at = NullWhenMissing(wrappedValue: first.at.wallMs.map(SiteTime.text))
    }
  }

  let ingest: Ingest

  func decide(_ proven: CommandGate.Proven) async -> CommandDecision {
    let command = proven.command
    guard let alert = command.body(Body.self).flatMap({ StableID(hex: $0.alert.lowercased()) }) else {
      return .refused(BodyProblem.field("alert"))
    }
    let seen = command.expectedVersion.map { Int(clamping: $0) }
    return .together { [ingest] remember in
      try await ingest.acknowledge(alert, seen: seen, by: command.by.id, remember)
    }
  }
}
