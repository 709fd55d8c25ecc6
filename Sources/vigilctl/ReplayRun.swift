// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Gateway
import Replay
import Texts

/// A trace on its way from lines to what is shown of it.
struct ReplayRun {
  private let rules: RuleSet
  /// What places in the trace begin with.
  private let name: String
  private let isForPrograms: Bool
  private let table: ReplayTable
  private var replayer: Replayer
  private var reader = TraceReader()
  private var summary = ReplaySummary()
  /// Shown at the end, since columns are as wide as their widest text.
  private var shown: [Replayer.Transition] = []
  private var output = ""
  private var number = 0
  private(set) var hasBadLines = false
  /// Set where a picture is wanted.
  var plot: PlotData?

  /// What is written at once.
  private static let outputChunk = 1 << 16

  /// - Parameter file: the trace; `-` for standard input.
  init(file: String, rules: RuleSet, settings: [SettingsChange], isForPrograms: Bool) {
    self.rules = rules
    name = file == "-" ? "stdin" : file
    self.isForPrograms = isForPrograms
    table = ReplayTable(language: .current, rules: rules, calendar: SiteTime.calendar)
    replayer = Replayer(rules: rules, settings: settings, calendar: SiteTime.calendar)
  }

  mutating func take(_ text: String) {
    number += 1
    do {
      guard let line = try reader.read(text) else { return }
      summary.take(line)
      plot?.take(line)
      for event in replayer.take(line) { take(event) }
    } catch {
      hasBadLines = true
      Self.note(
        error.isRefusal
          ? ReplayTexts.refused(place, reason: error.text) : ReplayTexts.badLine(place, reason: error.text))
    }
  }

  private var place: String { "\(name):\(number)" }

  private mutating func take(_ event: Replayer.Event) {
    switch event {
    case .refused(let reason): Self.note(ReplayTexts.refused(place, reason: reason))
    case .unusable(let reason):
      hasBadLines = true
      Self.note(ReplayTexts.refused(place, reason: reason))
    case .transition(let transition):
      summary.take(transition)
      plot?.take(transition)
      guard isForPrograms else { return shown.append(transition) }
      output += TransitionLine.json(transition, name: reader.name).description + "\n"
      if output.utf8.count >= Self.outputChunk { flush() }
    }
  }

  private mutating func flush() {
    Terminal.write(output, to: Terminal.standardOutput)
    output.removeAll(keepingCapacity: true)
  }

  mutating func finish() {
    guard !isForPrograms else { return flush() }
    if !shown.isEmpty {
      let rows = table.rows(shown).map { $0.map(Layout.plain) }
      for line in Layout.table(rows) { output += line + "\n" }
      output += "\n"
    }
    for line in summary.lines(in: .current, table: table) { output += line + "\n" }
    flush()
  }

  /// Of all that was taken so far.
  var picture: String {
    ReplayPlot(
      plot ?? PlotData(), people: replayer.people, rules: rules, language: .current, calendar: SiteTime.calendar
    ).svg
  }

  private static func note(_ text: Text) { Terminal.err(Layout.plain(text.here)) }
}
