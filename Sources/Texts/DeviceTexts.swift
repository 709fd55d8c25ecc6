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

  package static let provisional = Text(zh: "正在配对，尚未确认", en: "being paired, not confirmed yet")
  package static func battery(_ percent: Int) -> Text { Text(zh: "电量 \(percent)%", en: "battery \(percent) %") }
  package static func signal(_ dBm: Int) -> Text { Text(zh: "信号 \(dBm) dBm", en: "signal \(dBm) dBm") }

  // MARK: what its link does

  /// A word for a table.
  ///
  /// - Parameter state: as in `vigil.health/1`; one that is not known here is shown as it is.
  package static func word(state: String) -> Text {
    switch state {
    case "connected": connected
    case "connecting": Text(zh: "等待广播", en: "waiting")
    case "searching": Text(zh: "寻找中", en: "searching")
    case "listening": Text(zh: "接收广播", en: "listening")
    case "waiting-for-turn": Text(zh: "排队中", en: "in turn")
    case "waiting-for-bluetooth": Text(zh: "蓝牙不可用", en: "no Bluetooth")
    case "retrying": Text(zh: "重试中", en: "retrying")
    default: Text(zh: state, en: state)
    }
  }

  package static let waitsForAdvertisement = Text(
    zh: "等待设备发出广播：请打开设备，或测量一次", en: "waits until it advertises: switch it on or take a measurement")
  package static let waitsToBeSeen = Text(
    zh: "蓝牙还没有发现它：请打开设备，或测量一次", en: "has not been seen yet: switch it on or take a measurement")
  package static let waitsForBluetoothd = Text(
    zh: "等待蓝牙：bluetoothd 没有运行", en: "waits for Bluetooth: bluetoothd is not running")
  package static let waitsForAdapter = Text(
    zh: "等待蓝牙：没有找到适配器", en: "waits for Bluetooth: the controller is missing")
  package static let waitsForPower = Text(
    zh: "等待蓝牙：适配器已关闭，每 30 秒重新打开一次", en: "waits for Bluetooth: the controller is off, it is switched on every 30 s")
  /// - Parameter seconds: about how long; nil or 0 where it is its turn.
  package static func waitsForTurn(seconds: Int64?) -> Text {
    let (zh, en) =
      seconds.flatMap { $0 > 0 ? ("约 \($0) 秒后轮到它", "its turn comes in about \($0) s") : nil } ?? (
        "马上轮到它", "its turn is now"
      )
    return Text(
      zh: "排队等待连接：适配器的连接数已满，设备轮流连接，\(zh)，无需处理",
      en: "waits for a connection: the controller has none left and devices take turns by themselves, \(en)")
  }

  package static let keepsConnection = Text(
    zh: "保持连接：它的数值正在观察中，其他设备稍候", en: "keeps its connection: a value is being watched, others wait")
  package static let goesOnSoon = Text(zh: "等待蓝牙，马上继续", en: "waits for Bluetooth, goes on in a moment")

  /// A try that failed, and when the next one comes.
  ///
  /// - Parameters:
  ///   - name: of the D-Bus error: bluetoothd's, or one of `org.vigil.Error.`
  ///   - seconds: until the next try; nil or 0 where it is being made.
  package static func retrying(name: String, message: String, seconds: Int64?) -> Text {
    let (reason, next) = (reason(name: name, message: message), StatusTexts.nextTry(seconds))
    return Text(zh: "\(reason.zh)；\(next.zh)", en: "\(reason.en); \(next.en)")
  }

  /// Short for what happens every day, ``BluetoothTexts`` for the rest.
  private static func reason(name: String, message: String) -> Text {
    switch (name, message) {
    case ("org.vigil.Error.HungUp", _):
      Text(zh: "一连上就断开了，若一直如此请重新配对", en: "it hung up at once, if that goes on pair it anew")
    case ("org.vigil.Error.BondMissing", _):
      Text(zh: "网关上的配对已丢失，请移除后重新配对", en: "this box has lost the pairing, forget it and pair it anew")
    case ("org.vigil.Error.KeyMissing", _):
      Text(
        zh: "设备不再认得本网关（可能被重置或与手机配对），请移除后重新配对",
        en: "it does not know this box any more (reset, or paired with a phone?), forget it and pair it anew")
    case ("org.vigil.Error.ServicesTimedOut", _):
      Text(zh: "已连上，但没有及时读出它支持的服务", en: "it did not say in time what it can do")
    case ("org.bluez.Error.Failed", "le-connection-abort-by-local"),
      ("org.bluez.Error.Failed", "Software caused connection abort"):
      Text(zh: "没有发现设备，请打开设备或测量一次", en: "not in sight, switch it on or take a measurement")
    case ("org.bluez.Error.Failed", "br-connection-canceled"), ("org.bluez.Error.Failed", "le-connection-canceled"),
      ("org.bluez.Error.Failed", "Operation already in progress"), ("org.bluez.Error.InProgress", _):
      Text(zh: "蓝牙当时正忙", en: "Bluetooth was busy")
    case ("org.bluez.Error.NotReady", _), ("org.bluez.Error.Failed", "Input/output error"),
      ("org.bluez.Error.Failed", "Not Powered"):
      Text(zh: "适配器当时关着", en: "the controller was off")
    case ("org.vigil.Error.Failed", _): Text(zh: "上次失败（\(message)）", en: "the last try failed (\(message))")
    default: sentence(BluetoothTexts.failure(name: name, message: message))
    }
  }

  /// A sentence as the first part of another one.
  private static func sentence(_ text: Text) -> Text {
    Text(
      zh: text.zh.hasSuffix("。") ? String(text.zh.dropLast()) : text.zh,
      en: text.en.hasSuffix(".") ? String(text.en.dropLast()) : text.en)
  }
}
