// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl watch --clinic` says at a clinic's desk.
package enum DeskTexts {
  package static let clinic = Text(
    zh: "连接消息服务器，看诊所全部网关的警报。", en: "Follows the broker instead: the alerts of all gateways of a clinic.")
  package static let config = Text(
    zh: "诊所端的配置文件，默认是 ~/.config/vigil/desk.yaml。", en: "The desk's configuration; ~/.config/vigil/desk.yaml by default."
  )
  package static let configNeedsClinic = Text(
    zh: "--config 要与 --clinic 一起用。", en: "--config is for --clinic.")

  // MARK: its file

  package static func noConfiguration(path: String) -> Text {
    Text(
      zh: "没有诊所端配置文件 \(path)。请新建它，写上 clinic 和 broker（与 vigil.yaml 相同），或用 --config 指定文件。",
      en:
        "There is no desk configuration \(path). Write one with `clinic` and `broker` as in vigil.yaml, or name another: "
        + "--config FILE")
  }

  // MARK: the broker

  /// - Parameter reason: as libmosquitto or the broker words it.
  package static func brokerFailure(reason: String) -> Text {
    let known = words.first { words, _ in words.contains { reason.contains($0) } }
    return known?.text ?? BrokerTexts.failure(reason: reason)
  }

  /// Where a desk has to do something else than a gateway.
  private static let words: [(words: [String], text: Text)] = [
    (
      ["certificate verify failed", "unable to get local issuer", "self-signed", "self signed"],
      Text(
        zh: "消息服务器的证书不受信任。请检查配置中的 broker.tls.ca 和本机的时间。",
        en:
          "The broker's certificate is not trusted. Check broker.tls.ca in the configuration, and this machine's clock."
      )
    ),
    (
      ["certificate or key file cannot be read", "Unable to load", "are inconsistent", "no certificate or crl found"],
      Text(
        zh: "读不到证书或密钥。请检查配置中的 broker.tls 和这些文件的权限。",
        en: "A certificate or key cannot be read. Check broker.tls in the configuration and the files' rights.")
    ),
    (
      ["Not authorized", "not authorised", "Banned", "Bad User Name or Password", "bad user name or password"],
      Text(
        zh: "消息服务器不接受这个用户。请检查配置中的 broker.username 和密码文件，或请管理员登记这个用户。",
        en:
          "The broker does not admit this user. Check broker.username and the password file, or ask its administrator.")
    ),
    (
      ["Client Identifier not valid", "identifier rejected", "client id is not valid"],
      Text(
        zh: "消息服务器不接受 client-id。请更改配置中的 client-id。",
        en: "The broker does not take the client id. Change `client-id` in the configuration.")
    ),
    (
      ["Session taken over"],
      Text(
        zh: "另一个程序正在使用同一个 client-id。每个诊所端的 client-id 必须不同。",
        en: "Another program uses the same client id. Each desk needs a `client-id` of its own.")
    ),
    (
      ["Network is unreachable", "No route to host", "Host is down", "Network is down"],
      Text(
        zh: "连不上消息服务器所在的网络。请检查本机的网络和 broker.host。",
        en: "The broker's network cannot be reached. Check this machine's network and broker.host.")
    ),
    (
      ["timed out", "does not answer", "Keep Alive timeout"],
      Text(
        zh: "消息服务器没有回应。请检查网络和防火墙；会自动再试。",
        en: "The broker does not answer. Check the network and the firewall; it is tried again.")
    ),
    (
      ["Server busy", "Server unavailable", "broker unavailable", "Server shutting down", "Quota exceeded"],
      Text(zh: "消息服务器正忙，会自动再试。", en: "The broker is busy; it is tried again.")
    ),
    (
      ["connection lost", "connection was lost", "Connection reset", "Broken pipe", "not currently connected"],
      Text(
        zh: "与消息服务器的连接断了，会自动再试。若一直如此，请检查 broker.port 和 broker.tls 是否匹配。",
        en:
          "The connection to the broker was lost; it is tried again. If it stays so: do broker.port and broker.tls fit?"
      )
    ),
  ]

  package static func subscriptionRefused(filter: String, code: UInt8) -> Text {
    Text(
      zh: "消息服务器不允许订阅 \(filter)（代码 \(code)）。请管理员给这个用户读取权限。",
      en:
        "The broker refuses the subscription to \(filter) (code \(code)). Ask its administrator for the right to read it."
    )
  }

  package static func silence(filter: String) -> Text {
    Text(
      zh: "没有收到任何网关的消息。请检查配置中的 clinic，以及这个用户是否有权读取 \(filter)。",
      en:
        "Nothing has come from any gateway. Check `clinic` in the configuration, and whether this user may read \(filter)."
    )
  }

  package static let connecting = Text(zh: "正在连接消息服务器", en: "connecting to the broker")
  package static let connected = Text(zh: "消息服务器已连接", en: "broker connected")
  package static let away = Text(zh: "消息服务器没有连上", en: "broker away")

  // MARK: the picture

  package static func title(clinic: String, broker: Text, gateways: Int) -> Text {
    Text(
      zh: "守望 诊所 \(clinic)：\(broker.zh)，网关 \(gateways) 个",
      en: "Vigil clinic \(clinic): \(broker.en), gateways: \(gateways)")
  }

  package static func unlisted(_ count: Int64) -> Text {
    Text(
      zh: "网关上还有至少 \(count) 个警报，这里不知道详情", en: "At least \(count) more alerts are open that are not known here")
  }

  package static func missed(malformed: Int, refused: Int) -> Text {
    Text(
      zh: "看不懂的消息 \(malformed) 条，因容量已满未收的消息 \(refused) 条",
      en: "Messages that could not be read: \(malformed), that there was no room for: \(refused)")
  }

  package static func more(_ count: Int) -> Text { Text(zh: "还有 \(count) 个", en: "\(count) more") }

  /// A duration in its largest unit.
  package static func duration(_ seconds: Int64) -> Text {
    switch max(0, seconds) {
    case let seconds where seconds < 60: Text(zh: "\(seconds) 秒", en: "\(seconds) s")
    case let seconds where seconds < 3600: Text(zh: "\(seconds / 60) 分钟", en: "\(seconds / 60) min")
    case let seconds where seconds < 86_400: Text(zh: "\(seconds / 3600) 小时", en: "\(seconds / 3600) h")
    case let seconds: Text(zh: "\(seconds / 86_400) 天", en: "\(seconds / 86_400) d")
    }
  }

  // MARK: gateways

  package static let online = Text(zh: "在线", en: "online")
  package static let offline = Text(zh: "离线", en: "offline")
  package static let lost = Text(zh: "失联", en: "LOST")
  package static let unknown = Text(zh: "未知", en: "unknown")

  /// - Parameters:
  ///   - duration: since the last sign of life, or since the desk began to listen.
  ///   - last: the time of day of the last sign of life, nil where there was none.
  package static func isLost(gateway: String, duration: Text, last: String?) -> Text {
    guard let last else {
      return Text(
        zh: "网关 \(gateway) 失联：已 \(duration.zh)没有收到它的状态报告",
        en: "Gateway \(gateway) is lost: nothing for \(duration.en)")
    }
    return Text(
      zh: "网关 \(gateway) 失联：已 \(duration.zh)没有收到它的状态报告（最后 \(last)）",
      en: "Gateway \(gateway) is lost: nothing for \(duration.en) (last heard \(last))")
  }

  /// - Parameter since: time of day, nil where it was so before.
  package static func isOffline(gateway: String, since: String?) -> Text {
    guard let since else {
      return Text(zh: "网关 \(gateway) 离线", en: "Gateway \(gateway) is offline")
    }
    return Text(zh: "网关 \(gateway) 自 \(since) 起离线", en: "Gateway \(gateway) is offline since \(since)")
  }

  package static func isOnline(gateway: String) -> Text {
    Text(zh: "网关 \(gateway) 在线", en: "Gateway \(gateway) is online")
  }

  package static func isKnown(gateway: String) -> Text {
    Text(zh: "网关 \(gateway) 有消息，状态未知", en: "Gateway \(gateway) is heard, its state unknown")
  }

  package static func isGone(gateway: String) -> Text {
    Text(zh: "网关 \(gateway) 已从列表中移除", en: "Gateway \(gateway) is removed from the list")
  }

  package static let gatewayHeadings = [
    Text(zh: "网关", en: "GATEWAY"), Text(zh: "状态", en: "STATE"), Text(zh: "设备", en: "DEVICES"),
    Text(zh: "待送达", en: "WAITING"), Text(zh: "最后消息", en: "LAST HEARD"), Text(zh: "版本", en: "VERSION"),
    Text(zh: "问题", en: "TROUBLE"),
  ]
  package static let noBluetooth = Text(zh: "蓝牙不可用", en: "no Bluetooth")
  package static let storageError = Text(zh: "存储出错", en: "storage error")
  package static let timeUnknown = Text(zh: "时间未知", en: "time unknown")
  package static let comma = Text(zh: "，", en: ", ")

  package static func ago(_ seconds: Int64) -> Text {
    let duration = duration(seconds)
    return seconds < 1 ? Text(zh: "刚刚", en: "just now") : Text(zh: duration.zh + "前", en: duration.en + " ago")
  }

  // MARK: readings

  package static let readingHeadings = [
    Text(zh: "住户", en: "RESIDENT"), Text(zh: "项目", en: "KIND"), Text(zh: "当前值", en: "NOW"),
    Text(zh: "变化", en: "TREND"), Text(zh: "时间", en: "AGE"),
  ]
  package static let questionable = Text(zh: "可疑", en: "doubtful")

  // MARK: alerts

  package static let noDetails = Text(zh: "详情随下一条消息到达", en: "details come with its next message")
  package static func noDetails(rule: Text) -> Text {
    Text(zh: "\(rule.zh)（数值随下一条消息到达）", en: "\(rule.en) (values come with its next message)")
  }
  package static let notFollowed = Text(
    zh: "网关的数据库已更换，不再更新", en: "no longer followed: the gateway has a new database")

  /// What has happened to an alert, at the beginning of a line.
  package static func change(_ change: String) -> Text {
    switch change {
    case "opened": Text(zh: "新警报", en: "new")
    case "detailed": Text(zh: "详情", en: "details")
    case "ended": Text(zh: "结束", en: "ended")
    default: Text(zh: "变化", en: "changed")
    }
  }

  /// How it became known that an alert has ended; nil for its own message.
  package static func end(_ end: String) -> Text? {
    switch end {
    case "list": Text(zh: "已不在网关的列表中", en: "no longer in the gateway's list")
    case "expired": Text(zh: "一天没有网关跟踪，移出列表", en: "followed by no gateway for a day, taken off the list")
    default: nil
    }
  }
}
