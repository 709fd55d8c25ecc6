// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The values of one kind over time, thinned out as they come: a stream is kept as the least and the most of so many
/// equal spans of time, which grow with the whole. So a week of seconds takes no more room than an hour.
struct Series {
  struct Span: Equatable {
    var least: Double
    var most: Double

    mutating func take(_ value: Double) {
      least = min(least, value)
      most = max(most, value)
    }

    mutating func take(_ other: Span) {
      take(other.least)
      take(other.most)
    }
  }

  /// A value of its own.
  struct Dot: Equatable {
    enum Mark: Equatable {
      case valid
      case questionable
      /// The device said only that it is below or above all that it can measure.
      case low
      case high
    }

    let at: Int64
    let value: Double
    let mark: Mark
  }

  static let capacity = 4096
  static let dotLimit = 3000

  private(set) var start: Int64 = 0
  /// Of each span, in milliseconds.
  private(set) var width: Int64 = 1000
  private(set) var valid: [Span?] = []
  private(set) var questionable: [Span?] = []
  private(set) var dots: [Dot] = []
  private(set) var range: ClosedRange<Double>?

  var isEmpty: Bool { valid.isEmpty && questionable.isEmpty && dots.isEmpty }

  mutating func add(_ value: Double, mark: Dot.Mark, at: Int64, isStream: Bool) {
    let value = min(max(value, -1e6), 1e6)
    if mark == .valid || mark == .questionable {
      range = min(range?.lowerBound ?? value, value)...max(range?.upperBound ?? value, value)
    }
    if !isStream, dots.count < Self.dotLimit {
      dots.append(Dot(at: at, value: value, mark: mark))
    } else if mark == .questionable {
      put(value, at: at, into: \.questionable)
    } else if mark == .valid {
      put(value, at: at, into: \.valid)
    }
  }

  private mutating func put(_ value: Double, at: Int64, into spans: WritableKeyPath<Series, [Span?]>) {
    if valid.isEmpty, questionable.isEmpty { start = at }
    let after = max(0, at &- start)
    while after / width >= Int64(Self.capacity) { widen() }
    let index = Int(after / width)
    let missing = index + 1 - self[keyPath: spans].count
    if missing > 0 { self[keyPath: spans] += Array(repeating: nil, count: missing) }
    if self[keyPath: spans][index]?.take(value) == nil {
      self[keyPath: spans][index] = Span(least: value, most: value)
    }
  }

  private mutating func widen() {
    width *= 2
    valid = Self.paired(valid)
    questionable = Self.paired(questionable)
  }

  private static func paired(_ spans: [Span?]) -> [Span?] {
    stride(from: 0, to: spans.count, by: 2).map { index in
      guard index + 1 < spans.count, let second = spans[index + 1] else { return spans[index] }
      guard var first = spans[index] else { return second }
      first.take(second)
      return first
    }
  }
}
