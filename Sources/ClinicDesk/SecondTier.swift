// SPDX-License-Identifier: GPL-3.0-or-later

/// When a desk turns to somebody else because nobody has answered an alert: milliseconds after its raising, for level 2,
/// level 3 and so on. Alerts of low priority can wait, and those about boxes and devices for longer than those about people.
package struct SecondTier: Sendable, Equatable {
  /// Of an alert that there is still time to answer.
  package static let first: Int64 = 1
  package static let byDefault = SecondTier(
    highMs: [5 * minute, 15 * minute], mediumMs: [30 * minute, 240 * minute],
    technicalMs: [60 * minute, 1440 * minute])
  package static let minute: Int64 = 60_000

  package let highMs: [Int64]
  package let mediumMs: [Int64]
  package let technicalMs: [Int64]

  package init(highMs: [Int64], mediumMs: [Int64], technicalMs: [Int64] = []) {
    self.highMs = highMs
    self.mediumMs = mediumMs
    self.technicalMs = technicalMs
  }

  /// An unknown category is about a person.
  private func times(for alert: AlertFacts) -> [Int64] {
    let isTechnical = alert.category == "technical"
    return switch alert.priority {
    case .low: []
    case .high: isTechnical ? technicalMs : highMs
    case .medium: isTechnical ? technicalMs : mediumMs
    }
  }

  /// The highest level that there is.
  func last(for alert: AlertFacts) -> Int64 { Self.first + Int64(times(for: alert).count) }

  /// - Parameter waited: milliseconds without an answer.
  func level(after waited: Int64, for alert: AlertFacts) -> Int64 {
    Self.first + Int64(times(for: alert).count { $0 <= waited })
  }
}
