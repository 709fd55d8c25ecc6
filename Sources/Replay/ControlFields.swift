// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

/// The fields of what somebody at the clinic does. `by` and `resident` may stand inside or beside it.
struct ControlFields {
  private let inner: JSON
  private let line: JSON

  init(_ inner: JSON, in line: JSON) throws(TraceProblem) {
    guard case .object = inner else { throw TraceProblem(ReplayTexts.noJSON) }
    self.inner = inner
    self.line = line
  }

  private func resident() throws(TraceProblem) -> ResidentID? {
    try TraceReader.resident(inner["resident"] ?? line["resident"])
  }

  private var by: String { inner["by"]?.text ?? line["by"]?.text ?? "replay" }

  private func alert() throws(TraceProblem) -> StableID? {
    guard let alert = inner["alert"] else { return nil }
    guard let id = alert.text.flatMap({ StableID(hex: $0) }) else { throw TraceReader.wrong("alert") }
    return id
  }

  func acknowledgement(ids: ReadingNames) throws(TraceProblem) -> TraceLine.Acknowledgement {
    try KnownKeys.acknowledgement.check(inner, "acknowledge")
    let target: TraceLine.Acknowledgement.Target
    if let alert = try alert() {
      target = .alert(alert)
    } else {
      guard let rule = inner["rule"]?.text else { throw TraceReader.wrong("acknowledge") }
      target = .rule(rule)
    }
    var seen: Int?
    if let said = inner["seen"], said != .null {
      guard let version = said.whole.flatMap(Int.init(exactly:)) else { throw TraceReader.wrong("seen") }
      seen = version
    }
    return TraceLine.Acknowledgement(resident: try resident(), target: target, by: by, seen: seen)
  }

  func pause() throws(TraceProblem) -> TraceLine.PauseOrder {
    try KnownKeys.pauseOrder.check(inner, "pause")
    let scope: Pause.Scope
    switch inner["scope"]?.text {
    case "resident": scope = .resident
    case "rule":
      guard let rule = inner["rule"]?.text else { throw TraceReader.wrong("rule") }
      scope = .rule(rule)
    case "alert":
      guard let alert = try alert() else { throw TraceReader.wrong("alert") }
      scope = .alert(alert)
    default: throw TraceReader.wrong("scope")
    }
    let length: TraceLine.PauseOrder.Length
    switch inner["minutes"] {
    case .null?, nil: length = .outOfService
    case .some(let minutes):
      guard let minutes = minutes.whole, (0...527_040).contains(minutes) else { throw TraceReader.wrong("minutes") }
      length = minutes == 0 ? .none : .milliseconds(minutes * 60_000)
    }
    return TraceLine.PauseOrder(
      resident: try resident(), scope: scope, reason: inner["reason"]?.text ?? "", by: by, length: length)
  }
}
