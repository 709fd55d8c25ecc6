// SPDX-License-Identifier: GPL-3.0-or-later
import Gateway
import Synchronization
import Vitals

/// A clock that stands until it is moved, and that can be let go: from then on it runs as fast as the machine's.
final class SimulatedClock: Sendable {
  private struct State {
    /// The first value comes at the beginning of a minute.
    var ms: Int64 = 59_000
    var runsSince: ContinuousClock.Instant?
  }

  /// 2026-03-13T16:00:00Z: midnight at the site.
  private static let start: Int64 = 1_773_417_600_000
  private let state = Mutex(State())

  func advance(_ ms: Int64) { state.withLock { $0.ms += ms } }

  func letGo() { state.withLock { $0.runsSince = .now } }

  var clock: Clock {
    { [self] in
      let ms = state.withLock { state in
        state.ms + (state.runsSince.map { Int64((ContinuousClock.now - $0) / .milliseconds(1)) } ?? 0)
      }
      return Moment(bootID: "simulation", monotonicMs: ms, wallMs: Self.start + ms, synchronized: true)
    }
  }
}
