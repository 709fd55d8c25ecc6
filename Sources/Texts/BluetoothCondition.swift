// SPDX-License-Identifier: GPL-3.0-or-later

/// What is the matter with Bluetooth on the box: `condition` of `vigil.health/1`.
package enum BluetoothCondition: String, Sendable, CaseIterable {
  case working
  case busAway = "bus-away"
  case bluetoothdAway = "bluetoothd-away"
  case bluetoothdFrozen = "bluetoothd-frozen"
  case adapterMissing = "adapter-missing"
  case adapterOff = "adapter-off"
  case adapterSilent = "adapter-silent"
  case adapterUnheard = "adapter-unheard"
  case adapterGivenUp = "adapter-given-up"
  case scanRefused = "scan-refused"

  /// - Parameters:
  ///   - adapter: `hci0`
  ///   - seconds: until the next attempt to bring the controller back, where there is one.
  package func explanation(adapter: String, seconds: Int64? = nil) -> Explanation {
    switch self {
    case .working:
      Explanation(
        why: Text(zh: "蓝牙工作正常", en: "Bluetooth works"),
        next: Text(zh: "网关继续接收", en: "the gateway goes on listening"))
    case .busAway:
      Explanation(
        why: Text(zh: "连不上系统总线（D-Bus）", en: "the message bus (D-Bus) is not there"),
        next: Text(zh: "网关每 2 秒重试一次", en: "the gateway tries again every 2 s"),
        remedy: Text(zh: "若一直如此，请重启网关", en: "if that goes on, restart the gateway"))
    case .bluetoothdAway:
      Explanation(
        why: Text(zh: "bluetoothd 没有运行", en: "bluetoothd is not running"),
        next: Text(zh: "网关每 30 秒尝试启动它一次", en: "the gateway asks for it every 30 s"),
        remedy: Text(zh: "请启动它：systemctl start bluetooth", en: "start it: systemctl start bluetooth"))
    case .bluetoothdFrozen:
      Explanation(
        why: Text(
          zh: "bluetoothd 没有响应，状态可能已过时", en: "bluetoothd does not answer, what is known may be out of date"),
        next: Text(zh: "网关每几秒再问一次", en: "the gateway asks again every few seconds"),
        remedy: Text(
          zh: "若一直如此，请重启它：systemctl restart bluetooth",
          en: "if that goes on, restart it: systemctl restart bluetooth"))
    case .adapterMissing:
      Explanation(
        why: Text(zh: "没有 \(adapter)", en: "there is no \(adapter)"),
        next: Text(zh: "插好后网关自动继续", en: "the gateway goes on as soon as it is there"),
        remedy: Text(
          zh: "请插好蓝牙适配器，或更改配置中的 bluetooth.adapter",
          en: "plug the controller in, or change bluetooth.adapter in the configuration"))
    case .adapterOff:
      Explanation(
        why: Text(zh: "\(adapter) 已关闭", en: "\(adapter) is off"),
        next: Text(zh: "网关每 30 秒重新打开一次", en: "the gateway switches it on every 30 s"),
        remedy: Text(zh: "若打不开：rfkill unblock bluetooth", en: "if it stays off: rfkill unblock bluetooth"))
    case .adapterSilent:
      Explanation(
        why: Text(zh: "\(adapter) 没有响应", en: "\(adapter) does not answer"),
        next: Self.repair(seconds),
        remedy: Text(zh: "若一直如此，请拔下适配器再插上", en: "if that goes on, pull the controller out and plug it in again"))
    case .adapterUnheard:
      Explanation(
        why: Text(zh: "\(adapter) 什么也收不到", en: "nothing at all is heard through \(adapter)"),
        next: Self.repair(seconds))
    case .adapterGivenUp:
      Explanation(
        why: Text(
          zh: "\(adapter) 没有响应或收不到信号，自动恢复无效",
          en: "\(adapter) does not answer or hears nothing, whatever was tried"),
        next: seconds.map {
          Text(
            zh: "\(StatusTexts.duration($0).zh)后再尝试恢复",
            en: "the gateway begins again in \(StatusTexts.duration($0).en)")
        } ?? Text(zh: "网关会再尝试恢复", en: "the gateway will begin again"),
        remedy: Text(
          zh: "请拔下适配器再插上，或重启网关；不行就更换适配器",
          en: "pull the controller out and plug it in again, or restart the gateway; else replace it"))
    case .scanRefused:
      Explanation(
        why: Text(zh: "bluetoothd 不让网关搜索设备", en: "bluetoothd does not let the gateway look for devices"),
        next: Text(zh: "每 5 秒重试一次", en: "tried again every 5 s"),
        remedy: Text(
          zh: "若一直如此，请重启它：systemctl restart bluetooth",
          en: "if that goes on, restart it: systemctl restart bluetooth"))
    }
  }

  private static func repair(_ seconds: Int64?) -> Text {
    let what = Text(
      zh: "网关会依次尝试重新搜索、关开电源和复位适配器", en: "the gateway looks anew, switches it off and on, resets it")
    guard let seconds, seconds > 0 else { return what }
    return Text(zh: what.zh + "，\(seconds) 秒后下一步", en: what.en + ", the next step in \(seconds) s")
  }
}
