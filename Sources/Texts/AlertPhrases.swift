// SPDX-License-Identifier: GPL-3.0-or-later

/// The phrases of alerts. They are read in three seconds: what, how bad, when.
package enum AlertPhrases {
  package static let listComma = Text(zh: "；", en: "; ")
  package static let comma = Text(zh: "，", en: ", ")
  package static let unconfirmed = Text(zh: "没有复测，未经确认", en: "no second reading, unconfirmed")
  package static let timeUnknown = Text(zh: "测量时间未知", en: "measurement time unknown")
  package static let superseded = Text(
    zh: "已由同类更严重的警报取代", en: "replaced by a more serious alert of the same kind")
  package static let digestName = Text(zh: "每日汇总", en: "daily summary")

  // MARK: values

  package static let bloodPressure = Text(zh: "血压", en: "blood pressure")
  package static let pulsePressure = Text(zh: "脉压", en: "pulse pressure")

  package static func difference(_ first: Text, _ second: Text) -> Text {
    Text(zh: "\(first.zh)减\(second.zh)", en: "\(first.en) minus \(second.en)")
  }

  package static func mean(of what: Text) -> Text { Text(zh: "\(what.zh)均值", en: "mean \(what.en)") }

  package static func homeAverage(of what: Text) -> Text { Text(zh: "家测\(what.zh)平均", en: "home average \(what.en)") }

  package static func readings(_ count: Int) -> Text { Text(zh: "（\(count)次测量）", en: " (\(count) readings)") }

  package static func readings(_ count: Int, inDays days: Int) -> Text {
    Text(zh: "（\(days)天\(count)次）", en: " (\(count) readings in \(days) days)")
  }

  package static func sessions(_ count: Int) -> Text { Text(zh: "（\(count)轮测量）", en: " (\(count) sessions)") }

  // MARK: limits

  /// - Parameter whose: ``own``; nil where nothing is said of it.
  package static func below(_ whose: Text?, _ bound: Text) -> Text {
    Text(zh: "低于\(whose?.zh ?? "") \(bound.zh)", en: "below \(whose?.en ?? "")\(bound.en)")
  }

  package static func atMost(_ whose: Text?, _ bound: Text) -> Text {
    Text(zh: "达到或低于\(whose?.zh ?? "") \(bound.zh)", en: "at or below \(whose?.en ?? "")\(bound.en)")
  }

  package static func above(_ whose: Text?, _ bound: Text) -> Text {
    Text(zh: "高于\(whose?.zh ?? "") \(bound.zh)", en: "above \(whose?.en ?? "")\(bound.en)")
  }

  package static func atLeast(_ whose: Text?, _ bound: Text) -> Text {
    Text(zh: "达到或高于\(whose?.zh ?? "") \(bound.zh)", en: "at or above \(whose?.en ?? "")\(bound.en)")
  }

  /// A limit that the clinic set for this person.
  package static let own = Text(zh: "本人限值", en: "the person's own ")

  package static func lower(by difference: Text, than past: Text) -> Text {
    Text(zh: "比\(past.zh)低 \(difference.zh)", en: "\(difference.en) below \(past.en)")
  }

  package static func higher(by difference: Text, than past: Text) -> Text {
    Text(zh: "比\(past.zh)高 \(difference.zh)", en: "\(difference.en) above \(past.en)")
  }

  package static func usual(_ value: Text) -> Text { Text(zh: "平时 \(value.zh) ", en: "the usual \(value.en)") }
  package static func least(_ value: Text, ofDays days: Int) -> Text {
    Text(zh: " \(days) 天内最低 \(value.zh) ", en: "the least of \(days) days, \(value.en)")
  }
  package static func usually(_ value: Text) -> Text { Text(zh: "平时 \(value.zh)", en: "usually \(value.en)") }

  package static func points(_ number: String) -> Text { Text(zh: "\(number) 个百分点", en: "\(number) points") }

  /// A meter shows letters where a number would be.
  package static func belowRange(_ what: Text) -> Text {
    Text(zh: "\(what.zh)低于仪器可测范围（LO）", en: "\(what.en) below the meter's range (LO)")
  }

  package static func aboveRange(_ what: Text) -> Text {
    Text(zh: "\(what.zh)高于仪器可测范围（HI）", en: "\(what.en) above the meter's range (HI)")
  }

  package static func with(_ value: Text) -> Text { Text(zh: "同时\(value.zh)", en: "with \(value.en)") }

  // MARK: times

  /// - Parameter month: 1 to 12; outside there is no such date.
  package static func date(month: Int, day: Int) -> Text? {
    guard months.indices.contains(month - 1) else { return nil }
    let month = months[month - 1]
    return Text(zh: "\(month.zh)\(day)日", en: "\(day) \(month.en)")
  }

  private static let months = [
    Text(zh: "1月", en: "Jan"), Text(zh: "2月", en: "Feb"), Text(zh: "3月", en: "Mar"), Text(zh: "4月", en: "Apr"),
    Text(zh: "5月", en: "May"), Text(zh: "6月", en: "Jun"), Text(zh: "7月", en: "Jul"), Text(zh: "8月", en: "Aug"),
    Text(zh: "9月", en: "Sep"), Text(zh: "10月", en: "Oct"), Text(zh: "11月", en: "Nov"), Text(zh: "12月", en: "Dec"),
  ]

  package static func minutes(_ minutes: Int64) -> Text { Text(zh: "\(minutes) 分钟", en: "\(minutes) min") }
  package static let lessThanAMinute = Text(zh: "不到 1 分钟", en: "less than 1 min")
  package static func hours(_ hours: Int64) -> Text { Text(zh: "\(hours) 小时", en: "\(hours) h") }
  package static func days(_ days: Int64) -> Text { Text(zh: "\(days) 天", en: "\(days) d") }

  // MARK: transitions

  package static func noted(_ matter: Text, _ notes: Text) -> Text {
    Text(zh: "\(matter.zh)（\(notes.zh)）", en: "\(matter.en) (\(notes.en))")
  }

  package static func storedReading(of time: Text) -> Text {
    Text(zh: "\(time.zh) 的存储读数", en: "stored reading of \(time.en)")
  }
  package static let storedReading = Text(zh: "存储读数", en: "stored reading")
  package static func inAll(_ count: Int) -> Text { Text(zh: "共 \(count) 次", en: "\(count) in all") }
  package static func late(_ matter: Text) -> Text { Text(zh: "补传：\(matter.zh)", en: "received late: \(matter.en)") }

  package static func stillThere(_ start: Text, _ lasting: Text) -> Text {
    Text(zh: "仍然：\(start.zh)，已 \(lasting.zh)", en: "still: \(start.en), for \(lasting.en)")
  }

  package static func escalated(_ start: Text, to level: Int, _ waiting: Text) -> Text {
    Text(
      zh: "上报第\(level)级：\(start.zh)，已 \(waiting.zh)无人确认",
      en: "escalated to level \(level): \(start.en), not acknowledged for \(waiting.en)")
  }

  package static func acknowledged(by person: String) -> Text {
    Text(zh: "\(person) 已确认", en: "acknowledged by \(person)")
  }

  package static func paused(until time: Text, _ reason: String) -> Text {
    Text(zh: "已暂停，到 \(time.zh)（\(reason)）", en: "paused until \(time.en) (\(reason))")
  }

  package static func paused(for duration: Text, _ reason: String) -> Text {
    Text(zh: "已暂停 \(duration.zh)（\(reason)）", en: "paused for \(duration.en) (\(reason))")
  }

  package static func outOfService(_ reason: String) -> Text {
    Text(zh: "已停用（\(reason)）", en: "out of service (\(reason))")
  }

  package static func resumed(_ start: Text) -> Text {
    Text(zh: "暂停结束，仍然：\(start.zh)", en: "pause over, still: \(start.en)")
  }

  /// Not that all is well: it may be over because the value is too low now.
  package static func isNow(_ what: Text, _ value: Text) -> Text {
    Text(zh: "\(what.zh)现为 \(value.zh)", en: "\(what.en) now \(value.en)")
  }

  /// - Parameter start: what was said when it began.
  package static func over(_ values: Text, after start: Text) -> Text {
    Text(zh: "已解除：\(values.zh)；此前：\(start.zh)", en: "over: \(values.en); it was: \(start.en)")
  }

  package static func over(_ name: Text) -> Text { Text(zh: "\(name.zh)：已解除", en: "\(name.en): over") }
  package static func notSeenAgain(_ name: Text) -> Text {
    Text(zh: "\(name.zh)：没有再出现", en: "\(name.en): not seen again")
  }
  package static func gone(_ name: Text) -> Text { Text(zh: "\(name.zh)：不再监测", en: "\(name.en): not watched any more") }

  // MARK: the digest

  package static func times(_ name: Text, _ count: Int) -> Text {
    Text(zh: "\(name.zh) \(count) 次", en: "\(name.en) \(count)×")
  }
  package static func digest(_ list: Text) -> Text {
    Text(zh: "每日汇总，没有单独通知：\(list.zh)", en: "daily summary, not sent one by one: \(list.en)")
  }
  package static func technicalDigest(_ list: Text) -> Text {
    Text(zh: "设备每日汇总：\(list.zh)", en: "daily summary of devices: \(list.en)")
  }
  package static func more(_ count: Int) -> Text { Text(zh: "其他 \(count) 次", en: "others \(count)×") }
}
