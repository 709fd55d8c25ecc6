// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a pairing came to nothing, and what to do next.
extension PairTexts {
  /// - Parameters:
  ///   - code: of the conversation's last line, `hung-up`.
  ///   - subject: what it is about: the address, for `already-enrolled` the enrolled device, for `no-profile` the services,
  ///     for `bluetooth-off` the controller.
  ///   - detail: the daemon's English sentence, shown where the code is not known here.
  package static func failure(code: String, subject: String, detail: String) -> Text {
    byCode(code, subject) ?? unknown(detail)
  }

  /// - Returns: nil for a code that is not known here.
  package static func byCode(_ code: String, _ subject: String) -> Text? {
    switch code {
    case "not-in-sight":
      Text(
        zh: "配对失败：找不到 \(subject)。请打开设备，放到网关旁边，让它进入配对状态，然后再试。",
        en: "Pairing failed: \(subject) is not in sight. Switch it on, bring it near, make it ready to pair, try again."
      )
    case "bluetooth-off":
      Text(
        zh: "配对失败：蓝牙适配器 \(subject) 没有打开，或没有插好。请打开它：rfkill unblock bluetooth，然后再试。",
        en: "Pairing failed: the Bluetooth controller \(subject) is off or missing. Try: rfkill unblock bluetooth")
    case "bluetooth-gone":
      Text(
        zh: "配对失败：蓝牙服务没有运行，或刚刚重启。请检查后再试：systemctl status bluetooth",
        en:
          "Pairing failed: bluetoothd is not running, or was restarted. Look, then try again: systemctl status bluetooth"
      )
    case "busy":
      Text(
        zh: "配对没有开始：正在配对另一个设备。请先完成它，或按 Ctrl-C 结束它。",
        en: "Pairing did not begin: another device is being paired. Finish that first, or end it with Ctrl-C.")
    case "already-enrolled":
      Text(
        zh: "配对没有开始：这个设备已登记为 \(subject)。要换住户或重新配对，请先移除：vigilctl forget \(subject)",
        en: "Pairing did not begin: already enrolled as \(subject). To change that, first: vigilctl forget \(subject)")
    case "refused":
      Text(
        zh: "配对失败：\(subject) 拒绝配对。请核对数字，并让设备进入配对状态（通常长按按键）。常见原因：它已与手机配对，请先在手机上删除它，然后再试。",
        en:
          "Pairing failed: \(subject) refused. Check the digits, make it ready to pair (often a long press). Often it is bonded to a phone: remove it there first, then try again."
      )
    case "hung-up":
      Text(
        zh: "配对失败：\(subject) 中途断开了。请让它保持开机、靠近网关，然后再试。",
        en: "Pairing failed: \(subject) ended the link in the middle. Keep it on and near, then try again.")
    case "no-profile":
      Text(
        zh: "配对失败：守望不认识这种设备（它的服务：\(subject)）。请先添加设备描述：/etc/vigil/device-profiles",
        en:
          "Pairing failed: no profile fits this device (its services: \(subject)). Add one: /etc/vigil/device-profiles")
    default: byPerson(code, subject)
    }
  }

  private static func byPerson(_ code: String, _ subject: String) -> Text? {
    switch code {
    case "cancelled":
      Text(
        zh: "配对已取消，没有登记。要重新开始：vigilctl pair",
        en: "Pairing was cancelled; nothing is enrolled. To begin again: vigilctl pair")
    case "window-closed":
      Text(
        zh: "配对失败：配对时间已到，还没有配对成功。请先准备好设备，然后再试。",
        en: "Pairing failed: the pairing window has closed without a bond. Make the device ready first, then try again."
      )
    case "timed-out":
      Text(
        zh: "配对失败：等得太久，没有收到读数或确认，已全部撤销。请准备好测量，然后再试。",
        en:
          "Pairing failed: no reading or no word about it in time; all is undone. Be ready to measure, then try again.")
    case "unanswered":
      Text(
        zh: "配对失败：没有在 30 秒内回答设备的问题。请再试一次，看到数字后马上输入。",
        en: "Pairing failed: the device's question was not answered within 30 s. Try again, and answer at once.")
    case "rejected-by-person":
      Text(
        zh: "配对已撤销：您回答了“否”。请确认拿的是这个设备 \(subject)、测的是本人，然后再试。",
        en: "Pairing was undone: you said no. Is \(subject) the right device, and the right person? Then try again.")
    case "memory-declined":
      Text(
        zh:
          "配对已撤销：这个设备一读出存储的读数就会删除，而没有人同意接收。没有读取读数，也没有登记。可先用手机应用保存读数；同意后再试：在终端上回答 y，或加 --take-memory。",
        en:
          "Pairing was undone: this device deletes its stored readings once they were read, and nobody agreed to that. None was read, nothing is enrolled. Save the readings with its phone app first if you like; then try again and answer y on a terminal, or use --take-memory."
      )
    case "storage":
      Text(
        zh: "配对失败：网关无法写入数据库。请检查存储空间：vigilctl status",
        en: "Pairing failed: the gateway cannot write to its database. Look at the storage: vigilctl status")
    case "stopping", "interrupted":
      Text(
        zh: "配对中断：vigild 正在停止，已全部撤销。等它恢复后再试：systemctl status vigild",
        en:
          "Pairing was broken off: the daemon is stopping; all is undone. Try again when it runs: systemctl status vigild"
      )
    default: nil
    }
  }

  private static func unknown(_ detail: String) -> Text {
    if detail.contains("(org.bluez.Error.") {
      let why = BluetoothTexts.failure(described: detail)
      return Text(zh: "配对失败。\(why.zh)", en: "Pairing failed. \(why.en)")
    }
    return Text(
      zh: "配对失败：\(detail)。请再试一次；若仍不行，请查看：journalctl -u vigild",
      en: "Pairing failed: \(detail). Try again; if that goes on, see: journalctl -u vigild")
  }

  /// The bond is still at bluetoothd, which is away.
  package static func withRemains(_ why: Text) -> Text {
    Text(
      zh: "\(why.zh)（蓝牙服务恢复后，网关会自动删除剩下的配对。）",
      en: "\(why.en) (The gateway removes the rest of the bond by itself as soon as bluetoothd is back.)")
  }

  package static let noDigits = Text(
    zh: "配对已取消：设备需要六位配对码，但标准输入已经结束。没有登记。请把配对码写到标准输入。",
    en:
      "Pairing was cancelled: the device asks for six digits, and standard input has ended. Nothing is enrolled. Write them there."
  )
  package static let noAnswer = Text(
    zh: "配对已取消：这不是六位配对码，也不是“是/否”（y/n）。没有登记。请再试一次。",
    en:
      "Pairing was cancelled: that was neither the six digits of a passkey nor y or n. Nothing is enrolled. Try again.")
  package static let noWord = Text(
    zh: "配对已取消，但 vigild 还没有确认。请查看是否已撤销：vigilctl devices",
    en: "Pairing was cancelled, but the daemon has not said yet that all is undone. Look: vigilctl devices")
  package static let daemonEnded = Text(
    zh: "配对中断：vigild 结束了对话，它重启后会自动撤销。请查看：journalctl -u vigild",
    en: "Pairing was broken off: the daemon has ended it, and undoes it when it is back. See: journalctl -u vigild")
}
