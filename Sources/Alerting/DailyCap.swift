// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// How often somebody was told something in a day (alarms.md, flood control). High alerts are not counted.
///
/// A day begins when the digest is due: what was held back and is still there is said in the morning, not at midnight.
struct DailyCap: Sendable, Equatable {
  struct Subject: Sendable, Hashable {
    /// `medium`, `technical-low`, `late OX-1` ...
    let name: String
    /// What is told the first time in a day, however often others were: a rule that begins again and again must not use
    /// up the room of another.
    var first: String?

    /// Of a rule's stored readings.
    static func late(_ rule: String) -> Subject { Subject(name: "late \(rule)") }
  }

  private enum Day: Sendable, Equatable {
    case calendar(Int)
    /// While the wall clock is unknown: of the boot.
    case boot(Int64)
  }

  /// Notices of stored readings, of a person and a rule in a day.
  static let late = 6
  /// Of different rules; an edition has not half as many.
  private static let limit = 128

  private var day: Day?
  /// By the subjects' names.
  private var counts: [String: Int] = [:]

  /// nil for what is never held back.
  static func subject(_ rule: String, _ category: Alert.Category, _ priority: Alert.Priority) -> Subject? {
    // That nobody answers a high alert is as urgent as the alert.
    if rule == TechnicalCondition.unanswered.rule { return nil }
    // Small matters of devices leave room for what makes the box blind.
    let prefix = category == .technical ? "technical-" : ""
    switch priority {
    case .high: return nil
    case .medium: return Subject(name: "\(prefix)medium", first: "first \(rule)")
    case .low: return Subject(name: "\(prefix)low")
    }
  }

  /// A new day begins with nothing counted; to learn the wall clock is no new day.
  ///
  /// - Parameter minute: of the day, at which one begins.
  mutating func advance(to occasion: Occasion, from minute: Int) {
    let now =
      occasion.local.map { Day.calendar($0.day(from: minute)) }
      ?? .boot(Self.bootDay(occasion.elapsedMs))
    switch (day, now) {
    case (.calendar(let before), .calendar(let today)) where before != today: counts = [:]
    case (.boot(let before), .boot(let today)) where before != today: counts = [:]
    default: break
    }
    day = now
  }

  private static func bootDay(_ elapsed: Int64) -> Int64 {
    elapsed >= 0 ? elapsed / 86_400_000 : (elapsed &- 86_399_999) / 86_400_000
  }

  func hasRoom(for subject: Subject?, _ cap: Int?) -> Bool {
    guard let subject, let cap else { return true }
    if let first = subject.first, counts[first] == nil { return true }
    return counts[subject.name, default: 0] < cap
  }

  mutating func count(_ subject: Subject?) {
    guard let subject else { return }
    for name in [subject.name, subject.first].compactMap({ $0 }) where counts[name] != nil || counts.count < Self.limit
    {
      counts[name, default: 0] &+= 1
    }
  }

  // MARK: over a restart

  init() {}

  init(_ memory: DayMemory) {
    day = memory.day.map(Day.calendar)
    counts = memory.told
  }

  /// The days of a boot mean nothing to the next one.
  func note(in memory: inout DayMemory) {
    guard case .calendar(let today) = day, !counts.isEmpty else { return }
    (memory.day, memory.told) = (today, counts)
  }
}
