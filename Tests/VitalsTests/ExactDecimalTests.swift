// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@Suite struct ExactDecimalTests {
  func decimal(_ mantissa: Int64, _ exponent: Int) throws -> ExactDecimal {
    try #require(ExactDecimal(mantissa: mantissa, exponent: exponent))
  }

  @Test(arguments: [
    "0", "-0.5", "36.50", "204.7", "0.00095", "-1234", "100", "6445312500000000.000",
    "0.000000000000000000000000000010860", "9223372036854775800",
  ])
  func textSurvives(text: String) throws {
    #expect(try #require(ExactDecimal(text)).description == text)
  }

  @Test(arguments: ["", "-", ".5", "5.", "1e3", "1.2.3", "٣", "9999999999999999999999"])
  func refusesWhatIsNotPlainNotation(text: String) {
    #expect(ExactDecimal(text) == nil)
  }

  @Test func equalValuesAreEqualWhateverTheirDigits() throws {
    #expect(try decimal(3650, -2) == decimal(365, -1))
    #expect(try decimal(3650, -2).hashValue == decimal(365, -1).hashValue)
    #expect(try decimal(2, 2).description == "200")
  }

  @Test func comparesAcrossScales() throws {
    #expect(try decimal(924, -1) > ExactDecimal(92))
    #expect(try decimal(-5, -1) < ExactDecimal(0))
    #expect(try decimal(1, 120) > decimal(Int64.max, 0))
    #expect(try decimal(-1, 120) < decimal(5, -120))
    #expect(try decimal(1, -120) > ExactDecimal(0))
  }

  @Test(arguments: [
    ("2.5", 0, "2"), ("3.5", 0, "4"), ("-2.5", 0, "-2"), ("122.25", 1, "122.2"), ("122.26", 1, "122.3"),
    ("0.05", 1, "0.0"), ("7", 1, "7"),
  ])
  func roundsHalfToEven(text: String, digits: Int, expected: String) throws {
    #expect(try #require(ExactDecimal(text)).rounded(toFractionDigits: digits).description == expected)
  }

  /// Nineteen digits are all that a mantissa has.
  @Test func roundsANumberThatIsAllFraction() throws {
    #expect(try decimal(-9_157_000_000_000_000_000, -20).rounded(toFractionDigits: 1).description == "-0.1")
    #expect(try decimal(5_000_000_000_000_000_000, -19).rounded(toFractionDigits: 0).description == "0")
    #expect(try decimal(5_000_000_000_000_000_001, -19).rounded(toFractionDigits: 0).description == "1")
    #expect(try decimal(Int64.min, -20).rounded(toFractionDigits: 0).description == "0")
  }

  @Test func refusesWhatDoesNotFit() throws {
    #expect(try decimal(Int64.max, 0).multiplied(by: decimal(10, 0)) == nil)
    #expect(ExactDecimal(mantissa: 1, exponent: 400) == nil)
  }

  @Test func readsBackWhatALargeFloatLooksLike() throws {
    let large = try #require(ExactDecimal(mantissa: -8_388_605, exponent: 127))
    #expect(ExactDecimal(large.description) == large)
    let small = try #require(ExactDecimal(mantissa: 8_388_605, exponent: -128))
    #expect(ExactDecimal(small.description) == small)
  }

  /// Against the same in exact fractions: 98.6 °F, 163.75 lb, 95 mg/dL, ties to even.
  @Test(arguments: [
    ("98.6", -32, 5, 9, 2, "37.00"), ("163.75", 0, 45_359_237, 100_000_000, 3, "74.276"),
    ("0.00095", 0, 1_000_000_000, 180_156, 2, "5.27"), ("-40", -32, 5, 9, 2, "-40.00"), ("0.5", 0, 1, 1, 0, "0"),
    ("1.5", 0, 1, 1, 0, "2"), ("-2.5", 0, 1, 1, 0, "-2"), ("-3.5", 0, 1, 1, 0, "-4"), ("0", 0, 1, 3, 2, "0.00"),
    ("1200", 0, 1, 7, 1, "171.4"),
  ])
  func convertsExactly(
    number: String, offset: Int64, numerator: Int64, denominator: Int64, digits: Int, expected: String
  ) throws {
    let converted = try #require(ExactDecimal(number)).converted(
      adding: offset, times: numerator, over: denominator, fractionDigits: digits)
    #expect(converted?.description == expected)
  }

  @Test func aConversionThatDoesNotFitIsNone() throws {
    let large = try #require(ExactDecimal(mantissa: 8_388_605, exponent: 127))
    #expect(large.converted(adding: -32, times: 5, over: 9, fractionDigits: 2) == nil)
    let small = try #require(ExactDecimal(mantissa: 1, exponent: -128))
    #expect(small.converted(adding: -32, times: 5, over: 9, fractionDigits: 2) == nil)
    let zero = try #require(ExactDecimal(mantissa: 0, exponent: -128))
    #expect(zero.converted(adding: -32, times: 5, over: 9, fractionDigits: 2)?.description == "-17.78")
  }
}
