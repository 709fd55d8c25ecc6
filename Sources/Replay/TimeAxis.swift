// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts

/// Where a time lies on a picture, and which times have a mark: whole hours and days of the site.
struct TimeAxis {
  struct Mark: Equatable {
    let at: Int64
    let label: String
    /// A day begins.
    let isDay: Bool
  }

  let from: Int64
  let to: Int64
  let left: Double
  let width: Double

  init(_ range: ClosedRange<Int64>, left: Double, width: Double) {
    from = range.lowerBound
    to = max(range.upperBound, range.lowerBound &+ 60_000)
    self.left = left
    self.width = width
  }

  func x(_ at: Int64) -> Double {
    left + width * Double(min(max(at, from), to) &- from) / Double(to &- from)
  }

  /// How long a pixel is, in milliseconds.
  var perPixel: Double { Double(to &- from) / width }

  private static let steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720]
  private static let daySteps = [1, 2, 7, 14, 30, 60, 120]
  private static let most = 12

  func marks(_ calendar: (Int64) -> LocalTime, in language: Language) -> [Mark] {
    let minutes = Int((to &- from) / 60_000)
    let step = Self.steps.first { minutes / $0 <= Self.most }
    let days = Self.daySteps.first { minutes / 1440 / $0 <= Self.most } ?? 365
    // All zones of today are ahead by whole quarters of an hour.
    let grid = Int64(step.map { $0 < 15 ? 1 : 15 } ?? 15) * 60_000
    var marks: [Mark] = []
    var at = (from &+ grid &- 1) / grid * grid
    while at <= to {
      let local = calendar(at)
      if local.minute == 0, step != nil || local.day % days == 0 {
        marks.append(Mark(at: at, label: Self.date(local.day, language), isDay: true))
      } else if let step, local.minute != 0, local.minute % step == 0 {
        marks.append(Mark(at: at, label: local.clock, isDay: false))
      }
      at = at &+ grid
    }
    return marks
  }

  static func date(_ day: Int, _ language: Language) -> String {
    LocalText.civil(day).flatMap { AlertPhrases.date(month: $0.month, day: $0.day) }?(in: language) ?? ""
  }
}
