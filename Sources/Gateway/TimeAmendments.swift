// SPDX-License-Identifier: GPL-3.0-or-later
import Journal
import Vitals

/// How far the readings of before the box knew the time have been given theirs: in small steps, one each second.
struct TimeAmendments {
  static let step = 500
  /// Where there is nothing to amend.
  private static let steps = 8

  /// The number of the reading lane up to which all was looked at; nil before the first look.
  private(set) var upTo: Int64?

  /// - Returns: how many readings were amended.
  mutating func advance(_ journal: isolated Journal, now: Moment) throws -> Int {
    guard now.synchronized, now.wallMs != nil else { return 0 }
    for _ in 0..<Self.steps {
      let from = try upTo ?? journal.timesAmendedUpTo()
      let (reached, amended) = try journal.amendTimes(after: from, limit: Self.step, now: now)
      upTo = reached
      if amended > 0 || reached == from { return amended }
    }
    return 0
  }
}

extension Ingest {
  /// - Returns: whether there are new rows in the ledger.
  func amendTimes(_ now: Moment) -> Bool {
    do {
      var work = amendments
      let amended = try journal.assumeIsolated { try work.advance($0, now: now) }
      amendments = work
      guard amended > 0 else { return false }
      log.notice("the time is known now: readings of before were amended", metadata: ["readings": "\(amended)"])
      return true
    } catch {
      log.error("cannot amend the times of readings, will try again: \(error)")
      return false
    }
  }
}
