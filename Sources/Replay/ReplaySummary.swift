// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

/// How much there was of what.
package struct ReplaySummary {
  private var readings = 0
  private var skipped = 0
  private var spans: [ResidentID: ClosedRange<Int64>] = [:]
  private var starts: [String: Int] = [:]

  package init() {}

  package mutating func take(_ line: TraceLine) {
    switch line {
    case .reading(let observation):
      readings += 1
      let at = observation.received.monotonicMs
      let span = spans[observation.resident] ?? at...at
      spans[observation.resident] = min(span.lowerBound, at)...max(span.upperBound, at)
    case .skipped: skipped += 1
    default: break
    }
  }

  package mutating func take(_ transition: Replayer.Transition) {
    if transition.alert.phase == .start { starts[transition.alert.rule, default: 0] += 1 }
  }

  /// The sum of the times between the first and the last reading of each person, in milliseconds.
  private var span: Int64 { spans.values.reduce(0) { $0 &+ ($1.upperBound &- $1.lowerBound) } }

  /// Milliseconds of a day.
  private static let day: Int64 = 86_400_000

  /// - Parameter table: knows what the rules are called.
  package func lines(in language: Language, table: ReplayTable) -> [String] {
    var lines = [
      ReplayTexts.readings(readings, people: spans.count, span: StatusTexts.duration(span / 1000))(in: language)
    ]
    if skipped > 0 { lines.append(ReplayTexts.skipped(skipped)(in: language)) }
    let count = starts.values.reduce(0, +)
    guard count > 0 else { return lines + [ReplayTexts.nothing(in: language)] }
    let heading = perDay(count).map { ReplayTexts.alerts(count, each: $0) } ?? ReplayTexts.alerts(count)
    lines.append(heading(in: language))
    return lines
      + starts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "  \(table.rule($0.key)): \($0.value)" }
  }

  /// `0.4`; nil for less than a day, of which nothing can be said.
  private func perDay(_ count: Int) -> String? {
    guard span >= Self.day else { return nil }
    let hundredths = (Int64(count) &* 100 &* Self.day &+ span / 2) / span
    let rest = Int(hundredths % 100)
    return "\(hundredths / 100).\(LocalText.padded(rest))"
  }
}
