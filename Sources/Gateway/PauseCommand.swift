// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import Vitals

/// `pause`: nobody is to be called for a while, about a person, a rule or an alert; or no longer.
struct PauseCommand: CommandEffect {
  /// Minutes.
  private static let (longest, longestOfRule) = (120, 1440)

  private struct Body: Decodable {
    let resident: String
    let scope: String
    let rule: String?
    let alert: String?
    let reason: String?
    /// nil where it is `null`; a body without it is not in form.
    let minutes: Int?

    private enum Key: CodingKey { case resident, scope, rule, alert, reason, minutes }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      resident = try fields.decode(String.self, forKey: .resident)
      scope = try fields.decode(String.self, forKey: .scope)
      rule = try fields.decodeIfPresent(String.self, forKey: .rule)
      alert = try fields.decodeIfPresent(String.self, forKey: .alert)
      reason = try fields.decodeIfPresent(String.self, forKey: .reason)
      minutes = try fields.decodeNil(forKey: .minutes) ? nil : fields.decode(Int.self, forKey: .minutes)
    }
  }

  struct Answer: Encodable, Sendable {
    /// Null for out of service, for a pause that was ended, and while the wall clock is unknown.
    @NullWhenMissing var until: String?
    /// How many open alerts it has made quiet, or called for again.
    let alerts: Int

    init(until: String?, alerts: Int) {
      _until = NullWhenMissing(wrappedValue: until)
      self.alerts = alerts
    }
  }

  let ingest: Ingest
  let rules: RuleSet
  let clock: Clock

  func decide(_ proven: CommandGate.Proven) async -> CommandDecision {
    let command = proven.command
    guard let body = command.body(Body.self) else { return .refused(BodyProblem.field("body")) }
    guard let resident = ResidentID(body.resident), resident != .unassigned else {
      return .refused(BodyProblem.field("resident"))
    }
    guard await ingest.knows(resident) else { return .refused(BodyProblem.noResident(body.resident)) }
    let scope: Pause.Scope
    do throws(BodyProblem) { scope = try self.scope(of: body, resident) } catch {
      return .refused(error)
    }
    if body.minutes == 0 {
      return .together { [ingest] remember in try await ingest.endPause(of: scope, resident, remember) }
    }
    var milliseconds: Int64?
    if let minutes = body.minutes {
      let longest = if case .rule = scope { Self.longestOfRule } else { Self.longest }
      guard (1...longest).contains(minutes) else { return .refused(BodyProblem.minutes) }
      milliseconds = Int64(minutes) * 60_000
    } else {
      if case .alert = scope { return .refused(BodyProblem.outOfService) }
      guard proven.role == .doctor else { return .refused(.wrongRole) }
    }
    guard let reason = body.reason, PersonalText.isFit(reason) else { return .refused(BodyProblem.field("reason")) }
    let pause = Pause(
      id: StableID(hashing: ["pause", command.request]), scope: scope, reason: reason, by: command.by.id,
      from: clock(), milliseconds: milliseconds)
    return .together { [ingest] remember in try await ingest.begin(pause, of: resident, remember) }
  }

  private func scope(of body: Body, _ resident: ResidentID) throws(BodyProblem) -> Pause.Scope {
    switch body.scope {
    case "resident": return .resident
    case "rule":
      guard let rule = body.rule else { throw BodyProblem.field("rule") }
      let isKnown =
        resident == .gateway
        ? TechnicalCondition.rules.contains(rule) : rules.rules.contains { $0.id == rule }
      guard isKnown else { throw BodyProblem.noRule(String(rule.prefix(64))) }
      return .rule(rule)
    case "alert":
      guard let alert = body.alert.flatMap({ StableID(hex: $0.lowercased()) }) else {
        throw BodyProblem.field("alert")
      }
      return .alert(alert)
    default: throw BodyProblem.field("scope")
    }
  }

}

/// What people at the clinic write: it goes into alerts and onto screens.
enum PersonalText {
  private static let longest = 200

  /// One line of at most 200 characters that says something.
  static func isFit(_ text: String) -> Bool {
    text.count <= longest && text.utf8.count <= longest * 4 && text.contains { !$0.isWhitespace }
      && text.unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control && !$0.properties.isWhitespace || $0 == " " || $0 == "\u{3000}"
      }
  }
}
