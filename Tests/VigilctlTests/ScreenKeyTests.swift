// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import vigilctl

@Suite struct ScreenKeyTests {
  @Test(arguments: [
    ("a", [ScreenKey.letter("a")]), ("\u{1B}[A", [.up]), ("\u{1B}OB", [.down]), ("\r", [.enter]), ("\n", [.enter]),
    ("jk", [.letter("j"), .letter("k")]), ("\u{1B}[Ay", [.up, .letter("y")]), ("\u{1B}[1;5B", [.down]),
    ("\u{1B}", [.other]), ("\u{1B}[", [.other]), ("\u{1B}[3~y", [.other, .letter("y")]), (" ", [.other]),
    ("是y", [.other, .letter("y")]), ("", []),
  ])
  func whatATerminalSends(octets: String, keys: [ScreenKey]) {
    #expect(ScreenKey.keys(Array(octets.utf8)) == keys)
  }
}
