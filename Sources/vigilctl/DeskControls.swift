// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk

/// What a person does with the keys: choose an alert, acknowledge it, and say that it is meant.
///
/// The list moves while somebody looks at it, so what is chosen is an alert and not a line; and what is acknowledged is what
/// the question named, in the version that was seen then.
struct DeskControls: Sendable, Equatable {
  struct Choice: Sendable, Equatable {
    let gateway: String
    let alert: String

    init(_ alert: DeskAlert) {
      gateway = alert.gateway
      self.alert = alert.facts.alert
    }
  }

  struct Question: Sendable, Equatable {
    let choice: Choice
    let version: Int64
  }

  private var choice: Choice?
  /// Where it was when it was last seen: if it goes, the next one there is chosen.
  private var place = 0
  /// Waiting for yes or no.
  private(set) var question: Question?

  /// The chosen alert's place in the list; the first where nothing was chosen; nil without alerts.
  func index(in alerts: [DeskAlert]) -> Int? {
    guard !alerts.isEmpty else { return nil }
    return choice.flatMap { choice in alerts.firstIndex { Choice($0) == choice } } ?? min(place, alerts.count - 1)
  }

  /// - Returns: what is to be acknowledged now.
  mutating func press(_ key: ScreenKey, in alerts: [DeskAlert]) -> (alert: DeskAlert, version: Int64)? {
    if let question {
      self.question = nil
      guard key == .letter("y") || key == .letter("Y") else { return nil }
      // One that is gone meanwhile needs nobody's word any more.
      return alerts.first { Choice($0) == question.choice }.map { ($0, question.version) }
    }
    guard let index = index(in: alerts) else { return nil }
    switch key {
    case .up, .letter("k"): choose(max(0, index - 1), in: alerts)
    case .down, .letter("j"): choose(min(alerts.count - 1, index + 1), in: alerts)
    case .letter("a"):
      choose(index, in: alerts)
      question = Question(choice: Choice(alerts[index]), version: alerts[index].facts.version)
    case .enter, .letter, .other: break
    }
    return nil
  }

  private mutating func choose(_ index: Int, in alerts: [DeskAlert]) {
    choice = Choice(alerts[index])
    place = index
  }
}
