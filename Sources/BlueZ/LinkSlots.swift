// SPDX-License-Identifier: GPL-3.0-or-later

/// Who has a connection and who waits for one, where the controller has fewer than there are devices. Pure: the times are
/// handed in.
///
/// Nothing says how many a controller can have (5 to 7 mostly, and other programs take some), so it is learned: a device that
/// is there and is refused while others are connected found no room. Then those that stream take turns. A device that says
/// something now and then comes first, because it may be gone in 30 s, and makes room once it is silent.
struct LinkSlots: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// How long one that streams is left alone by another.
  static let turn = Duration.seconds(15)
  /// The same before one that cannot wait: long enough to say something.
  static let shortTurn = Duration.seconds(3)
  /// How long a device of the other sort is left alone, while it speaks.
  static let longTurn = Duration.seconds(60)
  /// It has said what it had to say.
  static let silence = Duration.seconds(5)
  /// Room is kept so long for the one whose turn it is.
  static let offer = Duration.seconds(10)
  /// One refusal happens to everybody.
  private static let proof = 2
  /// Refusals further apart have nothing to do with each other.
  private static let memory = Duration.seconds(30)
  /// A device that is refused where there is room has another trouble, as a weak signal, and nobody has to give way to it.
  static let exemption = Duration.seconds(600)

  private struct Holder {
    let isSpot: Bool
    let since: Instant
    var lastValue: Instant
  }

  private struct Waiter {
    let isSpot: Bool
    var since: Instant
    /// Since when there is room for it.
    var offered: Instant?
  }

  private var holders: [String: Holder] = [:]
  private var waiters: [String: Waiter] = [:]
  private var refusals: [String: (count: Int, last: Instant)] = [:]
  /// When a device was refused although there was room for it.
  private var unfit: [String: Instant] = [:]
  /// Those that are to make room.
  private var yielding: Set<String> = []
  /// So many fit, as far as is known; nil where all do.
  private(set) var limit: Int?

  var hasWaiters: Bool { !waiters.isEmpty }
  func isWaiting(_ address: String) -> Bool { waiters[address] != nil }
  func isYielding(_ address: String) -> Bool { yielding.contains(address) }
  /// Whether a device that waits may be connected to now.
  func mayTry(_ address: String) -> Bool { limit == nil || waiters[address].map { $0.offered != nil } ?? true }

  /// - Parameter isSpot: it says something now and then, and does not stream.
  mutating func linked(_ address: String, isSpot: Bool, at now: Instant) {
    (waiters[address], refusals[address], unfit[address]) = (nil, nil, nil)
    holders[address] = Holder(isSpot: isSpot, since: now, lastValue: now)
    if let limit, holders.count > limit { self.limit = nil }
  }

  mutating func valueCame(from address: String, at now: Instant) { holders[address]?.lastValue = now }

  /// The link is no more.
  mutating func ended(_ address: String, at now: Instant) {
    guard let holder = holders.removeValue(forKey: address), yielding.remove(address) != nil else { return }
    waiters[address] = Waiter(isSpot: holder.isSpot, since: now)
  }

  /// A device that is there could not be connected to.
  mutating func refused(_ address: String, isSpot: Bool, at now: Instant) {
    // Without any link of ours there is nothing to share.
    guard !holders.isEmpty else { return forget(address) }
    if let limit, holders.count < limit, waiters[address]?.offered != nil { unfit[address] = now }
    if let since = unfit[address], now - since < Self.exemption { return forget(address) }
    let before = refusals[address].flatMap { now - $0.last < Self.memory ? $0.count : nil } ?? 0
    refusals[address] = (before + 1, now)
    guard before + 1 >= Self.proof || limit.map({ holders.count >= $0 }) == true else { return }
    limit = holders.count
    waiters[address] = Waiter(isSpot: isSpot, since: waiters[address]?.since ?? now)
  }

  /// Nobody wants it any more, or it is not there.
  mutating func forget(_ address: String) { (waiters[address], refusals[address]) = (nil, nil) }

  /// Bluetooth begins anew.
  mutating func forget() { self = LinkSlots() }

  // MARK: turns

  /// Gives room that is free to whom it is due, and has others make room. Called each second while somebody waits.
  mutating func share(at now: Instant) {
    guard let limit else { return }
    for (address, waiter) in waiters {
      // It was not there when it was its turn.
      guard let offered = waiter.offered, now - offered >= Self.offer else { continue }
      waiters[address]?.offered = nil
      waiters[address]?.since = now
    }
    var queue = waiters.filter { $0.value.offered == nil }.sorted { Self.precedes($0.value, $1.value) }
    let free = limit - holders.count - (waiters.count - queue.count)
    for next in queue.prefix(max(free, 0)) { waiters[next.key]?.offered = now }
    queue = Array(queue.dropFirst(max(free, 0) + yielding.count))
    for next in queue {
      guard let victim = victim(for: next.value, at: now) else { continue }
      yielding.insert(victim)
    }
  }

  private static func precedes(_ one: Waiter, _ other: Waiter) -> Bool {
    one.isSpot == other.isSpot ? one.since < other.since : one.isSpot
  }

  /// Who makes room for it: one that has said what it had to say, or else the one that had its turn for the longest.
  private func victim(for waiter: Waiter, at now: Instant) -> String? {
    let due = holders.filter { address, holder in
      guard !yielding.contains(address) else { return false }
      let held = now - holder.since
      if holder.isSpot { return now - holder.lastValue >= Self.silence || held >= Self.longTurn }
      return held >= (waiter.isSpot ? Self.shortTurn : Self.turn)
    }
    let silent = due.filter { $0.value.isSpot && now - $0.value.lastValue >= Self.silence }
    let streams = due.filter { !$0.value.isSpot }
    let first = [silent, streams, due].first { !$0.isEmpty }
    return first?.min { $0.value.since < $1.value.since }?.key
  }
}
