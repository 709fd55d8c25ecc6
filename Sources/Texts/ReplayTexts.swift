// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl replay` says.
package enum ReplayTexts {
  package static let abstract = Text(
    zh: "用一段读数重放规则：会发出哪些警报、什么时候、为什么。", en: "Replays readings: which alerts would have been raised, when and why.")
  package static let discussion = Text(
    zh: "每行一个 JSON 对象：诊所收到的 vigil.reading/1 消息，或只有必要内容的短行，例如 "
      + #"{"at": "2026-03-14T08:05:30+08:00", "values": [{"kind": "spo2", "value": 88}]}。"#
      + "还可以写入住户设置、确认、暂停和重启，看看结果会怎样。技术警报和测量计划不参与重放。不需要 vigild。",
    en: "A JSON object a line: `vigil.reading/1` messages as the clinic has them, or short lines such as "
      + #"{"at": "2026-03-14T08:05:30+08:00", "values": [{"kind": "spo2", "value": 88}]}. "#
      + "Settings, acknowledgements, pauses and restarts may stand between them, to see what would come of it. Technical "
      + "alerts and plans of measurements are not played. No daemon is needed.")
  package static let file = Text(zh: "读数所在的文件；- 表示标准输入。", en: "The file of readings; - for standard input.")
  package static let rules = Text(zh: "本机构的规则文件。", en: "A site's file of rules.")
  package static let edition = Text(zh: "随程序提供的规则版本。", en: "The edition of the rules that come with Vigil.")
  package static let settings = Text(
    zh: "住户设置的文件，内容与 set-limits、set-plan 命令相同。",
    en: "A file of settings of the residents, as in the commands set-limits and set-plan.")
  package static let svg = Text(
    zh: "把读数、限值和警报画成 SVG 图，写入此文件。", en: "Writes a picture of readings, limits and alerts to this file.")
  package static let zone = Text(zh: "现场的时区。", en: "The site's time zone.")
  package static let rulesOrEdition = Text(
    zh: "--rules 和 --edition 只能选一个。", en: "Give either --rules or --edition, not both.")
  package static func noZone(_ zone: String) -> Text {
    Text(
      zh: "没有时区“\(zone)”。请写成 Asia/Shanghai 这样的名称。",
      en: "There is no time zone '\(zone)'. Use a name such as Asia/Shanghai.")
  }
  /// - Parameter place: file and line, `evening.jsonl:4`.
  package static func badLine(_ place: String, reason: Text) -> Text {
    Text(zh: "\(place)：\(reason.zh)，已跳过", en: "\(place): \(reason.en); it is passed over")
  }
  package static func refused(_ place: String, reason: Text) -> Text {
    Text(zh: "\(place)：会被拒绝：\(reason.zh)", en: "\(place): would be refused: \(reason.en)")
  }
  package static func unusableSettings(_ path: String, reason: Text) -> Text {
    Text(zh: "\(path)：\(reason.zh)", en: "\(path): \(reason.en)")
  }

  // MARK: what is wrong with a line

  package static let noJSON = Text(zh: "不是 JSON 对象", en: "not a JSON object")
  package static let noTime = Text(zh: "没有时间：缺少 at", en: "it has no time: `at` is missing")
  package static let tooLong = Text(
    zh: "比前一行晚 400 天以上，请检查时间", en: "more than 400 days after the line before; check its time")
  package static func wrong(_ field: String) -> Text {
    Text(zh: "\(field) 缺失或不能识别", en: "`\(field)` is missing, or not what it has to be")
  }
  /// - Parameter known: the keys that may stand there.
  package static func unknownKey(_ key: String, known: [String]) -> Text {
    let list = known.joined(separator: ", ")
    return Text(zh: "没有名为“\(key)”的字段，可用的有：\(list)", en: "unknown key '\(key)', allowed: \(list)")
  }
  package static func wrongTime(_ field: String) -> Text {
    Text(
      zh: "\(field) 应为 1970 年以来的毫秒数，或 RFC 3339 时间",
      en: "`\(field)` wants milliseconds since 1970, or a time of RFC 3339")
  }
  package static func unknownKind(_ kind: String) -> Text {
    Text(zh: "没有名为“\(kind)”的数值种类", en: "there is no kind of value '\(kind)'")
  }
  package static func otherUnit(_ kind: String, unit: String) -> Text {
    Text(zh: "\(kind) 的单位应为 \(unit)", en: "the unit of \(kind) has to be \(unit)")
  }

  // MARK: answers that would be refused

  package static let notOpen = Text(zh: "没有这样的未结束警报", en: "no such alert is open")
  package static func alreadyAcknowledged(by person: String) -> Text {
    Text(zh: "\(person) 已经确认", en: "\(person) has acknowledged it already")
  }
  package static func stale(version: Int) -> Text {
    Text(zh: "警报已有更新的版本 \(version)", en: "it has changed since; its version is \(version)")
  }
  package static let notPaused = Text(zh: "没有这样的暂停", en: "there is no such pause")
  package static let unpausable = Text(zh: "不允许暂停", en: "it cannot be paused")

  // MARK: the table

  package static let columns = [
    Text(zh: "时间", en: "TIME"), Text(zh: "住户", en: "RESIDENT"), Text(zh: "规则", en: "RULE"),
    Text(zh: "优先级", en: "PRIORITY"), Text(zh: "变化", en: "WHAT"), Text(zh: "内容", en: "TEXT"),
  ]
  package static func rule(_ id: String, name: Text) -> Text {
    Text(zh: "\(id) \(name.zh)", en: "\(id) \(name.en)")
  }
  package static let digest = Text(zh: "汇总", en: "digest")

  /// - Parameter phase: a phase of the contract.
  package static func phase(_ phase: String, level: Int) -> Text {
    switch phase {
    case "start": Text(zh: "发生", en: "start")
    case "continue": Text(zh: "仍在", en: "continue")
    case "escalate": Text(zh: "上报第 \(level) 级", en: "escalate to \(level)")
    case "acknowledge": Text(zh: "确认", en: "acknowledge")
    case "pause": Text(zh: "暂停", en: "pause")
    case "resume": Text(zh: "继续", en: "resume")
    case "clear": Text(zh: "解除", en: "clear")
    case "end": Text(zh: "结束", en: "end")
    case "supersede": Text(zh: "被取代", en: "supersede")
    default: Text(zh: phase, en: phase)
    }
  }

  /// The same of an alert several times on end.
  package static func repeated(_ phase: Text, count: Int) -> Text {
    Text(zh: "\(phase.zh) ×\(count)", en: "\(phase.en) ×\(count)")
  }

  // MARK: the summary

  package static let nothing = Text(zh: "不会发出任何警报。", en: "No alert would have been raised.")
  package static func readings(_ count: Int, people: Int, span: Text) -> Text {
    Text(
      zh: "\(people) 人的 \(count) 条读数，历时 \(span.zh)。",
      en: "Readings: \(count), persons: \(people), over \(span.en).")
  }
  package static func skipped(_ messages: Int) -> Text {
    Text(zh: "略过 \(messages) 条其他消息。", en: "Other messages, passed over: \(messages).")
  }
  package static func alerts(_ count: Int) -> Text { Text(zh: "警报 \(count) 个：", en: "Alerts: \(count)") }
  /// - Parameter each: alerts a person and day: `0.42`.
  package static func alerts(_ count: Int, each: String) -> Text {
    Text(zh: "警报 \(count) 个，每人每天 \(each) 个：", en: "Alerts: \(count), a person and day: \(each)")
  }

  // MARK: the picture

  package static let heartRate = Text(zh: "心率和脉率", en: "heart and pulse rate")
  package static let bloodPressure = Text(zh: "血压", en: "blood pressure")
  package static func plotTitle(from: String, to: String) -> Text {
    Text(zh: "规则重放：\(from) 至 \(to)", en: "Replay of the rules, \(from) to \(to)")
  }
  package static func plotRules(edition: String, version: Int) -> Text {
    Text(zh: "规则 \(edition)，第 \(version) 版", en: "rules \(edition), version \(version)")
  }
  package static func plotAlert(_ priority: Text) -> Text {
    Text(zh: "警报：\(priority.zh)", en: "alert: \(priority.en)")
  }
  package static let plotEscalation = Text(zh: "上报", en: "escalation")
  package static let plotLimit = Text(zh: "限值", en: "limit")
  package static let plotQuestionable = Text(zh: "存疑的数值", en: "questionable value")
  package static func barsLeftOut(_ count: Int) -> Text {
    Text(zh: "另有 \(count) 个警报没有画出。", en: "More alerts than are drawn: \(count).")
  }
}
