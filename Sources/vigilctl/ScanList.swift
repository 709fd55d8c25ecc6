// SPDX-License-Identifier: GPL-3.0-or-later
import Gateway

/// What the daemon has said so far in a scan. The times are handed in.
struct ScanList: Sendable {
  typealias Instant = ContinuousClock.Instant

  struct Entry: Sendable {
    let device: ScanDevice
    let heard: Instant
    /// When it began to advertise, where that was while we listened.
    let began: Instant?

    /// It has just begun: the one whose button was pressed.
    func isFresh(at now: Instant) -> Bool { began.map { now - $0 < ScanList.freshness } ?? false }
  }

  /// A cuff that has measured advertises for half a minute to a minute.
  private static let freshness = Duration.seconds(60)

  private(set) var state = ScanState.listening
  private var entries: [String: Entry] = [:]

  mutating func take(_ message: ScanMessage, at now: Instant) {
    if let state = message.state { self.state = state }
    if let address = message.gone { entries[address] = nil }
    if let device = message.device {
      entries[device.address] = Entry(
        device: device, heard: now - .milliseconds(device.lastSeenMs),
        began: device.beganMs.map { now - .milliseconds($0) })
    }
  }

  /// How many devices are near that Vigil has no use for.
  var strangers: Int { entries.values.count { !$0.device.isUsable } }

  func hasUse(for address: String) -> Bool { entries[address]?.device.isUsable ?? false }

  /// The one that began last stands first, then those that can be paired, those that are, the strangers. Nothing that
  /// changes all the time, as the signal does, has a say: rows must not jump while somebody reads them.
  func ordered(all: Bool, at now: Instant) -> [Entry] {
    func rank(_ entry: Entry) -> Int {
      if entry.isFresh(at: now) { return 0 }
      if !entry.device.isUsable { return 3 }
      return entry.device.enrolled == nil ? 1 : 2
    }
    return entries.values.filter { all || $0.device.isUsable }.sorted { left, right in
      let (first, second) = (rank(left), rank(right))
      if first != second { return first < second }
      if first == 0, left.began != right.began { return (left.began ?? now) > (right.began ?? now) }
      return (left.device.name == nil ? 1 : 0, left.device.name ?? "", left.device.address)
        < (right.device.name == nil ? 1 : 0, right.device.name ?? "", right.device.address)
    }
  }
}
