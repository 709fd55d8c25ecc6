// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl --help` says of the program, of what all commands take, and of the commands without texts of their own.
package enum HelpTexts {
  package static let program = Text(zh: "安装和照看 Vigil 守望网关。", en: "Sets up and looks after a Vigil gateway.")
  package static let disclaimer = Text(
    zh: "守望是信息系统，不是医疗器械，不能代替急救电话。",
    en: "Vigil is an information system, not a medical device. It does not replace an emergency call.")
  package static let json = Text(zh: "标准输出每行一个 JSON 对象。", en: "One JSON object a line on standard output.")
  package static let language = Text(zh: "语言，默认随系统。", en: "The language; the locale's by default.")
  package static func noCommand(_ word: String) -> Text {
    Text(zh: "没有命令“\(word)”。", en: "There is no command '\(word)'.")
  }
}
