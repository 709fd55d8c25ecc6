// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl rules` says.
package enum RuleCommandTexts {
  // MARK: help

  package static let abstract = Text(
    zh: "查看、解释和检查警报规则，不需要 vigild。", en: "Shows, explains and checks the rules of alerts, without a daemon.")
  package static let listAbstract = Text(zh: "列出警报规则。", en: "Lists the rules of alerts.")
  package static let explainAbstract = Text(
    zh: "用文字解释一条规则：何时报警，对象是谁，怎样确认和解除，谁写的。",
    en: "Says a rule in words: when it alerts, whom it concerns, what confirms and ends it, who wrote it.")
  package static let checkAbstract = Text(zh: "检查本机构的规则文件。", en: "Checks a site's file of rules.")
  package static let checkDiscussion = Text(
    zh: "文件中有问题时写出一行：“file:line:column: 问题；怎么办”。没有错误时列出它改动了哪些规则，并提醒会让警报变少的改动。"
      + "不写文件时检查 /etc/vigil/rules.yaml。",
    en:
      "What is wrong is said in one line: file:line:column: what; what to do. Without an error, it lists which rules the "
      + "file changes, and warns of what makes alerts fewer. Without a file it checks /etc/vigil/rules.yaml.")
  package static let edition = Text(zh: "随程序提供的规则版本。", en: "The edition of the rules that come with Vigil.")
  package static let file = Text(zh: "本机构的规则文件。", en: "A site's file of rules.")
  package static let id = Text(zh: "规则的编号；不写时解释全部。", en: "Its id; all rules without it.")
  package static let fileOrEdition = Text(
    zh: "--file 和 --edition 只能选一个。", en: "Give either --file or --edition, not both.")

  package static func noRule(_ id: String, similar: String?) -> Text {
    guard let similar else {
      return Text(
        zh: "没有编号为 \(id) 的规则。查看所有编号：vigilctl rules list",
        en: "There is no rule \(id). See which there are: vigilctl rules list")
    }
    return Text(
      zh: "没有编号为 \(id) 的规则。要找的是 \(similar) 吗？查看所有编号：vigilctl rules list",
      en: "There is no rule \(id). Did you mean \(similar)? See which there are: vigilctl rules list")
  }

  // MARK: the list

  package static let columns = [
    Text(zh: "编号", en: "ID"), Text(zh: "名称", en: "NAME"), Text(zh: "优先级", en: "PRIORITY"),
    Text(zh: "条件", en: "CONDITION"),
  ]
  package static let otherPriority = Text(zh: "/", en: "/")

  package static func edition(_ name: String, version: Int, by author: String, on date: String) -> Text {
    Text(
      zh: "规则 \(name) 第 \(version) 版，\(author)，\(date)", en: "Rules \(name), version \(version), by \(author), \(date)")
  }
  package static func noted(_ edition: Text, _ note: Text) -> Text {
    Text(zh: "\(edition.zh)：\(note.zh)", en: "\(edition.en): \(note.en)")
  }

  // MARK: the check

  package static let checkPath = Text(zh: "请检查路径", en: "check the path")
  package static let checkFile = Text(zh: "请检查文件和它的权限", en: "look at the file and its rights")

  /// - Parameter message: of the loader, in English.
  package static func remedy(for message: String) -> Text {
    if message.hasPrefix("unknown key ") { return Text(zh: "请更正拼写，或去掉它", en: "correct the spelling, or leave it out") }
    if message.hasPrefix("missing") { return Text(zh: "请补上", en: "add it") }
    // What says itself what to do.
    if [", choose", ", leave", ", keep", "take one", ", add", ", make", ", shorten"].contains(where: message.contains) {
      return Text(zh: "请更正", en: "correct it")
    }
    return Text(zh: "请更正，写法见 CONTRIBUTING.md", en: "correct it, see CONTRIBUTING.md")
  }

  package static func changed(_ rule: Text, _ written: Text) -> Text {
    Text(zh: "改动：\(rule.zh)，\(written.zh)", en: "changed: \(rule.en), version \(written.en)")
  }
  package static func added(_ rule: Text, _ written: Text) -> Text {
    Text(zh: "新增：\(rule.zh)，\(written.zh)", en: "new: \(rule.en), version \(written.en)")
  }
  package static func leftOut(_ rule: Text) -> Text { Text(zh: "停用：\(rule.zh)", en: "left out: \(rule.en)") }
  package static let changedManners = Text(
    zh: "改动：通知方式或设备监测的界限", en: "changed: how alerts are brought, or when devices are missed")

  // MARK: its warnings

  package static func warning(_ what: Text) -> Text { Text(zh: "请留意：\(what.zh)", en: "warning: \(what.en)") }

  package static func sameVersion(_ rule: Text, shipped: Int) -> Text {
    Text(
      zh: "\(rule.zh) 已改动，版本号却不高于随程序提供的第 \(shipped) 版，从警报上分不出是哪一条规则",
      en:
        "\(rule.en) is changed, and its version is not above the shipped one, \(shipped): alerts cannot tell the two apart"
    )
  }
  package static func chooseVersion(_ version: Int) -> Text {
    Text(zh: "请另起版本号，例如 \(version)", en: "give it a version of its own, such as \(version)")
  }
  package static func highLeftOut(_ rule: Text) -> Text {
    Text(zh: "高优先级的规则 \(rule.zh) 被停用", en: "\(rule.en), a rule of high priority, is left out")
  }
  package static func highMadeMilder(_ rule: Text, _ priority: Text) -> Text {
    Text(
      zh: "高优先级的规则 \(rule.zh) 降为\(priority.zh)", en: "\(rule.en), a rule of high priority, is made \(priority.en)")
  }
  package static let makeSureOfRule = Text(
    zh: "请确认签名的医生确实这样决定；单个住户的限值用 set-limits 设置",
    en: "make sure that whoever signs the file has decided so; limits of one person are set by set-limits")
  package static let highDoesNotLatch = Text(
    zh: "高优先级警报恢复后不再保留，可能没有人知道曾经发生过",
    en: "high alerts do not stay when they are over: nobody may learn that there was one")
  package static let highIsSaidOnce = Text(
    zh: "高优先级警报无人确认时不再重复", en: "high alerts are not said again while nobody answers")
  package static let highGoesNowhere = Text(
    zh: "高优先级警报无人确认时不再上报", en: "high alerts do not go up a level when nobody answers")
  package static let leaveOutKey = Text(
    zh: "如果不是有意这样，请去掉它", en: "take over what the editions have, unless this is meant")

  package static func result(rules: Int, changes: Int, warnings: Int) -> Text {
    let word = (
      rules == 1 ? "rule" : "rules", changes == 1 ? "change" : "changes", warnings == 1 ? "warning" : "warnings"
    )
    let counts = Text(
      zh: "\(rules) 条规则，\(changes) 处改动", en: "\(rules) \(word.0), \(changes) \(word.1)")
    return warnings == 0
      ? Text(zh: "\(counts.zh)：没有问题", en: "\(counts.en): all good")
      : Text(
        zh: "\(counts.zh)：没有错误，\(warnings) 处请留意", en: "\(counts.en): no error, \(warnings) \(word.2)")
  }
}
