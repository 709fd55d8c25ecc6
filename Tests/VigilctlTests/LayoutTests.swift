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
}
