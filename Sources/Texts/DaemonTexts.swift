// SPDX-License-Identifier: GPL-3.0-or-later

/// What can go wrong between vigilctl, the message bus and the daemon.
package enum DaemonTexts {
  /// - Parameters:
  ///   - name: of the error, `System.Error.2` where it is an errno of connect(2) or of libsystemd.
  ///   - detail: its message, shown where the name is not known here.
  ///   - address: of a bus that the environment names, nil for the system's own.
  package static func noBus(name: String, detail: String, address: String? = nil) -> Text {
    switch systemError(name) {
    case 2, 7, 22, 36, 111:
      if let address {
        Text(
          zh: "DBUS_SYSTEM_BUS_ADDRESS（\(address)）那里没有消息总线。请更正它，或 unset DBUS_SYSTEM_BUS_ADDRESS",
          en: "No message bus is at DBUS_SYSTEM_BUS_ADDRESS (\(address)). Correct it, or: unset DBUS_SYSTEM_BUS_ADDRESS"
        )
      } else if systemError(name) == 111 {
        Text(
          zh: "系统消息总线停止了运行。请重新启动它：systemctl start dbus",
          en: "The message bus has ended. Start it again: systemctl start dbus")
      } else {
        Text(
          zh: "系统消息总线没有运行。请启动它：systemctl start dbus",
          en: "The message bus is not running. Start it: systemctl start dbus")
      }
    case 1, 13:
      Text(
        zh: "您没有权限使用系统消息总线。请改用 root，或 vigil-tech 组的用户。",
        en: "You may not use the message bus. Use root, or a user in the group vigil-tech.")
    case 104, 107, 32, 110: busHungUp
    default:
      if name.hasPrefix("org.freedesktop.DBus.Error.NoReply")
        || name.hasPrefix("org.freedesktop.DBus.Error.Disconnected")
      {
        busHungUp
      } else {
        Text(
          zh: "无法连接系统消息总线（\(detail)）。请检查：systemctl status dbus",
          en: "Cannot reach the message bus (\(detail)). Look at: systemctl status dbus")
      }
    }
  }

  package static let silentBus = Text(
    zh: "系统消息总线没有及时回答。请检查：systemctl status dbus",
    en: "The message bus did not answer in time. Look at: systemctl status dbus")

  private static let busHungUp = Text(
    zh: "系统消息总线断开了连接，没有回答。请检查：systemctl status dbus",
    en: "The message bus hung up without an answer. Look at: systemctl status dbus")

  package static func emptyAnswer(method: String) -> Text {
    Text(
      zh: "vigild 对 \(method) 的回答是空的。请检查 vigild 与 vigilctl 的版本是否一致。",
      en: "The daemon's answer to \(method) is empty. Do vigild and vigilctl have the same version?")
  }

  package static let unreadableAnswer = Text(
    zh: "看不懂 vigild 的回答。请检查 vigild 与 vigilctl 的版本是否一致。",
    en: "The daemon's answer cannot be read. Do vigild and vigilctl have the same version?")

  package static let interrupted = Text(zh: "已中断，没有完成。", en: "Interrupted before it was done.")

  /// Something that has no sentence of its own.
  package static func unexpected(_ original: String) -> Text {
    Text(zh: "出现意外情况：\(original)", en: "Something unexpected: \(original)")
  }

  /// The system lacks something that the program itself needs: descriptors, threads, memory.
  package static func system(operation: String, reason: String) -> Text {
    Text(
      zh: "系统不允许（\(operation)：\(FileTexts.reason(reason).zh)）。请检查内存和进程数量的限制。",
      en:
        "The system does not allow it (\(operation): \(FileTexts.reason(reason).en)). Look at the limits on memory and processes."
    )
  }

  /// A call of the daemon that failed.
  ///
  /// - Parameters:
  ///   - name: of the D-Bus error, `org.freedesktop.DBus.Error.AccessDenied`.
  ///   - detail: its message, shown where the name is not known here.
  package static func failure(name: String, detail: String) -> Text {
    for prefix in ["org.freedesktop.DBus.Error.", "org.vigil.Error.", "org.freedesktop.systemd1."]
    where name.hasPrefix(prefix) {
      let code = String(name.dropFirst(prefix.count))
      let known =
        switch prefix {
        case "org.freedesktop.DBus.Error.": ofBus(code, detail)
        case "org.vigil.Error.": ofDaemon(code, detail)
        default: notStarted(code)
        }
      if let known { return known }
    }
    switch systemError(name) {
    case 104, 107, 32: return gone
    case 110, 62: return noReply
    default: break
    }
    if name.hasPrefix("org.bluez.Error.") { return BluetoothTexts.failure(name: name, message: detail) }
    return Text(
      zh: detail.isEmpty ? "出错了：\(name)" : "出错了：\(detail)（\(name)）",
      en: detail.isEmpty ? "It failed: \(name)" : "\(detail) (\(name))")
  }

  // MARK: by their origin

  private static func ofBus(_ code: String, _ detail: String) -> Text? {
    switch code {
    case "ServiceUnknown", "NameHasNoOwner", "Spawn.ServiceNotFound": notRunning
    case "AccessDenied", "AuthFailed", "InteractiveAuthorizationRequired":
      Text(
        zh: "您没有权限。请使用 root，或 vigil-tech 组的用户。",
        en: "You may not do that. Use root, or a user in the group vigil-tech.")
    // sd-bus names it so when the connection ends while a call waits, and when the call's time is over.
    case "NoReply": detail.contains("terminated") || detail.contains("disconnected") ? gone : noReply
    case "Timeout": noReply
    case "TimedOut": detail.contains("activate") ? notStarted(code) : noReply
    case "Disconnected", "NoServer": gone
    case "LimitsExceeded":
      Text(
        zh: "同时打开的请求太多。请关掉其他 vigilctl，然后再试。",
        en: "Too many requests are open at once. End other vigilctl, then try again.")
    case "NoMemory":
      Text(zh: "网关的内存不足。请检查：systemctl status", en: "The gateway is out of memory. Look at: systemctl status")
    case "UnknownMethod", "UnknownObject", "UnknownInterface", "UnknownProperty":
      Text(
        zh: "正在运行的 vigild 版本较旧，不支持这个命令。请更新后重启：systemctl restart vigild",
        en: "The daemon that runs is older and does not know this. Update it, then: systemctl restart vigild")
    case "InvalidArgs", "InvalidSignature", "InconsistentMessage":
      Text(
        zh: "vigild 不接受这些参数（\(detail)）。请检查 vigild 与 vigilctl 的版本是否一致。",
        en: "The daemon does not take these arguments (\(detail)). Do vigild and vigilctl have the same version?")
    default: code.hasPrefix("Spawn.") ? notStarted(code) : nil
    }
  }

  /// The daemon's own refusals. Its English sentence is shown for those that are not known here.
  private static func ofDaemon(_ code: String, _ detail: String) -> Text? {
    switch code {
    case "NotFound":
      Text(
        zh: "没有这个已登记的设备。请查看：vigilctl devices", en: "There is no such enrolled device. See: vigilctl devices")
    case "TooMany": ofBus("LimitsExceeded", detail)
    case "Storage":
      Text(
        zh: "网关无法读写数据库，没有完成。请检查存储空间：vigilctl status",
        en: "The gateway cannot use its database; nothing was done. Look at the storage: vigilctl status")
    case "InvalidAddress": notAnAddress
    case "InvalidResident": notAResident
    case "InvalidUser": AssignTexts.notAUser
    case "NotShared": AssignTexts.notShared
    case "InvalidConsent": AssignTexts.notACode
    default: nil
    }
  }

  package static let notAnAddress = Text(
    zh: "这不是蓝牙地址。地址的样子是 F5:F1:F2:F3:F4:01", en: "That is not a Bluetooth address. It looks like F5:F1:F2:F3:F4:01")
  package static let notAResident = Text(
    zh: "这不是住户编号。请使用诊所发放的编号：4 到 32 个 a-z、0-9 和 - 字符。",
    en: "That is not a resident's id. Use the one that the clinic issued: 4 to 32 of a-z, 0-9 and -.")

  private static let notRunning = Text(
    zh: "vigild 没有运行。请启动它：systemctl start vigild",
    en: "The daemon is not running. Start it: systemctl start vigild")
  private static let noReply = Text(
    zh: "vigild 没有及时回答。请稍后再试；若仍不行，请查看：journalctl -u vigild",
    en: "The daemon did not answer in time. Try again; if that goes on, see: journalctl -u vigild")
  private static let gone = Text(
    zh: "与 vigild 的连接断了，它可能正在重启。请稍后再试，或查看：systemctl status vigild",
    en: "The connection to the daemon was lost; it may be restarting. Try again, or see: systemctl status vigild")

  /// The message bus or systemd wanted to start the daemon for us and could not.
  private static func notStarted(_ code: String) -> Text {
    switch code {
    case "NoSuchUnit":
      Text(
        zh: "vigild 没有启用。请启用并启动：systemctl enable --now vigild",
        en: "The daemon is not enabled. Enable and start it: systemctl enable --now vigild")
    case "LoadFailed", "BadUnitSetting":
      Text(
        zh: "vigild 没有安装成系统服务，或单元文件有误。请查看：systemctl status vigild",
        en: "vigild is not installed as a service, or its unit is wrong. See: systemctl status vigild")
    case "UnitMasked", "Masked":
      Text(
        zh: "vigild 已被屏蔽。请解除并启动：systemctl unmask --now vigild",
        en: "The daemon is masked. Allow and start it: systemctl unmask --now vigild")
    default:
      Text(
        zh: "vigild 启动失败（\(code)）。请查看原因：journalctl -u vigild",
        en: "The daemon could not be started (\(code)). See why: journalctl -u vigild")
    }
  }

  /// The errno in `System.Error.111`, or by its symbol as sd-bus writes it.
  private static func systemError(_ name: String) -> Int? {
    let prefix = "System.Error."
    guard name.hasPrefix(prefix) else { return nil }
    let rest = name.dropFirst(prefix.count)
    return Int(rest) ?? symbols[String(rest)]
  }

  private static let symbols = [
    "EPERM": 1, "ENOENT": 2, "EACCES": 13, "EINVAL": 22, "EPIPE": 32, "ETIME": 62, "ECONNRESET": 104, "ENOTCONN": 107,
    "NotConnected": 107, "ETIMEDOUT": 110, "ECONNREFUSED": 111,
  ]
}
