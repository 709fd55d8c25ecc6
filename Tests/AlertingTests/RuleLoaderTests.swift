// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Testing
import Texts
import Vitals

@testable import Alerting

@Suite struct RuleLoaderTests {
  static let good = """
    edition: site
    version: 7
    author: Dr. Li
    date: 2026-12-01
    settle: 20 s
    manners:
      high: {again: 5 min, escalate: [5 min, 15 min], latches: true, realarm: 30 min, deliver: 60 s}
      medium: {daily-cap: 6, deliver: 5 min}
      low: {deliver: 5 min}
      technical: {deliver: 5 min}
      digest-at: "07:30"
    technical:
      ND-1: {missed: 3, nothing-for: 36 h, nothing-for-long: 72 h}
      ND-2: {silent: 15 min}
      ND-3: {unseen: 7 d}
      DV-1: {low: 20, empty: 5, failed: 3}
    rules:
      LO-1:
        version: 2
        name: {zh: 低, en: low}
        priority: [{priority: high, age: 65}, {priority: high, with: {kinds: [pulse-rate], above: 110}}, medium]
        when:
          - {kinds: [spo2], below: 90}
        confirm: {stream: 60 s, spot: {second: {apart: 1 min, within: 10 min}}}
        clear: {when: [{kinds: [spo2], at-least: 92}], held: 30 s}
      HI-1:
        version: 1
        author: Dr. Wang
        date: 2026-11-30
        name: {zh: 高, en: high}
        priority: high
        supersedes: [LO-1]
        applies: {ages: {from: 65}, needs: [oxygen], not: [scale-2]}
        when:
          - {kinds: [systolic], at-least: 180, given: {kind: systolic, mean: {below: 150}}}
          - {status: irregular-pulse, kinds: [systolic]}
        confirm: {spot: one}
        clear: {when: [{kinds: [systolic], below: 170}], readings: 1, quiet: 2 d}
        once-in: 24 h
        source: a book

    """

  static func rule(_ id: String, in text: String = good) throws -> Rule {
    try #require(try RuleLoader.load(text, file: "r.yaml").rules.first { $0.id == id })
  }

  @Test func readsAFile() throws {
    let set = try RuleLoader.load(Self.good, file: "r.yaml")
    #expect(set.edition == "site")
    #expect(set.version == 7)
    #expect(set.author == "Dr. Li")
    #expect(set.date == "2026-12-01")
    #expect(set.settle == 20_000)
    #expect(set.manners.digestAt == 450)
    #expect(set.rules.map(\.id) == ["HI-1", "LO-1"], "the more serious one comes first")
    let low = try Self.rule("LO-1")
    #expect(low.author == "Dr. Li" && low.date == "2026-12-01", "the file's")
    #expect(RuleWords.priority(low) == "high from 65, high with pulse-rate > 110, medium")
    #expect(low.clear == Rule.Clear(conditions: low.clear.conditions, stream: 30_000, readings: 2))
    #expect(low.source == nil && low.onceIn == nil && low.category == .physiological)
    let high = try Self.rule("HI-1")
    #expect(high.author == "Dr. Wang" && high.date == "2026-11-30")
    #expect(high.name == Text(zh: "高", en: "high"))
    #expect(high.supersedes == ["LO-1"])
    #expect(high.applies == Rule.Applicability(ages: 65...150, needs: [.oxygen], not: [.scale2]))
    #expect(
      high.conditions.map(RuleWords.condition)
        == ["systolic >= 180 given mean systolic < 150", "irregular-pulse on systolic"])
    #expect(high.onceIn == 86_400_000)
    #expect(high.clear.quiet == 172_800_000)
    #expect(high.source == Text(zh: "a book", en: "a book"))
  }

  @Test func aChangeOfThePastIsOfThePersonsOwn() throws {
    let text = Self.good.replacing("{kinds: [spo2], below: 90}", with: "{kinds: [spo2], rises: 1.5, from: mean}")
      .replacing("{kinds: [spo2], at-least: 92}", with: "{kinds: [spo2], below: 1, from: mean}")
    let rule = try Self.rule("LO-1", in: text)
    #expect(rule.conditions.map(RuleWords.condition) == ["spo2 >= mean 1.5"])
    #expect(rule.conditions.map(\.basis) == [.baseline])
  }

  // MARK: errors

  static let known = "below, at-most, above, at-least, absent, status, falls, rises"

  @Test(arguments: [
    ("settle: 20 s\n", "", "1:1: missing key 'settle'"),
    (
      "settle: 20 s", "settle: 20",
      "5:9: settle: expected a length of time such as 30 s, 5 min, 36 h or 7 d, found '20'"
    ),
    (
      "settle: 20 s", "settle: -1 s",
      "5:9: settle: expected a length of time such as 30 s, 5 min, 36 h or 7 d, found '-1 s'"
    ),
    ("settle: 20 s", "settle: 2 min", "5:9: settle: 2 min is outside 0 s to 1 min"),
    (
      "edition: site", "edition: Our site", "1:10: edition: 'Our site' is not an id, allowed: 1 to 64 of a-z, 0-9 and -"
    ),
    ("edition: site", "edition: site\nbased-on: us", "2:11: based-on: expected one of cn, intl, found 'us'"),
    ("date: 2026-12-01", "date: 2026-02-30", "4:7: date: expected a date such as 2026-12-01, found '2026-02-30'"),
    ("author: Dr. Li", "author: \"\"", "3:9: author: expected text, found nothing"),
    ("author: Dr. Li", "author: \"a\\nb\"", "3:9: author: expected one line of text without control characters"),
    (
      "digest-at: \"07:30\"", "digest-at: \"24:00\"",
      "11:14: manners.digest-at: expected a time of the day such as \"08:00\", found '24:00'"
    ),
    (
      "escalate: [5 min, 15 min]", "escalate: [5 min, 5 min]",
      "7:42: manners.high.escalate[1]: expected later than the level before it"
    ),
    (
      "latches: true, realarm", "daily-cap: 3, realarm",
      "7:9: manners.high: a high alert is never held back, leave 'daily-cap' out"
    ),
    ("low: {deliver: 5 min}", "low: {}", "9:8: manners.low: missing key 'deliver'"),
    (
      "nothing-for-long: 72 h", "nothing-for-long: 35 h",
      "13:58: technical.ND-1.nothing-for-long: 35 h is outside 36 h to 31 d"
    ),
    ("empty: 5", "empty: 21", "16:26: technical.DV-1.empty: 21 is outside 0 to 20"),
    (
      "LO-1:\n", "lo-1:\n",
      "18:3: rules.lo-1: 'lo-1' is no id of a rule, allowed: 2 to 32 of A-Z, a-z, 0-9 and -, a capital letter first"
    ),
    ("LO-1:\n", "ND-1:\n", "18:3: rules.ND-1: 'ND-1' is a technical alert of the gateway itself, choose another id"),
    (
      "supersedes: [LO-1]", "supersedes: [LO-2]",
      "32:18: rules.HI-1.supersedes[0]: there is no rule 'LO-2', known: LO-1, HI-1"
    ),
    (
      "supersedes: [LO-1]", "supersedes: [LO-1, LO-1]",
      "32:24: rules.HI-1.supersedes[1]: 'LO-1' stands here twice, keep one of them"
    ),
    (
      "name: {zh: 低, en: low}", "supersedes: [HI-1]\n    name: {zh: 低, en: low}",
      "33:18: rules.HI-1.supersedes[0]: HI-1, LO-1: each of these silences the next, and the last the first; take one of them out"
    ),
    (
      "supersedes: [LO-1]", "supersedes: [HI-1]",
      "32:18: rules.HI-1.supersedes[0]: HI-1: each of these silences the next, and the last the first; take one of them out"
    ),
    ("name: {zh: 低, en: low}", "name: low", "20:11: rules.LO-1.name: expected a mapping, found a single value"),
    (
      "name: {zh: 低, en: low}", "name: {zh: \(String(repeating: "低", count: 25)), en: low}",
      "20:16: rules.LO-1.name.zh: longer than 24 characters, shorten it"
    ),
    (
      "110}}, medium]", "110}}]",
      "21:15: rules.LO-1.priority: expected high, medium or low as the last of the list: what counts when nothing before it does"
    ),
    (
      "{priority: high, age: 65}", "{priority: high}",
      "21:16: rules.LO-1.priority[0]: expected one of age, condition, with beside the priority"
    ),
    (
      "{priority: high, age: 65}", "{priority: high, condition: oxygen, or-unknown: true}",
      "21:64: rules.LO-1.priority[0].or-unknown: 'or-unknown' belongs to 'age'"
    ),
    (
      "priority: high\n", "priority: urgent\n",
      "31:15: rules.HI-1.priority: expected one of high, medium, low, found 'urgent'"
    ),
    ("ages: {from: 65}", "ages: {from: 65, to: 64}", "33:21: rules.HI-1.applies.ages: the lowest is above the highest"),
    (
      "ages: {from: 65}", "hours: {from: \"12:00\", to: \"04:00\"}",
      "33:22: rules.HI-1.applies.hours: the first is not before the last; hours over midnight are not possible"
    ),
    (
      "not: [scale-2]", "not: [oxygen]",
      "33:14: rules.HI-1.applies: 'oxygen' stands under 'needs' and 'not', keep one of them"
    ),
    (
      "kinds: [spo2], below: 90", "kinds: [spo3], below: 90",
      "23:18: rules.LO-1.when[0].kinds[0]: expected one of \(ObservationKind.allCases.map(\.rawValue).joined(separator: ", ")), found 'spo3'"
    ),
    (
      "kinds: [spo2], below: 90", "kinds: [spo2, systolic], below: 90",
      "23:24: rules.LO-1.when[0].kinds[1]: systolic is not the same quantity as spo2"
    ),
    (
      "kinds: [spo2], below: 90", "kinds: [spo2], under: 90",
      "23:25: rules.LO-1.when[0]: unknown key 'under', known: \(known), kinds, minus, from, given"
    ),
    ("kinds: [spo2], below: 90", "kinds: [spo2]", "23:9: rules.LO-1.when[0]: expected one of \(known); found none"),
    (
      "kinds: [spo2], below: 90", "kinds: [spo2], below: 90, above: 99",
      "23:9: rules.LO-1.when[0]: expected one of \(known); found more"
    ),
    ("kinds: [spo2], below: 90", "kinds: [spo2], below: 9", "23:32: rules.LO-1.when[0].below: 9 is outside 50 to 100"),
    (
      "kinds: [spo2], below: 90", "kinds: [spo2], below: \"90\"",
      "23:32: rules.LO-1.when[0].below: expected a decimal number"
    ),
    (
      "kinds: [spo2], below: 90", "kinds: [spo2], falls: -4, from: mean",
      "23:32: rules.LO-1.when[0].falls: expected a number above 0"
    ),
    ("kinds: [spo2], below: 90", "kinds: [spo2], falls: 4", "23:9: rules.LO-1.when[0]: missing key 'from'"),
    (
      "kinds: [spo2], below: 90", "kinds: [spo2], falls: 4, from: lunch",
      "23:41: rules.LO-1.when[0].from: expected one of median, mean, {least-of-days: 3}, found 'lunch'"
    ),
    (
      "kinds: [spo2], below: 90", "kinds: [spo2], absent: nan, from: mean",
      "23:44: rules.LO-1.when[0].from: 'from' does not go with 'absent'"
    ),
    (
      "kinds: [spo2], below: 90", "minus: [spo2], below: 3",
      "23:17: rules.LO-1.when[0].minus: expected two kinds, the second is taken from the first"
    ),
    (
      "kinds: [spo2], below: 90}", "kinds: [spo2], below: 90}\n      - {kinds: [spo2], at-most: 88}",
      "24:9: rules.LO-1.when[1]: a second limit 'spo2 <=', make another rule of it"
    ),
    (
      "stream: 60 s, spot", "at-rest: 60 s, spot",
      "24:24: rules.LO-1.confirm.at-rest: 'at-rest' belongs to 'stream'"
    ),
    ("confirm: {spot: one}", "confirm: {}", "37:14: rules.HI-1.confirm: expected 'stream' or 'spot', or both"),
    (
      "confirm: {spot: one}", "confirm: {spot: two}",
      "37:21: rules.HI-1.confirm.spot: expected one of one, second, mean, sessions, average"
    ),
    (
      "confirm: {spot: one}", "confirm: {spot: {mean: {readings: 2, within: 10 min}}}",
      "37:21: rules.HI-1.confirm.spot: a mean is of numbers, 'absent' and 'status' have none; confirm it otherwise"
    ),
    (
      "apart: 1 min, within: 10 min", "apart: 11 min, within: 10 min",
      "24:52: rules.LO-1.confirm.spot.second.apart: 11 min is outside 0 s to 10 min"
    ),
    (
      "confirm: {spot: one}", "confirm: {spot: {sessions: {count: 3, of: 2, within: 24 h}}}",
      "37:40: rules.HI-1.confirm.spot.sessions.count: 3 is outside 1 to 2"
    ),
    (
      "{kinds: [spo2], at-least: 92}", "{kinds: [spo2], at-least: 89}",
      "25:20: rules.LO-1.clear.when[0]: 'spo2 >= 89' would end the alert while 'spo2 < 90' lasts, choose a limit of 'clear' further inside"
    ),
    (
      "{kinds: [spo2], at-least: 92}", "{kinds: [spo2], at-most: 99}",
      "25:19: rules.LO-1.clear.when: nothing under 'clear' says when 'spo2 < 90' is over, add it"
    ),
    (
      "{kinds: [spo2], at-least: 92}", "{kinds: [spo2], at-least: 92}, {kinds: [glucose], above: 4}",
      "25:51: rules.LO-1.clear.when[1]: the rule does not look at glucose, leave it out"
    ),
    (
      "], held: 30 s}", "]}",
      "25:12: rules.LO-1.clear: missing key 'held': a stream raises it, so a stream must be able to clear it"
    ),
    (
      "readings: 1, quiet: 2 d}", "held: 9 s, quiet: 2 d}",
      "38:60: rules.HI-1.clear.held: no stream raises it, leave 'held' out"
    ),
    (
      "readings: 1, quiet: 2 d}", "readings: 1}",
      "38:19: rules.HI-1.clear.when: nothing under 'clear' says when 'irregular-pulse' is over, add it"
    ),
    ("once-in: 24 h", "once-in: 0 h", "39:14: rules.HI-1.once-in: 0 h is outside 1 min to 31 d"),
    ("source: a book", "enabled: maybe", "40:14: rules.HI-1.enabled: expected true or false, found 'maybe'"),
  ])
  func tellsWhatIsWrong(old: String, new: String, error: String) throws {
    let parts = Self.good.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
    try #require(parts.count == 2, "'\(old)' is not in the text")
    let failure = #expect(throws: DocumentError.self) {
      try RuleLoader.load(parts.joined(separator: new), file: "r.yaml")
    }
    #expect(failure?.description == "r.yaml:" + error)
    // And whoever reads Chinese is told so in Chinese.
    let message = failure?.message ?? ""
    #expect(DocumentTexts.what(key: "", message: message).zh != message)
  }

  @Test func aFileWithoutRulesIsRefused() {
    let text = Self.good.replacing("    version: 2\n", with: "    version: 2\n    enabled: false\n")
      .replacing("    version: 1\n", with: "    version: 1\n    enabled: false\n")
    let failure = #expect(throws: DocumentError.self) { try RuleLoader.load(text, file: "r.yaml") }
    #expect(failure?.description == "r.yaml:18:3: rules: no rule is left, leave one of them enabled")
  }

  /// What can go wrong with text that somebody wrote by hand ends in an error, not in a trap.
  @Test(arguments: [
    "", "[]", "rules", "edition: x", "{edition: a, version: 1, author: b, date: 2026-01-01, based-on: cn, rules: []}",
    "{edition: a, version: 1, author: b, date: 2026-01-01, based-on: cn, rules: {OX-1: 5}}",
    "{edition: a, version: 1, author: b, date: 2026-01-01, based-on: cn, manners: 5}",
    "{edition: a, version: 99999999999999999999, author: b, date: 2026-01-01, based-on: cn}",
    "{edition: a, version: 1, author: b, date: 2026-01-01, based-on: cn, settle: 999999999999999999 d}",
    "{edition: a, version: 1, author: b, date: 2026-01-01, based-on: cn, settle: 5 }",
    "{edition: a, version: 1, author: b, date: 2026-01-01, based-on: [cn]}",
  ])
  func brokenTextIsRefused(text: String) {
    #expect(throws: DocumentError.self) { try RuleLoader.load(text, file: "r.yaml") }
  }
}
