// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// What is said once a day in one message: what was held back, and small matters of devices.
struct Digest: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    let rule: String
    let name: Text
    /// Of readings that a device had stored.
    let isLate: Bool
    var count = 1
  }

  static let rule = "DG-1"
  /// Of different entries; rules are not many more.
  static let limit = 64

  /// Whom it is about; nil while there is nothing to say.
  private(set) var resident: ResidentID?
  private(set) var category = Alert.Category.physiological
  private(set) var entries: [Entry] = []
  /// The day whose digest was due last; nil while the calendar is unknown.
  private var last: Int?

  mutating func note(
    _ rule: String, _ name: Text, isLate: Bool = false, of resident: ResidentID, _ category: Alert.Category
  ) {
    self.resident = resident
    self.category = category
    if let index = entries.firstIndex(where: { $0.rule == rule && $0.isLate == isLate }) {
      entries[index].count &+= 1
    } else if entries.count < Self.limit {
      entries.append(Entry(rule: rule, name: name, isLate: isLate))
    }
  }

  /// It was said after all.
  mutating func unnote(_ rule: String) {
    guard let index = entries.firstIndex(where: { $0.rule == rule && !$0.isLate }) else { return }
    entries[index].count -= 1
    if entries[index].count < 1 { entries.remove(at: index) }
  }

  init() {}

  /// Takes up what was to be said before a restart.
  init(_ memory: DayMemory, of resident: ResidentID) {
    self.resident = resident
    category = resident == .gateway ? .technical : .physiological
    entries = memory.untold.prefix(Self.limit).map { untold in
      Entry(rule: untold.rule, name: Text(byTag: untold.name), isLate: untold.isLate, count: untold.count)
    }
    last = memory.digestDay
  }

  func note(in memory: inout DayMemory) {
    guard !entries.isEmpty else { return }
    memory.digestDay = last
    memory.untold = entries.map { entry in
      DayMemory.Untold(rule: entry.rule, name: entry.name.byTag, isLate: entry.isLate, count: entry.count)
    }
  }

  /// - Parameter minute: of the day, at which it is sent.
  /// - Returns: the message, once a day, where there is something to say.
  mutating func due(at occasion: Occasion, minute: Int) -> Alert? {
    guard let day = occasion.local?.day(from: minute) else { return nil }
    defer { last = day }
    guard let last, last != day, let resident, !entries.isEmpty else { return nil }
    defer { entries = [] }
    return Alert.notice(
      StableID(
        hashing: [
          "digest", resident.description, category.rawValue, occasion.now.bootID, "\(occasion.now.monotonicMs)",
        ]), of: resident, rule: Self.rule, ruleVersion: 1, AlertText.digestName, category, limits: [], evidence: [],
      AlertText.digest(entries, category), link: .advert, at: occasion)
  }
}

extension Alert {
  /// One message that raises nothing: said, and over.
  static func notice(
    _ alert: StableID, of resident: ResidentID, rule: String, ruleVersion: Int, _ name: Text, _ category: Category,
    limits: [Limit], evidence: [Evidence], _ text: Text, link: LinkSecurity, at occasion: Occasion
  ) -> Alert {
    var course = Course(at: occasion.now, since: occasion.now)
    course.name = name.byTag
    course.start = text.byTag
    return Alert(
      alert: alert, version: 1, resident: resident, rule: rule, ruleVersion: ruleVersion, phase: .start, state: .ended,
      category: category, priority: .low, level: 1, limits: limits, evidence: evidence, raised: occasion.now,
      supersededBy: nil, text: text.byTag, link: link, course: course)
  }
}
