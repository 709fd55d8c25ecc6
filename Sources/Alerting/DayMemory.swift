// SPDX-License-Identifier: GPL-3.0-or-later

/// What a restart has to know of a day: what was said counts for the daily caps, and what was not waits for the digest.
package struct DayMemory: Sendable, Equatable {
  package struct Untold: Sendable, Equatable {
    package let rule: String
    /// By language tag.
    package let name: [String: String]
    /// Of readings that a device had stored.
    package let isLate: Bool
    package let count: Int

    package init(rule: String, name: [String: String], isLate: Bool, count: Int) {
      self.rule = rule
      self.name = name
      self.isLate = isLate
      self.count = count
    }
  }

  /// The day (since 1970, at the site) that ``told`` is of; nil where the calendar was unknown.
  package var day: Int?
  /// How often something was said, by the names of ``DailyCap``.
  package var told: [String: Int] = [:]
  /// The day whose digest was due last.
  package var digestDay: Int?
  package var untold: [Untold] = []

  package init() {}
}
