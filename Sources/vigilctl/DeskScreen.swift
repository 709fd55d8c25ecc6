// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Texts

/// The picture of `watch --clinic`: what a nurse has to see first stands first, and what there is no room for is counted.
struct DeskScreen {
  private static let troubleLines = 3
  private static let missingLines = 5
  private static let fewGateways = 3
  private static let trendCells = 12
  static let longestID = 16
  private static let roomyLines = 16
  private static let noticeLines = 3
  private static let noticesForMs: Int64 = 12 * 3_600_000
  private static let notesForMs: Int64 = 60_000
  /// Kinds that say little on a screen.
  private static let minorKinds: Set<String> = ["rr-interval", "energy-expended"]

  private let sight: DeskFollower.Sight
  private let alerts: [DeskAlert]
  private let gateways: [GatewayState]
  private let controls: DeskControls
  private let language: Language
  private var now: DeskMoment { sight.moment }

  init(_ sight: DeskFollower.Sight, controls: DeskControls = DeskControls(), language: Language) {
    self.sight = sight
    self.controls = controls
    self.language = language
    alerts = sight.desk.openAlerts
    gateways = sight.desk.gateways
  }

  func lines(columns: Int, lines: Int) -> [String] {
    let head = [title(columns)] + troubles(columns) + missing(columns) + overdue
    let dialogue = dialogue(columns)
    // Alerts come first, and leave room for a few gateways where the terminal is not too small.
    let fewGateways = gateways.isEmpty || lines < Self.roomyLines ? 0 : min(gateways.count, Self.fewGateways) + 1
    let list = DeskAlertRows(
      alerts: alerts, unlisted: gateways.reduce(0) { $0 + $1.unlistedAlerts }, now: now,
      chosen: sight.by == nil ? nil : controls.index(in: alerts), namesGateways: gateways.count > 1, language: language)
    let alerts = list.lines(columns: columns, room: max(3, lines - head.count - dialogue.count - fewGateways))
    var room = lines - head.count - alerts.count - dialogue.count
    let gateways = gatewayLines(room: room)
    room -= gateways.count
    let notices = notices(room: min(room, Self.noticeLines + 1))
    room -= notices.count
    let sections = [head, alerts + dialogue, gateways, notices, readingLines(room: room)].filter { !$0.isEmpty }
    let hasRoomForGaps = sections.reduce(sections.count - 1) { $0 + $1.count } <= lines
    return sections.joined(separator: hasRoomForGaps ? [""] : []).prefix(lines).map { Layout.cut($0, to: columns) }
  }

  private func say(_ text: Text) -> String { text(in: language) }

  // MARK: the head

  private func title(_ columns: Int) -> String {
    let broker: Text =
      switch sight.link {
      case .connecting, .subscribing: DeskTexts.connecting
      case .subscribed: DeskTexts.connected
      case .refused, .away: DeskTexts.away
      }
    let time = DeskClock.timeOfDay(now.wallMs)
    let title = say(DeskTexts.title(clinic: sight.desk.clinic, broker: broker, gateways: gateways.count))
    let room = max(0, columns - Layout.cells(time) - 1)
    return Layout.padded(Layout.cut(title, to: room), to: room) + " " + time
  }

  private func troubles(_ columns: Int) -> [String] {
    var found = sight.trouble.map { Layout.wrapped(say($0), to: columns) } ?? []
    found = Array(found.prefix(Self.troubleLines))
    if sight.desk.malformed + sight.desk.refused > 0 {
      found.append(say(DeskTexts.missed(malformed: sight.desk.malformed, refused: sight.desk.refused)))
    }
    return found
  }

  /// Gateways that are lost, and then those that are offline: a line of its own for each.
  private func missing(_ columns: Int) -> [String] {
    var lost = gateways.filter { $0.presence == .lost }.map { gateway in
      "\(WatchTexts.mark(ofPriority: GatewayState.lostPriority.rawValue)) \(GatewayState.lostRule) "
        + say(DeskClock.lost(gateway, at: now))
    }
    if !lost.isEmpty {
      lost.insert("    " + say(DeskStateTexts.nobodyWatches), at: min(lost.count, Self.missingLines - 2))
    }
    let offline = gateways.filter { $0.presence == .offline }.map { gateway in
      "!   "
        + say(
          DeskTexts.isOffline(
            gateway: gateway.id, since: gateway.offlineSince.map { DeskClock.timeOfDay($0.wallMs) }))
    }
    return Self.counted(lost + offline, room: Self.missingLines) { "    " + say(DeskTexts.more($0)) }
  }

  /// So many of them as there is room for, and how many there is none for.
  private static func counted(_ lines: [String], room: Int, rest: (Int) -> String) -> [String] {
    guard lines.count > room, room > 0 else { return Array(lines.prefix(max(0, room))) }
    return lines.prefix(room - 1) + [rest(lines.count - room + 1)]
  }

  /// What nobody has answered in time: whom to ask now.
  private var overdue: [String] {
    let waits = alerts.filter(\.isOverdue).compactMap { $0.waited(at: now) }
    guard let longest = waits.max() else { return [] }
    return ["!!! " + say(DeskStateTexts.overdue(waits.count, longest: DeskTexts.duration(longest / 1000)))]
  }

  // MARK: below the alerts

  /// The question that waits for a key, or what became of the last command, or what the keys do.
  private func dialogue(_ columns: Int) -> [String] {
    guard let by = sight.by else { return alerts.isEmpty ? [] : [say(DeskCommandTexts.readOnly)] }
    var said: [Text] = []
    if let note = sight.note, now.monotonicMs - note.moment.monotonicMs < Self.notesForMs { said.append(note.text) }
    if let asked = controls.question.flatMap({ question in alerts.first { DeskControls.Choice($0) == question.choice } }
    ) {
      let alert = DeskCommandTexts.alert(rule: asked.facts.rule, resident: asked.facts.resident)
      said = [DeskCommandTexts.confirm(alert, by: by)]
    } else if said.isEmpty, !alerts.isEmpty {
      said = [DeskCommandTexts.keys]
    }
    return said.flatMap { Layout.wrapped(say($0), to: columns) }.prefix(Self.troubleLines).map { $0 }
  }

  // MARK: notices

  private func notices(room: Int) -> [String] {
    let recent = sight.desk.notices.filter { now.monotonicMs - $0.first.monotonicMs < Self.noticesForMs }
    guard room > 1, !recent.isEmpty else { return [] }
    let rows = recent.suffix(room - 1).reversed().map { notice in
      [
        DeskClock.short(notice.first.wallMs, now: now.wallMs), Layout.cut(notice.facts.resident, to: Self.longestID),
        say(DeskClock.words(of: notice)),
      ]
    }
    return [say(DeskStateTexts.notices(recent.count))] + Layout.table(rows)
  }

  // MARK: gateways

  private func gatewayLines(room: Int) -> [String] {
    guard room > 1, !gateways.isEmpty else { return [] }
    // Those that are missing stand above already.
    let order = gateways.sorted { ($0.presence == .online ? 1 : 0, $0.id) < ($1.presence == .online ? 1 : 0, $1.id) }
    let rows = [DeskTexts.gatewayHeadings.map(say)] + order.map(row(of:))
    let share = alerts.isEmpty ? room * 2 / 3 : room / 2
    return Self.counted(Layout.table(rows), room: min(room, max(Self.fewGateways + 1, share))) {
      say(DeskTexts.more($0))
    }
  }

  private func row(of gateway: GatewayState) -> [String] {
    let state: Text =
      switch gateway.presence {
      case .unknown: DeskTexts.unknown
      case .online: DeskTexts.online
      case .offline: DeskTexts.offline
      case .lost: DeskTexts.lost
      }
    let health = gateway.health
    var trouble: [Text] = []
    if health?.hasBluetooth == false { trouble.append(DeskTexts.noBluetooth) }
    if health?.hasStorageError == true { trouble.append(DeskTexts.storageError) }
    if health?.knowsTime == false { trouble.append(DeskTexts.timeUnknown) }
    let heard = gateway.lastSign.map { DeskTexts.ago((now.monotonicMs - $0.monotonicMs) / 1000) }
    return [
      Layout.cut(gateway.id, to: Self.longestID), say(state),
      health.map { "\($0.connectedDevices)/\($0.devices)" } ?? "-", health.map { "\($0.waiting)" } ?? "-",
      heard.map(say) ?? "-", Layout.cut(gateway.version ?? "-", to: Self.longestID),
      trouble.map(say).joined(separator: say(DeskTexts.comma)),
    ]
  }

  // MARK: readings

  private func readingLines(room: Int) -> [String] {
    var series = sight.desk.readings.series
    if series.count > room - 1 { series.removeAll { Self.minorKinds.contains($0.key.kind) } }
    let shown = series.prefix(max(0, room - 1)).sorted {
      ($0.key.resident, $0.key.kind) < ($1.key.resident, $1.key.kind)
    }
    guard !shown.isEmpty else { return [] }
    return Layout.table([DeskTexts.readingHeadings.map(say)] + shown.map(row(of:)))
  }

  private func row(of series: ReadingBoard.Series) -> [String] {
    let kind = series.key.kind
    let value = series.points.last.map { point in
      Self.number(point.value) + say(KindNames.suffix(ofUnit: series.unit))
        + (point.range.map { " (\(Self.number($0.lowerBound))–\(Self.number($0.upperBound)))" } ?? "")
        + (point.isQuestionable ? " " + say(DeskTexts.questionable) : "")
    }
    let age = DeskTexts.ago((now.monotonicMs - series.heard.monotonicMs) / 1000)
    return [
      Layout.cut(series.key.resident, to: Self.longestID),
      KindNames.name(ofKind: kind).map(say) ?? kind, value ?? "-",
      Sparkline.draw(series.points.map(\.value), kind: kind, cells: Self.trendCells), say(age),
    ]
  }

  /// Without the `.0` that a whole number gets as a Double.
  static func number(_ value: Double) -> String {
    Int64(exactly: value).map(String.init) ?? "\(value)"
  }
}
