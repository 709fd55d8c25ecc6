// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts
import Vitals

@testable import Alerting

@Suite struct AlertTextTests {
  @Test func theLanguagesAreThoseOfTheContract() {
    #expect(Language.allCases.map(\.rawValue) == ["zh", "en"])
  }

  @Test func everyLimitOfEveryRuleCanBeSaid() {
    for rule in RuleSet.defaults.rules {
      for condition in rule.conditions {
        for kind in condition.kinds {
          let value = condition.bound.value.adding(ExactDecimal(condition.bound.comparison == .below ? -1 : 0))
          let evidence = Evidence(
            reading: StableID(hashing: []),
            values: [Quantity(kind, value.map(Quantity.Content.number) ?? .absent(.nan))],
            observedWallMs: nil, age: .fresh)
          let limits = rule.limits(crossedBy: evidence.values)
          let text = AlertText.start(limits: limits, decisive: evidence, aggravation: nil, isUnconfirmed: false)
          #expect(text.keys.sorted() == ["en", "zh"])
          for language in ["en", "zh"] {
            #expect(text[language]?.contains(condition.bound.value.description) == true, "\(rule.id)")
            #expect(AlertText.clear(evidence)[language]?.isEmpty == false)
          }
        }
      }
    }
    #expect(AlertText.supersede().values.allSatisfy { !$0.isEmpty })
  }
}
