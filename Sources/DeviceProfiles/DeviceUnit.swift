// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// A unit that devices send and the contract does not have, by its UCUM code.
package enum DeviceUnit: String, Sendable, CaseIterable {
  case kilopascal = "kPa"
  /// RR intervals (HRS 3.113).
  case secondBy1024 = "1/1024 s"
  case fahrenheit = "[degF]"
  case pound = "[lb_av]"
  case gram = "g"
  case inch = "[in_i]"
  case metre = "m"
  case molePerLitre = "mol/L"
  case kilogramPerLitre = "kg/L"
  case milligramPerDecilitre = "mg/dL"

  /// What it is converted to.
  package var unit: Unit {
    switch self {
    case .kilopascal: .millimetreOfMercury
    case .secondBy1024: .millisecond
    case .fahrenheit: .celsius
    case .pound, .gram: .kilogram
    case .inch, .metre: .centimetre
    case .molePerLitre, .kilogramPerLitre, .milligramPerDecilitre: .millimolePerLitre
    }
  }

  private enum Conversion {
    /// The point moves; every digit stays.
    case shift(Int)
    /// `(number + offset) × numerator / denominator`
    case ratio(adding: Int64, times: Int64, over: Int64)
  }

  private var conversion: Conversion {
    switch self {
    // 7.50062 mm[Hg] (IEEE 11073-10407)
    case .kilopascal: .ratio(adding: 0, times: 750_062, over: 100_000)
    case .secondBy1024: .ratio(adding: 0, times: 1000, over: 1024)
    case .fahrenheit: .ratio(adding: -32, times: 5, over: 9)
    // 0.45359237 kg, by definition
    case .pound: .ratio(adding: 0, times: 45_359_237, over: 100_000_000)
    case .gram: .shift(-3)
    // 2.54 cm, by definition
    case .inch: .ratio(adding: 0, times: 254, over: 100)
    case .metre: .shift(2)
    case .molePerLitre: .shift(3)
    // Glucose, C6H12O6: 180.156 g/mol
    case .kilogramPerLitre: .ratio(adding: 0, times: 1_000_000_000, over: 180_156)
    case .milligramPerDecilitre: .ratio(adding: 0, times: 10_000, over: 180_156)
    }
  }

  /// The number in ``unit``, rounded half to even to the digits that a converted value keeps.
  /// - Returns: nil where it does not fit.
  package func converted(_ number: ExactDecimal) -> ExactDecimal? {
    switch conversion {
    case .shift(let places):
      ExactDecimal(mantissa: number.mantissa, exponent: number.exponent + places)?
        .rounded(toFractionDigits: unit.convertedFractionDigits)
    case .ratio(let offset, let numerator, let denominator):
      number.converted(
        adding: offset, times: numerator, over: denominator, fractionDigits: unit.convertedFractionDigits)
    }
  }
}
