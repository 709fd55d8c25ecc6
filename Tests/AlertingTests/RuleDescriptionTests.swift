// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts

@testable import Alerting

@Suite struct RuleDescriptionTests {
  private func words(_ id: String, in language: Language, edition: String = "cn") throws -> [String] {
    let set = try RuleLoader.edition(edition)
    let description = RuleDescription(try #require(set.rules.first { $0.id == id }), in: set)
    return [description.heading(in: language)]
      + description.lines.map { "\($0.label(in: language)): \($0.text(in: language))" }
  }

  @Test func aWholeRuleInEnglish() throws {
    #expect(
      try words("OX-1", in: .en) == [
        "OX-1 low oxygen saturation",
        "Condition: SpO2 below 90 %",
        "Concerns: not those with a target of 88–92 % (scale-2)",
        "Streams: held for 30 s",
        "Readings: a second one after 1 min, within 10 min; one is enough where the device calls it fully qualified",
        "Priority: high",
        "Over: SpO2 at or above 92 %: held for 1 min or 2 readings in a row",
        "Silences: OX-2 reduced oxygen saturation, OX-3 slightly reduced oxygen saturation, OX-4 oxygen saturation lower "
          + "than usual",
        "Unanswered: said again every 5 min, goes up a level after 5 min and 15 min, stays after it is over until "
          + "somebody acknowledges it",
        "Version: 2, by Vigil, 2026-11-22",
        "Source: common emergency limit (general knowledge)",
      ])
  }

  @Test func aWholeRuleInChinese() throws {
    #expect(
      try words("BP-6", in: .zh) == [
        "BP-6 血压比平时低",
        "条件: 收缩压达到或低于 100 mmHg（仅当收缩压本人近 7 天的平均值达到或高于 120 mmHg）；或收缩压达到或低于本人近 7 天的平均值减 40 mmHg",
        "对象: 所有人",
        "单次测量: 10 分钟内至少 2 次的平均值",
        "优先级: 中",
        "解除: 收缩压达到或高于 105 mmHg：连续 2 次测量",
        "让位于: BP-5 血压过低",
        "无人确认: 每 30 分钟重复一次，30 分钟、4 小时后逐级上报",
        "版本: 第 1 版，Vigil，2026-11-22",
        "依据: NEWS2 2 分；与本人平均值比较为设计",
      ])
  }

  @Test(arguments: [
    ("BP-1", "Condition: systolic pressure at or above 180 mmHg; or diastolic pressure at or above 120 mmHg"),
    ("BP-1", "Readings: a second one within 15 min; without one it alerts after 15 min, and says so"),
    ("BP-1", "Over: systolic pressure below 170 mmHg, and diastolic pressure below 110 mmHg: 2 readings in a row"),
    ("BP-2", "Readings: the mean of 2 or more within 10 min, the first and last 1 min apart"),
    ("BP-3", "Readings: 2 of the last 2 sessions within 24 h; a session is 10 min of measuring"),
    ("BP-4", "Readings: the average of 7 days, of at least 4 days and 12 readings, the first day left out"),
    ("BP-4", "How often: at most once in 7 days"),
    ("BP-4", "Unanswered: said once"),
    ("BP-4-uncontrolled", "Concerns: from 65 years (and of unknown age)"),
    (
      "BP-5",
      "Priority: high with heart rate or pulse rate at or above 111 /min; high with heart rate or pulse rate at or below "
        + "40 /min; high with SpO2 at or below 91 %; otherwise medium"
    ),
    ("BP-7", "Priority: low, a technical alert"),
    ("BP-7", "Unanswered: said once"),
    ("OX-2", "Priority: high from 65 years; high for those on the COVID pathway (covid-pathway); otherwise medium"),
    ("OX-4", "Condition: SpO2 at or below the person's 7-day median minus 4 points"),
    ("OX-S2-oxygen", "Concerns: only those with a target of 88–92 % (scale-2), only those who breathe oxygen (oxygen)"),
    ("HR-2", "Streams: held for 10 min, 5 min for those known to rest"),
    ("HR-2", "Gives way to: HR-1 heart rate crisis"),
    ("IR-1", "Condition: the device reports: irregular pulse"),
    ("IR-1", "Over: not seen again for 7 days"),
    ("GL-1-high", "Condition: glucose below 3.0 mmol/L; or glucose below the meter's range (LO)"),
    ("GL-2-high", "Condition: glucose above the meter's range (HI)"),
    ("WT-1", "Condition: body weight at or above the person's least of 3 days plus 2 kg"),
    (
      "WT-1",
      "Concerns: only what is measured from 04:00 to 12:00, only those with heart failure (heart-failure)"
    ),
    (
      "WT-1",
      "Over: body weight below the person's least of 3 days plus 2 kg: one reading; or not seen again for 3 days"
    ),
  ])
  func line(rule: String, line: String) throws {
    let words = try words(rule, in: .en, edition: "intl")
    #expect(words.contains(line), "\(words)")
  }

  @Test func whoseAgeIsNotKnownIsNamed() throws {
    let rest = "high for those on the COVID pathway (covid-pathway); otherwise medium"
    #expect(
      try words("OX-2", in: .en).contains("Priority: high from 65 years (and of unknown age); \(rest)"))
  }

  /// Nothing of the data is left out, and nothing of it is shown as the program calls it.
  @Test(arguments: RuleLoader.editions, Language.allCases) func saysEveryNumber(edition: String, language: Language)
    throws
  {
    for rule in try RuleLoader.edition(edition).rules {
      let words = try words(rule.id, in: language, edition: edition).joined(separator: "\n")
      for condition in rule.conditions + rule.clear.conditions {
        switch condition.test {
        case .value(_, let bound), .difference(_, _, let bound):
          #expect(words.contains(bound.value.description), "\(rule.id)")
        case .change(_, _, let offset, _):
          #expect(words.contains(offset.description.filter { $0 != "-" }), "\(rule.id)")
        case .absent, .status: continue
        }
      }
      #expect(words.contains(rule.date) && words.contains(rule.author))
      for lesser in rule.supersedes { #expect(words.contains(lesser), "\(rule.id)") }
      for kind in rule.kinds where kind.rawValue.contains("-") { #expect(!words.contains(kind.rawValue), "\(rule.id)") }
      #expect(!words.contains("nil") && !words.contains("Optional"))
    }
  }
}
