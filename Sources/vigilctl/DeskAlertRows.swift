// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Texts

/// The list of open alerts in the picture of `watch --clinic`: how it stands is a column, what it says stands below, or behind
/// where there are many.
struct DeskAlertRows {
  let alerts: [DeskAlert]
  /// Open at gateways, and not known here.
  let unlisted: Int64
  let now: DeskMoment
  /// The place of the one that keys act on; nil where they act on none.
  let chosen: Int?
  let namesGateways: Bool
  let language: Language

  private static let indent = String(repeating: " ", count: 6)
  /// In lines.
  private static let longestWords = 3

  /// For each alert a line, and its words below where there is room for one line more of all; the first of them have theirs
  /// whole before the others have. Otherwise a line for each. Alerts that are left out are counted.
  func lines(columns: Int, room: Int) -> [String] {
    let room = max(0, room - 1 - (unlisted > 0 ? 1 : 0))
    let isRoomy = alerts.count * 2 <= room
    // The chosen one is always to be seen.
    let from = min(max(0, (chosen ?? 0) - room + 1), max(0, alerts.count - room))
    let shown = Array(alerts.dropFirst(from).prefix(room))
    let table = Layout.table(shown.map { row(of: $0, isRoomy: isRoomy) })
    var spare = room - alerts.count * 2
    var found = [say(WatchTexts.openAlerts(alerts.count, hidden: alerts.count - shown.count))]
    if unlisted > 0 { found.append(say(DeskTexts.unlisted(unlisted))) }
    for (place, (alert, facts)) in zip(shown, table).enumerated() {
      let mark = chosen.map { $0 == from + place ? "> " : "  " } ?? ""
      found.append(mark + facts)
      guard isRoomy else { continue }
      let words = Layout.wrapped(
        say(DeskClock.words(of: alert)), to: columns - Self.indent.count, atMost: min(Self.longestWords, 1 + spare))
      spare -= words.count - 1
      found += words.map { Self.indent + $0 }
    }
    return found.map { Layout.cut($0, to: columns) }
  }

  private func row(of alert: DeskAlert, isRoomy: Bool) -> [String] {
    let facts = alert.facts
    let standing = say(DeskClock.standing(of: alert, at: now, isBrief: !isRoomy))
    return [
      WatchTexts.mark(ofPriority: facts.priority.rawValue) + " " + say(WatchTexts.priority(facts.priority.rawValue)),
      facts.rule, Layout.cut(facts.resident, to: isRoomy ? 20 : DeskScreen.longestID),
    ] + (namesGateways ? [Layout.cut(alert.gateway, to: DeskScreen.longestID)] : [])
      + [
        DeskClock.short(alert.sinceMs, now: now.wallMs), isRoomy ? standing : Layout.cut(standing, to: 16),
      ] + (isRoomy ? [] : [say(DeskClock.words(of: alert))])
  }

  private func say(_ text: Text) -> String { text(in: language) }
}
