// SPDX-License-Identifier: GPL-3.0-or-later
import Texts

/// The keys that an object of a trace may have. A misspelt one would leave its default in force without a word: a stream
/// becomes a spot reading.
struct KnownKeys: Sendable {
  let names: [String]
  private let set: Set<String>

  init(_ names: [String]) {
    self.names = names
    set = Set(names)
  }

  /// - Parameter path: of the object, to be shown in front of the key: `device`; empty for the line itself.
  func check(_ json: JSON, _ path: String = "") throws(TraceProblem) {
    guard case .object(let fields) = json else { return }
    for field in fields where !set.contains(field.name) {
      let key = path.isEmpty ? field.name : "\(path).\(field.name)"
      throw TraceProblem(ReplayTexts.unknownKey(String(key.prefix(80)), known: names))
    }
  }

  /// What the rules need, and what else a `vigil.reading/1` has: somebody may have cut one down.
  static let reading = KnownKeys([
    "at", "stream", "values", "resident", "device", "profile", "link", "reading", "characteristic", "quality", "age",
    "observedAt", "receivedAt", "status", "purpose", "state", "clock", "schema", "id", "epoch", "lane", "seq",
    "gateway", "revision", "user",
  ])
  static let device = KnownKeys(["id", "profile", "model", "link", "address"])
  static let clock = KnownKeys([
    "source", "deviceTime", "offsetSeconds", "uncertaintySeconds", "synchronized", "bootId", "monotonicMs",
  ])
  static let value = KnownKeys(["kind", "value", "absent", "unit", "mdc", "loinc"])

  static let tick = KnownKeys(["tick"])
  static let restart = KnownKeys(["restart", "at", "resident"])
  static let acknowledge = KnownKeys(["acknowledge", "at", "by", "resident"])
  static let acknowledgement = KnownKeys(["rule", "alert", "resident", "by", "seen"])
  static let pause = KnownKeys(["pause", "at", "by", "resident"])
  static let pauseOrder = KnownKeys(["scope", "rule", "alert", "reason", "minutes", "resident", "by"])
  static let settings = KnownKeys(["settings", "at", "by", "resident"])
  static let settingsBody = KnownKeys(["resident", "by", "born", "conditions", "limits", "plan"])
  static let limit = KnownKeys(["rule", "kind", "op", "value", "why", "until"])
  static let planItem = KnownKeys(["kinds", "times", "toleranceMinutes", "continuous"])
  static let hours = KnownKeys(["from", "to"])
}
