// SPDX-License-Identifier: GPL-3.0-or-later
import Gateway
import Texts

/// What `watch` shows: for each resident and device a row per kind, below them the open alerts.
///
/// Its times are those of the machine's clock since boot, which is the daemon's, too.
struct WatchBoard {
  /// As many values as the widest trend shows.
  private static let trendLength = 40
  private static let shortestTrend = 8
  /// A home has a few devices with a few kinds each; the row that has been silent for longest is left out beyond this.
  private static let rowLimit = 256
  /// How many alerts are shown while there is too little room for everything.
  private static let fewAlerts = 4
  private static let indent = String(repeating: " ", count: 6)
  /// In lines, of an alert's words below its facts.
  private static let longestWords = 3

  private struct Row {
    let resident: String
    let device: String
    let item: WatchReading.Item
    let model: String
    let marks: [Text]
    /// When it was measured, where it is not of now.
    let lateSince: String?
    let arrivedMs: Int64
    var trend: [Double]
  }

  private var rows: [Row] = []
  /// Those that have not ended, in the order in which they came.
  private var alerts: [WatchAlert] = []
  private var state: HealthBrief?
  private var missed = 0

  mutating func take(_ news: WatchNews) {
    if let state = news.state { self.state = state }
    if let reading = news.reading { take(reading) }
    if let alert = news.alert { take(alert) }
    if let count = news.missed {
      missed += count
      // What happened to them was missed as well; those that are open follow.
      alerts = []
    }
  }

  private mutating func take(_ reading: WatchReading) {
    for item in reading.items {
      let index = rows.firstIndex {
        $0.resident == reading.resident && $0.device == reading.device.id && $0.item.kind == item.kind
      }
      var trend = index.map { rows[$0].trend } ?? []
      if let number = item.number, reading.quality != "invalid" {
        trend = trend.suffix(Self.trendLength - 1) + [number]
      }
      let row = Row(
        resident: reading.resident, device: reading.device.id, item: item, model: reading.device.model,
        marks: reading.marks, lateSince: reading.age == "late" ? reading.observedAt : nil,
        arrivedMs: reading.clock.monotonicMs,
        trend: trend)
      if let index { rows[index] = row } else { rows.append(row) }
    }
    if rows.count > Self.rowLimit, let oldest = rows.indices.min(by: { rows[$0].arrivedMs < rows[$1].arrivedMs }) {
      rows.remove(at: oldest)
    }
    rows.sort { Self.order($0) < Self.order($1) }
  }

  private mutating func take(_ alert: WatchAlert) {
    let index = alerts.firstIndex { $0.alert == alert.alert }
    if let index, alerts[index].version >= alert.version { return }
    if alert.state == "ended" {
      if let index { alerts.remove(at: index) }
    } else if let index {
      alerts[index] = alert
    } else {
      alerts.append(alert)
    }
  }

  private static func order(_ row: Row) -> (String, Int, String, Int, String) {
    (row.resident, row.device.utf8.count, row.device, rank(row.item.kind), row.item.kind)
  }

  private static let main = [
    "heart-rate", "spo2", "blood-pressure", "systolic", "diastolic", "glucose", "body-temperature", "pulse-rate",
    "body-weight",
  ]

  /// What matters most first; the others are the first that there is no room for.
  private static func rank(_ kind: String) -> Int { main.firstIndex(of: kind) ?? main.count }

  /// Active ones first, then by priority, an unknown one as high; among equals the newest first.
  private var mostUrgentFirst: [WatchAlert] {
    let urgency = { (alert: WatchAlert) in
      (alert.state == "active" ? 0 : 1, ["medium": 1, "low": 2][alert.priority] ?? 0)
    }
    return alerts.enumerated().sorted { one, other in
      let (first, second) = (urgency(one.element), urgency(other.element))
      return first == second ? one.offset > other.offset : first < second
    }.map(\.element)
  }

  // MARK: the picture

  func lines(columns: Int, lines: Int, language: Language, nowMs: Int64) -> [String] {
    let listed = mostUrgentFirst
    // The title, the headings, an empty line and the alerts' title.
    let room = max(0, lines - 4)
    let alertCount =
      rows.count + listed.count <= room ? listed.count : min(listed.count, max(Self.fewAlerts, room - rows.count))
    let (table, hidden) = self.table(
      columns: columns, lines: max(1, room - alertCount), language: language, nowMs: nowMs)
    let open = max(state?.openAlerts ?? 0, listed.count)
    return [title(hidden: hidden, language)].map { Layout.cut($0, to: columns) } + table
      + ["", WatchTexts.openAlerts(open, hidden: open - alertCount)(in: language)]
      + alertLines(Array(listed.prefix(alertCount)), columns: columns, lines: lines - table.count - 3, language)
  }

  private func title(hidden: Int, _ language: Language) -> String {
    var parts: [Text] = []
    if let state {
      parts.append(
        WatchTexts.title(
          gateway: state.gateway, connected: state.devices.count { ["connected", "listening"].contains($0.state) },
          of: state.devices.count,
          waiting: state.waiting, hasBroker: state.brokerConnected))
    }
    if hidden > 0 { parts.append(WatchTexts.moreRows(hidden)) }
    if missed > 0 { parts.append(WatchTexts.missed(missed)) }
    return parts.map { $0(in: language) }.joined(separator: WatchTexts.comma(in: language))
  }

  private func table(columns: Int, lines: Int, language: Language, nowMs: Int64) -> (lines: [String], hidden: Int) {
    guard !rows.isEmpty else { return ([WatchTexts.noReading(in: language)], 0) }
    var shown = rows
    if shown.count > lines { shown = shown.filter { Self.rank($0.item.kind) < Self.main.count } }
    shown = Array(shown.prefix(lines))
    var before: Row?
    var cells: [[String]] = [WatchTexts.headings.map { $0(in: language) }]
    for row in shown {
      let isSameResident = before?.resident == row.resident
      let isSameDevice = isSameResident && before?.device == row.device
      cells.append([
        isSameResident ? "" : row.resident, isSameDevice ? "" : row.model, row.item.name(in: language),
        row.item.now(in: language), "", age(of: row, language, nowMs: nowMs),
      ])
      before = row
    }
    // All but the trend are made to fit, the trend has the rest.
    let narrow = fitted(cells, to: columns - Self.shortestTrend)
    let widths = (0..<6).map { column in narrow.map { Layout.cells($0[column]) }.max() ?? 0 }
    let rest = columns - widths.reduce(0, +) + widths[4] - 10
    let width = min(max(Self.shortestTrend, rest), Self.trendLength)
    return (
      zip([nil] + shown.map(Optional.some), narrow).map { row, cells in
        var cells = cells
        if let row { cells[4] = Sparkline.draw(row.trend, kind: row.item.kind, cells: width) }
        cells[4] = Layout.padded(Layout.cut(cells[4], to: width), to: width)
        let padded = zip(cells, widths).map { Layout.padded($0, to: $1) }
        return Layout.cut(Layout.trimmed(padded.joined(separator: "  ")), to: columns)
      }, rows.count - shown.count
    )
  }

  /// The device's name gives way first, then the resident, then the kind.
  private func fitted(_ cells: [[String]], to width: Int) -> [[String]] {
    var cells = cells
    for (column, least) in [(1, 8), (0, 8), (2, 10), (5, 8)] {
      let widths = (0..<6).map { index in cells.map { Layout.cells($0[index]) }.max() ?? 0 }
      let excess = widths.reduce(0, +) - widths[4] + 10 - width
      guard excess > 0 else { break }
      for index in cells.indices {
        cells[index][column] = Layout.cut(cells[index][column], to: max(least, widths[column] - excess))
      }
    }
    return cells
  }

  private func age(of row: Row, _ language: Language, nowMs: Int64) -> String {
    let age =
      row.lateSince.map(WatchTime.dayAndTime) ?? StatusTexts.duration((nowMs - row.arrivedMs) / 1000)(in: language)
    return ([age] + row.marks.map { $0(in: language) }).joined(separator: " ")
  }

  /// A line for each. What does not fit behind the facts stands below them while there is room, the most urgent first.
  private func alertLines(_ alerts: [WatchAlert], columns: Int, lines: Int, _ language: Language) -> [String] {
    let facts = Layout.table(alerts.map { Self.facts(of: $0, language) })
    var spare = lines - alerts.count
    return zip(alerts, facts).flatMap { alert, facts in
      let words = alert.words(in: language)
      let whole = "\(facts)  \(words)"
      guard Layout.cells(whole) > columns, spare > 0 else { return [Layout.cut(whole, to: columns)] }
      let below = Layout.wrapped(words, to: columns - Self.indent.count, atMost: min(Self.longestWords, spare))
      spare -= below.count
      return ([facts] + below.map { Self.indent + $0 }).map { Layout.cut($0, to: columns) }
    }
  }

  private static func facts(of alert: WatchAlert, _ language: Language) -> [String] {
    var facts = [
      WatchTexts.mark(ofPriority: alert.priority), WatchTexts.priority(alert.priority)(in: language), alert.rule,
      alert.resident, WatchTime.timeOfDay(alert.raisedAt),
    ]
    if alert.state != "active" { facts.append(WatchTexts.state(alert.state)(in: language)) }
    return facts
  }
}

extension WatchBoard {
  /// A line for each, where there is no terminal.
  static func plain(_ reading: WatchReading, _ language: Language) -> String {
    let values = reading.items.map { "\($0.name(in: language)) \($0.now(in: language))" }
    let marks = reading.marks.map { $0(in: language) }
    return [
      WatchTime.timeOfDay(reading.receivedAt), reading.resident, "\(reading.device.id) \(reading.device.model)",
      values.joined(separator: WatchTexts.comma(in: language))
        + (marks.isEmpty ? "" : " [\(marks.joined(separator: ", "))]"),
    ].joined(separator: "  ")
  }

  static func plain(_ alert: WatchAlert, _ language: Language) -> String {
    [
      WatchTexts.mark(ofPriority: alert.priority), WatchTexts.priority(alert.priority)(in: language), alert.rule,
      alert.resident, WatchTexts.state(alert.state)(in: language),
      WatchTexts.raised(at: WatchTime.timeOfDay(alert.raisedAt))(in: language), alert.words(in: language),
    ].joined(separator: "  ")
  }
}
