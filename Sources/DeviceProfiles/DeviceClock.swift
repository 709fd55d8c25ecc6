// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// A device's clock as it was read on a link, and what it proves about the age of a measurement.
///
/// The device's own clock says how long ago something was, however wrong it goes: it only has to be the clock that the
/// measurement was stamped by. So nothing of the box's wall clock is in it. Where the clock was set, a stamp may come from
/// before or after that; only what both allow is proven.
package struct DeviceClock: Sendable, Hashable {
  /// What it showed, and when that was.
  package struct Sight: Sendable, Hashable {
    /// On the device's clock, in milliseconds since the beginning of its year 1.
    package let deviceMs: Int64
    package let bootID: String
    package let monotonicMs: Int64
    /// Device minus true; nil where the box did not know the time itself.
    package let offsetMs: Int64?

    package init(deviceMs: Int64, bootID: String, monotonicMs: Int64, offsetMs: Int64?) {
      self.deviceMs = deviceMs
      self.bootID = bootID
      self.monotonicMs = monotonicMs
      self.offsetMs = offsetMs
    }

    package init(_ time: CivilTime, milliseconds: Int, at moment: Moment, offsetMs: Int64?) {
      self.init(
        deviceMs: time.seconds &* 1000 &+ Int64(milliseconds), bootID: moment.bootID, monotonicMs: moment.monotonicMs,
        offsetMs: offsetMs)
    }

    /// From a stamp of this clock to that moment.
    fileprivate func elapsed(from stamp: CivilTime, to received: Moment) -> Int64? {
      guard received.bootID == bootID else { return nil }
      return deviceMs &- stamp.seconds &* 1000 &+ (received.monotonicMs &- monotonicMs)
    }
  }

  /// How old a measurement was when it arrived.
  package struct Proof: Sendable, Hashable {
    package let age: Age
    /// nil where the age is not known, or only roughly.
    package let elapsedMs: Int64?
    package let offsetMs: Int64?

    package static let nothing = Proof(age: .unknown, elapsedMs: nil, offsetMs: nil)
  }

  /// What it showed before it was set, and when that was.
  private struct Former: Hashable {
    let sight: Sight
    let setAtMs: Int64
    /// Whether the clock was seen to go on from what it was told.
    let isSure: Bool
  }

  /// A stamp as one of the clocks that it may be of sees it.
  private struct View {
    let elapsedMs: Int64
    let offsetMs: Int64?
    /// Whether it lies on the right side of the clock's being set, and not only within the slack.
    let isExact: Bool
  }

  /// More than this is late (clinical-thresholds.md, evaluation rule 2).
  package static let freshMs: Int64 = 15 * 60 * 1000
  /// A stamp may be so far in the clock's own future; clocks show whole seconds, some only minutes.
  private static let slackMs: Int64 = 60_000
  /// What a device says to be older was stamped by a clock that had not been set.
  private static let longestMs: Int64 = 366 * 24 * 3600 * 1000
  /// Two clocks that differ by less are the same.
  private static let sameMs: Int64 = 2000
  private static let formerLimit = 4
  /// Somebody may have set it since: what was read long ago silences nothing.
  private static let goodForMs: Int64 = 3_600_000

  /// What is known of the clock on the present link.
  package enum Knowledge: Sendable, Hashable {
    /// It was not read, or there is none.
    case none
    case notSet
    case read(DeviceClock)
  }

  private var present: Sight
  /// The latest first.
  private var former: [Former] = []

  package init(_ sight: Sight) { present = sight }

  /// What it showed when it was read or set last.
  package var sight: Sight { present }

  /// It was told to go on from there. Whether it does is not known before it is read again.
  package mutating func set(to sight: Sight) {
    if difference(to: sight) > Self.sameMs {
      former.insert(Former(sight: present, setAtMs: sight.monotonicMs, isSure: false), at: 0)
      if former.count > Self.formerLimit { former.removeLast() }
    }
    present = sight
  }

  /// It was read on another link; what is remembered of its being set still counts.
  package mutating func readAgain(_ sight: Sight) {
    if sight.bootID != present.bootID { former = [] }
    if let last = former.first, !last.isSure {
      former[0] = Former(sight: last.sight, setAtMs: last.setAtMs, isSure: true)
      // Where it did not take what it was told, it is the one that it was.
      if DeviceClock(last.sight).difference(to: sight) <= Self.sameMs { former.removeFirst() }
    }
    present = sight
  }

  /// By how much it would go on from there otherwise than it goes.
  private func difference(to sight: Sight) -> Int64 {
    let (step, overflow) = sight.deviceMs.subtractingReportingOverflow(
      present.deviceMs &+ (sight.monotonicMs &- present.monotonicMs))
    return overflow ? Int64.max : Int64(clamping: step.magnitude)
  }

  /// - Parameter stamp: what the device's clock showed at the measurement.
  package func proof(of stamp: CivilTime, received: Moment) -> Proof {
    let views = views(of: stamp, received: received)
    let ages = Set(views.map { $0.elapsedMs <= Self.freshMs })
    guard ages.count == 1, let isFresh = ages.first,
      isFresh || received.monotonicMs &- present.monotonicMs <= Self.goodForMs
    else { return .nothing }
    let exact = views.filter(\.isExact)
    let view = (exact.isEmpty ? views : exact).first
    let isOne = (exact.isEmpty ? views : exact).allSatisfy {
      ($0.elapsedMs &- (view?.elapsedMs ?? 0)).magnitude <= UInt64(Self.sameMs)
    }
    return Proof(
      age: isFresh ? .fresh : .late, elapsedMs: isOne ? view?.elapsedMs : nil, offsetMs: isOne ? view?.offsetMs : nil)
  }

  private func views(of stamp: CivilTime, received: Moment) -> [View] {
    var views: [View] = []
    func add(_ sight: Sight, since: Int64?, until: (atMs: Int64, isSure: Bool)?) {
      guard let elapsed = sight.elapsed(from: stamp, to: received),
        (-Self.slackMs...Self.longestMs).contains(elapsed)
      else { return }
      var isExact = true
      if let since {
        let room = received.monotonicMs &- since
        guard elapsed <= room &+ Self.slackMs else { return }
        isExact = elapsed <= room &+ Self.sameMs
      }
      if let until {
        let room = received.monotonicMs &- until.atMs
        guard !until.isSure || elapsed >= room &- Self.slackMs else { return }
        isExact = isExact && elapsed >= room &- Self.sameMs
      }
      views.append(View(elapsedMs: max(0, elapsed), offsetMs: sight.offsetMs, isExact: isExact))
    }
    add(present, since: former.first?.setAtMs, until: nil)
    for (index, one) in former.enumerated() {
      let began = index + 1 < former.count ? former[index + 1].setAtMs : nil
      add(one.sight, since: began, until: (one.setAtMs, one.isSure))
    }
    return views
  }
}
