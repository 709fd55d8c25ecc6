// SPDX-License-Identifier: GPL-3.0-or-later

/// The words of swift-argument-parser, which speaks English alone.
///
/// In each text `en` is what the parser says, with a hole `{name}` where something of the moment stands: it is the key by
/// which the sentence is found in the parser's output.
package enum ParserTexts {
  // What begins a line.
  package static let overview = Text(zh: "概述：", en: "OVERVIEW: ")
  package static let usage = Text(zh: "用法：", en: "USAGE: ")
  package static let shortUsage = Text(zh: "用法：", en: "Usage: ")
  package static let error = Text(zh: "错误：", en: "Error: ")
  package static let help = Text(zh: "说明：", en: "Help: ")
  package static let sections = [
    Text(zh: "参数：", en: "ARGUMENTS:"),
    Text(zh: "选项：", en: "OPTIONS:"),
    Text(zh: "子命令：", en: "SUBCOMMANDS:"),
  ]

  /// - Parameter original: a sentence of the parser, or one of ours with the parser's remark on defaults behind it.
  /// - Returns: nil for one that is not known here.
  package static func translated(_ original: String, to language: Language) -> String? {
    guard language != .en else { return original }
    return Phrase.translated(original, to: language, by: sentences) { name, content in
      switch name {
      case "text": translated(content, to: language) ?? content
      case "label", "labels", "command": synopsis(content, in: language)
      case "values": content.replacing("', '", with: "”、“")
      case "list": list(content)
      default: content
      }
    }
  }

  /// - Parameter original: a sentence of the parser.
  /// - Returns: the word that it has no place for, if that is what it says. Where a command was expected, that is one
  ///   which does not exist.
  package static func unexpectedArgument(in original: String) -> String? {
    Phrase.holes(of: "Unexpected argument '{value}'", in: original)?["value"]
  }

  /// What stands for a value in a synopsis: `--lang <lang>` is `--lang <语言>`.
  package static func synopsis(_ original: String, in language: Language) -> String {
    var text = ""
    var rest = original[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      let name = String(rest[open...close])
      text += rest[..<open] + (placeholders.first { $0.en == name }?(in: language) ?? name)
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }

  private static let placeholders = [
    Text(zh: "<子命令>", en: "<subcommand>"), Text(zh: "<选项>", en: "<options>"), Text(zh: "<语言>", en: "<lang>"),
    Text(zh: "<设备>", en: "<device>"), Text(zh: "<地址>", en: "<address>"), Text(zh: "<住户>", en: "<resident>"),
    Text(zh: "<特征>", en: "<characteristic>"), Text(zh: "<描述>", en: "<profile>"),
    Text(zh: "<目录>", en: "<profiles>"), Text(zh: "<十六进制>", en: "<feature>"), Text(zh: "<数值>", en: "<values>"),
    Text(zh: "<编号>", en: "<id>"), Text(zh: "<目录>", en: "<directories>"),
    Text(zh: "<秒数>", en: "<seconds>"), Text(zh: "<文件>", en: "<config>"), Text(zh: "<文件>", en: "<file>"),
    Text(zh: "<文件>", en: "<rules>"), Text(zh: "<版本>", en: "<edition>"), Text(zh: "<文件>", en: "<settings>"),
    Text(zh: "<文件>", en: "<svg>"), Text(zh: "<时区>", en: "<zone>"), Text(zh: "<用户号>", en: "<user>"),
  ]

  private static let sentences = [
    // Of its help.
    Text(zh: "显示版本。", en: "Show the version."),
    Text(zh: "显示帮助。", en: "Show help information."),
    Text(zh: "显示子命令的帮助。", en: "Show subcommand help information."),
    Text(zh: "各命令的详细帮助：{command}", en: "See '{command}' for detailed help."),
    Text(zh: "更多帮助：{command}", en: "See '{command}' for more information."),
    Text(zh: "{text}（可选 {list}；默认 {value}）", en: "{text} (values: {list}; default: {value})"),
    Text(zh: "{text}（可选 {list}）", en: "{text} (values: {list})"),
    Text(zh: "{text}（默认 {list}）", en: "{text} (default: {list})"),
    // Of its refusals; the longer of two that begin alike first.
    Text(zh: "没有选项 {option}。要写的是 {other} 吗？", en: "Unknown option '{option}'. Did you mean '{other}'?"),
    Text(zh: "没有选项 {option}。", en: "Unknown option '{option}'"),
    Text(zh: "没有选项 {option}。", en: "Invalid option: {option}"),
    Text(zh: "{label} 缺少值。", en: "Missing value for '{label}'"),
    Text(
      zh: "选项 {option} 不带值，却写了“{value}”。",
      en: "The option '{option}' does not take any value, but '{value}' was specified."),
    Text(zh: "多余的参数“{value}”。", en: "Unexpected argument '{value}'"),
    Text(zh: "有 {count} 个多余的参数：“{values}”。", en: "{count} unexpected arguments: '{values}'"),
    Text(zh: "缺少参数 {label}。", en: "Missing expected argument '{label}'"),
    Text(zh: "缺少这些参数之一：{labels}", en: "Missing one of: '{labels}'"),
    Text(zh: "缺少子命令。", en: "Missing required subcommand."),
    Text(
      zh: "“{value}”不能用于 {label}。请写 {list} 之一。",
      en: "The value '{value}' is invalid for '{label}'. Please provide one of {list}."),
    Text(zh: "“{value}”不能用于 {label}：{reason}", en: "The value '{value}' is invalid for '{label}': {reason}"),
    Text(zh: "“{value}”不能用于 {label}。", en: "The value '{value}' is invalid for '{label}'"),
    Text(
      zh: "{option} 已由 {other} 设定，不能再设。",
      en: "Value to be set with flag '{option}' had already been set with flag '{other}'"),
    Text(
      zh: "不能为“{shell}”生成补全脚本。请写 --generate-completion-script=<shell>，<shell> 为 {list} 之一。",
      en:
        "Can't generate completion scripts for '{shell}'.\nPlease use --generate-completion-script=<shell> with one of:\n"
        + "    {list}"),
    Text(
      zh: "认不出正在使用的 shell。请写 --generate-completion-script=<shell>，<shell> 为 {list} 之一。",
      en:
        "Can't autodetect a supported shell.\nPlease use --generate-completion-script=<shell> with one of:\n    {list}"),
    Text(
      zh: "参数无法解析。", en: "Internal error. Invalid state while parsing command-line arguments."),
    Text(
      zh: "参数无法解析。", en: "Internal error. Parsing command-line arguments hit unimplemented code path."),
  ]

  /// `'zh' and 'en'`, `'a', 'b' or 'c'` and `a, b` without the English words.
  private static func list(_ original: String) -> String {
    original.split(separator: " ").filter { $0 != "and" && $0 != "or" }.map { word in
      word.filter { $0 != "'" && $0 != "," }
    }.joined(separator: "、")
  }
}
