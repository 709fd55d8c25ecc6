// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// A transition for programs: a JSON object on a line, with all that it was decided from.
package enum TransitionLine {
  /// - Parameter name: what the trace calls a reading.
  package static func json(_ transition: Replayer.Transition, name: (StableID) -> String) -> JSON {
    let alert = transition.alert
    let course = alert.course
    return .object([
      field("at", whole(transition.at)),
      field("resident", .text(alert.resident.description)),
      field("rule", .text(alert.rule)),
      field("ruleVersion", whole(Int64(alert.ruleVersion))),
      field("phase", .text(alert.phase.rawValue)),
      field("state", .text(alert.state.rawValue)),
      field("category", .text(alert.category.rawValue)),
      field("priority", .text(alert.priority.rawValue)),
      field("level", whole(Int64(alert.level))),
      field("version", whole(Int64(alert.version))),
      field("alert", .text(alert.alert.description)),
      field("raised", whole(alert.raised.monotonicMs)),
      field("since", whole(course.since.monotonicMs)),
      field("limits", .list(alert.limits.map(limit))),
      field("evidence", .list(alert.evidence.map { .text(name($0.reading)) })),
      field("readings", .list(alert.evidence.map { reading($0, name: name) })),
      field("supersededBy", alert.supersededBy.map { .text($0.description) } ?? .null),
      field("acknowledgedBy", course.acknowledgement.map { .text($0.by) } ?? .null),
      field("acknowledged", course.acknowledgement.map { whole($0.at.monotonicMs) } ?? .null),
      field("pausedUntil", course.pause?.untilWallMs.map(whole) ?? .null),
      field("text", .object(alert.text.sorted { $0.key < $1.key }.map { field($0.key, .text($0.value)) })),
    ])
  }

  private static func limit(_ limit: Limit) -> JSON {
    .object([
      field("kind", .text(limit.kind.rawValue)), field("op", .text(limit.op.rawValue)),
      field("value", .number(limit.value)), field("basis", .text(limit.basis.rawValue)),
    ])
  }

  private static func reading(_ evidence: Evidence, name: (StableID) -> String) -> JSON {
    .object([
      field("reading", .text(name(evidence.reading))),
      field("observed", evidence.observedWallMs.map(whole) ?? .null),
      field("age", .text(evidence.age.rawValue)),
      field("values", .list(evidence.values.map(value))),
    ])
  }

  private static func value(_ quantity: Quantity) -> JSON {
    let content =
      switch quantity.content {
      case .number(let number): field("value", .number(number))
      case .absent(let reason): field("absent", .text(reason.rawValue))
      }
    return .object([field("kind", .text(quantity.kind.rawValue)), content])
  }

  private static func field(_ name: String, _ value: JSON) -> JSON.Field { JSON.Field(name, value) }
  private static func whole(_ value: Int64) -> JSON { .number(ExactDecimal(Int(value))) }
}
