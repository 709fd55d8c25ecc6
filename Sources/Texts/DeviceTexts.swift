// SPDX-License-Identifier: GPL-3.0-or-later

/// What is said of enrolled devices.
package enum DeviceTexts {
  package static let about = Text(zh: "列出已登记的设备。", en: "Lists the enrolled devices.")
  package static let none = Text(
    zh: "还没有登记设备。请配对一个：vigilctl pair 地址 --resident 住户编号",
    en: "No device is enrolled. Enrol one: vigilctl pair ADDRESS --resident ID")

  package static let headings = [
    Text(zh: "编号", en: "ID"), Text(zh: "地址", en: "ADDRESS"), Text(zh: "名称", en: "NAME"),
    Text(zh: "住户", en: "RESIDENT"), Text(zh: "状态", en: "STATE"), Text(zh: "电量", en: "POWER"),
    Text(zh: "最近读数", en: "LAST"),
  ]

  // MARK: facts

  package static let connected = Text(zh: "已连接", en: "connected")
  package static let noReading = Text(zh: "还没有读数", en: "no reading yet")

  package static func lastReading(secondsAgo: Int64) -> Text {
    let ago = StatusTexts.ago(secondsAgo)
    return Text(zh: "最近读数 \(ago.zh)", en: "last reading \(ago.en)")
  }

  package static func lastSeen(secondsAgo: Int64) -> Text {
    let ago = StatusTexts.ago(secondsAgo)
    return Text(zh: "最近出现 \(ago.zh)", en: "last seen \(ago.en)")
  }

  /// In a table.
  package static let inPairing = Text(zh: "配对中", en: "pairing")
  package static let provisional = Text(zh: "正在配对，尚未确认", en: "being paired, not confirmed yet")
  /// - Parameter secondsAgo: how old it is.
  package static func battery(_ percent: Int, secondsAgo: Int64) -> Text {
    let age = secondsAgo < 3600 ? nil : StatusTexts.ago(secondsAgo)
    return Text(
      zh: "电量 \(percent)%" + (age.map { "（\($0.zh)）" } ?? ""),
      en: "battery \(percent) %" + (age.map { " (\($0.en))" } ?? ""))
  }
  package static func signal(_ dBm: Int) -> Text { Text(zh: "信号 \(dBm) dBm", en: "signal \(dBm) dBm") }

  // MARK: what its link does

  /// A word for a table.
  ///
  /// - Parameter state: as in `vigil.health/1`; one that is not known here is shown as it is.
  package static func word(state: String) -> Text {
    switch state {
    case "connected": connected
    case "connecting": Text(zh: "等待广播", en: "waiting")
    case "resolving": Text(zh: "读取服务", en: "reading")
    case "searching": Text(zh: "寻找中", en: "searching")
    case "listening": Text(zh: "接收广播", en: "listening")
    case "waiting-for-turn": Text(zh: "排队中", en: "in turn")
    case "waiting-for-bluetooth": Text(zh: "蓝牙不可用", en: "no Bluetooth")
    case "retrying": Text(zh: "重试中", en: "retrying")
    default: Text(zh: state, en: state)
    }
  }

  package static let keepsConnection = Text(
    zh: "保持连接：它的数值正在观察中，其他设备稍候", en: "keeps its connection: a value is being watched, others wait")
  /// - Parameter seconds: for how long it has not been connected or heard.
  package static func away(_ seconds: Int64, _ sentence: Text) -> Text {
    let duration = StatusTexts.duration(seconds)
    return Text(zh: "未连接 \(duration.zh)：\(sentence.zh)", en: "away for \(duration.en): \(sentence.en)")
  }

  /// - Parameter ids: of profiles, at least one.
  package static func profilesMissing(_ ids: [String]) -> Text {
    let names = ids.joined(separator: " ")
    return Text(zh: "它的设备描述不在了：\(names)", en: "profiles of it are not there any more: \(names)")
  }
}
