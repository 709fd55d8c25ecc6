// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The kinds of whose past some rule wants to know.
///
/// What is usual for a person is a fact of the person: it is remembered of every rule that may become hers, so that it is
/// known when a doctor's settings make it hers.
struct PastKinds: Sendable, Equatable {
  /// Those whose hourly medians are asked for.
  var medians = KindSet()
  /// Those whose spot readings of the last days are.
  var history = KindSet()

  init() {}

  init(askedBy rules: [Rule]) {
    for rule in rules {
      if case .average? = rule.confirmation.spot {
        for condition in rule.conditions + rule.clear.conditions {
          history.formUnion(KindSet(condition.test.kinds))
        }
      }
      let worse = rule.priorityCases.compactMap { worse in
        if case .with(let condition, _) = worse { condition } else { nil }
      }
      for condition in rule.conditions + rule.clear.conditions + worse {
        if case .change(let kinds, _, _, let past) = condition.test { kinds.forEach { insert($0, past) } }
        if let given = condition.given { insert(given.kind, given.past) }
      }
    }
  }

  private mutating func insert(_ kind: ObservationKind, _ past: Rule.Past) {
    if past == .median { medians.insert(kind) } else { history.insert(kind) }
  }
}
