// SPDX-License-Identifier: GPL-3.0-or-later

/// A decimal number exactly as a device wrote it: `mantissa × 10^exponent`.
///
/// IEEE 11073-20601 SFLOAT and FLOAT are this pair. Trailing zeros are information (36.50 is a finer reading than
/// 36.5), so the pair is kept as it came and only comparison looks at the value.
package struct ExactDecimal: Sendable, Hashable {
  package let mantissa: Int64
  package let exponent: Int

  /// The exponents that a value may have: those of FLOAT (−128…127) with room for a unit conversion.
  package static let exponents = -160...160

  /// - Returns: nil where the exponent is outside ``exponents``.
  package init?(mantissa: Int64, exponent: Int) {
    guard Self.exponents.contains(exponent) else { return nil }
    self.mantissa = mantissa
    self.exponent = exponent
  }

  package init(_ integer: Int) {
    mantissa = Int64(integer)
    exponent = 0
  }

  /// Reads plain decimal notation: an optional sign, digits, an optional fraction. No exponent, no spaces.
  package init?(_ text: some StringProtocol) {
    var digits = ""
    var fraction = 0
    var seenPoint = false
    var negative = false
    for (index, character) in text.utf8.enumerated() {
      switch character {
      case UInt8(ascii: "-") where index == 0: negative = true
      case UInt8(ascii: "."):
        guard !seenPoint, !digits.isEmpty else { return nil }
        seenPoint = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        // Zeros in front are no digits of the number.
        if digits == "0" { digits = "" }
        digits.unicodeScalars.append(Unicode.Scalar(character))
        if seenPoint { fraction += 1 }
      default: return nil
      }
    }
    guard !digits.isEmpty, !(seenPoint && fraction == 0) else { return nil }
    var zeros = 0
    // What a large FLOAT looks like in plain digits; those that fit are its resolution and stay.
    while digits.utf8.last == UInt8(ascii: "0"), digits.utf8.count > 19 || Int64(digits) == nil {
      digits.unicodeScalars.removeLast()
      zeros += 1
    }
    guard let magnitude = Int64(digits) else { return nil }
    self.init(mantissa: negative ? -magnitude : magnitude, exponent: zeros - fraction)
  }

  package var isNegative: Bool { mantissa < 0 }
  package var isZero: Bool { mantissa == 0 }
  package var isInteger: Bool { exponent >= 0 || rounded(toFractionDigits: 0) == self }

  /// The product, exact; nil where it does not fit.
  package func multiplied(by other: ExactDecimal) -> ExactDecimal? {
    let (product, overflow) = mantissa.multipliedReportingOverflow(by: other.mantissa)
    return overflow ? nil : ExactDecimal(mantissa: product, exponent: exponent + other.exponent)
  }

  /// The sum, exact; nil where it does not fit.
  package func adding(_ other: ExactDecimal) -> ExactDecimal? {
    let low = min(exponent, other.exponent)
    guard let a = scaledMantissa(to: low), let b = other.scaledMantissa(to: low) else { return nil }
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : ExactDecimal(mantissa: sum, exponent: low)
  }

  /// `(self + offset) × numerator / denominator`, computed exactly and rounded half to even to that many digits after the
  /// point; nil where it does not fit.
  package func converted(
    adding offset: Int64, times numerator: Int64, over denominator: Int64, fractionDigits: Int
  ) -> ExactDecimal? {
    let exponent = mantissa == 0 ? 0 : exponent
    guard let fraction = Self.power(of: 10, max(0, -exponent)), let whole = Self.power(of: 10, max(0, exponent)),
      let finer = Self.power(of: 10, fractionDigits)
    else { return nil }
    // Over 10^-exponent, so that all of it is whole.
    guard let shifted = Self.product(Int128(offset), fraction), let scaled = Self.product(Int128(mantissa), whole)
    else { return nil }
    let (sum, overflow) = scaled.addingReportingOverflow(shifted)
    guard !overflow, let dividend = Self.product(sum, Int128(numerator)).flatMap({ Self.product($0, finer) }),
      let divisor = Self.product(Int128(denominator), fraction), divisor > 0
    else { return nil }
    var (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    let rest = divisor - Int128(remainder.magnitude)
    let isMore = Int128(remainder.magnitude) > rest
    let isHalf = Int128(remainder.magnitude) == rest
    if isMore || (isHalf && quotient % 2 != 0) { quotient += dividend < 0 ? -1 : 1 }
    return Int64(exactly: quotient).flatMap { ExactDecimal(mantissa: $0, exponent: -fractionDigits) }
  }

  /// nil where it does not fit.
  private static func power(of base: Int128, _ exponent: Int) -> Int128? {
    guard (0...37).contains(exponent) else { return nil }
    return (0..<exponent).reduce(Int128(1)) { power, _ in power * base }
  }

  private static func product(_ a: Int128, _ b: Int128) -> Int128? {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : product
  }

  /// Rounds half to even to that many digits after the point; a value that has no more of them is returned as it is.
  package func rounded(toFractionDigits digits: Int) -> ExactDecimal {
    let drop = -digits - exponent
    guard drop > 0 else { return self }
    guard drop <= 18 else {
      // A mantissa has 19 digits at most: dropping just those may still round up to one, dropping more leaves nothing.
      let isMore = drop == 19 && mantissa.magnitude > 5_000_000_000_000_000_000
      return ExactDecimal(mantissa: isMore ? mantissa.signum() : 0, exponent: -digits) ?? ExactDecimal(0)
    }
    var divisor: Int64 = 1
    for _ in 0..<drop { divisor *= 10 }
    var (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: divisor)
    let twice = remainder.magnitude.multipliedReportingOverflow(by: 2)
    let isMore = twice.overflow || twice.partialValue > divisor.magnitude
    let isHalf = !twice.overflow && twice.partialValue == divisor.magnitude
    if isMore || (isHalf && quotient % 2 != 0) { quotient += mantissa < 0 ? -1 : 1 }
    return ExactDecimal(mantissa: quotient, exponent: -digits) ?? self
  }

  private func scaledMantissa(to lower: Int) -> Int64? {
    guard mantissa != 0 else { return 0 }
    guard exponent - lower <= 18 else { return nil }
    var scaled = mantissa
    for _ in 0..<max(0, exponent - lower) {
      let (next, overflow) = scaled.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      scaled = next
    }
    return scaled
  }
}

extension ExactDecimal: Comparable {
  package static func == (a: ExactDecimal, b: ExactDecimal) -> Bool { compare(a, b) == 0 }
  package static func < (a: ExactDecimal, b: ExactDecimal) -> Bool { compare(a, b) < 0 }

  package func hash(into hasher: inout Hasher) {
    // Equal values must hash alike: 36.5 and 36.50.
    var mantissa = mantissa
    var exponent = exponent
    while mantissa != 0, mantissa % 10 == 0 {
      mantissa /= 10
      exponent += 1
    }
    hasher.combine(mantissa)
    hasher.combine(mantissa == 0 ? 0 : exponent)
  }

  private static func compare(_ a: ExactDecimal, _ b: ExactDecimal) -> Int {
    if a.mantissa.signum() != b.mantissa.signum() { return a.mantissa.signum() < b.mantissa.signum() ? -1 : 1 }
    let low = min(a.exponent, b.exponent)
    if let x = a.scaledMantissa(to: low), let y = b.scaledMantissa(to: low) { return x == y ? 0 : (x < y ? -1 : 1) }
    // One of them does not fit at the other's scale, so it has the larger magnitude.
    let aIsLarger = a.scaledMantissa(to: low) == nil
    return aIsLarger == (a.mantissa > 0) ? 1 : -1
  }
}

extension ExactDecimal: CustomStringConvertible {
  /// Plain decimal notation with the digits that the device sent: `36.50`, `-0.5`, `200`.
  package var description: String {
    let digits = String(mantissa.magnitude)
    let sign = mantissa < 0 ? "-" : ""
    if mantissa == 0, exponent >= 0 { return "0" }
    if exponent >= 0 { return sign + digits + String(repeating: "0", count: exponent) }
    let places = -exponent
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }
}
