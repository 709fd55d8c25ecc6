// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// What the clinic may set for a person.
@Suite struct OwnLimitTests {
  static let now = EffectiveRulesTests.noon
  static let year = now + RuleSet.longestLooseLimit

  private static func limit(
    _ rule: String, _ kind: ObservationKind, _ op: Comparison, _ value: String, why: String? = nil, until: Int64? = nil
  ) -> PersonSettings.OwnLimit {
    PersonSettings.OwnLimit(
      rule: rule, kind: kind, op: op, value: ExactDecimal(value) ?? ExactDecimal(-1), by: "u-7", why: why,
      untilWallMs: until)
  }

  private func judge(_ limits: [PersonSettings.OwnLimit], now: Int64? = Self.now) throws -> Result<
    RuleSet.Deviation, LimitRefusal
  > {
    let rules = try RuleSet.defaults
    return Result { () throws(LimitRefusal) in
      try limits.count == 1 ? rules.judge(limits[0], nowWallMs: now) : rules.judge(limits, nowWallMs: now)
    }
  }

  @Test(arguments: [
    (limit("OX-1", .spo2, .below, "92"), Result<RuleSet.Deviation, LimitRefusal>.success(.stricter)),
    (limit("OX-1", .spo2, .below, "90"), .success(.stricter)),
    (limit("OX-1", .spo2, .below, "90.00"), .success(.stricter)),
    (limit("OX-1", .spo2, .below, "86", why: "COPD", until: now + 1), .success(.looser)),
    (limit("OX-1", .spo2, .below, "86", why: "COPD", until: year), .success(.looser)),
    (limit("HR-1", .pulseRate, .atLeast, "140", why: "known", until: year), .success(.looser)),
    (limit("BP-4", .diastolic, .atLeast, "80"), .success(.stricter)),
    (limit("OX-1", .spo2, .below, "86"), .failure(.tooLoose)),
    (limit("OX-1", .spo2, .below, "86", why: "COPD"), .failure(.tooLoose)),
    (limit("OX-1", .spo2, .below, "86", until: year), .failure(.tooLoose)),
    (limit("OX-1", .spo2, .below, "86", why: "\n ", until: year), .failure(.tooLoose)),
    (limit("OX-1", .spo2, .below, "86", why: "COPD", until: now), .failure(.tooLoose)),
    (limit("OX-1", .spo2, .below, "86", why: "COPD", until: year + 1), .failure(.tooLoose)),
    (limit("OX-1", .spo2, .below, "86", why: "COPD", until: .max), .failure(.tooLoose)),
    (limit("OX-1", .spo2, .below, "86", why: "COPD", until: .min), .failure(.tooLoose)),
    (limit("OX-9", .spo2, .below, "86"), .failure(.unknownRule)),
    (limit("OX-1", .spo2, .atMost, "92"), .failure(.unknownLimit)),
    (limit("OX-1", .heartRate, .below, "92"), .failure(.unknownLimit)),
    (limit("IR-1", .systolic, .atLeast, "92"), .failure(.unknownLimit)),
    (limit("OX-4", .spo2, .atMost, "92"), .failure(.unknownLimit)),
    (limit("OX-1", .spo2, .below, "900"), .failure(.notPlausible)),
    (limit("OX-1", .spo2, .below, "5"), .failure(.notPlausible)),
    // 101 % is nobody's, so it would never be over.
    (limit("OX-1", .spo2, .below, "99"), .failure(.notPlausible)),
    (limit("OX-1", .spo2, .below, "98"), .success(.stricter)),
    (limit("HR-1", .heartRate, .atMost, "121"), .failure(.notPlausible)),
    (limit("HR-1", .heartRate, .atMost, "120"), .success(.stricter)),
  ])
  func one(limit: PersonSettings.OwnLimit, expected: Result<RuleSet.Deviation, LimitRefusal>) throws {
    #expect(try judge([limit]) == expected)
    #expect(try judge([limit, limit]) == expected)
  }

  @Test func withoutAWallClockNoLooserLimitIsTaken() throws {
    let looser = Self.limit("OX-1", .spo2, .below, "86", why: "COPD", until: Self.year)
    #expect(try judge([looser], now: nil) == .failure(.tooLoose))
    #expect(try judge([Self.limit("OX-1", .spo2, .below, "92")], now: nil) == .success(.stricter))
  }

  @Test func severalAreJudgedTogether() throws {
    let low = Self.limit("HR-1", .heartRate, .atMost, "90")
    let high = Self.limit("HR-1", .heartRate, .atLeast, "100")
    #expect(try judge([low, Self.limit("HR-1", .heartRate, .atLeast, "101")]) == .success(.stricter))
    // 95 and more, 94 and less.
    #expect(try judge([low, high]) == .failure(.notPlausible))
    #expect(try judge([]) == .success(.stricter))
    let looser = Self.limit("OX-1", .spo2, .below, "86", why: "COPD", until: Self.year)
    #expect(try judge([looser, low]) == .success(.looser))
  }

  /// What a command without a signature may not do.
  @Test(
    arguments: [
      ([limit("OX-1", .spo2, .below, "91")], [], false), ([], [limit("OX-1", .spo2, .below, "91")], true),
      ([limit("OX-1", .spo2, .below, "91")], [limit("OX-1", .spo2, .below, "91.5")], true),
      ([limit("OX-1", .spo2, .below, "91.50")], [limit("OX-1", .spo2, .below, "91.5")], false),
      // By another kind it is the same limit.
      ([limit("HR-1", .pulseRate, .atLeast, "125")], [limit("HR-1", .heartRate, .atLeast, "125")], false),
      ([limit("HR-1", .heartRate, .atMost, "45")], [limit("HR-1", .heartRate, .atLeast, "125")], true),
      ([limit("HR-1", .heartRate, .atLeast, "126")], [limit("HR-1", .heartRate, .atLeast, "125")], true),
      // A looser one that is in force, and one that is over.
      ([], [limit("OX-1", .spo2, .below, "86", why: "COPD", until: year)], false),
      ([limit("OX-1", .spo2, .below, "86", why: "COPD", until: year)], [], true),
      ([limit("OX-1", .spo2, .below, "86", why: "COPD", until: now)], [], false), ([], [], false),
    ] as [([PersonSettings.OwnLimit], [PersonSettings.OwnLimit], Bool)])
  func quieter(new: [PersonSettings.OwnLimit], old: [PersonSettings.OwnLimit], isQuieter: Bool) throws {
    #expect(try RuleSet.defaults.isQuieter(with: new, than: old, nowWallMs: Self.now) == isQuieter)
  }
}
