// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// What values say to a condition.
@Suite struct RuleCheckTests {
  private func outcome(of content: Quantity.Content, for reason: AbsentReason) -> RuleCheck.Outcome {
    RuleCheck(Rule.Condition(.absent([.glucose], reason)))
      .outcome([Quantity(.glucose, content)], [], Baseline(), before: 0)
  }

  @Test(arguments: AbsentReason.allCases)
  func aFailedMeasurementSaysNothingOfTheMetersRange(reason: AbsentReason) {
    let isOfRange = reason == .ninf || reason == .pinf
    #expect(outcome(of: .absent(reason), for: .pinf).isJudged == isOfRange)
    #expect(outcome(of: .absent(reason), for: .pinf).holds == (reason == .pinf))
    #expect(outcome(of: .absent(reason), for: .ninf).holds == (reason == .ninf))
    // Where a rule asks for it, it is what it asks for.
    #expect(outcome(of: .absent(reason), for: reason).holds)
  }

  @Test func aNumberSaysThatItIsInTheMetersRange() {
    let outcome = outcome(of: .number(ExactDecimal(5)), for: .pinf)
    #expect(outcome.isJudged)
    #expect(!outcome.holds)
  }

  @Test(arguments: [("GL-1-high", "ninf"), ("GL-2-high", "pinf")])
  func aFailedMeasurementEndsNoWait(rule: String, word: String) {
    var story = DetectorStory(TestRules.some(rule))
    story.spot((.glucose, word), at: 0)
    story.spot((.glucose, "nan"), at: 60)
    #expect(story.spot((.glucose, word), at: 120).brief == ["\(rule) began"])
    // A number does.
    var back = DetectorStory(TestRules.some(rule))
    back.spot((.glucose, word), at: 0)
    back.spot((.glucose, "5"), at: 60)
    #expect(back.spot((.glucose, word), at: 120).isEmpty)
  }
}
