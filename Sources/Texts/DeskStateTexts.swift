// SPDX-License-Identifier: GPL-3.0-or-later

/// How an alert stands at a clinic's desk, to be read in three seconds: who has it, or for how long nobody has.
package enum DeskStateTexts {
  /// - Parameters:
  ///   - level: how far the gateway has escalated it; said from 2 on.
  ///   - isOverdue: the desk's own time to answer is over.
  package static func unanswered(for duration: Text, level: Int64, isOverdue: Bool) -> Text {
    let waiting = Text(zh: "\(duration.zh)无人确认", en: "\(duration.en) unanswered")
    let said = isOverdue ? Text(zh: "超时！\(waiting.zh)", en: "OVERDUE \(waiting.en)") : waiting
    guard level > 1 else { return said }
    return Text(zh: "\(said.zh)，已上报第 \(level) 级", en: "\(said.en), level \(level)")
  }

  /// The same where there is little room.
  package static func waiting(for duration: Text, level: Int64, isOverdue: Bool) -> Text {
    let said = isOverdue ? Text(zh: "超时 \(duration.zh)", en: "OVERDUE \(duration.en)") : duration
    return level > 1 ? Text(zh: "\(said.zh) \(level) 级", en: "\(said.en) L\(level)") : said
  }

  /// - Parameters:
  ///   - by: nil where it is not known who.
  ///   - time: of day, nil likewise.
  package static func acknowledged(by: String?, at time: String?) -> Text {
    guard let by else { return WatchTexts.state("acknowledged") }
    guard let time else { return Text(zh: "\(by) 已确认", en: "acknowledged by \(by)") }
    return Text(zh: "\(by) \(time) 已确认", en: "acknowledged by \(by), \(time)")
  }

  /// - Parameters:
  ///   - until: a time, nil for what has no end.
  ///   - reason: as somebody wrote it; nil or empty where it is not known.
  package static func paused(until: String?, reason: String?) -> Text {
    let paused = until.map { time in Text(zh: "暂停到 \(time)", en: "paused until \(time)") } ?? WatchTexts.state("paused")
    guard let reason, !reason.isEmpty else { return paused }
    return Text(zh: "\(paused.zh)（\(reason)）", en: "\(paused.en) (\(reason))")
  }

  package static func value(_ name: Text, _ number: String, unit: Text) -> Text {
    Text(zh: "\(name.zh) \(number)\(unit.zh)", en: "\(name.en) \(number)\(unit.en)")
  }

  /// What an alert is about: its rule, and the values that it rests on.
  package static func matter(rule: Text, values: [Text]) -> Text {
    guard !values.isEmpty else { return rule }
    return Text(
      zh: "\(rule.zh)：" + values.map(\.zh).joined(separator: "，"),
      en: "\(rule.en): " + values.map(\.en).joined(separator: ", "))
  }

  package static func overdue(_ count: Int, longest: Text) -> Text {
    Text(
      zh: "\(count) 个警报超时，最长 \(longest.zh)无人确认：请立即联系第二责任人",
      en: "Overdue: \(count), unanswered for up to \(longest.en). Call the second contact now")
  }

  package static let becameOverdue = Text(zh: "超时", en: "OVERDUE")
  package static let notice = Text(zh: "通知", en: "notice")
  package static func notices(_ count: Int) -> Text { Text(zh: "通知 \(count) 条", en: "Notices: \(count)") }

  /// Below the gateways that are lost.
  package static let nobodyWatches = Text(
    zh: "那里的住户现在无人监护：请打电话，并检查网关的电源和网络",
    en: "Nobody is watched there now: telephone, and check its power and network")
}
