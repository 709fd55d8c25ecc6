// SPDX-License-Identifier: GPL-3.0-or-later

/// What can go wrong between vigilctl, the message bus and the daemon.
package enum DaemonTexts {
  package static func noBus(detail: String) -> Text {
    Text(
      zh: "无法连接系统消息总线（\(detail)）。请检查 dbus 是否在运行：systemctl status dbus",
      en: "Cannot reach the message bus (\(detail)). Is it running? systemctl status dbus")
  }

  package static func emptyAnswer(method: String) -> Text {
    Text(
      zh: "vigild 对 \(method) 的回答是空的。请检查 vigild 与 vigilctl 的版本是否一致。",
      en: "The daemon's answer to \(method) is empty. Do vigild and vigilctl have the same version?")
  }

  /// - Parameters:
  ///   - name: of the D-Bus error, `org.freedesktop.DBus.Error.AccessDenied`.
  ///   - detail: its message, shown where the name is not known here.
  package static func failure(name: String, detail: String) -> Text {
    switch name {
    case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner":
      Text(
        zh: "vigild 没有运行。请启动它：systemctl start vigild",
        en: "The daemon is not running. Start it: systemctl start vigild")
    case "org.freedesktop.DBus.Error.AccessDenied":
      Text(
        zh: "您没有权限。请使用 root，或 vigil-tech 组的用户。",
        en: "You may not do that. Use root, or a user in the group vigil-tech.")
    default: Text(zh: "\(detail)（\(name)）", en: "\(detail) (\(name))")
    }
  }
}
