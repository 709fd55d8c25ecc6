// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// A person's settings in a column, a line for each: `born 1948`, `condition oxygen`,
/// `limit OX-1 spo2 < 88 <until or -> <by> <why>`, `plan systolic,diastolic times 420,1140 120`,
/// `plan heart-rate continuous 1320 360`. The version has a column of its own.
extension StoredForm {
  static func text(_ settings: PersonSettings) -> String {
    var lines: [String] = []
    if let born = settings.born { lines.append("born \(born)") }
    for condition in settings.conditions.map(\.rawValue).sorted() { lines.append("condition \(condition)") }
    for limit in settings.limits {
      let until = limit.untilWallMs.map(String.init) ?? "-"
      var line = "limit \(limit.rule) \(limit.kind.rawValue) \(limit.op.rawValue) \(limit.value) \(until) \(limit.by)"
      if let why = limit.why { line += " " + oneLine(why) }
      lines.append(line)
    }
    for item in settings.plan {
      let kinds = item.kinds.map(\.rawValue).joined(separator: ",")
      switch item.when {
      case .times(let minutes, let tolerance):
        lines.append("plan \(kinds) times \(minutes.map(String.init).joined(separator: ",")) \(tolerance)")
      case .continuous(let from, let to): lines.append("plan \(kinds) continuous \(from) \(to)")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// nil where a line cannot be read: without one of them the rest would mean something else.
  static func settings(_ text: String, version: Int) -> PersonSettings? {
    var settings = PersonSettings()
    settings.version = version
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return nil }
      switch parts[0] {
      case "born":
        guard let year = Int(parts[1]) else { return nil }
        settings.born = year
      case "condition":
        guard let condition = PersonSettings.Condition(rawValue: parts[1]) else { return nil }
        settings.conditions.insert(condition)
      case "limit":
        guard let limit = limit(parts[1]) else { return nil }
        settings.limits.append(limit)
      case "plan":
        guard let item = planItem(parts[1]) else { return nil }
        settings.plan.append(item)
      default: return nil
      }
    }
    return settings
  }

  private static func limit(_ text: String) -> PersonSettings.OwnLimit? {
    let parts = text.split(separator: " ", maxSplits: 6, omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 6, let kind = ObservationKind(rawValue: parts[1]), let op = Comparison(rawValue: parts[2]),
      let value = ExactDecimal(parts[3]), parts[4] == "-" || Int64(parts[4]) != nil
    else { return nil }
    return PersonSettings.OwnLimit(
      rule: parts[0], kind: kind, op: op, value: value, by: parts[5], why: parts.count > 6 ? parts[6] : nil,
      untilWallMs: Int64(parts[4]))
  }

  private static func planItem(_ text: String) -> PersonSettings.PlanItem? {
    let parts = text.split(separator: " ").map(String.init)
    guard parts.count == 4 else { return nil }
    let names = parts[0].split(separator: ",")
    let kinds = names.compactMap { ObservationKind(rawValue: String($0)) }
    guard kinds.count == names.count, let last = Int(parts[3]) else { return nil }
    switch parts[1] {
    case "times":
      let times = parts[2].split(separator: ",")
      let minutes = times.compactMap { Int($0) }
      guard minutes.count == times.count else { return nil }
      return PersonSettings.PlanItem(kinds: kinds, when: .times(minutes, tolerance: last))
    case "continuous":
      guard let from = Int(parts[2]) else { return nil }
      return PersonSettings.PlanItem(kinds: kinds, when: .continuous(from: from, to: last))
    default: return nil
    }
  }
}
