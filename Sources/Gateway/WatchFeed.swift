// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Synchronization
import Vitals

/// Hands what has been committed to those who watch, a JSON object a line (``WatchLine``).
///
/// Nobody who watches can hold up a reading: the journal's executor only puts things in a bounded list here, lines are
/// made and sent elsewhere. A socket that is full is waited for a moment, because a batch comes in one go; then lines are
/// lost for it, and it is told how many.
final class WatchFeed: Sendable {
  typealias WatcherID = Int

  enum Item: Sendable {
    case reading(Observation)
    case alert(Alert)
    /// All that are open, for one watcher.
    case open([Alert], WatcherID)
  }

  static let watcherLimit = 8
  /// What may wait for its line to be made.
  private static let queueLimit = 4096
  /// How many open alerts a watcher is told of at once: they have to fit into a socket's buffer.
  private static let openLimit = 40

  /// How long a socket may be full.
  private static let patience = Duration.milliseconds(500)
  private static let step = Duration.milliseconds(5)

  private struct State {
    var watchers: [WatcherID: Watcher] = [:]
    var nextID = 0
    var items: [Item] = []
    /// Readings and alerts that did not fit.
    var dropped = 0
    var isDraining = false
  }
  private let state = Mutex(State())

  var isWatched: Bool { state.withLock { !$0.watchers.isEmpty } }

  /// - Returns: nil where there are too many already.
  func enter(_ channel: LineChannel) -> Watcher? {
    state.withLock { state in
      guard state.watchers.count < Self.watcherLimit else { return nil }
      let watcher = Watcher(id: state.nextID, channel: channel)
      state.nextID += 1
      state.watchers[watcher.id] = watcher
      return watcher
    }
  }

  func leave(_ watcher: Watcher) { state.withLock { _ = $0.watchers.removeValue(forKey: watcher.id) } }

  /// Called on the journal's executor, after COMMIT.
  func add(_ items: [Item]) {
    let mustDrain = state.withLock { state in
      guard !state.watchers.isEmpty else { return false }
      let room = max(0, Self.queueLimit - state.items.count)
      state.items += items.prefix(room)
      state.dropped += max(0, items.count - room)
      defer { state.isDraining = true }
      return !state.isDraining
    }
    if mustDrain { Task { await self.drain() } }
  }

  private func drain() async {
    while true {
      let (items, dropped, watchers) = state.withLock { state in
        defer { (state.items, state.dropped) = ([], 0) }
        state.isDraining = !state.items.isEmpty
        return (state.items, state.dropped, Array(state.watchers.values))
      }
      if items.isEmpty { return }
      for item in items { await send(item, to: watchers) }
      if dropped > 0 { for watcher in watchers { watcher.miss(dropped) } }
    }
  }

  private func send(_ item: Item, to watchers: [Watcher]) async {
    switch item {
    case .reading(let observation): await send(WatchLine(reading: WatchedReading(observation)), to: watchers)
    case .alert(let alert): await send(WatchLine(alert: WatchedAlert(alert)), to: watchers)
    case .open(let alerts, let id):
      guard let watcher = watchers.first(where: { $0.id == id }) else { return }
      watcher.begin()
      for alert in alerts.mostUrgentFirst.prefix(Self.openLimit).reversed() {
        await send(WatchLine(alert: WatchedAlert(alert)), to: [watcher])
      }
    }
  }

  private func send(_ line: WatchLine, to watchers: [Watcher]) async {
    guard let bytes = try? JSONText.encode(line) else { return }
    for watcher in watchers {
      let end = ContinuousClock.now + Self.patience
      while !watcher.send(bytes, orMiss: ContinuousClock.now >= end) { try? await Task.sleep(for: Self.step) }
    }
  }
}

/// One who watches. Once a line is lost no more are sent until ``recover()``, so that the loss has a place.
final class Watcher: Sendable {
  let id: WatchFeed.WatcherID
  private let channel: LineChannel
  private struct State {
    /// Whether it has been told of the open alerts: what was committed before that is in them, or of no interest.
    var hasBegun = false
    var missed = 0
  }
  private let state = Mutex(State())

  init(id: WatchFeed.WatcherID, channel: LineChannel) {
    self.id = id
    self.channel = channel
  }

  func begin() { state.withLock { $0.hasBegun = true } }

  /// - Parameter isLast: whether the line is lost if there is no room for it now.
  /// - Returns: false where it has to be tried again.
  func send(_ line: [UInt8], orMiss isLast: Bool) -> Bool {
    state.withLock { state in
      guard state.hasBegun else { return true }
      if state.missed == 0, channel.offer(line) { return true }
      guard state.missed > 0 || isLast else { return false }
      state.missed += 1
      return true
    }
  }

  func miss(_ count: Int) {
    state.withLock { state in
      if state.hasBegun { state.missed += count }
    }
  }

  /// Sends what may be left out, because another one like it follows.
  /// - Returns: whether it was sent.
  func sendIfRoom(_ line: WatchLine) -> Bool {
    guard let bytes = try? JSONText.encode(line) else { return false }
    return state.withLock { state in state.missed == 0 && channel.offer(bytes) }
  }

  /// Tells of lost lines, if there are any and there is room again.
  /// - Returns: whether lines were lost and the watcher now knows: it has to be told of the open alerts anew.
  func recover() -> Bool {
    state.withLock { state in
      guard state.missed > 0, let line = try? JSONText.encode(WatchLine(missed: state.missed)), channel.offer(line)
      else { return false }
      state.missed = 0
      return true
    }
  }
}
