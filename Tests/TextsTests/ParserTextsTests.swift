// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts

@Suite struct ParserTextsTests {
  @Test(arguments: [
    ("Show the version.", "显示版本。"),
    ("Unknown option '--x'", "没有选项 --x。"),
    ("Unknown option '--jsn'. Did you mean '--json'?", "没有选项 --jsn。要写的是 --json 吗？"),
    ("Missing expected argument '<device>'", "缺少参数 <设备>。"),
    (
      "The value 'x' is invalid for '--lang <lang>'. Please provide one of 'zh' and 'en'.",
      "“x”不能用于 --lang <语言>。请写 zh、en 之一。"
    ),
    ("2 unexpected arguments: 'a', 'b'", "有 2 个多余的参数：“a”、“b”。"),
    ("语言。 (values: zh, en; default: zh)", "语言。（可选 zh、en；默认 zh）"),
    ("Show help information. (default: a, b)", "显示帮助。（默认 a、b）"),
    // What a person typed may look like anything.
    ("Unexpected argument ''", "多余的参数“”。"),
    ("Unexpected argument 'it's'", "多余的参数“it's”。"),
    ("Unexpected argument '\u{301}x'", "多余的参数“\u{301}x”。"),
    ("Unexpected argument '{value}'", "多余的参数“{value}”。"),
  ])
  func translates(original: String, expected: String) {
    #expect(ParserTexts.translated(original, to: .zh) == expected)
    #expect(ParserTexts.translated(original, to: .en) == original)
  }

  @Test(arguments: ["", "Something new.", "Unexpected argument 'x", "Show the version. "])
  func leavesWhatItDoesNotKnow(original: String) {
    #expect(ParserTexts.translated(original, to: .zh) == nil)
  }

  @Test(arguments: [
    ("<device>", "<设备>"), ("--x <new> [<device> ...]", "--x <new> [<设备> ...]"), ("a < b", "a < b"),
    ("<<device>", "<<device>"),
  ])
  func placeholders(original: String, expected: String) {
    #expect(ParserTexts.synopsis(original, in: .zh) == expected)
  }
}
