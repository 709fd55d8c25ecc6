// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

@testable import Replay

/// A trace of a test: lines written shortly, and what comes of them.
struct Trace {
  /// 2026-03-14 08:00 in Shanghai.
  static let start: Int64 = 1_773_446_400_000
  static let calendar = Occasion.fixedCalendar(offsetMinutes: 480)

  let rules: RuleSet
  private(set) var reader = TraceReader()
  private(set) var replayer: Replayer
  private(set) var transitions: [Replayer.Transition] = []
  private(set) var refusals: [Text] = []
  private(set) var plot = PlotData()
  private(set) var summary = ReplaySummary()

  init(settings: String = "") throws {
    rules = try RuleLoader.edition("cn")
    replayer = Replayer(rules: rules, settings: try SettingsReader.changes(settings), calendar: Trace.calendar)
  }

  mutating func line(_ text: String) throws {
    guard let line = try reader.read(text) else { return }
    summary.take(line)
    plot.take(line)
    for event in replayer.take(line) {
      switch event {
      case .refused(let reason), .unusable(let reason): refusals.append(reason)
      case .transition(let transition):
        summary.take(transition)
        plot.take(transition)
        transitions.append(transition)
      }
    }
  }

  /// - Parameters:
  ///   - seconds: since ``start``.
  ///   - more: further fields of the line.
  mutating func reading(_ kind: String, _ value: Int, at seconds: Int, stream: Bool = false, _ more: String = "") throws
  {
    try line(
      #"{"at": \#(Self.at(seconds)), "stream": \#(stream), "values": [{"kind": "\#(kind)", "value": \#(value)}]\#(more)}"#
    )
  }

  mutating func stream(_ kind: String, _ value: Int, from: Int, to: Int, _ more: String = "") throws {
    for second in from...to { try reading(kind, value, at: second, stream: true, more) }
  }

  static func at(_ seconds: Int) -> Int64 { start + Int64(seconds) * 1000 }

  /// `30 OX-1 start`: seconds since ``start``.
  var said: [String] {
    transitions.map { "\(($0.at - Self.start) / 1000) \($0.alert.rule) \($0.alert.phase.rawValue)" }
  }

  var svg: String { svg(.en) }

  func svg(_ language: Language) -> String {
    ReplayPlot(plot, people: replayer.people, rules: rules, language: language, calendar: Self.calendar).svg
  }
}
