// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// The life of an alert as a picture shows it.
struct EpisodeBar: Equatable {
  struct Stretch: Equatable {
    let from: Int64
    var to: Int64
    let state: Alert.State
  }

  let alert: StableID
  let rule: String
  let kinds: [ObservationKind]
  private(set) var priority: Alert.Priority
  private(set) var stretches: [Stretch] = []
  private(set) var escalations: [Int64] = []
  /// Of its first transition, by language.
  let text: [String: String]
  private(set) var isOver = false

  init(_ transition: Replayer.Transition) {
    let alert = transition.alert
    self.alert = alert.alert
    rule = alert.rule
    kinds = alert.limits.map(\.kind) + alert.evidence.flatMap { $0.values.map(\.kind) }
    priority = alert.priority
    text = alert.text
    take(transition)
  }

  mutating func take(_ transition: Replayer.Transition) {
    extend(to: transition.at)
    let state = transition.alert.state
    priority = [priority, transition.alert.priority].min { $0.rank < $1.rank } ?? priority
    if transition.alert.phase == .escalate { escalations.append(transition.at) }
    isOver = state == .ended
    if stretches.isEmpty || (!isOver && stretches.last?.state != state) {
      stretches.append(Stretch(from: transition.at, to: transition.at, state: state))
    }
  }

  /// It was like this until then.
  mutating func extend(to time: Int64) {
    guard !stretches.isEmpty, !isOver else { return }
    let last = stretches.count - 1
    stretches[last].to = max(stretches[last].to, time)
  }

  var from: Int64 { stretches.first?.from ?? 0 }
  var to: Int64 { stretches.last?.to ?? from }
}

extension Alert.Priority {
  /// 0 for the most serious.
  fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
