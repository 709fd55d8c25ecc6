// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

@testable import Alerting

/// The rules of the edition cn as Swift values, so that what the detector does is tested without the files it is told by.
enum TestRules {
  static let second: Int64 = 1000
  static let minute: Int64 = 60_000
  static let hour: Int64 = 3_600_000
  static let day: Int64 = 86_400_000

  static let scale2 = all.filter { $0.id.hasPrefix("OX-S2") }
  /// Those of a person of whom nothing is known.
  static let general = all.filter { !$0.id.hasPrefix("OX-S2") && $0.id != "WT-1" }

  static func some(_ ids: String...) -> [Rule] { all.filter { ids.contains($0.id) } }

  static let all: [Rule] = pressure + saturation + saturationScale2 + heartRate + temperature + glucose + weight

  // MARK: words

  private static func value(_ kinds: [ObservationKind], _ op: Comparison, _ number: String) -> Rule.Condition {
    Rule.Condition(.value(kinds, Bound(op, ExactDecimal(number) ?? ExactDecimal(0))))
  }

  private static func sys(_ op: Comparison, _ number: String) -> Rule.Condition { value([.systolic], op, number) }
  private static func dia(_ op: Comparison, _ number: String) -> Rule.Condition { value([.diastolic], op, number) }
  private static func spo2(_ op: Comparison, _ number: String) -> Rule.Condition { value([.spo2], op, number) }
  private static func heart(_ op: Comparison, _ number: String) -> Rule.Condition {
    value([.heartRate, .pulseRate], op, number)
  }
  private static func temperature(_ op: Comparison, _ number: String) -> Rule.Condition {
    value([.bodyTemperature], op, number)
  }
  private static func glucose(_ op: Comparison, _ number: String) -> Rule.Condition { value([.glucose], op, number) }

  private static func second(apart: Int64 = 0, within: Int64, qualified: Bool = false, unconfirmed: Int64? = nil)
    -> Rule.Spot
  {
    .second(.init(apart: apart, within: within, orFullyQualified: qualified, unconfirmedAfter: unconfirmed))
  }

  static func rule(
    _ id: String, _ priority: Alert.Priority, worse: [Rule.PriorityCase] = [], over lesser: [String] = [],
    when conditions: [Rule.Condition], stream: Int64? = nil, spot: Rule.Spot?, clear: [Rule.Condition],
    held: Int64? = nil, readings: Int = 2, quiet: Int64? = nil, once: Int64? = nil,
    category: Alert.Category = .physiological
  ) -> Rule {
    Rule(
      id: id, version: 1, author: "Vigil", date: "2026-11-22", name: Text(zh: id, en: id), category: category,
      priority: priority, priorityCases: worse, supersedes: lesser, applies: .init(), conditions: conditions,
      confirmation: .init(stream: stream, spot: spot),
      clear: .init(conditions: clear, stream: held ?? (stream == nil ? nil : minute), readings: readings, quiet: quiet),
      onceIn: once)
  }

  // MARK: the table

  private static let average = Rule.Spot.average(days: 7, atLeastDays: 4, readings: 12, dropsFirstDay: true)

  private static let pressure: [Rule] = [
    rule(
      "BP-1", .high, over: ["BP-2", "BP-3"], when: [sys(.atLeast, "180"), dia(.atLeast, "120")],
      spot: second(within: 15 * minute, unconfirmed: 15 * minute), clear: [sys(.below, "170"), dia(.below, "110")]),
    rule(
      "BP-2", .high, over: ["BP-3"], when: [sys(.atLeast, "180"), dia(.atLeast, "110")],
      spot: .mean(readings: 2, apart: minute, within: 10 * minute), clear: [sys(.below, "170"), dia(.below, "110")]),
    rule(
      "BP-3", .medium, when: [sys(.atLeast, "160"), dia(.atLeast, "100")],
      spot: .sessions(2, of: 2, within: 24 * hour), clear: [sys(.below, "155"), dia(.below, "95")]),
    rule(
      "BP-4-uncontrolled", .low, over: ["BP-4"], when: [sys(.atLeast, "150"), dia(.atLeast, "90")], spot: average,
      clear: [sys(.below, "145"), dia(.below, "85")], readings: 1, once: 7 * day),
    rule(
      "BP-4", .low, when: [sys(.atLeast, "135"), dia(.atLeast, "85")], spot: average,
      clear: [sys(.below, "130"), dia(.below, "80")], readings: 1, once: 7 * day),
    rule(
      "BP-5", .medium,
      worse: [
        .with(heart(.atLeast, "111"), .high), .with(heart(.atMost, "40"), .high), .with(spo2(.atMost, "91"), .high),
      ], over: ["BP-6"], when: [sys(.atMost, "90")], spot: second(within: 5 * minute), clear: [sys(.atLeast, "95")]),
    rule(
      "BP-6", .medium,
      when: [
        Rule.Condition(
          .value([.systolic], Bound(.atMost, 100)), given: .init(.mean, .systolic, Bound(.atLeast, 120))),
        Rule.Condition(.change([.systolic], .atMost, offset: ExactDecimal(-40), of: .mean)),
      ], spot: .mean(readings: 2, apart: 0, within: 10 * minute), clear: [sys(.atLeast, "105")]),
    rule(
      "BP-7", .low,
      when: [
        Rule.Condition(.difference(.systolic, .diastolic, Bound(.below, 20))), sys(.below, "40"), sys(.above, "300"),
        dia(.below, "40"), dia(.above, "300"),
      ], spot: .one,
      clear: [
        Rule.Condition(.difference(.systolic, .diastolic, Bound(.atLeast, 20))), sys(.atLeast, "40"),
        sys(.atMost, "300"), dia(.atLeast, "40"), dia(.atMost, "300"),
      ], readings: 1, category: .technical),
    rule(
      "IR-1", .medium, when: [Rule.Condition(.status("irregular-pulse", [.systolic]))],
      spot: .sessions(2, of: 3, within: 7 * day), clear: [], quiet: 7 * day, once: 24 * hour),
  ]

  private static let saturation: [Rule] = [
    rule(
      "OX-1", .high, over: ["OX-2", "OX-3", "OX-4"], when: [spo2(.below, "90")], stream: 30 * second,
      spot: second(apart: minute, within: 10 * minute, qualified: true), clear: [spo2(.atLeast, "92")]),
    rule(
      "OX-2", .high, over: ["OX-3", "OX-4"], when: [spo2(.atMost, "92")], stream: 120 * second,
      spot: second(within: 5 * minute), clear: [spo2(.atLeast, "94")]),
    rule(
      "OX-4", .medium, over: ["OX-3"],
      when: [Rule.Condition(.change([.spo2], .atMost, offset: ExactDecimal(-4), of: .median))], stream: 10 * minute,
      spot: second(within: 15 * minute),
      clear: [Rule.Condition(.change([.spo2], .atLeast, offset: ExactDecimal(-2), of: .median))]),
    rule(
      "OX-3", .low, when: [spo2(.atMost, "94")], stream: 15 * minute,
      spot: second(apart: 15 * minute, within: 60 * minute), clear: [spo2(.atLeast, "95")]),
  ]

  private static let saturationScale2: [Rule] = [
    rule(
      "OX-S2-high", .high, over: ["OX-S2-medium", "OX-S2-low"], when: [spo2(.atMost, "83")], stream: 30 * second,
      spot: second(within: 10 * minute), clear: [spo2(.atLeast, "84")]),
    rule(
      "OX-S2-medium", .medium, over: ["OX-S2-low"], when: [spo2(.atMost, "85")], stream: 120 * second,
      spot: second(within: 10 * minute), clear: [spo2(.atLeast, "86")]),
    rule(
      "OX-S2-low", .low, when: [spo2(.atMost, "87")], stream: 15 * minute, spot: second(within: 15 * minute),
      clear: [spo2(.atLeast, "88")]),
    rule(
      "OX-S2-oxygen", .medium, when: [spo2(.atLeast, "97")], stream: 15 * minute, spot: second(within: 15 * minute),
      clear: [spo2(.atMost, "96")]),
  ]

  private static let heartRate: [Rule] = [
    rule(
      "HR-1", .high, over: ["HR-2", "HR-3"], when: [heart(.atMost, "40"), heart(.atLeast, "131")],
      stream: 30 * second, spot: second(within: 10 * minute), clear: [heart(.atLeast, "45"), heart(.atMost, "125")]),
    rule(
      "HR-2", .medium, over: ["HR-3"], when: [heart(.atMost, "45"), heart(.atLeast, "111")], stream: 10 * minute,
      spot: second(within: 15 * minute), clear: [heart(.atLeast, "50"), heart(.atMost, "105")]),
    rule(
      "HR-3", .low, when: [heart(.atMost, "50"), heart(.atLeast, "101")], stream: 10 * minute,
      spot: .sessions(3, of: 3, within: 24 * hour), clear: [heart(.atLeast, "52"), heart(.atMost, "98")]),
  ]

  private static let temperature: [Rule] = [
    rule(
      "TP-1", .medium, over: ["TP-2"], when: [temperature(.atLeast, "39.1"), temperature(.atMost, "35.0")],
      stream: 10 * minute, spot: second(within: 10 * minute),
      clear: [temperature(.atMost, "38.5"), temperature(.atLeast, "35.5")]),
    rule(
      "TP-2", .low, when: [temperature(.atLeast, "38.1")], stream: 10 * minute, spot: second(within: 60 * minute),
      clear: [temperature(.atMost, "37.8")]),
  ]

  private static let glucose: [Rule] = [
    rule(
      "GL-1-high", .high, over: ["GL-1"],
      when: [glucose(.below, "3.0"), Rule.Condition(.absent([.glucose], .ninf))], spot: second(within: 15 * minute),
      clear: [glucose(.atLeast, "4.4")]),
    rule(
      "GL-1", .medium, when: [glucose(.below, "3.9"), Rule.Condition(.absent([.glucose], .ninf))],
      spot: second(within: 15 * minute),
      clear: [glucose(.atLeast, "4.4")]),
    rule(
      "GL-2-high", .high, over: ["GL-2"], when: [Rule.Condition(.absent([.glucose], .pinf))],
      spot: second(within: 60 * minute), clear: [glucose(.below, "14")]),
    rule(
      "GL-2", .medium, when: [glucose(.atLeast, "16.7"), Rule.Condition(.absent([.glucose], .pinf))],
      spot: second(within: 60 * minute),
      clear: [glucose(.below, "14")]),
  ]

  private static let weight: [Rule] = [
    rule(
      "WT-1", .low,
      when: [Rule.Condition(.change([.bodyWeight], .atLeast, offset: ExactDecimal(2), of: .least(days: 3)))],
      spot: .one,
      clear: [Rule.Condition(.change([.bodyWeight], .below, offset: ExactDecimal(2), of: .least(days: 3)))],
      readings: 1, quiet: 3 * day, once: 24 * hour)
  ]
}
