// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Replay

@Suite struct JSONTests {
  @Test(arguments: [
    #"{"a":1,"b":[true,false,null,-2.50,"x"],"c":{}}"#, "[]", "0", #""""#, #"["é守",{"":[[]]}]"#,
  ])
  func whatIsWrittenWithoutSpacesComesBack(_ text: String) {
    #expect(JSONReader.read(text)?.description == text)
  }

  @Test func numbersAreExact() {
    #expect(JSONReader.read("36.50")?.number == ExactDecimal(mantissa: 3650, exponent: -2))
    #expect(JSONReader.read("1.5e2")?.whole == 150)
    #expect(JSONReader.read("15E-1")?.number == ExactDecimal(mantissa: 15, exponent: -1))
    #expect(JSONReader.read("-0.1")?.number == ExactDecimal("-0.1"))
    #expect(JSONReader.read("1.5")?.whole == nil)
    #expect(JSONReader.read("9223372036854775807")?.whole == .max)
    #expect(JSONReader.read("0.1234567890123456789012345")?.number == ExactDecimal("0.1234567890123456789"))
    #expect(JSONReader.read("0e99999")?.whole == 0)
  }

  @Test(arguments: [
    "", " ", "{", "{]", "[1,]", "[,1]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "{a:1}", "01", "-", "1.", ".5", "+1", "1e",
    "1e+",
    "nul", "truex", "[1]]", #"""#, #""\x""#, #""\u12""#, #""\ud800""#, #""\udc00""#, "\"\u{1}\"", "9223372036854775808",
    "1e1000", "NaN", "'a'", "[1 2]", "\u{FEFF}{}", String(repeating: "[", count: 40),
  ])
  func whatIsNoJSONIsNone(_ text: String) { #expect(JSONReader.read(text) == nil) }

  @Test func escapes() {
    #expect(JSONReader.read(#""\u5b88\ud83d\ude00\n\/\"\\a""#)?.text == "守😀\n/\"\\a")
    #expect(JSON.text("\u{1}\n\"\\守\u{7F}").description == #""\u0001\n\"\\守\u007f""#)
  }

  @Test func severalBehindEachOther() {
    #expect(JSONReader.readAll("{}\n[1] 2\n")?.count == 3)
    #expect(JSONReader.readAll(" \n")?.isEmpty == true)
    #expect(JSONReader.readAll("{} }") == nil)
  }

  @Test func theFirstFieldOfANameCounts() {
    #expect(JSONReader.read(#"{"a":1,"a":2}"#)?["a"]?.whole == 1)
    #expect(JSONReader.read("[1]")?["a"] == nil)
  }
}
