// SPDX-License-Identifier: GPL-3.0-or-later

/// The last values of a row as a line of blocks, the newest at the right: `▃▃▄▅▄`.
enum Sparkline {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// Nothing that is measured comes near it, and no difference of two overflows.
  private static let farthest = 1e12

  /// The scale reaches from the least to the greatest value that is shown, but never over less than what is a change worth
  /// seeing for that kind: a heart that beats between 71 and 73 draws a flat line.
  static func draw(_ values: some Collection<Double>, kind: String, cells: Int) -> String {
    let shown = values.filter { abs($0) < farthest }.suffix(max(0, cells))
    guard let low = shown.min(), let high = shown.max() else { return "" }
    let span = max(high - low, leastSpan(of: kind, around: (low + high) / 2))
    let bottom = (low + high) / 2 - span / 2
    return String(
      shown.map { value in
        let level = Int(((value - bottom) / span * Double(blocks.count - 1)).rounded())
        return blocks[min(max(level, 0), blocks.count - 1)]
      })
  }

  /// In the kind's unit.
  private static func leastSpan(of kind: String, around middle: Double) -> Double {
    switch kind {
    case "heart-rate", "pulse-rate", "pulse-rate-fast", "pulse-rate-slow": 20
    case "blood-pressure", "systolic", "diastolic", "mean-arterial": 30
    case "spo2", "spo2-fast", "spo2-slow": 8
    case "rr-interval": 300
    case "body-temperature": 1.5
    case "body-weight", "glucose": 3
    case "battery": 30
    default: max(abs(middle) * 0.2, 1)
    }
  }
}
