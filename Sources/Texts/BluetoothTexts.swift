// SPDX-License-Identifier: GPL-3.0-or-later

/// What bluetoothd answers when something does not work (BlueZ 5.66, src/error.c, and newer ones).
package enum BluetoothTexts {
  /// - Parameter described: an error as the daemon writes it down, `Authentication Failed (org.bluez.Error.…)`.
  package static func failure(described: String) -> Text {
    guard described.hasSuffix(")"), let start = described.lastIndex(of: "(") else {
      return failure(name: "", message: described)
    }
    let name = described[described.index(after: start)...].dropLast()
    guard name.hasPrefix("org.") || name.hasPrefix("System.Error.") else {
      return failure(name: "", message: described)
    }
    var message = described[..<start]
    while message.last == " " { message.removeLast() }
    return failure(name: String(name), message: String(message))
  }

  /// - Parameters:
  ///   - name: of the D-Bus error, `org.bluez.Error.Failed`.
  ///   - message: what came with it; `Failed` says by it alone what failed.
  package static func failure(name: String, message: String) -> Text {
    let original = name.isEmpty ? message : message.isEmpty ? name : "\(message) (\(name))"
    let unknown = Text(zh: "蓝牙出错：\(original)", en: "Bluetooth failed: \(original)")
    if name.hasPrefix("org.bluez.Error.") {
      let code = String(name.dropFirst("org.bluez.Error.".count))
      return byCode(code, message) ?? byMessage(message) ?? unknown
    }
    switch name {
    case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner": return notRunning
    case "org.freedesktop.DBus.Error.AccessDenied":
      return Text(
        zh: "蓝牙服务不允许 vigild 使用它。请检查是否装好了 D-Bus 策略 org.vigil.Gateway1.conf，然后重启 vigild。",
        en:
          "bluetoothd does not let vigild use it. Is the D-Bus policy org.vigil.Gateway1.conf installed? Then restart vigild."
      )
    case "org.freedesktop.DBus.Error.UnknownObject", "org.freedesktop.DBus.Error.UnknownMethod": return notSeen
    case "org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.Timeout", "System.Error.110":
      return Text(
        zh: "蓝牙服务没有回答。若一直如此，请重启它：systemctl restart bluetooth",
        en: "bluetoothd does not answer. If that goes on, restart it: systemctl restart bluetooth")
    default: return byMessage(message) ?? unknown
    }
  }

  private static func byCode(_ code: String, _ message: String) -> Text? {
    switch code {
    case "AuthenticationFailed", "AuthenticationRejected", "Rejected":
      Text(
        zh: "设备拒绝配对。请核对六位数字，让设备进入配对状态（通常长按按键），然后再试。",
        en: "The device refused to pair. Check the six digits, make it ready to pair (often a long press), try again.")
    case "AuthenticationCanceled", "Canceled":
      Text(
        zh: "配对中断了。请把设备放近、保持开机，然后再试。",
        en: "Pairing was broken off. Keep the device near and switched on, then try again.")
    case "AuthenticationTimeout":
      Text(
        zh: "设备太久没有回应配对。请让设备进入配对状态，然后再试。",
        en: "The device took too long to pair. Make it ready to pair, then try again.")
    case "ConnectionAttemptFailed": noAnswer
    case "AlreadyExists":
      Text(
        zh: "蓝牙服务里还留着与这个设备的旧配对。请先删除：bluetoothctl remove 地址",
        en: "bluetoothd still has an old pairing with this device. Remove it first: bluetoothctl remove ADDRESS")
    case "AlreadyConnected": Text(zh: "设备已经连接，无需处理。", en: "The device is connected already; nothing to do.")
    case "InProgress": busy
    case "NotReady": off
    case "NotConnected": notConnected
    case "NotAvailable", "DoesNotExist", "NoSuchDevice": notSeen
    case "NoSuchAdapter":
      Text(
        zh: "没有这个蓝牙适配器。请插好适配器，并检查配置中的 bluetooth.adapter。",
        en: "There is no such controller. Plug it in, and check bluetooth.adapter in the configuration.")
    case "NotSupported":
      Text(
        zh: "设备或蓝牙适配器不支持这个操作。请确认设备型号受支持。",
        en: "The device or the controller cannot do this. Is it a model that is supported?")
    case "NotPermitted", "NotAuthorized", "AgentNotAvailable":
      Text(
        zh: "设备要求先配对。请移除后重新配对：vigilctl forget，再 vigilctl pair",
        en: "The device wants to be paired first. Pair it anew: vigilctl forget, then vigilctl pair")
    case "InvalidArguments", "InvalidLength", "InvalidOffset", "InvalidValueLength":
      Text(
        zh: "蓝牙服务不接受这个请求（\(message)）。请更新 vigild 或 bluez 后再试。",
        en: "bluetoothd does not take the request (\(message)). Update vigild or bluez, then try again.")
    default: nil
    }
  }

  /// What `Failed` means stands only in its message.
  private static func byMessage(_ message: String) -> Text? {
    for prefix in ["le-connection-", "br-connection-"] where message.hasPrefix(prefix) {
      return byConnectionError(String(message.dropFirst(prefix.count)))
    }
    if message.hasPrefix("Operation failed with ATT error") {
      return Text(
        zh: "设备拒绝读写（\(message)）。请移除后重新配对：vigilctl forget，再 vigilctl pair",
        en: "The device refused to be read (\(message)). Pair it anew: vigilctl forget, then vigilctl pair")
    }
    return switch message {
    case "Operation already in progress", "In Progress", "Device or resource busy": busy
    case "Input/output error", "Resource Not Ready": off
    case "Not connected", "Not Connected", "Transport endpoint is not connected": notConnected
    case "Software caused connection abort", "Host is down", "Connection timed out", "Page Timeout": noAnswer
    case "No discovery started", "No notify session started":
      Text(
        zh: "蓝牙服务已经停止了这项工作，可能刚刚重启。请再试一次。",
        en: "bluetoothd had ended this already; it may just have restarted. Try again.")
    case "Authentication Failed": byCode("AuthenticationFailed", message)
    case "Authentication Canceled": byCode("AuthenticationCanceled", message)
    case "Authentication Timeout": byCode("AuthenticationTimeout", message)
    default: nil
    }
  }

  /// bluetoothd 5.66 uses the words of BR/EDR for LE as well.
  private static func byConnectionError(_ word: String) -> Text? {
    switch word {
    case "abort-by-local", "aborted-by-local", "page-timeout", "timeout", "abort-by-remote", "aborted-by-remote":
      noAnswer
    case "canceled", "already-connected", "busy": busy
    case "adapter-not-powered", "bad-socket", "create-socket": off
    case "refused", "key-missing", "gatt-browsing":
      Text(
        zh: "设备不接受连接。若一直如此，请移除后重新配对：vigilctl forget，再 vigilctl pair",
        en: "The device does not take the connection. If that goes on: vigilctl forget, then vigilctl pair")
    case "concurrent-connection-limit", "memory-allocation":
      Text(
        zh: "蓝牙适配器的连接已满。请移除不用的设备，或增加一个网关。",
        en: "The controller has no room for another connection. Forget devices not in use, or add a gateway.")
    case "not-supported", "profile-unavailable": byCode("NotSupported", word)
    default: nil
    }
  }

  package static let notRunning = Text(
    zh: "蓝牙服务没有运行。请启动它：systemctl start bluetooth",
    en: "bluetoothd is not running. Start it: systemctl start bluetooth")
  package static let off = Text(
    zh: "蓝牙适配器没有打开。请打开它：rfkill unblock bluetooth，然后 bluetoothctl power on",
    en: "The Bluetooth controller is off. Switch it on: rfkill unblock bluetooth, then bluetoothctl power on")
  private static let noAnswer = Text(
    zh: "设备没有回应。请把它放近、打开电源，或开始一次测量，然后再试。",
    en: "The device does not answer. Bring it near, switch it on or start a measurement, then try again.")
  private static let busy = Text(
    zh: "蓝牙正忙于另一项操作。请稍等几秒再试。", en: "Bluetooth is busy with something else. Wait some seconds and try again.")
  private static let notConnected = Text(
    zh: "设备没有连接。请把它放近、打开电源；网关会自动再试。",
    en: "The device is not connected. Bring it near and switch it on; the gateway tries again by itself.")
  private static let notSeen = Text(
    zh: "蓝牙服务现在看不到这个设备。请打开设备、放近，然后再试。",
    en: "bluetoothd does not see this device now. Switch it on, bring it near, then try again.")
}
