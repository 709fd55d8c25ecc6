// SPDX-License-Identifier: GPL-3.0-or-later

/// The episodes of one gateway in one epoch, out of alert messages and lists of open alerts that come in any order, late and
/// more than once. This is the part that a clinic's own program should copy.
///
/// - The highest `version` of an episode says how it stands. An ended one is kept as a tombstone, so that an older message
///   that comes later does not bring it back.
/// - A list of open alerts (`up/alerts`) speaks for all messages of the alert lane up to its `upTo`. An episode that has a
///   message at or below that, and is not in the list although the list is complete, has ended: so what ended while nobody
///   listened is found out. What has a number above it is newer than the list and stays. Of two complete lists the one with
///   the higher `upTo` counts, whichever comes last.
/// - A list names episodes of which no message has come. They are open all the same, and have no text; who has acknowledged
///   one, and what its rule is called, the list says.
/// - A message without a number (`seq: null`) is an alert that the gateway could not store yet. No list speaks for it before
///   it has come with its number.
///
/// What is open depends on which messages have come, and not on their order.
struct EpochAlerts: Sendable {
  struct Entry: Sendable {
    var facts: AlertFacts
    /// nil where only a list has named it.
    var details: AlertDetails?
    /// The number of the message whose version `facts` has, where it has come.
    var seq: Int64?
    /// The lowest number by which some version of it is known to have been stored.
    var storedBy: Int64?
    /// Not in a complete list that would have it.
    var isMissing = false
    let first: DeskMoment
    /// When something was last said about it, monotonic.
    var heardMs: Int64
    /// When it became active again after it had been seen answered or paused; nil where an answer is awaited since it was
    /// raised.
    var awaitedFrom: DeskMoment?
    /// How far the desk's own second tier has gone, see ``SecondTier``.
    var tier = SecondTier.first

    var isOpen: Bool { !isMissing && facts.state != .ended }

    /// A later version says how it stands.
    mutating func stands(_ facts: AlertFacts, seq: Int64?, at moment: DeskMoment) {
      // What is over and there again has been answered by nobody in between.
      if facts.state.isUnanswered != self.facts.state.isUnanswered {
        awaitedFrom = facts.state.isActive ? moment : nil
        tier = SecondTier.first
      }
      self.facts = facts
      self.seq = seq
    }
  }

  /// More tombstones are not kept: first those go that the list speaks for, then the oldest.
  private static let tombstoneLimit = 500

  private(set) var entries: [String: Entry] = [:]
  /// The complete list with the highest `upTo`.
  private var list: (upTo: Int64, alerts: Set<String>)?
  /// Of the newest list of all: how many are open at the gateway, and how many of them it had room for.
  private(set) var listed: (upTo: Int64, total: Int64, count: Int64)?

  var openCount: Int { entries.values.count { $0.isOpen } }

  // MARK: what comes

  /// - Parameter mayOpen: asked before an episode is added that is open; where it says no, the episode is left out.
  mutating func hear(_ message: AlertMessage, at moment: DeskMoment, mayOpen: () -> Bool = { true }) {
    let id = message.facts.alert
    guard var entry = entries[id] else {
      var entry = Entry(
        facts: message.facts, details: message.details, seq: message.seq, storedBy: message.seq, first: moment,
        heardMs: moment.monotonicMs)
      settle(id, &entry)
      if !entry.isOpen || mayOpen() { keep(entry, as: id) }
      return
    }
    entry.heardMs = moment.monotonicMs
    entry.storedBy = Self.lower(entry.storedBy, message.seq)
    if entry.details.map({ message.details.version > $0.version }) ?? true { entry.details = message.details }
    if message.facts.version > entry.facts.version {
      // Without a number it was sent before the number that the list has proved to be past.
      if !entry.isMissing || message.seq != nil {
        entry.stands(message.facts, seq: message.seq, at: moment)
        entry.isMissing = false
      }
    } else if message.facts.version == entry.facts.version {
      entry.seq = message.seq ?? entry.seq
      // The list of an older gateway says less.
      entry.facts = message.facts
    }
    settle(id, &entry)
    keep(entry, as: id)
  }

  mutating func hear(_ message: OpenAlertsMessage, at moment: DeskMoment, mayOpen: () -> Bool = { true }) {
    if let upTo = message.upTo, let list, upTo < list.upTo { return }
    if let total = message.total, (message.upTo ?? 0) >= listed?.upTo ?? 0 {
      listed = (message.upTo ?? 0, total, Int64(message.alerts.count))
    }
    if let upTo = message.upTo, message.isComplete { list = (upTo, Set(message.alerts.map(\.alert))) }
    for facts in message.alerts {
      if var entry = entries[facts.alert] {
        entry.heardMs = moment.monotonicMs
        entry.storedBy = Self.lower(entry.storedBy, message.upTo)
        entry.isMissing = false
        if facts.version > entry.facts.version { entry.stands(facts, seq: nil, at: moment) }
        entries[facts.alert] = entry
      } else if facts.state == .ended || mayOpen() {
        entries[facts.alert] = Entry(
          facts: facts, storedBy: message.upTo, first: moment, heardMs: moment.monotonicMs)
      }
    }
    for (id, var entry) in entries where entry.isOpen {
      settle(id, &entry)
      if !entry.isOpen { entries[id] = entry }
    }
    prune()
  }

  /// Takes out open episodes that came without a number and of which nothing has been said since then: their gateway died
  /// before it could store them.
  mutating func dropUnnumbered(silentSinceMs limit: Int64) -> [String] {
    let dropped = entries.filter { $0.value.isOpen && $0.value.storedBy == nil && $0.value.heardMs < limit }.map(\.key)
    for id in dropped { entries[id] = nil }
    return dropped
  }

  mutating func tell(_ tier: Int64, of id: String) { entries[id]?.tier = tier }

  // MARK: what follows from it

  /// Whether the list would have it, if it were open.
  private func settle(_ id: String, _ entry: inout Entry) {
    guard let list, let storedBy = entry.storedBy, storedBy <= list.upTo, !list.alerts.contains(id) else { return }
    // What is newer than the list stays.
    if let seq = entry.seq, seq > list.upTo { return }
    entry.isMissing = true
  }

  private mutating func keep(_ entry: Entry, as id: String) {
    entries[id] = entry
    if !entry.isOpen { prune() }
  }

  private mutating func prune() {
    guard entries.count > Self.tombstoneLimit else { return }
    let tombstones = entries.filter { !$0.value.isOpen }
    guard tombstones.count > Self.tombstoneLimit else { return }
    let upTo = list?.upTo ?? 0
    func isCovered(_ entry: Entry) -> Bool { (entry.storedBy ?? .max) <= upTo }
    let order = tombstones.sorted { one, other in
      let (first, second) = (isCovered(one.value), isCovered(other.value))
      return first == second ? one.value.heardMs < other.value.heardMs : first
    }
    for (id, _) in order.prefix(tombstones.count - Self.tombstoneLimit * 3 / 4) { entries[id] = nil }
  }

  private static func lower(_ one: Int64?, _ other: Int64?) -> Int64? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
  }
}

/// When something came, by the desk's clocks.
package struct DeskMoment: Sendable, Equatable {
  package let monotonicMs: Int64
  /// nil while the desk's own clock is not set.
  package let wallMs: Int64?

  package init(monotonicMs: Int64, wallMs: Int64?) {
    self.monotonicMs = monotonicMs
    self.wallMs = wallMs
  }
}
