// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Journal
import Vitals

/// The clocks of the devices, and the values that wait until the clock of theirs was read. Pure.
///
/// A device says what it has stored the moment it is connected to, and how long ago that was is known only once its clock
/// was read on the same link. So a spot value waits, but no longer than ``patienceMs``: it is on the disk meanwhile.
struct DeviceClocks {
  /// How long a value waits for the clock.
  static let patienceMs: Int64 = 3000
  /// After so long without a value it may be another link.
  private static let newLinkMs: Int64 = 10_000

  private enum Link: Equatable {
    /// The clock has not been read on this link.
    case unread
    /// It was waited for too long; the last value came then.
    case givenUp(lastMs: Int64)
    case unreadable
    case notSet
    case read
  }

  private struct Entry {
    /// From link to link: what is remembered of its being set counts.
    var clock: DeviceClock?
    var link = Link.unread
    /// Its profile knows a clock that it does not have.
    var hasNone = false
    var held: [HeldValue] = []
  }

  private var entries: [String: Entry] = [:]

  /// What a measurement that comes now is judged by.
  func knowledge(of device: String) -> DeviceClock.Knowledge {
    guard let entry = entries[device] else { return .none }
    return switch entry.link {
    case .read: entry.clock.map(DeviceClock.Knowledge.read) ?? .none
    case .notSet: .notSet
    case .unread, .givenUp, .unreadable: .none
    }
  }

  /// - Returns: whether the value waits, and stands among those that ``release(_:)`` gives.
  mutating func hold(_ value: HeldValue, of device: String) -> Bool {
    var entry = entries[device] ?? Entry()
    defer { entries[device] = entry }
    let now = value.received.monotonicMs
    guard !entry.hasNone else { return false }
    if case .givenUp(let last) = entry.link {
      entry.link = now &- last > Self.newLinkMs ? .unread : .givenUp(lastMs: now)
    }
    guard entry.link == .unread else { return false }
    entry.held.append(value)
    return true
  }

  /// Those that have waited, in the order of their coming.
  mutating func release(_ device: String) -> [HeldValue] {
    defer { entries[device]?.held = [] }
    return entries[device]?.held ?? []
  }

  /// - Returns: the devices whose values have waited long enough.
  mutating func giveUp(at now: Int64) -> [String] {
    let late = entries.filter { _, entry in
      entry.held.first.map { now &- $0.received.monotonicMs >= Self.patienceMs } ?? false
    }.keys.sorted()
    for device in late { entries[device]?.link = .givenUp(lastMs: now) }
    return late
  }

  // MARK: what a conversation finds out

  /// - Parameter shown: nil where it could not be read.
  mutating func wasRead(_ shown: ClockValue.Shown?, at moment: Moment, offsetMs: Int64?, of device: String) {
    var entry = entries[device] ?? Entry()
    entry.hasNone = false
    switch shown {
    case nil: entry.link = .unreadable
    case .notSet: (entry.link, entry.clock) = (.notSet, nil)
    case .time(let time, let milliseconds):
      let sight = DeviceClock.Sight(time, milliseconds: milliseconds, at: moment, offsetMs: offsetMs)
      entry.clock?.readAgain(sight)
      entry.clock = entry.clock ?? DeviceClock(sight)
      entry.link = .read
    }
    entries[device] = entry
  }

  /// It was told to go on from there.
  mutating func wasSet(to time: CivilTime, milliseconds: Int, at moment: Moment, of device: String) {
    // A clock that showed nothing before says nothing of what it stamped: the next link reads it.
    guard entries[device]?.link == .read else { return }
    entries[device]?.clock?.set(to: DeviceClock.Sight(time, milliseconds: milliseconds, at: moment, offsetMs: 0))
  }

  mutating func isMissing(on device: String) { entries[device, default: Entry()].hasNone = true }

  mutating func linkEnded(_ device: String) { entries[device]?.link = .unread }

  /// Devices that are not there any more are forgotten.
  mutating func keep(_ devices: Set<String>) { entries = entries.filter { devices.contains($0.key) } }
}
