// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Texts
import Vitals

/// Reads one rule of a file:
///
///     OX-1:
///       version: 2                     # author and date are the file's where they are not named
///       name: {zh: 血氧过低, en: low oxygen saturation}
///       category: physiological        # or technical
///       priority: high                 # or a list, the first that applies counts:
///                                      #   [{priority: high, age: 65, or-unknown: true},
///                                      #    {priority: high, condition: covid-pathway},
///                                      #    {priority: high, with: {kinds: [spo2], at-most: 91}}, medium]
///       supersedes: [OX-2]             # rules that are silent while this one is on
///       applies: {ages: {from: 65, to: 79}, needs: [oxygen], not: [scale-2], hours: {from: "04:00", to: "12:00"}}
///       when: …                        # see ConditionLoader; any of them
///       confirm: …                     # see ConfirmationLoader
///       clear: …                       # see ClearLoader
///       once-in: 24 h
///       source: where the numbers come from   # or {zh: …, en: …}
///       enabled: true
enum RowLoader {
  static let versions = 1...1_000_000
  private static let required = ["version", "author", "date", "name", "priority", "when", "confirm", "clear"]
  private static let optional = ["enabled", "category", "supersedes", "applies", "once-in", "source"]
  /// Of what is found out in other ways than by a rule.
  private static let reserved = [
    "ND-1", "ND-2", "ND-3", "ND-4", "DV-1", "TM-1", "ST-1", "UD-1", "UA-1", "BT-1", "DG-1",
  ]

  static func member(_ entry: Node.Entry) throws(DocumentError) -> RuleFamily.Member {
    let id = entry.key
    guard isID(id) else {
      throw entry.error(
        "'\(id.prefix(40))' is no id of a rule, allowed: 2 to 32 of A-Z, a-z, 0-9 and -, a capital letter first")
    }
    guard !reserved.contains(id) else {
      throw entry.error("'\(id)' is a technical alert of the gateway itself, choose another id")
    }
    let keys = try entry.value.mapping(required: required, optional: optional)
    let supersedes = try keys["supersedes"]?.sequence ?? []
    var superseded: [String] = []
    for node in supersedes {
      let lesser = try node.string
      guard !superseded.contains(lesser) else {
        throw node.error("'\(lesser.prefix(40))' stands here twice, keep one of them")
      }
      superseded.append(lesser)
    }
    let conditions = try ConditionLoader.conditions(keys.required("when"))
    let confirmation = try ConfirmationLoader.confirmation(keys.required("confirm"), of: conditions)
    let (priority, cases) = try priority(keys.required("priority"))
    let rule = Rule(
      id: id, version: try keys.required("version").integer(in: versions),
      author: try words(keys.required("author"), atMost: 80), date: try date(keys.required("date")),
      name: try name(keys.required("name")),
      category: try keys["category"].map { (node) throws(DocumentError) in
        try node.choice(of: Alert.Category.self)
      } ?? .physiological,
      priority: priority, priorityCases: cases, supersedes: superseded,
      applies: try keys["applies"].map(applicability) ?? Rule.Applicability(), conditions: conditions,
      confirmation: confirmation,
      clear: try ClearLoader.clear(
        keys.required("clear"), of: conditions, when: keys.required("when"), confirmedBy: confirmation),
      onceIn: try keys["once-in"].flatMap { (node) throws(DocumentError) in
        try MannersLoader.isNone(node) ? nil : try TimeLength.read(node, in: TimeLength.minute...31 * TimeLength.day)
      },
      source: try keys["source"].map(text))
    let isEnabled = try keys["enabled"].map { (node) throws(DocumentError) in try node.boolean } ?? true
    return RuleFamily.Member(rule: rule, isEnabled: isEnabled, supersedes: supersedes)
  }

  private static func isID(_ text: String) -> Bool {
    guard (2...32).contains(text.utf8.count), let first = text.utf8.first,
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first)
    else { return false }
    return text.utf8.allSatisfy { octet in
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) || octet == UInt8(ascii: "-")
    }
  }

  // MARK: priority

  private static func priority(
    _ node: Node
  ) throws(DocumentError) -> (Alert.Priority, [Rule.PriorityCase]) {
    guard case .sequence(let items) = node.content else { return (try node.choice(of: Alert.Priority.self), []) }
    guard let last = items.last, case .scalar = last.content else {
      throw node.error("expected high, medium or low as the last of the list: what counts when nothing before it does")
    }
    return (
      try last.choice(of: Alert.Priority.self),
      try items.dropLast().map { (item) throws(DocumentError) in try priorityCase(item) }
    )
  }

  private static func priorityCase(_ node: Node) throws(DocumentError) -> Rule.PriorityCase {
    let keys = try node.mapping(required: ["priority"], optional: ["age", "or-unknown", "condition", "with"])
    let priority = try keys.required("priority").choice(of: Alert.Priority.self)
    if let node = keys["or-unknown"], keys["age"] == nil { throw node.error("'or-unknown' belongs to 'age'") }
    switch (keys["age"], keys["condition"], keys["with"]) {
    case (let age?, nil, nil):
      let orUnknown = try keys["or-unknown"].map { (node) throws(DocumentError) in try node.boolean } ?? false
      return .age(atLeast: try age.integer(in: ages), orUnknown: orUnknown, priority)
    case (nil, let condition?, nil):
      return .condition(try condition.choice(of: PersonSettings.Condition.self), priority)
    case (nil, nil, let condition?): return .with(try ConditionLoader.aggravation(condition), priority)
    default: throw node.error("expected one of age, condition, with beside the priority")
    }
  }

  // MARK: whom it concerns

  static let ages = 0...150

  private static func applicability(_ node: Node) throws(DocumentError) -> Rule.Applicability {
    let keys = try node.mapping(optional: ["ages", "needs", "not", "hours"])
    let needs = try keys["needs"].map(conditions) ?? []
    let not = try keys["not"].map(conditions) ?? []
    if let both = needs.intersection(not).first {
      throw node.error("'\(both.rawValue)' stands under 'needs' and 'not', keep one of them")
    }
    return Rule.Applicability(
      ages: try keys["ages"].map(range), needs: needs, not: not, hours: try keys["hours"].map(hours))
  }

  private static func hours(_ node: Node) throws(DocumentError) -> Range<Int> {
    let keys = try node.mapping(required: ["from", "to"])
    let from = try TimeLength.minuteOfDay(keys.required("from"))
    let to = try TimeLength.minuteOfDay(keys.required("to"))
    guard from < to else { throw node.error("the first is not before the last; hours over midnight are not possible") }
    return from..<to
  }

  private static func conditions(_ node: Node) throws(DocumentError) -> Set<PersonSettings.Condition> {
    Set(
      try node.sequence.map { (item) throws(DocumentError) in try item.choice(of: PersonSettings.Condition.self) })
  }

  private static func range(_ node: Node) throws(DocumentError) -> ClosedRange<Int> {
    let keys = try node.mapping(optional: ["from", "to"])
    let from = try keys["from"]?.integer(in: ages) ?? ages.lowerBound
    let to = try keys["to"]?.integer(in: ages) ?? ages.upperBound
    guard from <= to else { throw node.error("the lowest is above the highest") }
    return from...to
  }

  // MARK: words

  private static func name(_ node: Node) throws(DocumentError) -> Text {
    let keys = try node.mapping(required: ["zh", "en"])
    return Text(zh: try words(keys.required("zh"), atMost: 24), en: try words(keys.required("en"), atMost: 60))
  }

  /// In both languages, or one for both.
  static func text(_ node: Node) throws(DocumentError) -> Text {
    guard case .mapping = node.content else {
      let words = try words(node, atMost: 200)
      return Text(zh: words, en: words)
    }
    let keys = try node.mapping(required: ["zh", "en"])
    return Text(zh: try words(keys.required("zh"), atMost: 200), en: try words(keys.required("en"), atMost: 200))
  }

  /// In one line.
  static func words(_ node: Node, atMost longest: Int) throws(DocumentError) -> String {
    let text = try node.string
    guard !text.isEmpty else { throw node.error("expected text, found nothing") }
    guard text.count <= longest else { throw node.error("longer than \(longest) characters, shorten it") }
    guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw node.error("expected one line of text without control characters")
    }
    return text
  }

  static func date(_ node: Node) throws(DocumentError) -> String {
    let text = try node.string
    guard text.utf8.count == 10, let time = CivilTime(text + "T00:00:00"), time.description.hasPrefix(text) else {
      throw node.error("expected a date such as 2026-12-01, found '\(text.prefix(40))'")
    }
    return text
  }
}
