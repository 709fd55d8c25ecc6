// SPDX-License-Identifier: GPL-3.0-or-later

/// How an enrolled device stands: `condition` of `vigil.health/1`. It says more than `state`, which is what the link does.
package enum DeviceCondition: String, Sendable, CaseIterable {
  // What it says is heard.
  case connected
  case listening
  /// A device that streams is connected and has said nothing for long.
  case silent
  // It is not there.
  case neverSeen = "never-seen"
  case notHeard = "not-heard"
  case asleep
  case notAdvertising = "not-advertising"
  case notInSight = "not-in-sight"
  // It is there.
  case resolving
  case waitingForTurn = "waiting-for-turn"
  case hungUp = "hung-up"
  case servicesTimedOut = "services-timed-out"
  case refused
  // It has to be paired anew.
  case unknownHere = "unknown-here"
  case bondMissing = "bond-missing"
  case keyMissing = "key-missing"
  // The box.
  case starting
  case noBluetooth = "no-bluetooth"
  case busy
  case adapterWasOff = "adapter-was-off"
  case noAnswer = "no-answer"
  case failed
  case profileMissing = "profile-missing"

  /// Why a try failed.
  ///
  /// - Parameters:
  ///   - name: of the D-Bus error: bluetoothd's, or one of `org.vigil.Error.`
  ///   - message: what came with it.
  package init(failure name: String, message: String) {
    switch (name, message) {
    case ("org.vigil.Error.HungUp", _): self = .hungUp
    case ("org.vigil.Error.BondMissing", _): self = .bondMissing
    case ("org.vigil.Error.KeyMissing", _): self = .keyMissing
    case ("org.vigil.Error.ServicesTimedOut", _): self = .servicesTimedOut
    case ("org.bluez.Error.Failed", "le-connection-abort-by-local"),
      ("org.bluez.Error.Failed", "Software caused connection abort"):
      self = .notInSight
    case ("org.bluez.Error.Failed", "br-connection-canceled"), ("org.bluez.Error.Failed", "le-connection-canceled"),
      ("org.bluez.Error.Failed", "Operation already in progress"), ("org.bluez.Error.InProgress", _):
      self = .busy
    case ("org.bluez.Error.NotReady", _), ("org.bluez.Error.Failed", "Input/output error"),
      ("org.bluez.Error.Failed", "Not Powered"):
      self = .adapterWasOff
    case ("org.freedesktop.DBus.Error.NoReply", _), ("org.freedesktop.DBus.Error.Timeout", _): self = .noAnswer
    case ("org.bluez.Error.Failed", _) where message.hasPrefix("Operation failed with ATT error"): self = .refused
    default: self = .failed
    }
  }

  /// What an explanation is made of beside the condition.
  package struct Details: Sendable {
    package let failure: (name: String, message: String)?
    /// Until the next try, with the conditions that come of one that failed.
    package let retrySeconds: Int64?
    /// About how long until its turn.
    package let turnSeconds: Int64?
    package let bluetooth: Explanation
    /// The ids of profiles that are not there any more.
    package let missingProfiles: [String]

    package init(
      failure: (name: String, message: String)?, retrySeconds: Int64?, turnSeconds: Int64?, bluetooth: Explanation,
      missingProfiles: [String]
    ) {
      self.failure = failure
      self.retrySeconds = retrySeconds
      self.turnSeconds = turnSeconds
      self.bluetooth = bluetooth
      self.missingProfiles = missingProfiles
    }
  }

  package func explanation(_ details: Details) -> Explanation {
    let retry = StatusTexts.nextTry(details.retrySeconds)
    return switch self {
    case .connected: Explanation(why: DeviceTexts.connected, next: Self.comesByItself)
    case .listening:
      Explanation(why: Text(zh: "正在接收它的广播", en: "its advertisements are heard"), next: Self.comesByItself)
    case .silent:
      Explanation(
        why: Text(zh: "已连接，但没有传来读数", en: "connected, but no reading comes"),
        next: Text(zh: "网关继续接收", en: "the gateway goes on listening"),
        remedy: Text(zh: "请检查是否戴好、是否在测量", en: "is it worn well and measuring?"))
    case .neverSeen:
      Explanation(
        why: Text(zh: "蓝牙还没有发现它", en: "has not been seen yet"),
        next: Text(zh: "网关一直在寻找，发现后自动连接", en: "it is looked for all the time, then connected to"),
        remedy: Self.switchOn)
    case .notHeard:
      Explanation(
        why: Text(zh: "最近 30 秒没有收到它的广播", en: "not heard for 30 s or more"),
        next: Text(zh: "网关一直在接收", en: "the gateway listens all the time"),
        remedy: Self.switchOn)
    case .asleep:
      Explanation(
        why: Text(zh: "没有广播，两次测量之间属正常", en: "does not advertise, as is normal between measurements"),
        next: Self.connectsItself)
    case .notAdvertising:
      Explanation(
        why: Text(
          zh: "没有收到它的广播（关机、太远或连着手机？）", en: "does not advertise (off, far away, with a phone?)"),
        next: Self.connectsItself, remedy: Self.switchOn)
    case .notInSight: Explanation(why: Text(zh: "没有发现设备", en: "not in sight"), next: retry, remedy: Self.switchOn)
    case .resolving:
      Explanation(
        why: Text(zh: "已连上，正在读取它支持的服务", en: "linked, what it can do is being read"),
        next: Text(zh: "最多 40 秒，不成功就自动重试", en: "that takes 40 s at most, else it is tried again"))
    case .waitingForTurn:
      Explanation(
        why: Text(zh: "排队等待连接：适配器的连接数已满", en: "waits for a connection: the controller has none left"),
        next: Self.turn(details.turnSeconds))
    case .hungUp:
      Explanation(
        why: Text(zh: "一连上就断开了", en: "it hung up at once"), next: retry,
        remedy: Text(zh: "若一直如此，请移除后重新配对", en: "if that goes on: forget it and pair it anew"))
    case .servicesTimedOut:
      Explanation(
        why: Text(zh: "已连上，但没有及时读出它支持的服务", en: "it did not say in time what it can do"), next: retry,
        remedy: Text(zh: "若一直如此，请关闭设备再打开", en: "if that goes on, switch it off and on"))
    case .refused:
      Explanation(
        why: Text(
          zh: "设备拒绝传送读数（\(details.failure?.message ?? "")）",
          en: "it refuses to be read (\(details.failure?.message ?? ""))"),
        next: retry, remedy: Text(zh: "若一直如此，请移除后重新配对", en: "if that goes on: forget it and pair it anew"))
    case .unknownHere:
      Explanation(
        why: Text(
          zh: "蓝牙服务不认识它，网关上的配对可能已丢失",
          en: "bluetoothd does not know it, this box may have lost the pairing"),
        next: Text(zh: "网关一直在寻找它", en: "it is looked for all the time"),
        remedy: Text(zh: "若一直如此，请移除后重新配对", en: "if that goes on: forget it and pair it anew"))
    case .bondMissing:
      Explanation(
        why: Text(zh: "网关上的配对已丢失", en: "this box has lost the pairing"), next: Self.inVain(retry),
        remedy: Self.pairAnew)
    case .keyMissing:
      Explanation(
        why: Text(
          zh: "设备不再认得本网关（被重置，或与手机配对了？）",
          en: "it does not know this box any more (reset, or paired with a phone?)"),
        next: Self.inVain(retry), remedy: Self.pairAnew)
    case .starting:
      Explanation(
        why: Text(zh: "等待蓝牙", en: "waits for Bluetooth"), next: Text(zh: "马上继续", en: "goes on in a moment"))
    case .noBluetooth:
      Explanation(
        why: Text(zh: "等待蓝牙：\(details.bluetooth.why.zh)", en: "waits for Bluetooth: \(details.bluetooth.why.en)"),
        next: details.bluetooth.next)
    case .busy: Explanation(why: Text(zh: "蓝牙当时正忙", en: "Bluetooth was busy"), next: retry)
    case .adapterWasOff: Explanation(why: Text(zh: "适配器当时关着", en: "the controller was off"), next: retry)
    case .noAnswer:
      Explanation(
        why: Text(zh: "bluetoothd 没有及时回答", en: "bluetoothd did not answer in time"), next: retry,
        remedy: Text(
          zh: "若一直如此，请重启它：systemctl restart bluetooth",
          en: "if that goes on, restart it: systemctl restart bluetooth"))
    case .failed: Explanation(why: Self.failure(details.failure), next: retry)
    case .profileMissing:
      Explanation(
        why: DeviceTexts.profilesMissing(details.missingProfiles),
        next: Text(zh: "现在无法读取它", en: "nothing is read from it"),
        remedy: Text(
          zh: "请放回文件后 systemctl restart vigild，或移除后重新配对",
          en: "put the file back and systemctl restart vigild, or forget it and pair it anew"))
    }
  }

  private static let comesByItself = Text(zh: "读数会自动传来", en: "its readings come by themselves")
  private static let connectsItself = Text(zh: "一有广播就自动连接", en: "connected to as soon as it does")
  private static let switchOn = Text(zh: "请打开设备，或测量一次", en: "switch it on or take a measurement")
  private static let pairAnew = Text(zh: "请移除后重新配对", en: "forget it and pair it anew")

  private static func inVain(_ retry: Text) -> Text {
    Text(zh: "\(retry.zh)，但不会成功", en: "\(retry.en), in vain")
  }

  /// - Parameter seconds: nil or 0 where it is its turn.
  private static func turn(_ seconds: Int64?) -> Text {
    guard let seconds, seconds > 0 else {
      return Text(zh: "设备自动轮流连接，马上轮到它", en: "devices take turns by themselves, its turn is now")
    }
    return Text(
      zh: "设备自动轮流连接，约 \(seconds) 秒后轮到它",
      en: "devices take turns by themselves, its turn comes in about \(seconds) s")
  }

  private static func failure(_ failure: (name: String, message: String)?) -> Text {
    let (name, message) = failure ?? ("org.vigil.Error.Failed", "")
    if name == "org.vigil.Error.Failed" {
      return Text(zh: "上次失败（\(message)）", en: "the last try failed (\(message))")
    }
    // A sentence as the first part of another one.
    let text = BluetoothTexts.failure(name: name, message: message)
    return Text(
      zh: text.zh.hasSuffix("。") ? String(text.zh.dropLast()) : text.zh,
      en: text.en.hasSuffix(".") ? String(text.en.dropLast()) : text.en)
  }
}
