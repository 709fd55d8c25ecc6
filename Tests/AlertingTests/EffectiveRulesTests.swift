// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Testing
import Vitals

@testable import Alerting

@Suite struct EffectiveRulesTests {
  /// 2026-03-14 08:00 in Shanghai.
  static let noon: Int64 = 1_773_446_400_000

  static func occasion(wallMs: Int64? = noon) -> Occasion {
    Occasion(
      now: Moment(bootID: "boot", monotonicMs: 1000, wallMs: wallMs, synchronized: wallMs != nil),
      calendar: Occasion.fixedCalendar(offsetMinutes: 480))
  }

  static func settings(
    born: Int? = nil, _ conditions: Set<PersonSettings.Condition> = [], limits: [PersonSettings.OwnLimit] = []
  ) -> PersonSettings {
    var settings = PersonSettings()
    settings.born = born
    settings.conditions = conditions
    settings.limits = limits
    return settings
  }

  static func own(
    _ settings: PersonSettings, edition: String = "cn", wallMs: Int64? = noon
  ) throws -> [String: Rule] {
    let rules = try RuleLoader.edition(edition).rules(for: settings, at: occasion(wallMs: wallMs))
    return Dictionary(uniqueKeysWithValues: rules.map { ($0.id, $0) })
  }

  private static func limit(
    _ rule: String, _ kind: ObservationKind, _ op: Comparison, _ value: String, why: String? = nil, until: Int64? = nil
  ) throws -> PersonSettings.OwnLimit {
    PersonSettings.OwnLimit(
      rule: rule, kind: kind, op: op, value: try #require(ExactDecimal(value)), by: "u-7", why: why, untilWallMs: until)
  }

  // MARK: age

  @Test(arguments: [
    (-1, nil), (0, 1970), (364, 1970), (365, 1971), (20_526, 2026), (20_453, 2025), (20_454, 2026), (3_999_999, nil),
    (Int.max, nil), (Int.min, nil),
  ])
  func yearOfADay(day: Int, year: Int?) {
    #expect(LocalTime(day: day, minute: 0).year == year)
  }

  @Test(arguments: [
    (1961, 65), (2026, 0), (2027, nil), (1875, nil), (Int.min, nil), (Int.max, nil), (nil, nil),
  ])
  func age(born: Int?, age: Int?) {
    #expect(Self.settings(born: born).age(at: Self.occasion()) == age)
    #expect(Self.settings(born: born).age(at: Self.occasion(wallMs: nil)) == nil)
  }

  @Test func theYearIsTheSites() {
    // 2026-12-31 17:00 UTC is 2027 in Shanghai.
    #expect(Self.settings(born: 1962).age(at: Self.occasion(wallMs: 1_798_736_400_000)) == 65)
  }

  @Test func whatIsNotKnownKeepsNoRuleFromAnybodyButForNeeds() throws {
    let unknown = try Self.own(PersonSettings())
    #expect(unknown["BP-4-uncontrolled"] != nil)
    #expect(unknown["OX-1"] != nil)
    #expect(unknown["OX-S2-high"] == nil && unknown["WT-1"] == nil)
    #expect(try Self.own(Self.settings(born: 1961))["BP-4-uncontrolled"] != nil)
    #expect(try Self.own(Self.settings(born: 1962))["BP-4-uncontrolled"] == nil)
  }

  @Test func conditionsChooseTheRules() throws {
    let scale2 = try Self.own(Self.settings([.scale2]))
    #expect(!scale2.keys.contains { ["OX-1", "OX-2", "OX-3", "OX-4"].contains($0) })
    #expect(scale2["OX-S2-high"] != nil && scale2["OX-S2-oxygen"] == nil)
    #expect(try Self.own(Self.settings([.scale2, .oxygen]))["OX-S2-oxygen"] != nil)
    #expect(try Self.own(Self.settings([.heartFailure]))["WT-1"] != nil)
  }

  // MARK: priority and rest

  @Test func priorityGoesByAgeAndConditionWhereTheyAreKnown() throws {
    func priority(
      _ settings: PersonSettings, edition: String = "intl", wallMs: Int64? = Self.noon
    ) throws -> Alert.Priority? {
      let rule = try #require(try Self.own(settings, edition: edition, wallMs: wallMs)["OX-2"])
      #expect(rule.priorityCases == [])
      return rule.priority
    }
    #expect(try priority(PersonSettings()) == .medium)
    #expect(try priority(Self.settings(born: 1961)) == .high)
    #expect(try priority(Self.settings(born: 1962)) == .medium)
    #expect(try priority(Self.settings(born: 1962, [.covidPathway])) == .high)
    #expect(try priority(Self.settings(born: 1940), wallMs: nil) == .medium)
    // In China whoever's age is not known counts as old.
    #expect(try priority(PersonSettings(), edition: "cn") == .high)
    #expect(try priority(Self.settings(born: 1961), edition: "cn") == .high)
    #expect(try priority(Self.settings(born: 1962), edition: "cn") == .medium)
    #expect(try priority(Self.settings(born: 1986, [.covidPathway]), edition: "cn") == .high)
    #expect(try priority(Self.settings(born: 1986), edition: "cn", wallMs: nil) == .high)
  }

  @Test func casesByAnotherQuantityStay() throws {
    let rule = try #require(try Self.own(PersonSettings())["BP-5"])
    #expect(rule.priorityCases.count == 3)
    #expect(rule.priority == .medium)
  }

  /// What stands behind a case that holds is never reached; what stands before it still comes first.
  @Test func theFirstCaseThatHoldsCounts() throws {
    let text = RuleLoaderTests.good
      .replacing(
        "above: 110}}, medium]",
        with: "above: 110}}, {priority: low, age: 80}, {priority: low, with: {kinds: [glucose], above: 20}}, medium]"
      )
      .replacing("[{priority: high, age: 65}, ", with: "[")
    let rules = try RuleLoader.load(text, file: "r.yaml")
    func words(_ born: Int) throws -> String {
      let own = rules.rules(for: Self.settings(born: born), at: Self.occasion())
      return RuleWords.priority(try #require(own.first { $0.id == "LO-1" }))
    }
    #expect(try words(1940) == "high with pulse-rate > 110, low")
    #expect(try words(1960) == "high with pulse-rate > 110, low with glucose > 20, medium")
  }

  @Test func whoRestsIsHeldForTheShorterTime() throws {
    #expect(try Self.own(PersonSettings())["HR-2"]?.confirmation.stream == 600_000)
    let resting = try Self.own(Self.settings([.resting]))
    #expect(resting["HR-2"]?.confirmation.stream == 300_000)
    #expect(resting["HR-2"]?.confirmation.streamAtRest == nil)
    #expect(resting["HR-1"]?.confirmation.stream == 30_000)
  }

  // MARK: own limits

  @Test func aStricterLimitAlwaysCountsAndItsDeadbandMoves() throws {
    for wallMs in [Self.noon, nil] {
      let own = try Self.own(
        Self.settings(limits: [try Self.limit("HR-1", .heartRate, .atLeast, "120.5")]), wallMs: wallMs)
      let rule = try #require(own["HR-1"])
      #expect(
        rule.conditions.map(RuleWords.condition)
          == ["heart-rate/pulse-rate <= 40", "heart-rate/pulse-rate >= 120.5"])
      #expect(rule.conditions.map(\.basis) == [.default, .own])
      #expect(
        rule.clear.conditions.map(RuleWords.condition)
          == ["heart-rate/pulse-rate >= 45", "heart-rate/pulse-rate <= 114.5"])
    }
  }

  @Test func aLooserLimitCountsWhileItsTimeIsKnownAndNotOver() throws {
    func words(why: String?, until: Int64?, wallMs: Int64?) throws -> [String]? {
      let limit = try Self.limit("OX-1", .spo2, .below, "86", why: why, until: until)
      let rule = try #require(try Self.own(Self.settings(limits: [limit]), wallMs: wallMs)["OX-1"])
      return (rule.conditions + rule.clear.conditions).map(RuleWords.condition)
    }
    let (own, usual) = (["spo2 < 86", "spo2 >= 88"], ["spo2 < 90", "spo2 >= 92"])
    let end = Self.noon + 1000
    #expect(try words(why: "COPD", until: end, wallMs: Self.noon) == own)
    #expect(try words(why: "COPD", until: end, wallMs: end - 1) == own)
    #expect(try words(why: "COPD", until: end, wallMs: end) == usual)
    #expect(try words(why: "COPD", until: end, wallMs: nil) == usual)
    #expect(try words(why: "COPD", until: nil, wallMs: Self.noon) == usual)
    #expect(try words(why: nil, until: end, wallMs: Self.noon) == usual)
    #expect(try words(why: " ", until: end, wallMs: Self.noon) == usual)
  }

  @Test func ofTwoForTheSameLimitTheStricterCounts() throws {
    let limits = try ["125", "120", "128"].map { try Self.limit("HR-1", .pulseRate, .atLeast, $0) }
    let rule = try #require(try Self.own(Self.settings(limits: limits))["HR-1"])
    #expect(rule.conditions.last.map(RuleWords.condition) == "heart-rate/pulse-rate >= 120")
  }

  @Test func aLimitThatNothingKnowsIsLeftOut() throws {
    let limits = [
      try Self.limit("XX-1", .spo2, .below, "91"), try Self.limit("OX-1", .spo2, .above, "91"),
      try Self.limit("OX-1", .glucose, .below, "91"), try Self.limit("IR-1", .systolic, .below, "91"),
      // Nothing would be between 124 + 5 and 125.
      try Self.limit("HR-1", .heartRate, .atMost, "124"),
    ]
    #expect(try Self.own(Self.settings(limits: limits)) == Self.own(PersonSettings()))
  }
}
