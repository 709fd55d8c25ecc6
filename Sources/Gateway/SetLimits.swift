// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import FoundationEssentials
import Vitals

/// `set-limits`: what the clinic knows of a person, and limits of their own. Keys that are there replace.
///
/// Who may write to the broker is not enough for what can make a gateway quieter: without a signature limits become stricter,
/// and the year of birth and the conditions, which decide what rules there are for a person, stay as they are.
struct SetLimits: CommandEffect {
  private static let mostLimits = 64

  private struct Body: Decodable {
    struct Limit: Decodable {
      let rule: String
      let kind: String
      let op: String
      let value: Decimal
      let why: String?
      let until: String?
    }

    let resident: String
    /// nil where it is not there, and inside where it is `null`.
    let born: Int??
    let conditions: [String]?
    let limits: [Limit]?

    private enum Key: CodingKey { case resident, born, conditions, limits }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      resident = try fields.decode(String.self, forKey: .resident)
      born = fields.contains(.born) ? .some(try fields.decodeIfPresent(Int.self, forKey: .born)) : nil
      conditions = try fields.decodeIfPresent([String].self, forKey: .conditions)
      limits = try fields.decodeIfPresent([Limit].self, forKey: .limits)
    }
  }

  let ingest: Ingest
  let rules: RuleSet
  let clock: Clock

  func decide(_ proven: CommandGate.Proven) async -> CommandDecision {
    let command = proven.command
    guard let body = command.body(Body.self) else {
      return .refused(BodyProblem.field("body"))
    }
    let new: New
    do throws(BodyProblem) { new = try read(body, by: command.by.id) } catch {
      return .refused(error)
    }
    let isSigned = proven.keyID != nil
    guard isSigned || new.born == nil && new.conditions == nil else { return .refused(.needsSignature) }
    for limit in new.limits ?? [] {
      if let refusal = judge([limit], of: limit, proven) { return refusal }
    }
    if let limits = new.limits, let last = limits.last, let refusal = judge(limits, of: last, proven) { return refusal }
    return .together { [ingest, rules, now = clock().wallMs] remember in
      try await ingest.change(new.resident, expected: command.expectedVersion, remember) {
        settings throws(CommandRefusal) in
        if let limits = new.limits, !isSigned, rules.isQuieter(with: limits, than: settings.limits, nowWallMs: now) {
          throw .needsSignature
        }
        if let born = new.born { settings.born = born }
        if let conditions = new.conditions { settings.conditions = conditions }
        if let limits = new.limits { settings.limits = limits }
      }
    }
  }

  private func judge(
    _ limits: [PersonSettings.OwnLimit], of limit: PersonSettings.OwnLimit, _ proven: CommandGate.Proven
  ) -> CommandDecision? {
    do throws(LimitRefusal) {
      if try rules.judge(limits, nowWallMs: clock().wallMs) == .looser, proven.keyID == nil {
        return .refused(.needsSignature)
      }
      return nil
    } catch {
      let kind = limit.kind.rawValue
      switch error {
      case .tooLoose: return .refused(.tooLoose)
      case .unknownRule: return .refused(BodyProblem.noRule(limit.rule))
      case .unknownLimit:
        return .refused(BodyProblem.noLimit(rule: limit.rule, kind: kind, op: limit.op.rawValue))
      case .notPlausible:
        return .refused(BodyProblem.notPlausible(rule: limit.rule, kind: kind))
      }
    }
  }

  // MARK: the body

  private struct New: Sendable {
    let resident: ResidentID
    var born: Int??
    var conditions: Set<PersonSettings.Condition>?
    var limits: [PersonSettings.OwnLimit]?
  }

  private func read(_ body: Body, by person: String) throws(BodyProblem) -> New {
    var new = New(resident: try SetPlan.resident(body.resident))
    if let born = body.born {
      if let born, !(1880...2100).contains(born) { throw BodyProblem.field("born") }
      new.born = .some(born)
    }
    if let names = body.conditions {
      let conditions = names.compactMap(PersonSettings.Condition.init)
      guard conditions.count == names.count else { throw BodyProblem.field("conditions") }
      new.conditions = Set(conditions)
    }
    if let limits = body.limits {
      guard limits.count <= Self.mostLimits else { throw BodyProblem.field("limits") }
      var read: [PersonSettings.OwnLimit] = []
      for (index, limit) in limits.enumerated() {
        let own = try self.read(limit, "limits[\(index)]", by: person)
        guard !read.contains(where: { $0.rule == own.rule && $0.kind == own.kind && $0.op == own.op }) else {
          throw BodyProblem.field("limits[\(index)]")
        }
        read.append(own)
      }
      new.limits = read
    }
    return new
  }

  private func read(
    _ limit: Body.Limit, _ path: String, by person: String
  ) throws(BodyProblem) -> PersonSettings.OwnLimit {
    guard rules.rules.contains(where: { $0.id == limit.rule }) else {
      throw BodyProblem.noRule(String(limit.rule.prefix(64)))
    }
    guard let kind = ObservationKind(rawValue: limit.kind) else {
      throw BodyProblem.field(path + ".kind")
    }
    guard let op = Comparison(rawValue: limit.op) else { throw BodyProblem.field(path + ".op") }
    guard let value = ExactDecimal(limit.value.description) else {
      throw BodyProblem.field(path + ".value")
    }
    if let why = limit.why, !PersonalText.isFit(why) { throw BodyProblem.field(path + ".why") }
    let until = limit.until.flatMap(RFC3339.milliseconds)
    guard limit.until == nil || until != nil else { throw BodyProblem.field(path + ".until") }
    return PersonSettings.OwnLimit(
      rule: limit.rule, kind: kind, op: op, value: value, by: person, why: limit.why, untilWallMs: until)
  }
}
