// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl status` says.
package enum StatusTexts {
  package static let about = Text(zh: "显示网关的状态。", en: "Shows how the gateway is.")

  // MARK: labels

  package static let daemon = Text(zh: "守望", en: "Vigil")
  package static let bluetooth = Text(zh: "蓝牙", en: "Bluetooth")
  package static let broker = Text(zh: "消息服务器", en: "Broker")
  package static let waiting = Text(zh: "待送达", en: "Waiting")
  package static let clock = Text(zh: "时钟", en: "Clock")
  package static let storage = Text(zh: "存储", en: "Storage")
  package static let alerts = Text(zh: "警报", en: "Alerts")
  package static let devices = Text(zh: "设备", en: "Devices")

  // MARK: times

  /// `12 s`, `3 min`, `2 h 5 min`, `3 days 4 h`
  package static func duration(_ seconds: Int64) -> Text {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
    if seconds < 60 { return Text(zh: "\(max(0, seconds)) 秒", en: "\(max(0, seconds)) s") }
    if hours == 0 { return Text(zh: "\(minutes) 分钟", en: "\(minutes) min") }
    if days == 0 {
      let rest = minutes % 60
      return rest == 0
        ? Text(zh: "\(hours) 小时", en: "\(hours) h")
        : Text(zh: "\(hours) 小时 \(rest) 分钟", en: "\(hours) h \(rest) min")
    }
    let (rest, word) = (hours % 24, days == 1 ? "day" : "days")
    return rest == 0
      ? Text(zh: "\(days) 天", en: "\(days) \(word)") : Text(zh: "\(days) 天 \(rest) 小时", en: "\(days) \(word) \(rest) h")
  }

  /// In its largest unit: `3 h ago`.
  package static func ago(_ seconds: Int64) -> Text {
    let unit: Int64 = seconds >= 86_400 ? 86_400 : seconds >= 3600 ? 3600 : 1
    let duration = duration(seconds / unit * unit)
    return seconds < 1 ? Text(zh: "刚刚", en: "just now") : Text(zh: duration.zh + "前", en: duration.en + " ago")
  }

  // MARK: the daemon

  package static func running(version: String, seconds: Int64) -> Text {
    let duration = duration(seconds)
    return Text(zh: "\(version)，已运行 \(duration.zh)", en: "\(version), running for \(duration.en)")
  }

  // MARK: Bluetooth

  /// - Parameter version: nil where it is not known.
  package static func bluetoothd(version: String?) -> Text {
    let name = version.map { "bluetoothd \($0)" } ?? "bluetoothd"
    return Text(zh: "\(name) 正在运行", en: "\(name) is running")
  }

  package static func adapterIsOn(_ name: String, address: String) -> Text {
    Text(zh: "\(name)（\(address)）已打开", en: "\(name) (\(address)) is on")
  }

  package static let noController = Text(zh: "内核没有发现蓝牙适配器", en: "the kernel has no controller")

  /// - Parameter bus: `USB`, `UART`…
  package static func controller(
    _ name: String, bus: String, address: String, isUp: Bool, isRunning: Bool, isUsed: Bool, received: Int, sent: Int
  ) -> Text {
    Text(
      zh: "\(name)  \(bus)  \(address)  \(isUp ? "已启用" : "未启用")，\(isRunning ? "工作中" : "未工作")"
        + (isUsed ? "，使用中" : "") + "；错误：收 \(received)，发 \(sent)",
      en: "\(name)  \(bus)  \(address)  \(isUp ? "up" : "down"), \(isRunning ? "running" : "not running")"
        + (isUsed ? ", in use" : "") + "; errors: rx \(received), tx \(sent)")
  }

  // MARK: the broker

  package static func connected(to address: String, seconds: Int64) -> Text {
    let duration = duration(seconds)
    return Text(zh: "已连接 \(address)，持续 \(duration.zh)", en: "connected to \(address) for \(duration.en)")
  }

  /// - Parameter retry: seconds until the next attempt; nil during one.
  package static func notConnected(to address: String, seconds: Int64, retry: Int64?) -> Text {
    let duration = duration(seconds)
    return Text(
      zh: "没有连上 \(address)，已 \(duration.zh)，\(nextTry(retry).zh)",
      en: "not connected to \(address) for \(duration.en), \(nextTry(retry).en)")
  }

  package static func nextTry(_ seconds: Int64?) -> Text {
    guard let seconds, seconds > 0 else { return Text(zh: "正在重试", en: "trying again now") }
    let duration = duration(seconds)
    return Text(zh: "\(duration.zh)后重试", en: "next try in \(duration.en)")
  }

  package static func refusesReadings(code: Int) -> Text {
    Text(
      zh: "它拒收读数（代码 \(code)）。请让诊所检查这个网关的写入权限。",
      en: "it refuses the readings (code \(code)): ask the clinic to check this gateway's right to write")
  }
  package static let nobodyReadsReadings = Text(
    zh: "诊所没有人接收读数。请通知诊所检查订阅。",
    en: "nobody at the clinic receives the readings: ask the clinic to check its subscription")

  package static func undelivered(_ count: Int) -> Text {
    Text(
      zh: "有 \(count) 条警报没有人接收！请立即联系诊所。",
      en: "\(count) \(count == 1 ? "alert has" : "alerts have") reached nobody: call the clinic")
  }

  /// Behind an alert.
  package static let undelivered = Text(zh: "诊所未收到", en: "not received by the clinic")

  // MARK: the rest

  package static func queues(alerts: Int64, readings: Int64) -> Text {
    Text(
      zh: "警报 \(alerts) 条，读数 \(readings) 条",
      en: "\(alerts) \(alerts == 1 ? "alert" : "alerts"), \(readings) \(readings == 1 ? "reading" : "readings")")
  }

  package static let unknown = Text(zh: "未知", en: "unknown")
  package static let none = Text(zh: "没有", en: "none")

  package static func clock(isSynchronized: Bool, isKnown: Bool, zone: String) -> Text {
    if isSynchronized { return Text(zh: "已同步，\(zone)", en: "synchronized, \(zone)") }
    return isKnown
      ? Text(
        zh: "没有同步，\(zone)。请检查网络和 timedatectl",
        en: "not synchronized, \(zone): check the network and timedatectl")
      : Text(
        zh: "时间未知，读数暂时不带时间。请检查网络和 timedatectl",
        en: "unknown, readings have no time of day yet: check the network and timedatectl")
  }

  package static func free(bytes: Int64) -> Text { Text(zh: "剩余 \(size(bytes))", en: "\(size(bytes)) free") }

  package static func used(_ bytes: Int64, of limit: Int64) -> Text {
    Text(zh: "已用 \(size(bytes))，上限 \(size(limit))", en: "\(size(bytes)) of \(size(limit)) used")
  }

  /// Decimal units, as `df -H` has them.
  private static func size(_ bytes: Int64) -> String {
    bytes < 1_000_000_000 ? "\(bytes / 1_000_000) MB" : "\(bytes / 1_000_000_000).\(bytes / 100_000_000 % 10) GB"
  }

  package static func dropped(_ count: Int64) -> Text {
    Text(
      zh: "空间不足，已丢弃 \(count) 个读数（已告知诊所）",
      en: "\(count) \(count == 1 ? "reading" : "readings") dropped for lack of room (the clinic was told)")
  }

  package static func undecoded(_ count: Int) -> Text {
    Text(
      zh: "有 \(count) 个值无法解码（已保留）",
      en: "\(count) \(count == 1 ? "value" : "values") could not be decoded (kept)")
  }

  /// - Parameters:
  ///   - problem: `gone`, `full`, `read-only`, `damaged`, or nil.
  ///   - original: in English, shown where the problem has no sentence here.
  package static func storage(problem: String?, original: String) -> Text {
    switch problem {
    case "gone":
      Text(
        zh: "数据库文件不见了，新的读数会丢失。请重启：systemctl restart vigild",
        en: "the database file is gone, new readings will be lost: systemctl restart vigild")
    case "full":
      Text(
        zh: "磁盘已满，读数无法保存。请清理磁盘：df -h", en: "the disk is full, readings cannot be stored: make room (df -h)")
    case "read-only":
      Text(
        zh: "数据库只读，读数无法保存。请检查 /var/lib/vigil 的权限和磁盘",
        en: "the database is read-only, readings cannot be stored: check /var/lib/vigil and the disk")
    case "damaged":
      Text(zh: "数据库已损坏。请联系技术支持，不要删除文件", en: "the database is damaged: ask for help, do not delete the file")
    default: Text(zh: "出错：\(original)", en: original)
    }
  }

  package static func devices(connected: Int, of count: Int) -> Text {
    Text(zh: "\(count) 个，已连接 \(connected) 个", en: "\(connected) of \(count) connected")
  }

  package static func open(_ count: Int) -> Text { Text(zh: "\(count) 个未结束", en: "\(count) open") }

  package static func moreAlerts(_ count: Int) -> Text {
    Text(zh: "还有 \(count) 个，请查看：vigilctl watch", en: "\(count) more, see: vigilctl watch")
  }

  package static func moreDevices(_ count: Int) -> Text {
    Text(zh: "还有 \(count) 个，请查看：vigilctl devices", en: "\(count) more, see: vigilctl devices")
  }
}
