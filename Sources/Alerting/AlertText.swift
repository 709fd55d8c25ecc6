// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// What an alert says to people, in every language that it is sent in.
enum AlertText {
  static let superseded = AlertPhrases.superseded
  static let digestName = AlertPhrases.digestName

  /// `血氧 86%，低于 90%（08:05，血氧过低）`, `SpO2 86 %, below 90 % (08:05, low oxygen saturation)`
  static func start(_ rule: Rule, _ onset: Onset, at occasion: Occasion) -> Text {
    var notes: [Text] = []
    if onset.decisive.age == .unknown {
      notes.append(AlertPhrases.timeUnknown)
    } else if let time = time(of: onset.decisive.observedWallMs, at: occasion) {
      notes.append(time)
    }
    return AlertPhrases.noted(AlertMatter(rule, onset).text, joined(notes + [rule.name]))
  }

  /// `补传：血氧 86%，低于 90%（3月14日 02:10 的存储读数，共 3 次，血氧过低）`
  static func late(_ rule: Rule, _ onset: Onset, at occasion: Occasion) -> Text {
    let time = time(of: onset.decisive.observedWallMs, at: occasion)
    var notes = [time.map(AlertPhrases.storedReading(of:)) ?? AlertPhrases.storedReading]
    if case .stored(let count) = onset.figure, count > 1 { notes.append(AlertPhrases.inAll(count)) }
    return AlertPhrases.late(AlertPhrases.noted(AlertMatter(rule, onset).text, joined(notes + [rule.name])))
  }

  // MARK: while it lasts

  /// - Parameter lasting: milliseconds.
  static func stillThere(_ start: Text, lasting: Int64) -> Text {
    AlertPhrases.stillThere(start, duration(lasting))
  }

  static func escalated(_ start: Text, to level: Int, waiting: Int64) -> Text {
    AlertPhrases.escalated(start, to: level, duration(waiting))
  }

  static func acknowledged(by person: String) -> Text { AlertPhrases.acknowledged(by: short(person)) }

  static func paused(_ pause: Pause, at occasion: Occasion) -> Text {
    guard let milliseconds = pause.milliseconds else { return AlertPhrases.outOfService(short(pause.reason)) }
    guard let until = time(of: pause.untilWallMs, at: occasion) else {
      return AlertPhrases.paused(for: duration(milliseconds), short(pause.reason))
    }
    return AlertPhrases.paused(until: until, short(pause.reason))
  }

  /// It begins, and nobody wants to hear of it.
  static func startInPause(_ start: Text, _ pause: Pause, at occasion: Occasion) -> Text {
    joined([start, paused(pause, at: occasion)], by: AlertPhrases.listComma)
  }

  static func resumed(_ start: Text) -> Text { AlertPhrases.resumed(start) }

  // MARK: when it is over

  /// `血氧恢复到 95%`, `SpO2 back to 95 %`
  ///
  /// - Parameters:
  ///   - latest: says which kinds had offended.
  ///   - last: the last reading that cleared it; nil where nothing of the kind was seen for long.
  static func over(_ name: Text, _ latest: Alert?, by last: Evidence?) -> Text {
    guard let last else { return AlertPhrases.notSeenAgain(name) }
    let limits = latest?.limits.map(\.kind) ?? []
    let offended = limits.isEmpty ? latest?.evidence.flatMap(\.values).map(\.kind) ?? [] : limits
    let values = ShownValue.all(of: last.values, offended: offended)
    if values.isEmpty { return AlertPhrases.over(name) }
    let now = joined(values.map { AlertPhrases.isNow($0.name, $0.number) }, by: AlertPhrases.listComma)
    guard let start = latest?.course.start, !start.isEmpty else { return now }
    return AlertPhrases.over(now, after: Text(byTag: start))
  }

  static func gone(_ name: Text) -> Text { AlertPhrases.gone(name) }

  // MARK: the digest

  /// The most frequent first, as many as fit.
  static func digest(_ entries: [Digest.Entry], _ category: Alert.Category) -> Text {
    var items: [Text] = []
    var (length, left) = (0, 0)
    for entry in entries.sorted(by: { $0.count > $1.count }) {
      let item = AlertPhrases.times(entry.isLate ? AlertPhrases.late(entry.name) : entry.name, entry.count)
      if !items.isEmpty, length + item.zh.count > 80 {
        left &+= entry.count
        continue
      }
      length += item.zh.count + 1
      items.append(item)
    }
    if left > 0 { items.append(AlertPhrases.more(left)) }
    let list = joined(items, by: AlertPhrases.listComma)
    return category == .technical ? AlertPhrases.technicalDigest(list) : AlertPhrases.digest(list)
  }

  // MARK: parts

  static func joined(_ parts: [Text], by comma: Text = AlertPhrases.comma) -> Text {
    Text(zh: parts.map(\.zh).joined(separator: comma.zh), en: parts.map(\.en).joined(separator: comma.en))
  }

  /// `08:05`, and the date before it where it is not today's; nil while unknown.
  private static func time(of wallMs: Int64?, at occasion: Occasion) -> Text? {
    guard let wallMs, wallMs >= 0 else { return nil }
    let local = occasion.calendar(wallMs)
    let clock = local.clock
    if local.day == occasion.local?.day { return Text(zh: clock, en: clock) }
    guard let civil = CivilTime(seconds: Int64(local.day) &* 86_400, sinceYear: 1970),
      let date = AlertPhrases.date(month: civil.month, day: civil.day)
    else { return nil }
    return joined([date, Text(zh: clock, en: clock)], by: Text(zh: " ", en: " "))
  }

  private static func duration(_ milliseconds: Int64) -> Text {
    let minutes = milliseconds / 60_000
    if minutes < 1 { return AlertPhrases.lessThanAMinute }
    if minutes < 60 { return AlertPhrases.minutes(minutes) }
    if minutes >= 72 * 60 { return AlertPhrases.days(minutes / 1440) }
    if minutes % 60 == 0 { return AlertPhrases.hours(minutes / 60) }
    return joined(
      [AlertPhrases.hours(minutes / 60), AlertPhrases.minutes(minutes % 60)], by: Text(zh: " ", en: " "))
  }

  /// Words of somebody else, in a message that is read in three seconds.
  private static func short(_ words: String) -> String { words.count > 40 ? "\(words.prefix(39))…" : words }
}
