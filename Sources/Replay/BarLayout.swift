// SPDX-License-Identifier: GPL-3.0-or-later

/// Puts bars with labels into rows, so that none covers another.
struct BarLayout {
  struct Place: Equatable {
    let row: Int
    let labelX: Double
    /// Its end is there, not its beginning.
    let isLabelBefore: Bool
    let hasLabel: Bool
  }

  static let mostRows = 8
  private static let gap = 4.0

  private let bounds: ClosedRange<Double>
  private var ends: [Double] = []
  var rows: Int { ends.count }

  /// - Parameter bounds: where the picture begins and ends.
  init(within bounds: ClosedRange<Double>) { self.bounds = bounds }

  /// - Parameter label: how wide it is. It stands behind its bar, or else before it; on the bar where there is no other room.
  mutating func place(from: Double, to: Double, label: Double) -> Place {
    let isBehind = to + Self.gap + label <= bounds.upperBound
    let isBefore = !isBehind && from - Self.gap - label >= bounds.lowerBound
    let left = isBefore ? from - Self.gap - label : from
    let end = isBehind ? to + Self.gap + label : to
    let labelX = isBehind ? to + Self.gap : isBefore ? from - Self.gap : from + Self.gap
    if let row = ends.firstIndex(where: { $0 + Self.gap <= left }) {
      ends[row] = end
      return Place(row: row, labelX: labelX, isLabelBefore: isBefore, hasLabel: true)
    }
    if ends.count < Self.mostRows {
      ends.append(end)
      return Place(row: ends.count - 1, labelX: labelX, isLabelBefore: isBefore, hasLabel: true)
    }
    // Too many at once: on top of the one that ends first, without a label.
    let row = ends.indices.min { ends[$0] < ends[$1] } ?? 0
    ends[row] = max(ends[row], to)
    return Place(row: row, labelX: labelX, isLabelBefore: false, hasLabel: false)
  }
}
