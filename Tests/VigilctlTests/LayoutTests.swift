// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import vigilctl

@Suite struct LayoutTests {
  @Test(arguments: [("", 0), ("abc", 3), ("血氧 86%", 8), ("，", 2), ("…", 1), ("▁█", 2), ("é", 1), ("守望", 4), ("心率", 4)])
  func aChineseCharacterTakesTwoCells(text: String, cells: Int) {
    #expect(Layout.cells(text) == cells)
  }

  @Test(arguments: [
    ("abcdef", 4, "abc…"), ("abc", 3, "abc"), ("血氧血氧", 5, "血氧…"), ("血氧血氧", 4, "血…"), ("血氧", 1, "…"), ("血", 0, ""),
  ])
  func cuts(text: String, width: Int, expected: String) {
    #expect(Layout.cut(text, to: width) == expected)
    #expect(Layout.cells(Layout.cut(text, to: width)) <= width)
  }

  @Test func columnsLineUp() {
    #expect(Layout.table([["名称", "x", ""], ["a", "yy", "z"], ["b"]]) == ["名称  x", "a     yy  z", "b"])
  }

  @Test(arguments: [
    ("a bb ccc", 4, 0, ["a bb", "ccc"]), ("a bb ccc", 5, 2, ["a bb", "  ccc"]), ("", 5, 0, [""]),
    ("心率血氧", 5, 0, ["心率", "血氧"]),
    // Nothing that closes begins a line, nothing that opens ends one.
    ("心率，血氧。", 4, 0, ["心", "率，", "血", "氧。"]), ("心率（血氧）", 6, 0, ["心率", "（血", "氧）"]),
    ("见 vigilctl 的帮助", 11, 0, ["见 vigilctl", "的帮助"]), ("abcdefgh", 3, 0, ["abc", "def", "gh"]),
    ("abcdefgh", 4, 2, ["abcd", "  ef", "  gh"]), ("a\nb", 5, 0, ["a", "b"]), ("a  ", 3, 0, ["a"]),
  ])
  func wraps(text: String, width: Int, indent: Int, expected: [String]) {
    #expect(Layout.wrapped(text, to: width, indent: indent) == expected)
  }

  @Test(arguments: 1...90) func noLineIsWider(width: Int) {
    let text = "数值用十六进制，写成参数（--feature 0300），或者写在标准输入中。Values are hexadecimal: /usr/share/vigil 血氧 86%"
    for indent in [0, 2, width / 2] {
      let lines = Layout.wrapped(text, to: width, indent: indent)
      // A wide character needs two cells, and the one that closes stays with it.
      #expect(lines.allSatisfy { Layout.cells($0) <= max(width, indent + 2) })
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
  }

  @Test func whatMovesTheCursorIsTakenOut() {
    #expect(Layout.plain("a\u{1B}[2Jb\u{7}\n\u{9B}c") == "a\u{FFFD}[2Jb\u{FFFD}\n\u{FFFD}c")
  }
}
