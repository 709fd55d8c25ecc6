// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import BlueZ

@Suite struct ControllerPulseTests {
  typealias Scene = ControllerPulse.Scene
  private let start = ContinuousClock.now
  private let listening = Scene(isListening: true, hasLink: false, isCrowded: false)
  private let idle = Scene(isListening: false, hasLink: false, isCrowded: false)

  /// What is done when, looked at every 5 s of so long.
  private func steps(
    _ pulse: inout ControllerPulse, _ scene: Scene, seconds: ClosedRange<Int>,
    each: (inout ControllerPulse, Int) -> Void = { _, _ in }
  ) -> [String] {
    stride(from: seconds.lowerBound, through: seconds.upperBound, by: 5).compactMap { second in
      each(&pulse, second)
      return pulse.due(scene, at: start + .seconds(second)).map { "\(second) \($0)" }
    }
  }

  @Test func aHungControllerIsClimbedFor() {
    var pulse = ControllerPulse()
    pulse.unansweredCall()
    #expect(steps(&pulse, idle, seconds: 0...60).isEmpty)
    pulse.unansweredCall()
    let ladder = ["100 rediscover", "115 powerCycle", "130 reset", "145 giveUp"]
    #expect(steps(&pulse, idle, seconds: 100...740) == ladder)
    #expect(pulse.hasGivenUp)
    #expect(steps(&pulse, idle, seconds: 745...745) == ["745 rediscover"])
    pulse.answered()
    #expect(!pulse.hasGivenUp && steps(&pulse, idle, seconds: 750...900).isEmpty)
  }

  @Test func noLinkIsCutThatValuesComeOver() {
    var pulse = ControllerPulse()
    for _ in 1...2 { pulse.unansweredCall() }
    let streaming = steps(&pulse, idle, seconds: 0...500) { $0.valueCame(at: start + .seconds($1)) }
    #expect(streaming == ["0 rediscover"])
    #expect(steps(&pulse, idle, seconds: 505...560) == ["560 powerCycle"])
  }

  @Test func aSilentScannerIsStartedAnew() {
    var pulse = ControllerPulse()
    #expect(steps(&pulse, listening, seconds: 0...500).isEmpty, "there was never anything")
    pulse.reported(at: start + .seconds(500))
    #expect(steps(&pulse, listening, seconds: 505...590) == ["590 rediscover"])
    pulse.reported(at: start + .seconds(591))
    #expect(steps(&pulse, listening, seconds: 595...680).isEmpty)
  }

  @Test func aStreamDoesNotHideASilentScanner() {
    var pulse = ControllerPulse()
    pulse.reported(at: start)
    let found = steps(&pulse, listening, seconds: 5...300) { $0.valueCame(at: start + .seconds($1)) }
    #expect(found == ["90 rediscover"])
  }

  @Test func whereNobodyListensItIsLookedIntoFromTimeToTime() {
    var pulse = ControllerPulse()
    pulse.heard(at: start)
    #expect(steps(&pulse, idle, seconds: 5...90) == ["90 rediscover"])
    pulse.reported(at: start + .seconds(91))
    #expect(steps(&pulse, idle, seconds: 95...690) == ["690 rediscover"])
  }

  @Test func anIdleLinkIsNoSilence() {
    var pulse = ControllerPulse()
    pulse.heard(at: start)
    let linked = Scene(isListening: false, hasLink: true, isCrowded: false)
    #expect(steps(&pulse, linked, seconds: 0...1000).isEmpty)
  }

  /// Nobody is in and nothing is on: that is not told, and looked into ever more seldom.
  @Test func anEmptyHomeIsNoFault() {
    var pulse = ControllerPulse()
    pulse.heard(at: start)
    let found = steps(&pulse, idle, seconds: 5...2015)
    let began = [90, 735, 1980]
    #expect(found == began.flatMap { ["\($0) rediscover", "\($0 + 15) powerCycle", "\($0 + 30) reset"] })
    #expect(!pulse.hasGivenUp)
  }

  @Test func aStreetThatFallsSilentIsAFault() {
    var pulse = ControllerPulse()
    pulse.reported(at: start)
    let street = Scene(isListening: true, hasLink: false, isCrowded: true)
    #expect(steps(&pulse, street, seconds: 90...140) == ["90 rediscover", "105 powerCycle", "120 reset", "135 giveUp"])
    #expect(pulse.hasGivenUp)
    pulse.reported(at: start + .seconds(200))
    #expect(!pulse.hasGivenUp)
  }
}
