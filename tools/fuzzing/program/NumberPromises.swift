// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What holds for every exact decimal.
enum NumberPromises {
  /// Its text reads back as the same digits, where they fit.
  static func check(text number: ExactDecimal) {
    let text = number.description
    guard let back = ExactDecimal(text) else {
      let digits = text.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
      return hold(digits > 18, "the text \(text) reads back")
    }
    hold(back == number, "the text \(text) reads back equal")
    hold(number.exponent > 0 || number.isZero || back.exponent == number.exponent, "\(text) keeps its resolution")
  }

  /// An order that does not contradict itself, and arithmetic that agrees with it.
  static func check(_ a: ExactDecimal, _ b: ExactDecimal) {
    hold([a < b, a == b, b < a].filter { $0 }.count == 1, "\(a) and \(b) have one order")
    if a == b { hold(a.hashValue == b.hashValue, "\(a) and \(b) are equal and hash alike") }
    hold(a.adding(b) == b.adding(a), "\(a) + \(b) is the same both ways")
    hold(a.multiplied(by: b) == b.multiplied(by: a), "\(a) × \(b) is the same both ways")
    if let sum = a.adding(b), !b.isZero {
      hold((sum < a) == b.isNegative, "\(a) + \(b) is on the right side of \(a)")
    }
    if let product = a.multiplied(by: b) {
      let isNegative = !a.isZero && !b.isZero && a.isNegative != b.isNegative
      hold(product.isNegative == isNegative, "\(a) × \(b) has the right sign")
    }
  }

  static func check(order a: ExactDecimal, _ b: ExactDecimal, _ c: ExactDecimal) {
    if a < b, b < c { hold(a < c, "\(a) < \(b) < \(c)") }
    if a == b, b == c { hold(a == c, "\(a) = \(b) = \(c)") }
    if a == b { hold((a < c) == (b < c), "\(a) = \(b), and both are on one side of \(c)") }
  }

  /// Half to even, so never further off than half of the last digit.
  static func check(rounding number: ExactDecimal, digits: Int) {
    let rounded = number.rounded(toFractionDigits: digits)
    hold(rounded.rounded(toFractionDigits: digits) == rounded, "rounding \(number) twice is rounding once")
    guard let half = ExactDecimal(mantissa: 5, exponent: -digits - 1), let low = rounded.subtracting(half),
      let high = rounded.adding(half)
    else { return }
    hold(low <= number && number <= high, "\(number) is rounded to \(rounded) at \(digits) digits")
  }
}

extension ExactDecimal {
  fileprivate func subtracting(_ other: ExactDecimal) -> ExactDecimal? {
    let (negated, overflow) = Int64(0).subtractingReportingOverflow(other.mantissa)
    return overflow ? nil : ExactDecimal(mantissa: negated, exponent: other.exponent).flatMap { adding($0) }
  }
}
