// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// One person's time, with ticks and without.
@Suite struct EvaluatorTests {
  private let story = DetectorStory()

  /// A tick each second, or none but the last.
  private func play(_ events: [DetectorEvents.Event], until end: Double, ticks: Bool) throws -> Detector {
    let rules = try RuleLoader.edition("cn")
    var state = PersonState(resident: DetectorStory.person)
    var next = 0.0
    func pass(_ second: Double) {
      let event = Evaluator.Event.tick(isHeard: true)
      _ = Evaluator.evaluate(event, at: story.occasion(second), state: &state, rules: rules)
    }
    for case .observation(let observation, let second) in events {
      while ticks, next <= second {
        pass(next)
        next += 1
      }
      _ = Evaluator.evaluate(.observation(observation), at: story.occasion(second), state: &state, rules: rules)
    }
    while ticks, next < end {
      pass(next)
      next += 1
    }
    pass(end)
    return state.detector
  }

  private func pressure(_ index: Int, at second: Double, _ status: [String] = []) -> DetectorEvents.Event {
    .observation(
      story.observation(
        [(.systolic, "120"), (.diastolic, "80")], at: second, stream: false, status: status, reading: "\(index)"),
      second)
  }

  /// A daemon that starts gives the rules the readings of before, and no ticks.
  @Test func whatEndsByTimeEndsAtItsOwnTime() throws {
    let irregular = ["irregular-pulse"]
    let events = [pressure(1, at: 0, irregular), pressure(2, at: 3600, irregular), pressure(3, at: 50_000)]
    let detector = try play(events, until: 50_001, ticks: false)
    #expect(detector.on == ["IR-1"])
    let index = try #require(detector.table.index(of: "IR-1"))
    #expect(detector.watches[index].lastBegan == 4_200_000)
    #expect(detector.watches[index].on?.raised == story.moment(4200))
  }

  @Test(arguments: 1...4)
  func aReplayWithoutTicksComesToTheSame(seed: Int) throws {
    let events = DetectorEvents.make(seed: UInt64(seed), count: 1200)
    let seconds = events.compactMap { if case .observation(_, let second) = $0 { second } else { nil } }
    let end = try #require(seconds.last) + 1000
    try #require(end < 400_000)
    let (live, replayed) = (try play(events, until: end, ticks: true), try play(events, until: end, ticks: false))
    #expect(live.on == replayed.on)
    for (row, (live, replayed)) in zip(live.table.rows, zip(live.watches, replayed.watches)) {
      #expect(live == replayed, "\(row.rule.id)")
    }
  }
}
