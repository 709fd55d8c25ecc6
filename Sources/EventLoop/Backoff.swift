// SPDX-License-Identifier: GPL-3.0-or-later

/// How long to wait before the next attempt: at least `minimum`, at most a bound that doubles from twice that to
/// `maximum`, at random in between, so that the boxes of a village do not all return at once after a broker's restart,
/// and the devices of a home do not keep in step.
package struct Backoff: Sendable {
  package let minimum: Duration
  package let maximum: Duration
  private var bound: Duration

  package init(minimum: Duration = .seconds(1), maximum: Duration = .seconds(30)) {
    self.minimum = max(minimum, .milliseconds(1))
    self.maximum = max(maximum, self.minimum)
    bound = min(self.minimum * 2, self.maximum)
  }

  /// - Parameter fraction: 0…1, where between the two bounds.
  package mutating func next(fraction: Double = .random(in: 0...1)) -> Duration {
    defer { bound = min(bound * 2, maximum) }
    return minimum + (bound - minimum) * min(max(fraction, 0), 1)
  }

  /// After a connection that held.
  package mutating func reset() { bound = min(minimum * 2, maximum) }
}
