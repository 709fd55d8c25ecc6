// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a value lies on a lane of a picture, and which values have a mark: round numbers.
struct ValueAxis {
  let range: ClosedRange<Double>
  let top: Double
  let height: Double

  /// - Parameter range: of all that has to find room; some air is added.
  init(_ range: ClosedRange<Double>, top: Double, height: Double) {
    let air = max((range.upperBound - range.lowerBound) * 0.06, 0.5)
    self.range = (range.lowerBound - air)...(range.upperBound + air)
    self.top = top
    self.height = height
  }

  func y(_ value: Double) -> Double {
    let held = min(max(value, range.lowerBound), range.upperBound)
    return top + height * (range.upperBound - held) / (range.upperBound - range.lowerBound)
  }

  /// At most 8.
  var marks: [Double] {
    let rough = (range.upperBound - range.lowerBound) / 7
    var unit = 0.001
    while unit * 10 <= rough { unit *= 10 }
    let step = [1, 2, 5, 10].map { $0 * unit }.first { $0 >= rough } ?? rough
    let first = (range.lowerBound / step).rounded(.up)
    let last = (range.upperBound / step).rounded(.down)
    return first <= last ? stride(from: first, through: last, by: 1).map { $0 * step } : []
  }
}
