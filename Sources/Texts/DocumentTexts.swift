// SPDX-License-Identifier: GPL-3.0-or-later

/// What is wrong in a file that a person wrote: a configuration or a device profile.
package enum DocumentTexts {
  /// - Parameters:
  ///   - place: file, line and column, `desk.yaml:2:9`.
  ///   - key: where in the document, `broker.port`; empty at its root.
  ///   - message: what is wrong there, in English; shown as it is where it is not known here.
  package static func failure(place: String, key: String, message: String) -> Text {
    let what = what(key: key, message: message)
    return Text(zh: "文件内容有误，请更正。\(place)：\(what.zh)", en: "A file is wrong, correct it: \(place): \(what.en)")
  }

  /// What is wrong at a place.
  package static func what(key: String, message: String) -> Text {
    let chinese =
      Phrase.translated(message, to: .zh, by: ProfilePhrases.all + RulePhrases.all + phrases) { name, found in
        name == "kind" || name == "found" ? kinds[found] ?? found : found
      } ?? message
    let what = (zh: chinese, en: message)
    return Text(
      zh: "\(key.isEmpty ? "" : key + "：")\(what.zh)", en: "\(key.isEmpty ? "" : key + ": ")\(what.en)")
  }

  package static let mustGrow = Text(zh: "必须大于前面的数", en: "must be more than what stands before it")
  package static let mustBeWord = Text(
    zh: "应为 1 到 64 个可见的 ASCII 字符，不含空格", en: "must be 1 to 64 printable ASCII characters without a space")

  private static let kinds = [
    "text": "文字", "a single value": "单个值", "a list": "列表", "a mapping": "键值", "nothing": "空", "none": "没有",
    "more": "多个",
  ]

  /// The longer of two that begin alike first.
  private static let phrases = [
    Text(zh: "缺少 {key}", en: "missing key '{key}'"),
    Text(zh: "不认识 {key}，可写的有：{known}", en: "unknown key '{key}', known: {known}"),
    Text(zh: "{key} 写了两次", en: "duplicate key '{key}'"),
    Text(zh: "应为 {low} 到 {high} 的整数，现为{found}", en: "expected a whole number from {low} to {high}, found {found}"),
    Text(zh: "应为 true 或 false，现为{found}", en: "expected true or false, found {found}"),
    Text(zh: "应为以下之一：{list}，现为{found}", en: "expected one of {list}, found {found}"),
    Text(zh: "应为{kind}，现为{found}", en: "expected {kind}, found {found}"),
    Text(zh: "{value} 不在 {low} 到 {high} 之间", en: "{value} is outside {low} to {high}"),
    Text(zh: "文件是空的", en: "the document is empty"),
    Text(zh: "一个文件只能有一个文档", en: "only one document is allowed in a file"),
    Text(zh: "嵌套超过 32 层", en: "nested deeper than 32 levels"),
    Text(zh: "这里不能用别名，请直接写出值", en: "aliases are not allowed here, write the value out"),
    Text(zh: "键只能是单个值", en: "a key must be a single value"),
    Text(zh: "{value} 不是编号，可用 1 到 64 个 a-z、0-9 和 -", en: "{value} is not an id, allowed: 1 to 64 of a-z, 0-9 and -"),
    Text(
      zh: "{value} 不是主机，应为不带协议和端口的名称或 IP 地址",
      en: "{value} is not a host, allowed: a name or an IP address without scheme and port"),
    Text(
      zh: "{value} 不能用在这里，应为 off，或 ca、certificate 和 key",
      en: "{value} is not allowed, allowed: off, or a mapping of ca, certificate and key"),
    Text(
      zh: "{value} 不能用在这里，应为从根开始的路径，例如 /etc/vigil/file",
      en: "{value} is not allowed, allowed: a path from the root, such as /etc/vigil/file"),
    mustGrow, mustBeWord,
    Text(zh: "{value} 不存在，或这个用户看不到它", en: "{value} does not exist or cannot be seen by this user"),
    Text(
      zh: "密码不能写在这个文件里，请另存一个文件，再用 password-file 指定它",
      en: "a password does not belong in this file, write it into a file of its own and name that by password-file"),
    Text(zh: "还要写上 {key}", en: "needs '{key}' beside it"),
    Text(zh: "应为 1 到 256 个字节", en: "must be 1 to 256 bytes long"),
  ]
}
