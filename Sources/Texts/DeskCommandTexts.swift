// SPDX-License-Identifier: GPL-3.0-or-later

/// What a clinic's desk says of the alerts that are acknowledged there.
package enum DeskCommandTexts {
  // MARK: the key

  package static func keyIsOpen(path: String) -> Text {
    Text(
      zh: "其他用户可以读取私钥 \(path)。请执行：chmod 600 \(path)",
      en: "Others may read the private key \(path). Take that away: chmod 600 \(path)")
  }

  package static func noKey(path: String) -> Text {
    Text(
      zh: "\(path) 中没有可用的 Ed25519 私钥。请用这个命令新建：openssl genpkey -algorithm ed25519 -out \(path)",
      en: "There is no usable private key of Ed25519 in \(path). Make one: "
        + "openssl genpkey -algorithm ed25519 -out \(path)")
  }

  // MARK: the line below the alerts

  package static let readOnly = Text(
    zh: "只能查看：desk.yaml 中没有 key，不能确认警报", en: "Read-only: without a `key` in desk.yaml no alert can be acknowledged")
  package static let keys = Text(zh: "↑↓ 选择，a 确认", en: "Up and down choose, a acknowledges")

  /// - Parameter alert: which one, in the words of ``alert(rule:resident:)``.
  package static func confirm(_ alert: Text, by: String) -> Text {
    Text(
      zh: "以 \(by) 的名义确认 \(alert.zh)？按 y 确认，按其他键取消",
      en: "Acknowledge \(alert.en) as \(by)? y does, any other key does not")
  }

  package static func alert(rule: String, resident: String) -> Text {
    Text(zh: "\(resident) 的 \(rule)", en: "\(rule) of \(resident)")
  }

  // MARK: what becomes of it

  package static func sent(_ alert: Text) -> Text {
    Text(zh: "已发出对 \(alert.zh) 的确认，等待网关回答", en: "Acknowledging \(alert.en): waiting for the gateway's answer")
  }

  package static func unanswered(_ alert: Text, seconds: Int64) -> Text {
    Text(
      zh: "\(seconds) 秒内没有回答：\(alert.zh) 尚未确认，已重发。请打电话，或按 a 再发",
      en: "No answer in \(seconds) s: \(alert.en) is NOT acknowledged yet, sent again. Telephone, or press a")
  }

  package static func expired(_ alert: Text) -> Text {
    Text(
      zh: "网关一直没有回答，命令已过期：\(alert.zh) 没有确认",
      en: "The gateway never answered and the command has expired: \(alert.en) is NOT acknowledged")
  }

  package static func nobodyListens(_ alert: Text) -> Text {
    Text(
      zh: "没有网关在接收命令：\(alert.zh) 没有确认。请检查网关",
      en: "No gateway takes the command: \(alert.en) is NOT acknowledged. Look after the gateway")
  }

  package static func brokerRefuses(_ alert: Text, code: UInt8) -> Text {
    Text(
      zh: "消息服务器拒收命令（代码 \(code)）：\(alert.zh) 没有确认。请管理员给这个用户写权限",
      en:
        "The broker refuses the command (code \(code)): \(alert.en) is NOT acknowledged. Ask for the right to write it")
  }

  package static func done(_ alert: Text) -> Text {
    Text(zh: "已确认 \(alert.zh)", en: "Acknowledged: \(alert.en)")
  }

  /// - Parameters:
  ///   - time: of day; nil where the gateway does not say.
  package static func already(_ alert: Text, by: String, time: String?) -> Text {
    guard let time else {
      return Text(zh: "\(alert.zh) 已由 \(by) 确认", en: "\(alert.en): \(by) has acknowledged it already")
    }
    return Text(zh: "\(alert.zh) 已由 \(by) 在 \(time) 确认", en: "\(alert.en): \(by) acknowledged it already, \(time)")
  }

  /// - Parameter reason: the gateway's, in both languages.
  package static func refused(_ alert: Text, reason: Text) -> Text {
    Text(zh: "\(alert.zh) 没有确认：\(reason.zh)", en: "\(alert.en) is NOT acknowledged: \(reason.en)")
  }

  // MARK: what is not sent at all

  package static let unknownAlert = Text(zh: "没有这个未结束的警报", en: "There is no such open alert")
  package static let ambiguousAlert = Text(
    zh: "不止一个网关有这个警报，请同时写上 gateway", en: "More than one gateway has this alert: name the `gateway` too")
  package static let noTime = Text(
    zh: "本机的时间未设置，网关会拒绝命令。请先校准时间", en: "This machine's clock is not set and gateways would refuse: set it first")
  package static let unreadableLine = Text(
    zh: "看不懂这一行，应为 {\"acknowledge\": \"警报编号\"}", en: "This line cannot be read, write {\"acknowledge\": \"ALERT\"}")
}
