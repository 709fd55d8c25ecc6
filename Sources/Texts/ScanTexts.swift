// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl scan` says.
package enum ScanTexts {
  // MARK: help

  package static let abstract = Text(zh: "查看附近有哪些蓝牙设备。", en: "Shows the Bluetooth devices that are near.")
  package static let discussion = Text(
    zh: "在终端上画面会一直更新，按 Ctrl-C 结束。没有终端时搜索 10 秒，然后输出一张表。\n"
      + "两台一样的设备这样区分：等画面提示后，在要配对的那台上按键或开始测量，刚开始广播的设备前面会出现 *。"
      + "也可以用 --serials 比对序列号。",
    en: "On a terminal the picture goes on until Ctrl-C. Without one it listens for 10 seconds and prints a table.\n"
      + "How to tell two of the same kind apart: when you are asked to, press the button or start a measurement on the "
      + "one that you mean. The one that begins to advertise gets a *. Or compare serial numbers: --serials.")
  package static let secondsOption = Text(zh: "搜索多少秒，1 到 600。", en: "How many seconds to listen, 1 to 600.")
  package static let allOption = Text(zh: "也显示守望用不到的设备。", en: "Shows devices as well that Vigil has no use for.")
  package static let serialsOption = Text(
    zh: "短暂连接未登记的设备，读取序列号和型号，不配对。",
    en: "Connects briefly to devices that are not enrolled and reads serial number and model, without pairing.")
  package static let impossibleSeconds = Text(
    zh: "--seconds 必须是 1 到 600 之间的整数。", en: "--seconds is a whole number from 1 to 600.")

  // MARK: the picture; a line each, 80 cells at most

  package static let title = Text(zh: "网关附近的设备（按 Ctrl-C 结束）", en: "Devices near this gateway (Ctrl-C ends)")

  /// What is going on and what to do.
  ///
  /// - Parameter word: of the daemon's line, `ready`.
  package static func state(_ word: String) -> Text {
    switch word {
    case "listening":
      Text(zh: "正在搜索周围已有的设备，请稍等……", en: "Hearing what is there already. One moment, please …")
    case "ready":
      Text(
        zh: "请在要配对的设备上按键或开始测量：它前面会出现 *",
        en: "Press the button or start a measurement on the device you mean: it gets a *.")
    case "no-bluetoothd": BluetoothTexts.notRunning
    case "no-controller":
      Text(
        zh: "没有蓝牙适配器。请插好适配器，并查看：vigilctl status",
        en: "There is no Bluetooth controller. Plug it in, and see: vigilctl status")
    case "off":
      Text(
        zh: "蓝牙适配器没有打开。请打开它：rfkill unblock bluetooth",
        en: "The Bluetooth controller is off. Switch it on: rfkill unblock bluetooth")
    case "refused":
      Text(
        zh: "蓝牙服务不让搜索。若一直如此，请重启它：systemctl restart bluetooth",
        en: "bluetoothd does not let us listen. Restart it: systemctl restart bluetooth")
    case "ended":
      Text(
        zh: "十分钟到了，搜索已结束。继续搜索：vigilctl scan",
        en: "Ten minutes are over, nothing is heard any more. To go on: vigilctl scan")
    default: Text(zh: word, en: word)
    }
  }

  package static let nothingYet = [
    Text(zh: "还没有发现可用的设备。请打开设备并放近。", en: "No device of use was heard yet. Switch it on and bring it near."),
    silentWhileConnected,
  ]
  package static let nothingHeard = [
    Text(
      zh: "没有发现可用的设备。请打开设备、放近，开始一次测量，然后再试。",
      en: "No device of use was heard. Switch it on, bring it near, start a measurement, try again."),
    silentWhileConnected,
  ]
  private static let silentWhileConnected = Text(
    zh: "连着手机的设备不会广播：请先关闭那部手机的蓝牙。",
    en: "A device connected to a phone is silent: switch Bluetooth off on the phone.")

  package static func strangers(_ count: Int) -> Text {
    count == 1
      ? Text(zh: "另有 1 台守望用不到的设备（--all 全部显示）", en: "and 1 other that Vigil does not know (--all shows it)")
      : Text(
        zh: "另有 \(count) 台守望用不到的设备（--all 全部显示）",
        en: "and \(count) others that Vigil does not know (--all shows them)")
  }

  package static func more(_ count: Int) -> Text {
    Text(zh: "还有 \(count) 台没有显示，请把窗口拉高。", en: "and \(count) more: make the window higher")
  }

  // MARK: the table

  package static let columns = [
    Text(zh: "名称", en: "NAME"), Text(zh: "类型", en: "WHAT"), Text(zh: "信号", en: "SIGNAL"), Text(zh: "上次", en: "SEEN"),
    Text(zh: "编号", en: "ID"), Text(zh: "地址", en: "ADDRESS"),
  ]
  package static let connected = Text(zh: "已连接", en: "linked")
  package static let listSeparator = Text(zh: "、", en: ", ")

  /// How long ago a device was heard.
  package static func age(_ seconds: Int64) -> Text {
    seconds < 5 ? Text(zh: "刚刚", en: "now") : Text(zh: "\(seconds)秒前", en: "\(seconds) s")
  }

  /// What a device with this profile is.
  ///
  /// - Returns: nil for a profile that does not come with Vigil; its title then.
  package static func deviceKind(ofProfile id: String) -> Text? {
    switch id {
    case "bluetooth.heart-rate": Text(zh: "心率设备", en: "heart rate")
    case "bluetooth.blood-pressure": Text(zh: "血压计", en: "blood pressure")
    case "bluetooth.pulse-oximeter": Text(zh: "血氧仪", en: "pulse oximeter")
    case "bluetooth.health-thermometer": Text(zh: "体温计", en: "thermometer")
    case "bluetooth.weight-scale": Text(zh: "体重秤", en: "weight scale")
    case "bluetooth.glucose": Text(zh: "血糖仪", en: "glucose meter")
    default: nil
    }
  }

  package static func identity(serial: String?, model: String?) -> Text {
    Text(
      zh: "序列号 \(serial ?? "-")" + (model.map { "，型号 \($0)" } ?? ""),
      en: "serial \(serial ?? "-")" + (model.map { ", model \($0)" } ?? ""))
  }

  /// Why a device may not be free.
  ///
  /// - Parameter word: of the daemon's line, `refused-pairing`.
  package static func note(_ word: String) -> Text {
    switch word {
    case "refused-pairing":
      Text(zh: "拒绝过配对：也许已与手机配对", en: "refused pairing: maybe bonded to a phone")
    case "not-discoverable":
      Text(zh: "不接受新的配对：也许已与手机配对", en: "not open to pairing: maybe bonded to a phone")
    default: Text(zh: word, en: word)
    }
  }

  // MARK: errors

  package static let daemonWent = Text(
    zh: "vigild 中断了搜索。请查看：journalctl -u vigild",
    en: "The daemon ended the scan. See why: journalctl -u vigild")
}
