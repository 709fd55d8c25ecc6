// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

/// Reads the bodies of `set-limits` and `set-plan`, both at once where they stand together. What a gateway would refuse is
/// refused in its words.
package enum SettingsReader {
  private static let (mostLimits, mostItems, mostKinds, mostTimes) = (64, 32, 8, 24)

  /// A file of settings: a body, or one behind the other.
  package static func changes(_ text: String) throws(TraceProblem) -> [SettingsChange] {
    guard let bodies = JSONReader.readAll(text) else { throw TraceProblem(ReplayTexts.noJSON) }
    var changes: [SettingsChange] = []
    for body in bodies { changes.append(try change(body, by: nil)) }
    return changes
  }

  /// - Parameters:
  ///   - by: who says it, where the body does not.
  ///   - line: of the trace, which may name the resident in the body's place.
  static func change(_ json: JSON, by: String?, in line: JSON = .null) throws(TraceProblem) -> SettingsChange {
    guard case .object = json else { throw TraceReader.wrong("settings") }
    try KnownKeys.settingsBody.check(json, "settings")
    var born: Int??
    switch json["born"] {
    case nil: born = nil
    case .null?: born = .some(nil)
    case .some(let year):
      guard let year = year.whole, (1880...2100).contains(year) else { throw bad("born") }
      born = .some(Int(year))
    }
    let person = json["by"]?.text ?? by ?? "replay"
    let limits = try list(json["limits"], "limits", atMost: mostLimits) { item, path throws(TraceProblem) in
      try limit(item, path, by: person)
    }
    for (index, limit) in (limits ?? []).enumerated() {
      let isThere = limits?.prefix(index).contains { ($0.rule, $0.kind, $0.op) == (limit.rule, limit.kind, limit.op) }
      guard isThere != true else { throw bad("limits[\(index)]") }
    }
    return SettingsChange(
      resident: try TraceReader.resident(json["resident"] ?? line["resident"]), born: born,
      conditions: try list(json["conditions"], "conditions", atMost: mostLimits) { item, _ throws(TraceProblem) in
        guard let known = item.text.flatMap(PersonSettings.Condition.init) else { throw bad("conditions") }
        return known
      }.map(Set.init), limits: limits, plan: try list(json["plan"], "plan", atMost: mostItems, planItem))
  }

  private static func bad(_ field: String) -> TraceProblem {
    TraceProblem(CommandTexts.badField(field), isRefusal: true)
  }

  private static func list<T>(
    _ json: JSON?, _ name: String, atMost most: Int, _ item: (JSON, String) throws(TraceProblem) -> T
  ) throws(TraceProblem) -> [T]? {
    guard let json else { return nil }
    guard let list = json.list, list.count <= most else { throw bad(name) }
    var items: [T] = []
    for (index, one) in list.enumerated() { items.append(try item(one, "\(name)[\(index)]")) }
    return items
  }

  private static func limit(_ json: JSON, _ path: String, by: String) throws(TraceProblem) -> PersonSettings.OwnLimit {
    try KnownKeys.limit.check(json, path)
    guard let rule = json["rule"]?.text else { throw bad(path + ".rule") }
    guard let kind = json["kind"]?.text.flatMap(ObservationKind.init) else { throw bad(path + ".kind") }
    guard let op = json["op"]?.text.flatMap(Comparison.init) else { throw bad(path + ".op") }
    guard let value = json["value"]?.number else { throw bad(path + ".value") }
    var (why, until): (String?, Int64?)
    if let said = json["why"], said != .null {
      guard let text = said.text else { throw bad(path + ".why") }
      why = text
    }
    if let said = json["until"], said != .null {
      guard let ms = said.text.flatMap(RFC3339.milliseconds) else { throw bad(path + ".until") }
      until = ms
    }
    return PersonSettings.OwnLimit(
      rule: rule, kind: kind, op: op, value: value, by: by, why: why, untilWallMs: until)
  }

  private static func planItem(_ json: JSON, _ path: String) throws(TraceProblem) -> PersonSettings.PlanItem {
    try KnownKeys.planItem.check(json, path)
    let named = json["kinds"]?.list ?? []
    let kinds = named.compactMap { $0.text.flatMap(ObservationKind.init) }
    guard kinds.count == named.count, (1...mostKinds).contains(kinds.count), Set(kinds).count == kinds.count else {
      throw bad(path + ".kinds")
    }
    if let range = json["continuous"] {
      try KnownKeys.hours.check(range, path + ".continuous")
      guard json["times"] == nil, json["toleranceMinutes"] == nil, let from = minute(range["from"]),
        let to = minute(range["to"])
      else { throw bad(path + ".continuous") }
      return PersonSettings.PlanItem(kinds: kinds, when: .continuous(from: from, to: to))
    }
    let said = json["times"]?.list ?? []
    let times = said.compactMap(minute)
    guard times.count == said.count, (1...mostTimes).contains(times.count) else { throw bad(path + ".times") }
    let tolerance = json["toleranceMinutes"].map(\.whole) ?? 120
    guard let tolerance, (1...720).contains(tolerance) else { throw bad(path + ".toleranceMinutes") }
    return PersonSettings.PlanItem(kinds: kinds, when: .times(Set(times).sorted(), tolerance: Int(tolerance)))
  }

  /// Of a day, from `07:30`; nil for anything else.
  private static func minute(_ json: JSON?) -> Int? {
    let parts = (json?.text ?? "").split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2,
      parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }
}
