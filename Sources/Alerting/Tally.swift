// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Adds up readings to what is judged in their place: the mean of each kind, and what any of them said in words.
///
/// Limits are compared with the mean itself (to nine digits after the point, finer than any two means of a week's readings lie
/// apart): 134.95 is not 135. People are shown it rounded, see ``Quantity/shown``.
struct Tally: Sendable, Equatable {
  private static let wordLimit = 16

  private var sums: [Sum] = []
  private var absent: [Quantity] = []
  private(set) var status: [String] = []

  private struct Sum: Sendable, Equatable {
    let kind: ObservationKind
    /// nil once it does not fit.
    var total: ExactDecimal?
    var count: Int
  }

  mutating func add(_ values: [Quantity], status words: [String] = []) {
    for value in values {
      guard let number = value.number else {
        if !absent.contains(value), absent.count < Self.wordLimit { absent.append(value) }
        continue
      }
      if let index = sums.firstIndex(where: { $0.kind == value.kind }) {
        sums[index].total = sums[index].total?.adding(number)
        sums[index].count += 1
      } else {
        sums.append(Sum(kind: value.kind, total: number, count: 1))
      }
    }
    for word in words where status.count < Self.wordLimit && !status.contains(word) { status.append(word) }
  }

  /// The means of the kinds that so many readings have, and the values that had no number.
  func values(atLeast readings: Int) -> [Quantity] {
    means(atLeast: readings) + absent
  }

  func means(atLeast readings: Int) -> [Quantity] {
    sums.compactMap { sum in
      guard sum.count >= readings,
        let mean = sum.total?.converted(adding: 0, times: 1, over: Int64(sum.count), fractionDigits: 9)
      else { return nil }
      return Quantity(sum.kind, .number(mean))
    }
  }
}

extension Quantity {
  /// What is shown of a computed value: rounded half to even.
  var shown: Quantity { number.map { Quantity(kind, .number($0.shown(as: kind))) } ?? self }
}

extension ExactDecimal {
  /// With one digit after the point for pressures, percentages and rates, and two for the other units.
  func shown(as kind: ObservationKind) -> ExactDecimal {
    switch kind.unit {
    case .millimetreOfMercury, .percent, .perMinute: rounded(toFractionDigits: 1)
    default: rounded(toFractionDigits: 2)
    }
  }
}

extension [ExactDecimal] {
  /// The middle one, or exactly between the two in the middle; nil of nothing.
  var median: ExactDecimal? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    let upper = sorted[count / 2]
    guard count % 2 == 0 else { return upper }
    let lower = sorted[count / 2 - 1]
    if lower == upper { return upper }
    let half = ExactDecimal(mantissa: 5, exponent: -1)
    return lower.adding(upper).flatMap { sum in half.flatMap { sum.multiplied(by: $0) } } ?? lower
  }
}
