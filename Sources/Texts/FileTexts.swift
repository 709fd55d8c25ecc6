// SPDX-License-Identifier: GPL-3.0-or-later

/// What can go wrong with files, and with standard input and output.
package enum FileTexts {
  /// A file that could not be read.
  ///
  /// - Parameter reason: the system's words (strerror), or those of the room that read it.
  package static func failure(path: String, reason: String) -> Text {
    switch reason {
    case "No such file or directory", "Not a directory":
      Text(zh: "没有这个文件：\(path)。请检查路径。", en: "There is no file \(path). Check the path.")
    case "Permission denied", "Operation not permitted":
      Text(
        zh: "没有权限读取 \(path)。请使用 root，或检查文件的权限。",
        en: "You may not read \(path). Use root, or look at the file's rights.")
    case "Is a directory", "cannot be read (is it a directory?)":
      Text(zh: "\(path) 是目录，不是文件。请给出其中的文件。", en: "\(path) is a directory, not a file. Name a file in it.")
    case "larger than 1 MiB":
      Text(
        zh: "\(path) 超过 1 MiB，不像是这里要的文件。请检查路径。",
        en: "\(path) is larger than 1 MiB, too large for what is wanted. Check the path.")
    case "is not UTF-8 text":
      Text(
        zh: "\(path) 不是 UTF-8 文本。请用 UTF-8 重新保存。", en: "\(path) is not UTF-8 text. Save it again as UTF-8.")
    case "no device profiles (*.yaml) there":
      Text(
        zh: "\(path) 中没有设备描述文件（*.yaml）。请用 --profiles 指定它们的目录。",
        en: "There are no device profiles (*.yaml) in \(path). Say where they are: --profiles DIRECTORY")
    default:
      Text(
        zh: "读取 \(path) 失败：\(FileTexts.reason(reason).zh)。", en: "Cannot read \(path): \(FileTexts.reason(reason).en).")
    }
  }

  package static func unreadableInput(reason: String) -> Text {
    Text(
      zh: "读取标准输入失败：\(FileTexts.reason(reason).zh)。请检查重定向或管道。",
      en: "Cannot read standard input: \(FileTexts.reason(reason).en). Check the redirection or the pipe.")
  }

  package static let longInput = Text(
    zh: "标准输入有一行超过 1 MiB。请每行只写一个值。",
    en: "A line of standard input is longer than 1 MiB. Write one value a line.")

  package static func unwritableOutput(reason: String) -> Text {
    Text(
      zh: "写标准输出失败：\(FileTexts.reason(reason).zh)。后面的内容没有写出。",
      en: "Cannot write to standard output: \(FileTexts.reason(reason).en). What was to follow is missing.")
  }

  /// The system's words for an error, or the same where they are not known here.
  package static func reason(_ system: String) -> Text { reasons[system] ?? Text(zh: system, en: system) }

  private static let reasons: [String: Text] = [
    "No space left on device": Text(zh: "磁盘已满", en: "the disk is full"),
    "Disk quota exceeded": Text(zh: "磁盘配额已用完", en: "the disk quota is used up"),
    "File too large": Text(zh: "文件太大", en: "the file is too large"),
    "Input/output error": Text(zh: "磁盘或设备出错", en: "the disk or device has an error"),
    "Read-only file system": Text(zh: "文件系统只读", en: "the file system is read-only"),
    "Bad file descriptor": Text(zh: "它已关闭", en: "it is closed"),
    "Is a directory": Text(zh: "它是目录", en: "it is a directory"),
    "Permission denied": Text(zh: "没有权限", en: "no permission"),
    "No such file or directory": Text(zh: "没有这个文件", en: "there is no such file"),
    "Too many open files": Text(zh: "打开的文件太多", en: "too many files are open"),
    "Too many open files in system": Text(zh: "系统打开的文件太多", en: "the system has too many open files"),
    "Cannot allocate memory": Text(zh: "内存不足", en: "out of memory"),
    "Resource temporarily unavailable": Text(zh: "资源暂时不足", en: "no resources for now"),
    "Too many levels of symbolic links": Text(zh: "符号链接成环", en: "the symbolic links go in a circle"),
    "File name too long": Text(zh: "路径太长", en: "the path is too long"),
    "Connection reset by peer": Text(zh: "对方断开了", en: "the other side hung up"),
  ]
}
