// SPDX-License-Identifier: GPL-3.0-or-later

/// What a device needs a connection for.
package enum LinkNeed: Sendable, Equatable {
  /// It says something now and then, and may be gone in half a minute.
  case spot
  /// It speaks all the time. Where several wait, the time counts as often as the weight says; of several whose turn is over
  /// the lightest makes room first.
  case stream(weight: Int)
}

/// What a device's connection is up to where there are not enough.
package enum LinkTurn: Sendable, Equatable {
  /// It waits, about so long.
  case waits(Duration)
  /// It has one and others wait for it, but what it says is being watched.
  case keeps
}

/// Who has a connection and who waits for one, where the controller has fewer than there are devices. Pure: the times are
/// handed in.
///
/// Nothing says how many a controller can have (5 to 7 mostly, and other programs take some), so it is learned: a device that
/// is there and is refused while others are connected found no room. Then those that stream take turns, except that one whose
/// values are just being judged keeps its connection until that is decided, or ``bound`` is over. A device that says something
/// now and then comes first, because it may be gone in 30 s, and makes room once it is silent.
struct LinkSlots: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// How long one that streams is left alone by another, from its first value on.
  static let turn = Duration.seconds(15)
  /// The same where many wait: everybody is to be heard once in ``longestWait``, but there is no use in less than this.
  static let leastTurn = Duration.seconds(5)
  /// The rules take a sensor that is silent for a minute for taken off.
  static let longestWait = Duration.seconds(50)
  /// To hand a connection over: the link, its services, the first value.
  static let change = Duration.seconds(4)
  /// One that says nothing for so long has its turn all the same.
  static let patience = Duration.seconds(10)
  /// For so long beyond its turn one keeps its connection whose values are being judged: the slowest rule of high priority asks
  /// for 120 s of values, after the 30 s in which a sensor that was put on is not believed.
  static let bound = Duration.seconds(180)
  /// One that is being judged and has lost its connection comes before others by so much.
  private static let judgedWeight = 4
  /// The turn before one that cannot wait: long enough to say something.
  static let shortTurn = Duration.seconds(3)
  /// How long a device of the other sort is left alone, while it speaks.
  static let longTurn = Duration.seconds(45)
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
  /// ``share(at:watched:)`` is called so often at least while somebody waits.
  private static let beat = Duration.seconds(2)

  private struct Holder {
    let need: LinkNeed
    let since: Instant
    var firstValue: Instant?
    var lastValue: Instant
    /// For how long others have waited because of what it says.
    var spared = Duration.zero

    /// When its turn began, of one that streams.
    var began: Instant { min(firstValue ?? since + LinkSlots.patience, since + LinkSlots.patience) }
  }

  private struct Waiter {
    let need: LinkNeed
    var since: Instant
    /// Since when there is room for it.
    var offered: Instant?
  }

  private var holders: [String: Holder] = [:]
  private var waiters: [String: Waiter] = [:]
  private var refusals: [String: (count: Int, last: Instant)] = [:]
  /// When a device was refused although there was room for it.
  private var unfit: [String: Instant] = [:]
  /// What speaks now and then and was refused once where it would have been the only one.
  private var vain: Set<String> = []
  /// Those that are to make room.
  private var yielding: Set<String> = []
  /// Those whose values are just being judged.
  private var watched: Set<String> = []
  private var lastShare: Instant?
  /// So many fit, as far as is known; nil where all do.
  private(set) var limit: Int?

  var hasWaiters: Bool { !waiters.isEmpty }
  func isWaiting(_ address: String) -> Bool { waiters[address] != nil }
  func isYielding(_ address: String) -> Bool { yielding.contains(address) }
  /// Whether a device that waits may be connected to now.
  func mayTry(_ address: String) -> Bool { limit == nil || waiters[address].map { $0.offered != nil } ?? true }

  mutating func linked(_ address: String, need: LinkNeed, at now: Instant) {
    (waiters[address], refusals[address], unfit[address]) = (nil, nil, nil)
    vain.remove(address)
    holders[address] = Holder(need: need, since: now, lastValue: now)
    if let limit, holders.count > limit { self.limit = nil }
  }

  mutating func valueCame(from address: String, at now: Instant) {
    guard let holder = holders[address] else { return }
    holders[address]?.firstValue = holder.firstValue ?? now
    holders[address]?.lastValue = now
  }

  /// The link is no more.
  mutating func ended(_ address: String, at now: Instant) {
    guard let holder = holders.removeValue(forKey: address), yielding.remove(address) != nil else { return }
    waiters[address] = Waiter(need: holder.need, since: now)
  }

  /// A device that is there could not be connected to.
  mutating func refused(_ address: String, need: LinkNeed, at now: Instant) {
    if let limit, holders.count < limit, waiters[address]?.offered != nil {
      // Where it would have been the only one, another that waits may just have taken the room.
      if !holders.isEmpty || vain.contains(address) {
        unfit[address] = now
      } else if need == .spot {
        vain.insert(address)
      }
    }
    // Without any link of ours there is nothing to share.
    guard !holders.isEmpty else { return forget(address) }
    if let since = unfit[address], now - since < Self.exemption { return forget(address) }
    let before = refusals[address].flatMap { now - $0.last < Self.memory ? $0.count : nil } ?? 0
    refusals[address] = (before + 1, now)
    guard before + 1 >= Self.proof || limit.map({ holders.count >= $0 }) == true else { return }
    limit = holders.count
    waiters[address] = Waiter(need: need, since: waiters[address]?.since ?? now)
  }

  /// Nobody wants it any more, or it is not there.
  mutating func forget(_ address: String) { (waiters[address], refusals[address]) = (nil, nil) }

  /// Bluetooth begins anew.
  mutating func forget() { self = LinkSlots() }

  // MARK: turns

  /// Gives room that is free to whom it is due, and has others make room. Called each second while somebody waits.
  ///
  /// - Parameter watched: addresses of those whose values are just being judged.
  mutating func share(at now: Instant, watched: Set<String>) {
    let passed = min(lastShare.map { now - $0 } ?? .zero, Self.beat)
    (self.watched, lastShare) = (watched, now)
    guard let limit else { return }
    for (address, waiter) in waiters {
      // It was not there when it was its turn.
      guard let offered = waiter.offered, now - offered >= Self.offer else { continue }
      // What is gone in half a minute is, and would be the first again for whom another has to make room.
      guard waiter.need != .spot else {
        forget(address)
        continue
      }
      waiters[address]?.offered = nil
      waiters[address]?.since = now
    }
    var queue = queue(at: now)
    let free = limit - holders.count - (waiters.count - queue.count)
    for next in queue.prefix(max(free, 0)) { waiters[next.key]?.offered = now }
    queue = Array(queue.dropFirst(max(free, 0) + yielding.count))
    for next in queue {
      guard let victim = victim(for: next.value, at: now) else { continue }
      yielding.insert(victim)
    }
    guard !queue.isEmpty else { return }
    for (address, holder) in holders where isKept(address, holder) && now - holder.began >= currentTurn {
      holders[address]?.spared += passed
    }
  }

  /// What is to be said of devices' connections, by address; of nobody where all have one.
  func turns(at now: Instant) -> [String: LinkTurn] {
    guard hasWaiters else { return [:] }
    var turns: [String: LinkTurn] = [:]
    for (address, holder) in holders where isKept(address, holder) { turns[address] = .keeps }
    let free = holders.filter { !yielding.contains($0.key) }.map { freed($0.key, $0.value, at: now) }.sorted()
    // They are being connected to, or as good as.
    for address in waiters.keys { turns[address] = .waits(.zero) }
    for (place, next) in queue(at: now).dropFirst(yielding.count).enumerated() where !free.isEmpty {
      let (round, index) = place.quotientAndRemainder(dividingBy: free.count)
      turns[next.key] = .waits(free[index] - now + (currentTurn + Self.change) * round)
    }
    return turns
  }

  /// About when a holder will make room.
  private func freed(_ address: String, _ holder: Holder, at now: Instant) -> Instant {
    guard case .stream = holder.need else { return max(now, holder.lastValue + Self.silence) }
    let due = max(now, holder.began + currentTurn)
    return isKept(address, holder) ? due + (Self.bound - holder.spared) : due
  }

  /// As long as all wait no longer than they should, by how many there are for each connection.
  private var currentTurn: Duration {
    guard let limit, limit > 0 else { return Self.turn }
    let rounds = max(1, (waiters.count + limit - 1) / limit)
    return min(Self.turn, max(Self.leastTurn, Self.longestWait / rounds - Self.change))
  }

  private func isKept(_ address: String, _ holder: Holder) -> Bool {
    guard case .stream = holder.need else { return false }
    return watched.contains(address) && holder.spared < Self.bound
  }

  /// Those that wait and have no offer, by whose turn it is.
  private func queue(at now: Instant) -> [(key: String, value: Waiter)] {
    func claim(_ one: (key: String, value: Waiter)) -> (isStream: Int, waited: Duration) {
      let waited = now - one.value.since
      guard case .stream(let weight) = one.value.need else { return (0, waited) }
      return (1, waited * (weight * (watched.contains(one.key) ? Self.judgedWeight : 1)))
    }
    return waiters.filter { $0.value.offered == nil }.sorted { one, other in
      let (first, second) = (claim(one), claim(other))
      // Equals by their address: an order that changes would be one in which nobody's turn comes.
      if first == second { return one.key < other.key }
      return first.isStream == second.isStream ? first.waited > second.waited : first.isStream < second.isStream
    }
  }

  /// Who makes room for it: one that has said what it had to say, or else the one that had its turn for the longest. Of what
  /// is being judged one is taken only for a device that cannot wait, and where there is no other: it is back after seconds,
  /// and what the rules have counted of it stands so long.
  private func victim(for waiter: Waiter, at now: Instant) -> String? {
    let free = holders.filter { !yielding.contains($0.key) }
    let silent = free.filter { $0.value.need == .spot && now - $0.value.lastValue >= Self.silence }
    let streams = free.filter { address, holder in
      guard case .stream = holder.need else { return false }
      if waiter.need == .spot { return now - (holder.firstValue ?? holder.since) >= Self.shortTurn }
      return now - holder.began >= currentTurn
    }
    let ordinary = streams.filter { !isKept($0.key, $0.value) }
    let long = free.filter { $0.value.need == .spot && now - $0.value.since >= Self.longTurn }
    let first = [silent, ordinary, long, waiter.need == .spot ? streams : [:]].first { !$0.isEmpty }
    func share(_ holder: Holder) -> Duration {
      guard case .stream(let weight) = holder.need else { return now - holder.since }
      return (now - holder.since) / max(1, weight)
    }
    return first?.max { (share($0.value), $1.key) < (share($1.value), $0.key) }?.key
  }
}
