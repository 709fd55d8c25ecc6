// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Vitals

@Suite struct ConsentCodeTests {
  @Test(arguments: [("0000", 0), ("0042", 42), ("1234", 1234), ("9999", 9999)])
  func itIsFourDigits(digits: String, value: UInt16) {
    #expect(ConsentCode(digits: digits)?.value == value)
    #expect(ConsentCode(Int(value))?.value == value)
  }

  @Test(arguments: ["", "1", "123", "12345", "12a4", " 123", "123 ", "+123", "-123", "１２３４", "12\n3"])
  func nothingElseIsOne(digits: String) { #expect(ConsentCode(digits: digits) == nil) }

  @Test(arguments: [-1, 10_000, 65_536, .max, .min])
  func noOtherNumberIsOne(value: Int) { #expect(ConsentCode(value) == nil) }

  @Test func nothingThatPrintsShowsIt() throws {
    let code = try #require(ConsentCode(7391))
    var slots = UserSlots()
    slots.assign(1, to: try #require(ResidentID("r-31k7")), consent: code)
    var dumped = ""
    dump(slots, to: &dumped)
    for text in ["\(code)", String(reflecting: code), "\(slots)", String(reflecting: slots), dumped] {
      #expect(!text.contains("7391"), "\(text)")
    }
  }
}
