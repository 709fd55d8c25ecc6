// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// What must hold whatever happens.
@Suite struct EpisodeBookPropertyTests {
  typealias Step = BookStory.Step

  static let rules = ["high-1", "high-2", "medium-1", "medium-2", "low-1", "low-2", "technical"]
  /// A graver rule and its lesser one, as the detector tells them.
  static let lesser = ["high-1": ["medium-1", "low-1"], "medium-1": ["low-1"]]

  /// What the detector would find: no rule begins while it or a graver one is on, none ends that is not on.
  static func steps(seed: UInt64, count: Int, waits: ClosedRange<Int64>, restarts: Bool = false) -> [Step] {
    var random = Numbers(state: seed)
    var on: Set<String> = []
    var steps: [Step] = []
    while steps.count < count {
      let rule = rules[Int.random(in: 0..<rules.count, using: &random)]
      switch Int.random(in: 0..<(restarts ? 20 : 18), using: &random) {
      case 0..<5:
        guard !on.contains(rule), !lesser.contains(where: { on.contains($0.key) && $0.value.contains(rule) }) else {
          continue
        }
        let ended = (lesser[rule] ?? []).filter(on.contains)
        on.subtract(ended)
        on.insert(rule)
        steps.append(.begin(rule, over: ended))
      case 5..<8:
        guard on.remove(rule) != nil else { continue }
        steps.append(Int.random(in: 0..<9, using: &random) == 0 ? .gone(rule) : .end(rule))
      case 8: steps.append(.late(rule))
      case 9, 10:
        let seen = Bool.random(using: &random) ? nil : Int.random(in: 1...9, using: &random)
        steps.append(.acknowledge(rule, seen: seen, by: "u-\(Int.random(in: 1...9, using: &random))"))
      case 11:
        let minutes = Int.random(in: 0..<4, using: &random) == 0 ? nil : Int64.random(in: 1...120, using: &random)
        steps.append(
          [.pause(.resident, minutes), .pause(.rule(rule), minutes), .pauseAlert(rule, minutes)][
            Int.random(in: 0..<3, using: &random)])
      case 12, 13: steps.append(Bool.random(using: &random) ? .unpause(.resident) : .unpause(.rule(rule)))
      case 14...16: steps.append(.wait(Int64.random(in: waits, using: &random)))
      case 17: steps.append(.waitUnheard(Int64.random(in: waits, using: &random)))
      default: steps.append(Bool.random(using: &random) ? .restart : .reboot)
      }
    }
    return steps
  }

  /// SplitMix64: the same steps on every machine.
  struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  @Test(arguments: 1...9)
  func theLifeOfEveryEpisodeIsOrderly(seed: Int) {
    var story = BookStory()
    var latest: [StableID: Alert] = [:]
    for step in Self.steps(seed: UInt64(seed), count: 400, waits: 1...90, restarts: seed % 3 == 0) {
      let before = story.alerts.count
      let held = story.book.heldBack.count
      story.play(step)
      for alert in story.alerts.dropFirst(before) {
        let previous = latest[alert.alert]
        #expect(alert.version == (previous?.version ?? 0) + 1)
        #expect(previous?.state != .ended)
        #expect(previous == nil || previous?.raised == alert.raised)
        #expect((alert.supersededBy != nil) == (alert.phase == .supersede))
        #expect((alert.course.pause != nil) == (alert.state == .paused))
        #expect(alert.state != .acknowledged || alert.course.acknowledgement != nil)
        #expect(alert.state != .clearedUnacknowledged || (alert.priority == .high && alert.phase == .clear))
        #expect(alert.phase != .escalate || alert.level > (previous?.level ?? 9))
        #expect(Set(alert.text.keys) == ["zh", "en"] && alert.text.values.allSatisfy { !$0.isEmpty })
        latest[alert.alert] = alert
      }
      // What begins is said, in silence at most, or held back for the digest.
      if case .begin(let rule, let over) = step {
        let said = story.alerts.dropFirst(before)
        if said.isEmpty {
          #expect(
            story.book.heldBack.count == held - over.count + 1 || story.book.heldBack.contains { $0.rule == rule })
        } else {
          #expect(said.first?.rule == rule)
          #expect(said.first?.phase == .start || said.first?.phase == .pause)
          #expect(said.dropFirst().allSatisfy { $0.phase == .supersede && over.contains($0.rule) })
        }
      }
      // The book is what was published.
      let open = latest.values.filter { $0.state != .ended }
      #expect(Set(story.book.episodes.map(\.latest.transition)) == Set(open.map(\.transition)))
      #expect(Set(story.book.episodes.map(\.rule)).count == story.book.episodes.count)
      #expect(Set(story.book.heldBack.map(\.rule)).count == story.book.heldBack.count)
    }
    #expect(!latest.isEmpty)
  }

  /// The steps above are worth something only if they reach everything.
  @Test func theStepsReachEveryPhaseAndState() {
    var story = BookStory()
    for seed in 1...4 { for step in Self.steps(seed: UInt64(seed), count: 600, waits: 1...90) { story.play(step) } }
    #expect(Set(story.alerts.map(\.phase)) == Set(Alert.Phase.allCases))
    #expect(Set(story.alerts.map(\.state)) == Set(Alert.State.allCases))
    #expect(story.log.contains { $0.contains("DG-1") })
    for why in ["unknown", "stale", "acknowledged by", "not paused"] {
      #expect(story.log.contains { $0.contains("refused \(why)") })
    }
  }

  /// Restarts between any two steps: the same is heard. Without caps, whose counts a restart may forget.
  @Test(arguments: 1...8)
  func restartsChangeNothing(seed: Int) {
    let steps = Self.steps(seed: UInt64(seed), count: 300, waits: 1...60).filter {
      if case .late = $0 { false } else { true }
    }
    func log(_ steps: [Step]) -> [String] {
      var story = BookStory()
      story.manners.medium.dailyCap = nil
      story.manners.low.dailyCap = nil
      story.manners.technical.dailyCap = nil
      for step in steps { story.play(step) }
      return story.log
    }
    var random = Numbers(state: UInt64(seed))
    let broken = steps.flatMap { step -> [Step] in
      switch Int.random(in: 0..<3, using: &random) {
      case 0: [step, .restart]
      case 1: [step, .reboot]
      default: [step]
      }
    }
    #expect(log(broken) == log(steps))
  }

  @Test func theSameStepsGiveTheSameAlerts() {
    func alerts() -> [Alert] {
      var story = BookStory()
      for step in Self.steps(seed: 7, count: 600, waits: 1...90) { story.play(step) }
      return story.alerts
    }
    #expect(alerts() == alerts())
  }
}
