// SPDX-License-Identifier: GPL-3.0-or-later

/// A rule in words: what `vigilctl rules explain` is made from.
package enum RuleTexts {
  // MARK: labels

  package static let when = Text(zh: "条件", en: "Condition")
  package static let whom = Text(zh: "对象", en: "Concerns")
  package static let stream = Text(zh: "连续数据", en: "Streams")
  package static let spot = Text(zh: "单次测量", en: "Readings")
  package static let priority = Text(zh: "优先级", en: "Priority")
  package static let over = Text(zh: "解除", en: "Over")
  package static let often = Text(zh: "次数", en: "How often")
  package static let silences = Text(zh: "取代", en: "Silences")
  package static let silentWhile = Text(zh: "让位于", en: "Gives way to")
  package static let unanswered = Text(zh: "无人确认", en: "Unanswered")
  package static let version = Text(zh: "版本", en: "Version")
  package static let source = Text(zh: "依据", en: "Source")

  // MARK: joining

  package static let or = Text(zh: "；或", en: "; or ")
  package static let and = Text(zh: "，并且", en: ", and ")
  package static let clause = Text(zh: "，", en: ", ")
  package static let listSeparator = Text(zh: "、", en: ", ")
  package static let eitherKind = Text(zh: "或", en: " or ")
  package static let listComma = Text(zh: "；", en: "; ")
  package static let eitherWay = Text(zh: "；或者 ", en: "; or ")

  /// A rule by id and name: `OX-1 血氧过低`.
  package static func rule(_ id: String, _ name: Text) -> Text { Text(zh: "\(id) \(name.zh)", en: "\(id) \(name.en)") }

  package static let andThen = Text(zh: "、", en: " and ")

  // MARK: limits

  /// How a number stands behind words, where a bound may be words as well: with a space in Chinese.
  package static func number(_ number: String, suffix: Text) -> Text {
    Text(zh: " \(number)\(suffix.zh)", en: "\(number)\(suffix.en)")
  }

  package static func below(_ what: Text, _ bound: Text) -> Text {
    Text(zh: "\(what.zh)低于\(bound.zh)", en: "\(what.en) below \(bound.en)")
  }
  package static func atMost(_ what: Text, _ bound: Text) -> Text {
    Text(zh: "\(what.zh)达到或低于\(bound.zh)", en: "\(what.en) at or below \(bound.en)")
  }
  package static func above(_ what: Text, _ bound: Text) -> Text {
    Text(zh: "\(what.zh)高于\(bound.zh)", en: "\(what.en) above \(bound.en)")
  }
  package static func atLeast(_ what: Text, _ bound: Text) -> Text {
    Text(zh: "\(what.zh)达到或高于\(bound.zh)", en: "\(what.en) at or above \(bound.en)")
  }

  package static func difference(_ first: Text, _ second: Text) -> Text {
    Text(zh: "\(first.zh)减\(second.zh)", en: "\(first.en) minus \(second.en)")
  }

  package static let ownMedian = Text(zh: "本人近 7 天的中位数", en: "the person's 7-day median")
  package static let ownMean = Text(zh: "本人近 7 天的平均值", en: "the person's 7-day mean")
  package static func ownLeast(days: Int) -> Text {
    Text(zh: "本人近 \(days) 天的最低值", en: "the person's least of \(days) days")
  }
  package static func minus(_ past: Text, _ amount: Text) -> Text {
    Text(zh: "\(past.zh)减\(amount.zh)", en: "\(past.en) minus \(amount.en)")
  }
  package static func plus(_ past: Text, _ amount: Text) -> Text {
    Text(zh: "\(past.zh)加\(amount.zh)", en: "\(past.en) plus \(amount.en)")
  }
  /// A difference of two percentages.
  package static func points(_ number: String) -> Text { Text(zh: " \(number) 个百分点", en: "\(number) points") }

  package static func belowRange(_ what: Text) -> Text {
    Text(zh: "\(what.zh)低于仪器可测范围（LO）", en: "\(what.en) below the meter's range (LO)")
  }
  package static func aboveRange(_ what: Text) -> Text {
    Text(zh: "\(what.zh)高于仪器可测范围（HI）", en: "\(what.en) above the meter's range (HI)")
  }
  package static func noNumber(_ what: Text) -> Text { Text(zh: "\(what.zh)没有数值", en: "\(what.en) without a number") }
  package static func reported(_ status: Text) -> Text {
    Text(zh: "设备报告：\(status.zh)", en: "the device reports: \(status.en)")
  }

  package static func given(_ condition: Text, _ bound: Text) -> Text {
    Text(zh: "\(condition.zh)（仅当\(bound.zh)）", en: "\(condition.en) (only with \(bound.en))")
  }
  /// A person's past of a kind.
  package static func past(_ past: Text, of kind: Text) -> Text {
    Text(zh: "\(kind.zh)\(past.zh)", en: "\(past.en) of \(kind.en)")
  }

  // MARK: whom

  package static let everybody = Text(zh: "所有人", en: "everybody")
  package static func from(age: Int) -> Text { Text(zh: "\(age) 岁起", en: "from \(age) years") }
  package static func upTo(age: Int) -> Text { Text(zh: "\(age) 岁及以下", en: "up to \(age) years") }
  package static func ages(_ from: Int, _ to: Int) -> Text {
    Text(zh: "\(from) 到 \(to) 岁", en: "from \(from) to \(to) years")
  }
  package static let orUnknownAge = Text(zh: "（年龄不明的也算）", en: " (and of unknown age)")
  package static func measured(from: String, to: String) -> Text {
    Text(zh: "只看 \(from) 到 \(to) 的测量", en: "only what is measured from \(from) to \(to)")
  }
  package static func only(_ condition: Text) -> Text { Text(zh: "仅限\(condition.zh)", en: "only \(condition.en)") }
  package static func not(_ condition: Text) -> Text { Text(zh: "不含\(condition.zh)", en: "not \(condition.en)") }

  /// - Parameter word: of a person's settings, `scale-2`.
  package static func condition(_ word: String) -> Text {
    switch word {
    case "scale-2": Text(zh: "血氧目标为 88–92% 的人（scale-2）", en: "those with a target of 88–92 % (scale-2)")
    case "oxygen": Text(zh: "正在吸氧的人（oxygen）", en: "those who breathe oxygen (oxygen)")
    case "covid-pathway": Text(zh: "新冠居家监测的人（covid-pathway）", en: "those on the COVID pathway (covid-pathway)")
    case "heart-failure": Text(zh: "心力衰竭的人（heart-failure）", en: "those with heart failure (heart-failure)")
    case "resting": Text(zh: "测量时静息的人（resting）", en: "those who rest while measured (resting)")
    default: Text(zh: word, en: word)
    }
  }

  // MARK: confirmation

  package static func held(_ time: Text) -> Text { Text(zh: "持续 \(time.zh)", en: "held for \(time.en)") }
  package static func heldAtRest(_ time: Text) -> Text {
    Text(zh: "已知静息的人 \(time.zh)", en: "\(time.en) for those known to rest")
  }
  package static let one = Text(zh: "一次就够", en: "one is enough")
  package static func second(within time: Text) -> Text {
    Text(zh: "\(time.zh)内再测一次仍超限", en: "a second one within \(time.en)")
  }
  package static func second(after apart: Text, within time: Text) -> Text {
    Text(zh: "至少隔 \(apart.zh)、\(time.zh)内再测一次仍超限", en: "a second one after \(apart.en), within \(time.en)")
  }
  package static let orFullyQualified = Text(
    zh: "设备标明完全合格的一次就够", en: "one is enough where the device calls it fully qualified")
  package static func alone(after time: Text) -> Text {
    Text(zh: "\(time.zh)没有复测就单独报警，并注明未经确认", en: "without one it alerts after \(time.en), and says so")
  }
  package static func mean(of count: Int, within time: Text) -> Text {
    Text(zh: "\(time.zh)内至少 \(count) 次的平均值", en: "the mean of \(count) or more within \(time.en)")
  }
  package static func mean(of count: Int, apart: Text, within time: Text) -> Text {
    Text(
      zh: "\(time.zh)内至少 \(count) 次（首末至少隔 \(apart.zh)）的平均值",
      en: "the mean of \(count) or more within \(time.en), the first and last \(apart.en) apart")
  }
  package static func sessions(_ count: Int, of all: Int, within time: Text) -> Text {
    Text(
      zh: "\(time.zh)内最近 \(all) 轮测量中有 \(count) 轮（一轮为 10 分钟内的测量）",
      en: "\(count) of the last \(all) sessions within \(time.en); a session is 10 min of measuring")
  }
  package static func average(days: Int, atLeast least: Int, readings: Int) -> Text {
    Text(
      zh: "\(days) 天的平均值，至少 \(least) 天、\(readings) 次",
      en: "the average of \(days) days, of at least \(least) days and \(readings) readings")
  }
  package static let withoutFirstDay = Text(zh: "第一天不计", en: "the first day left out")

  // MARK: priority

  package static func priority(_ word: String) -> Text {
    switch word {
    case "high": Text(zh: "高", en: "high")
    case "medium": Text(zh: "中", en: "medium")
    case "low": Text(zh: "低", en: "low")
    default: Text(zh: word, en: word)
    }
  }
  package static let technical = Text(zh: "技术警报", en: "a technical alert")
  package static func priority(_ priority: Text, for whom: Text) -> Text {
    Text(zh: "\(whom.zh)：\(priority.zh)", en: "\(priority.en) \(whom.en)")
  }
  package static func among(_ condition: Text) -> Text { Text(zh: condition.zh, en: "for \(condition.en)") }
  package static func with(_ condition: Text) -> Text { Text(zh: "同时\(condition.zh)", en: "with \(condition.en)") }
  package static func otherwise(_ priority: Text) -> Text {
    Text(zh: "其他：\(priority.zh)", en: "otherwise \(priority.en)")
  }

  // MARK: the end

  package static func inARow(_ count: Int) -> Text {
    count == 1
      ? Text(zh: "一次测量", en: "one reading") : Text(zh: "连续 \(count) 次测量", en: "\(count) readings in a row")
  }
  package static func quiet(_ time: Text) -> Text { Text(zh: "\(time.zh)没有再出现", en: "not seen again for \(time.en)") }
  package static func cleared(_ limits: Text, _ how: Text) -> Text {
    Text(zh: "\(limits.zh)：\(how.zh)", en: "\(limits.en): \(how.en)")
  }
  package static func onceIn(_ time: Text) -> Text { Text(zh: "\(time.zh)内最多一次", en: "at most once in \(time.en)") }

  package static func again(_ time: Text) -> Text { Text(zh: "每 \(time.zh)重复一次", en: "said again every \(time.en)") }
  package static func escalates(_ times: Text) -> Text {
    Text(zh: "\(times.zh)后逐级上报", en: "goes up a level after \(times.en)")
  }
  package static let latches = Text(zh: "解除后仍保留到有人确认", en: "stays after it is over until somebody acknowledges it")
  package static let saidOnce = Text(zh: "只通知一次", en: "said once")

  // MARK: who wrote it

  package static func written(version: Int, by author: String, on date: String) -> Text {
    Text(zh: "第 \(version) 版，\(author)，\(date)", en: "\(version), by \(author), \(date)")
  }

  // MARK: times

  /// In the largest unit that it is whole in: `30 s`, `5 min`, `36 h`, `7 days`.
  ///
  /// - Parameter time: milliseconds.
  package static func duration(_ time: Int64) -> Text {
    let seconds = time / 1000
    if seconds >= 172_800, seconds % 86_400 == 0 {
      return Text(zh: "\(seconds / 86_400) 天", en: "\(seconds / 86_400) days")
    }
    if seconds >= 3600, seconds % 3600 == 0 { return Text(zh: "\(seconds / 3600) 小时", en: "\(seconds / 3600) h") }
    if seconds >= 60, seconds % 60 == 0 { return Text(zh: "\(seconds / 60) 分钟", en: "\(seconds / 60) min") }
    return Text(zh: "\(seconds) 秒", en: "\(seconds) s")
  }
}
