// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What an episode waits for, on the monotonic line of this boot (milliseconds). The same stands in ``Alert/Course`` as
/// moments, for a restart.
struct EpisodeTimers: Sendable, Equatable {
  /// The latest transition.
  var said: Int64
  /// Since when an answer is awaited.
  var since: Int64
  var began: Int64
  var acknowledged: Int64?
  /// It went up to the last level, and nobody has answered for as long again.
  var isUnanswered = false

  init(at elapsed: Int64) {
    said = elapsed
    since = elapsed
    began = elapsed
  }

  /// - Parameter elapsed: when a moment was, on this boot's line.
  init(_ course: Alert.Course, elapsed: (Moment) -> Int64) {
    said = elapsed(course.at)
    since = elapsed(course.since)
    began = elapsed(course.began)
    acknowledged = course.acknowledgement.map { elapsed($0.at) }
  }

  /// The levels that are due and were not reached yet, the lowest first.
  func levels(above level: Int, _ manner: Manners.Manner, at elapsed: Int64) -> [Int] {
    manner.escalate.enumerated().compactMap { index, after in
      index + 2 > level && elapsed &- since >= after ? index + 2 : nil
    }
  }

  func isToBeSaidAgain(_ manner: Manners.Manner, at elapsed: Int64) -> Bool {
    guard let again = manner.again else { return false }
    return elapsed &- said >= again
  }

  /// A pause after the acknowledgement counts as well: whoever paused it knew of it.
  func isToBeAlarmedAgain(_ manner: Manners.Manner, at elapsed: Int64) -> Bool {
    guard let realarm = manner.realarm, let acknowledged else { return false }
    return elapsed &- max(acknowledged, since) >= realarm
  }

  /// The last level has as long again as it took to reach it.
  func isLeftUnanswered(level: Int, _ manner: Manners.Manner, at elapsed: Int64) -> Bool {
    guard let last = manner.escalate.last, level > manner.escalate.count else { return false }
    return elapsed &- since >= last &+ last
  }
}

extension Occasion {
  /// When a moment was, on this boot's line: not later than now, and now where nobody can know, so that what waited
  /// begins to wait again.
  ///
  /// - Parameter elapsed: when a moment of any boot was, on this boot's line.
  func past(_ moment: Moment, _ elapsed: (Moment) -> Int64) -> Int64 {
    guard moment.bootID == now.bootID || (moment.wallMs != nil && now.wallMs != nil) else { return elapsedMs }
    return max(min(elapsed(moment), elapsedMs), -(1 << 58))
  }
}
