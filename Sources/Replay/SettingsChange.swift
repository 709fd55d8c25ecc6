// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

/// What `set-limits` and `set-plan` say of a person (contract.md): what is there replaces, all else stays.
package struct SettingsChange: Sendable, Equatable {
  /// nil for everybody.
  package let resident: ResidentID?
  package let born: Int??
  package let conditions: Set<PersonSettings.Condition>?
  package let limits: [PersonSettings.OwnLimit]?
  package let plan: [PersonSettings.PlanItem]?

  package func apply(to settings: inout PersonSettings) {
    if let born { settings.born = born }
    if let conditions { settings.conditions = conditions }
    if let limits { settings.limits = limits }
    if let plan { settings.plan = plan }
    settings.version &+= 1
  }

  /// Why a gateway would refuse the limits, in its words; nil where it would not.
  ///
  /// - Parameter wallMs: when it is said, in milliseconds since 1970; nil where nobody knows: then any end will do.
  package func refusal(by rules: RuleSet, wallMs: Int64?) -> Text? {
    guard let limits, let last = limits.last else { return nil }
    func refusal(of limit: PersonSettings.OwnLimit, _ judged: () throws(LimitRefusal) -> Void) -> Text? {
      do throws(LimitRefusal) {
        try judged()
        return nil
      } catch { return error.text(of: limit) }
    }
    for limit in limits {
      let now = wallMs ?? limit.untilWallMs.map { $0 &- 1 }
      let text = refusal(of: limit) { () throws(LimitRefusal) in _ = try rules.judge(limit, nowWallMs: now) }
      if let text { return text }
    }
    // Each for itself is good; without a time only whether they go together is open.
    return refusal(of: last) { () throws(LimitRefusal) in
      do throws(LimitRefusal) { _ = try rules.judge(limits, nowWallMs: wallMs) } catch {
        if wallMs != nil || error != .tooLoose { throw error }
      }
    }
  }
}

extension LimitRefusal {
  fileprivate func text(of limit: PersonSettings.OwnLimit) -> Text {
    let (rule, kind) = (String(limit.rule.prefix(64)), limit.kind.rawValue)
    return switch self {
    case .unknownRule: CommandTexts.noRule(rule)
    case .unknownLimit: CommandTexts.noLimit(rule, kind, limit.op.rawValue)
    case .tooLoose: CommandTexts.tooLoose
    case .notPlausible: CommandTexts.notPlausible(rule, kind)
    }
  }
}
