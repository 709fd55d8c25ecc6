// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What confirms a condition.
struct Proof: Sendable, Equatable {
  /// As much evidence as an alert names.
  static let limit = 8

  /// The first reading first.
  var evidence: [Evidence]
  /// What is shown as the value.
  var decisive: Evidence
  var figure: Onset.Figure?
  /// What was held against the limits, where it is not what is shown.
  private var exact: [Quantity]?
  var isUnconfirmed = false
  /// The best link of the evidence.
  var link: LinkSecurity
  /// When it was judged, or when the session began that was; nil for now.
  var before: Int64?

  /// By a reading, or by two of which the second decides; the same one twice is one.
  ///
  /// - Parameter fresh: one between them, which is evidence where neither of them is surely of now.
  init(
    _ first: Evidence, _ second: Evidence? = nil, fresh: Evidence? = nil, link: LinkSecurity,
    isUnconfirmed: Bool = false
  ) {
    evidence = [first] + [second].compactMap { $0?.reading == first.reading ? nil : $0 }
    decisive = second ?? first
    if let fresh, evidence.age != .fresh { evidence.insert(fresh, at: 1) }
    self.isUnconfirmed = isUnconfirmed
    self.link = link
  }

  /// By the means of readings.
  init?(_ readings: [Evidence], means: [Quantity], figure: Onset.Figure, link: LinkSecurity, before: Int64) {
    guard let last = readings.last else { return nil }
    evidence = readings.count <= Self.limit ? readings : readings.prefix(1) + readings.suffix(Self.limit - 1)
    decisive = Evidence(
      reading: last.reading, values: means.map(\.shown), observedWallMs: last.observedWallMs,
      age: readings.contains { $0.age == .unknown } ? .unknown : last.age)
    exact = means
    self.figure = figure
    self.link = link
    self.before = before
  }

  var judged: [Quantity] { exact ?? decisive.values }

  /// Whether the decisive value is that of a reading which has just come.
  var isOfNow: Bool { before == nil && !isUnconfirmed }
}
