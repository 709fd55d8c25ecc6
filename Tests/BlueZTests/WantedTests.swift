// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import BlueZ

@Suite struct WantedTests {
  @Test(
    arguments: [
      ([], ""), (["F5:F1:F2:F3:F4:01"], "F5:F1:F2:F3:F4:01"), (["F5:F1:F2:F3:F4:01", "F5:F1:A0:F3:F4:01"], "F5:F1:"),
      (["F5:F1:F2:F3:F4:01", "00:11:22:33:44:55"], ""), (["F5:F1:F2:F3:F4:01", nil], ""),
    ] as [([String?], String)])
  func aPatternLetsAllThroughThatAreWanted(addresses: [String?], pattern: String) {
    var wanted = Wanted()
    for address in addresses { wanted.add(address) }
    #expect(wanted.pattern == pattern && wanted.count == addresses.count)
  }

  @Test func whoLeavesNarrowsIt() {
    var wanted = Wanted()
    for address in [nil, "AA:01", "AA:01", "AB:02"] { wanted.add(address) }
    wanted.remove(nil)
    #expect(wanted.pattern == "A")
    wanted.remove("AB:02")
    wanted.remove("AA:01")
    #expect(wanted.pattern == "AA:01" && wanted.count == 1)
    wanted.remove("AA:01")
    #expect(wanted.pattern.isEmpty && wanted.count == 0)
  }
}
