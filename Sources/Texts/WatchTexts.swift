// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl watch` says.
package enum WatchTexts {
  package static let about = Text(zh: "实时显示读数和警报。", en: "Shows readings and alerts as they come.")
  package static let discussion = Text(
    zh: "在终端上是一幅实时画面，按 Ctrl-C 结束；否则每条读数或警报占一行。",
    en: "On a terminal a live picture that Ctrl-C ends, otherwise a line for each reading and alert.")

  // MARK: the picture

  package static func title(gateway: String, connected: Int, of devices: Int, waiting: Int64, hasBroker: Bool) -> Text {
    Text(
      zh: "守望 \(gateway)：设备 \(connected)/\(devices) 已连接，消息服务器\(hasBroker ? "已连接" : "没有连上")，待送达 \(waiting) 条",
      en: "Vigil \(gateway): \(connected) of \(devices) devices connected, broker "
        + "\(hasBroker ? "connected" : "away"), \(waiting) waiting")
  }

  package static func missed(_ count: Int) -> Text {
    Text(zh: "漏掉 \(count) 条", en: "\(count) left out")
  }

  package static let headings = [
    Text(zh: "住户", en: "RESIDENT"), Text(zh: "设备", en: "DEVICE"), Text(zh: "项目", en: "KIND"),
    Text(zh: "当前值", en: "NOW"), Text(zh: "变化", en: "TREND"), Text(zh: "时间", en: "AGE"),
  ]

  package static let noReading = Text(
    zh: "还没有读数。请打开设备，或测量一次。", en: "No reading yet. Switch a device on, or take a measurement.")

  package static func moreRows(_ count: Int) -> Text { Text(zh: "还有 \(count) 行", en: "\(count) more") }

  /// - Parameter hidden: how many of them there is no room for.
  package static func openAlerts(_ count: Int, hidden: Int) -> Text {
    if count == 0 { return Text(zh: "没有未结束的警报", en: "No open alerts") }
    return Text(
      zh: "未结束的警报 \(count) 个" + (hidden > 0 ? "（还有 \(hidden) 个未显示）" : ""),
      en: "Open alerts: \(count)" + (hidden > 0 ? " (\(hidden) more than are shown)" : ""))
  }

  // MARK: readings

  package static let bloodPressure = Text(zh: "血压", en: "blood pressure")
  package static let noValue = Text(zh: "无数值", en: "no value")
  package static let comma = Text(zh: "，", en: ", ")
  package static let test = Text(zh: "测试", en: "test")

  /// - Returns: nil for a reading that is as it should be.
  package static func quality(_ quality: String) -> Text? {
    switch quality {
    case "valid": nil
    case "questionable": Text(zh: "可疑", en: "doubtful")
    case "invalid": Text(zh: "无效", en: "invalid")
    default: Text(zh: quality, en: quality)
    }
  }

  // MARK: alerts

  /// As on a patient monitor: the more urgent, the more marks. One that is not known counts as high (contract).
  package static func mark(ofPriority priority: String) -> String {
    switch priority {
    case "low": "!"
    case "medium": "!!"
    default: "!!!"
    }
  }

  package static func priority(_ priority: String) -> Text {
    switch priority {
    case "low": Text(zh: "低", en: "low")
    case "medium": Text(zh: "中", en: "medium")
    default: Text(zh: "高", en: "high")
    }
  }

  package static func state(_ state: String) -> Text {
    switch state {
    case "active": Text(zh: "进行中", en: "active")
    case "acknowledged": Text(zh: "已确认", en: "acknowledged")
    case "cleared-unacknowledged": Text(zh: "已恢复，未确认", en: "over, not acknowledged")
    case "paused": Text(zh: "已暂停", en: "paused")
    case "ended": Text(zh: "已结束", en: "ended")
    default: Text(zh: state, en: state)
    }
  }

  // MARK: without a terminal

  package static func raised(at time: String) -> Text { Text(zh: "始于 \(time)", en: "raised \(time)") }

  package static func gateway(_ gateway: String, connected: Int, of devices: Int, hasBroker: Bool) -> Text {
    Text(
      zh: "网关 \(gateway)：设备 \(connected)/\(devices) 已连接，消息服务器\(hasBroker ? "已连接" : "没有连上")",
      en: "gateway \(gateway): \(connected) of \(devices) devices connected, broker \(hasBroker ? "connected" : "away")"
    )
  }

  package static func missedLines(_ count: Int) -> Text {
    Text(zh: "漏掉 \(count) 条：输出读得太慢", en: "\(count) left out: the output is read too slowly")
  }

  package static let daemonGone = Text(
    zh: "vigild 已停止，不再有新的读数。请查看：systemctl status vigild",
    en: "The daemon has ended, nothing more comes. See: systemctl status vigild")
}
