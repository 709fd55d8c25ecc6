// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl profiles check` says.
package enum ProfileCheckTexts {
  package static let abstract = Text(
    zh: "检查目录中的设备描述文件。", en: "Checks the profiles in a directory.")
  package static let discussion = Text(
    zh: "检查所有 *.yaml 文件的写法，解码所有样例，并查找会互相争抢同一台设备的描述。每个问题一行：“file:line:column: 问题；怎么办”。"
      + "不写目录时，检查网关使用的全部设备描述。",
    en:
      "Reads every *.yaml file, decodes all vectors, and looks for profiles that would compete for one device. One line "
      + "for each finding: file:line:column: what; what to do. Without a directory it checks those that the gateway uses."
  )
  package static let directories = Text(zh: "要检查的目录或文件。", en: "Directories or files to check.")
  package static let known = Text(
    zh: "网关已有的设备描述的目录，based-on 可以用其中的。",
    en: "Directories of the profiles that the gateway has; based-on may name one of them.")

  /// One finding: `cuff.yaml:4:9: what; what to do next`.
  package static func finding(place: String, _ what: Text, next: Text) -> Text {
    Text(zh: "\(place): \(what.zh)；\(next.zh)", en: "\(place): \(what.en); \(next.en)")
  }

  // MARK: what can be found, and what to do

  package static let nothingThere = Text(zh: "这里没有设备描述文件（*.yaml）", en: "no device profiles (*.yaml) are there")
  package static let checkPath = Text(zh: "请检查路径", en: "check the path")

  /// - Parameter reason: the system's words, or those of the room that read it.
  package static func unreadable(reason: String) -> Text {
    let words = why(reason)
    return Text(zh: "读取失败：\(words.zh)", en: "cannot be read: \(words.en)")
  }

  private static func why(_ reason: String) -> Text {
    switch reason {
    case "larger than 1 MiB": Text(zh: "超过 1 MiB", en: "larger than 1 MiB")
    case "is not UTF-8 text": Text(zh: "不是 UTF-8 文本", en: "is not UTF-8 text")
    default: FileTexts.reason(reason)
    }
  }
  package static let checkFile = Text(zh: "请检查文件和它的权限", en: "look at the file and its rights")

  /// - Parameter message: of the loader, in English.
  package static func remedy(for message: String) -> Text {
    if message.hasPrefix("unknown key ") { return Text(zh: "请更正拼写，或去掉它", en: "correct the spelling, or leave it out") }
    if message.hasPrefix("missing") { return Text(zh: "请补上", en: "add it") }
    if message.contains("to be based on") {
      return Text(zh: "请核对编号，或用 --profiles 指定它所在的目录", en: "check the id, or name its directory with --profiles")
    }
    if message.contains("leave") || message.contains("keep one") { return Text(zh: "请更正", en: "correct it") }
    return Text(zh: "请更正，写法见 device-profiles/README.md", en: "correct it, see device-profiles/README.md")
  }

  package static func sameID(_ id: String, file: String) -> Text {
    Text(zh: "编号 \(id) 与 \(file) 相同", en: "\(id) is already the id of \(file)")
  }
  package static let otherID = Text(
    zh: "请换一个编号；若要修改那个描述，用 based-on 写上它的编号",
    en: "choose another id; to change that profile, name it by based-on")

  /// - Parameters:
  ///   - detail: what was expected and found, for those who write profiles.
  ///   - about: what the vector shows; may be empty.
  package static func wrongVector(_ detail: String, of characteristic: String, about: String) -> Text {
    Text(
      zh: "\(characteristic) 的样例\(about.isEmpty ? "" : "“\(about)”")解码结果不符：\(detail)",
      en: "a vector of \(characteristic)\(about.isEmpty ? "" : " (\(about))") does not hold: \(detail)")
  }
  package static let correctVector = Text(
    zh: "请对照资料，更正字段或样例", en: "correct the fields or the vector, by the source")

  /// - Parameter characteristics: that both read.
  package static func overlap(with id: String, file: String, characteristics: String) -> Text {
    Text(
      zh: "同一台设备会同时符合 \(id)（\(file)），两者都读取 \(characteristics)，分不出该用哪一个",
      en: "one device can match \(id) (\(file)) as well, and both read \(characteristics): neither is more specific")
  }
  package static let tellApart = Text(
    zh: "请在 match 中加上名称或型号，或用 based-on 写明以哪一个为基础",
    en: "add names or models to one's match, or base one on the other")

  // MARK: the end

  package static func result(files: Int, profiles: Int, vectors: Int, findings: Int) -> Text {
    let word = (
      files == 1 ? "file" : "files", profiles == 1 ? "profile" : "profiles", vectors == 1 ? "vector" : "vectors",
      findings == 1 ? "finding" : "findings"
    )
    let counts = Text(
      zh: "检查了 \(files) 个文件、\(profiles) 个设备描述、\(vectors) 个样例",
      en: "\(files) \(word.0), \(profiles) \(word.1) and \(vectors) \(word.2) checked")
    return findings == 0
      ? Text(zh: "\(counts.zh)：没有问题", en: "\(counts.en): all good")
      : Text(zh: "\(counts.zh)：\(findings) 个问题", en: "\(counts.en): \(findings) \(word.3)")
  }
}
