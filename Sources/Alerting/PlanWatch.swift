// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Whether what is planned at times of the day is measured (ND-1): one person's plan for one choice of kinds.
///
/// A slot is judged when its window is over, and only if the box ran from the planned time on: a box that was off does not
/// blame the person. All of it is counted on the monotonic line, so a wall clock that jumps counts nothing twice.
struct PlanWatch: Sendable, Equatable {
  struct Slot: Sendable, Hashable {
    /// Of the day.
    let minute: Int
    /// So many minutes early or late count.
    let tolerance: Int
  }

  let kinds: [ObservationKind]
  var slots: Set<Slot> = []
  /// When the plan was made, where that was in this run.
  private let made: Int64?
  /// The plan is known since then, as far as anybody remembers.
  private var since: Int64?
  private var last: Int64?
  /// Something was measured in this run.
  private var hasCome = false
  /// When the windows of the slots began that passed with nothing since ``last``, the oldest first.
  private var missed: [Int64] = []
  /// When each slot was last counted.
  private var counted: [Slot: Int64] = [:]

  private static let minuteMs: Int64 = 60_000
  private static let halfDay: Int64 = 43_200_000
  private static let longestMissed = 32

  init(_ kinds: [ObservationKind], made: Int64?) {
    self.kinds = kinds
    self.made = made
  }

  /// - Parameter isRunning: the box runs; it is not told what came before.
  mutating func take(_ measured: Measured, isRunning: Bool) {
    guard measured.kinds.contains(where: kinds.contains) else { return }
    last = max(last ?? measured.elapsedMs, measured.elapsedMs)
    if isRunning { hasCome = true }
    missed.removeAll { $0 <= measured.elapsedMs }
  }

  /// Counts the slots whose windows are over. While the wall clock is unknown there are none.
  ///
  /// - Parameters:
  ///   - judged: until when they were counted before, at most a day ago.
  ///   - watched: since when the box has run.
  mutating func countSlots(at occasion: Occasion, after judged: Int64, watched: Int64) {
    guard let local = occasion.local else { return }
    let watched = max(watched, made ?? watched)
    for slot in slots {
      let length = Int64(slot.tolerance) &* Self.minuteMs
      let minutes = (local.minute &- slot.minute &- slot.tolerance) % 1440
      let closed = occasion.elapsedMs &- Int64(minutes < 0 ? minutes + 1440 : minutes) * Self.minuteMs
      let planned = closed &- length
      // The calendar knows whole minutes: a planned time may seem up to one later than it was.
      guard closed > judged, planned &+ Self.minuteMs > watched else { continue }
      note(slot, closed: closed, opened: planned &- length)
    }
  }

  private mutating func note(_ slot: Slot, closed: Int64, opened: Int64) {
    if let before = counted[slot], closed &- before < Self.halfDay { return }
    counted[slot] = closed
    if let last, last >= opened { return }
    missed.append(opened)
    if missed.count > Self.longestMissed { missed.removeFirst() }
  }

  /// - Parameter isSettled: the box has run long enough for devices to hand over what they had stored.
  mutating func judge(
    at elapsed: Int64, of resident: ResidentID, limits: TechnicalLimits, isSettled: Bool
  ) -> [(condition: TechnicalCondition, holds: Bool)] {
    let known = since ?? made ?? elapsed
    since = known
    // A plan of before this run is as old as it may be: what came last tells.
    let beginning = if let made { max(made, last ?? made) } else { last ?? known }
    let silence = elapsed &- beginning
    let short = TechnicalCondition.nothingMeasured(resident, kinds, isLong: false)
    let long = TechnicalCondition.nothingMeasured(resident, kinds, isLong: true)
    let isLong = silence >= limits.nothingMeasuredLong
    let needed = min(limits.missedMeasurements, Self.longestMissed)
    guard isLong || silence >= limits.nothingMeasured || missed.count >= needed else {
      // What held before this run holds until something comes: the slots of before are not remembered.
      return hasCome ? [(long, false), (short, false)] : []
    }
    guard isSettled else { return [] }
    if isLong { return [(long, true)] }
    return (hasCome ? [(long, false)] : []) + [(short, true)]
  }
}
