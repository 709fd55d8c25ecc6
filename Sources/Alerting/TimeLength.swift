// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// Lengths of time in files: `30 s`, `5 min`, `36 h`, `7 d`. In the program they are milliseconds.
enum TimeLength {
  static let second: Int64 = 1000
  static let minute: Int64 = 60_000
  static let hour: Int64 = 3_600_000
  static let day: Int64 = 86_400_000

  private static let units = [("s", second), ("min", minute), ("h", hour), ("d", day)]

  static func read(_ node: Node, in range: ClosedRange<Int64>) throws(DocumentError) -> Int64 {
    let text = try node.string
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = parts.first, (1...6).contains(number.utf8.count),
      number.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let count = Int64(number),
      let unit = units.first(where: { $0.0 == parts[1] })
    else { throw node.error("expected a length of time such as 30 s, 5 min, 36 h or 7 d, found '\(text.prefix(40))'") }
    let time = count * unit.1
    guard range.contains(time) else {
      throw node.error("\(text) is outside \(words(range.lowerBound)) to \(words(range.upperBound))")
    }
    return time
  }

  /// In the largest unit that it is whole in.
  static func words(_ time: Int64) -> String {
    let unit = units.last { time != 0 && time % $0.1 == 0 } ?? units[0]
    return "\(time / unit.1) \(unit.0)"
  }

  /// A minute of the day, `"08:00"`.
  static func minuteOfDay(_ node: Node) throws(DocumentError) -> Int {
    let text = try node.string
    let digits = text.utf8.map { Int($0) - Int(UInt8(ascii: "0")) }
    guard digits.count == 5, text.utf8.dropFirst(2).first == UInt8(ascii: ":"),
      [0, 1, 3, 4].allSatisfy({ (0...9).contains(digits[$0]) })
    else { throw node.error("expected a time of the day such as \"08:00\", found '\(text.prefix(40))'") }
    let (hour, minute) = (digits[0] * 10 + digits[1], digits[3] * 10 + digits[4])
    guard hour < 24, minute < 60 else {
      throw node.error("expected a time of the day such as \"08:00\", found '\(text)'")
    }
    return hour * 60 + minute
  }
}
