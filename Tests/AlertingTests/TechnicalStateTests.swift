// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

@Suite struct TechnicalStateTests {
  static let (cuff, strap) = (WatchStory.cuff, WatchStory.strap)
  static let clock = TechnicalCondition.deviceClock(strap, WatchStory.person)

  static let manners: Manners = {
    let technical = Manners.Manner(
      again: nil, escalate: [3_600_000, 86_400_000], latches: false, realarm: nil, dailyCap: 6, deliver: 300_000)
    return Manners(high: technical, medium: technical, low: technical, technical: technical, digestAt: 480)
  }()

  /// Hours since 06:00.
  static func at(_ hour: Double) -> Occasion { WatchStory().occasion(hour) }

  static func pause(_ scope: Pause.Scope, at hour: Double) -> Pause {
    Pause(
      id: StableID(hashing: ["pause"]), scope: scope, reason: "repair", by: "u-12", from: at(hour).now,
      milliseconds: 7_200_000)
  }

  var state = TechnicalState()

  private mutating func set(_ condition: TechnicalCondition, _ holds: Bool, at hour: Double) -> [Alert] {
    state.set(condition, holds: holds, at: Self.at(hour), manners: Self.manners)
  }

  private mutating func tick(_ hour: Double) -> [Alert] {
    state.tick(at: Self.at(hour), isHeard: true, manners: Self.manners)
  }

  @Test mutating func aConditionIsOneEpisodeFromItsStartToItsEnd() {
    let start = set(.alertsUnheard, true, at: 1)
    #expect(start.map(\.phase) == [.start])
    #expect(start.map(\.rule) == ["UD-1"])
    #expect(start.map(\.resident) == [.gateway])
    #expect(start.map(\.category) == [.technical])
    #expect(start.map(\.raised) == [Self.at(1).now])
    #expect(set(.alertsUnheard, true, at: 2).isEmpty)
    let end = set(.alertsUnheard, false, at: 3)
    #expect(end.map(\.alert) == start.map(\.alert))
    #expect(end.map(\.version) == [2])
    #expect(end.map(\.phase) == [.clear])
    #expect(end.map(\.state) == [.ended])
    #expect(state.episodes.isEmpty)
    #expect(set(.alertsUnheard, false, at: 4).isEmpty)
    let again = set(.alertsUnheard, true, at: 5)
    #expect(again.map(\.version) == [1])
    #expect(again.map(\.alert) != start.map(\.alert))
  }

  /// Nobody has to acknowledge a disk.
  @Test mutating func aHighOneDoesNotLatch() {
    #expect(set(.storageFailing, true, at: 1).map(\.priority) == [.high])
    #expect(set(.storageFailing, false, at: 2).map(\.state) == [.ended])
  }

  // MARK: worse and milder

  static let pairs: [(milder: TechnicalCondition, worse: TechnicalCondition)] = [
    (.storageShort, .storageFailing),
    (.batteryLow(cuff, WatchStory.person), .batteryEmpty(cuff, WatchStory.person)),
    (
      .nothingMeasured(WatchStory.person, [.systolic], isLong: false),
      .nothingMeasured(WatchStory.person, [.systolic], isLong: true)
    ),
  ]

  @Test(arguments: pairs)
  func theWorseTakesTheWordFromTheMilder(_ milder: TechnicalCondition, _ worse: TechnicalCondition) throws {
    var tests = self
    let first = try #require(tests.set(milder, true, at: 1).first)
    let second = tests.set(worse, true, at: 2)
    #expect(second.map(\.phase) == [.start, .supersede])
    #expect(second.last?.alert == first.alert)
    #expect(second.last?.supersededBy == second.first?.alert)
    #expect(tests.set(milder, true, at: 3).isEmpty)
    #expect(tests.set(milder, false, at: 3).isEmpty)
    #expect(tests.set(worse, false, at: 4).map(\.phase) == [.clear])
    #expect(tests.set(milder, true, at: 5).map(\.phase) == [.start])
  }

  @Test func theyAreEachOthers() {
    for (milder, worse) in Self.pairs {
      #expect(milder.worse == worse)
      #expect(worse.milder == milder)
      #expect(milder.milder == nil)
      #expect(worse.worse == nil)
    }
  }

  // MARK: devices

  @Test mutating func eachDeviceHasItsOwn() {
    let other = TechnicalCondition.deviceClock(Self.cuff, WatchStory.person)
    let first = set(Self.clock, true, at: 1)
    let second = set(other, true, at: 1)
    #expect(first.map(\.resident) == [WatchStory.person])
    #expect(Set((first + second).map(\.alert)).count == 2)
    #expect(set(other, false, at: 2).map(\.alert) == second.map(\.alert))
    #expect(state.episodes.map(\.alert) == first.map(\.alert))
  }

  @Test(arguments: TechnicalCondition.all(of: strap, WatchStory.person))
  func aDeviceThatIsGoneTakesItsEpisodeAlong(_ condition: TechnicalCondition) {
    var tests = self
    let start = tests.set(condition, true, at: 1)
    let unheard = tests.set(.alertsUnheard, true, at: 1)
    #expect(start.count + unheard.count == 2)
    #expect(tests.state.devicesAre([(Self.strap, WatchStory.person)], at: Self.at(2)).isEmpty)
    // Known again after it.
    #expect(tests.set(condition, true, at: 2).isEmpty)
    let gone = tests.state.devicesAre([(Self.cuff, WatchStory.person)], at: Self.at(3))
    #expect(gone.map(\.alert) == start.map(\.alert))
    #expect(gone.map(\.state) == [.ended])
    #expect(tests.state.episodes.map(\.rule) == ["UD-1"])
    // It may be enrolled again.
    #expect(tests.set(condition, true, at: 4).map(\.phase) == [.start])
  }

  @Test mutating func aDeviceThatChangesHandsIsTheOthersTrouble() {
    let start = set(Self.clock, true, at: 1)
    let gone = state.devicesAre([(Self.strap, WatchStory.other)], at: Self.at(2))
    #expect(gone.map(\.alert) == start.map(\.alert))
    #expect(set(.deviceClock(Self.strap, WatchStory.other), true, at: 3).map(\.resident) == [WatchStory.other])
  }

  // MARK: restarts

  @Test mutating func anEpisodeIsKnownAgainAfterARestart() throws {
    let conditions: [TechnicalCondition] = [Self.clock, .alertsUnheard, .storageShort] + Self.pairs.map(\.milder)
    var open: [Alert] = []
    for condition in Set(conditions) { open += set(condition, true, at: 1) }
    var later = TechnicalState()
    later.resume(open: open, pauses: [], day: DayMemory(), at: Self.at(2)) { $0.monotonicMs }
    #expect(later.episodes == state.episodes)
    for condition in conditions {
      #expect(later.set(condition, holds: true, at: Self.at(9), manners: Self.manners).isEmpty)
    }
    let ends = Set(conditions).flatMap { later.set($0, holds: false, at: Self.at(10), manners: Self.manners) }
    #expect(Set(ends.map(\.alert)) == Set(open.map(\.alert)))
    #expect(later.episodes.isEmpty)
  }

  @Test mutating func whatIsAboutAPersonStaysOut() {
    let alert = set(.alertsUnheard, true, at: 1)[0]
    let physiological = Alert(
      alert: StableID(hashing: ["other"]), version: 1, resident: WatchStory.person, rule: "OX-1", ruleVersion: 1,
      phase: .start, state: .active, category: .physiological, priority: .high, level: 1, limits: [], evidence: [],
      raised: alert.raised, supersededBy: nil, text: [:], link: .open)
    var later = TechnicalState()
    later.resume(open: [physiological, alert], pauses: [], day: DayMemory(), at: Self.at(2)) { $0.monotonicMs }
    #expect(later.episodes.map(\.rule) == ["UD-1"])
  }

  /// BP-7 is about a measurement, so it is technical, and a person's all the same.
  @Test mutating func aTechnicalRuleOfAPersonStaysOut() {
    let alert = set(.alertsUnheard, true, at: 1)[0]
    let technical = Alert(
      alert: StableID(hashing: ["other"]), version: 1, resident: WatchStory.person, rule: "BP-7", ruleVersion: 1,
      phase: .start, state: .active, category: .technical, priority: .low, level: 1, limits: [], evidence: [],
      raised: alert.raised, supersededBy: nil, text: [:], link: .open)
    var later = TechnicalState()
    later.resume(open: [technical, alert], pauses: [], day: DayMemory(), at: Self.at(2)) { $0.monotonicMs }
    #expect(later.episodes.map(\.rule) == ["UD-1"])
    #expect(!technical.isOfBox && alert.isOfBox)
  }

  // MARK: the clinic's answers

  @Test mutating func itIsAcknowledgedByName() throws {
    let alert = set(.bluetoothAway, true, at: 1)[0]
    let answer = try state.acknowledge(alert.alert, seen: 1, by: "u-12", at: Self.at(2))
    #expect(answer.map(\.state) == [.acknowledged])
    #expect(set(.bluetoothAway, false, at: 3).map(\.phase) == [.end])
  }

  @Test mutating func itGoesUpUntilSomebodyAnswers() {
    _ = set(.bluetoothAway, true, at: 1)
    #expect(tick(1.9).isEmpty)
    #expect(tick(2.1).map(\.level) == [2])
    #expect(tick(24).isEmpty)
    #expect(tick(25.1).map(\.level) == [3])
  }

  @Test mutating func aDeviceMayBePaused() throws {
    _ = set(Self.clock, true, at: 1)
    let paused = try state.begin(Self.pause(.rule("TM-1"), at: 2), at: Self.at(2), manners: Self.manners)
    #expect(paused.map(\.state) == [.paused])
    let resumed = try state.endPause(of: .rule("TM-1"), at: Self.at(3), manners: Self.manners)
    #expect(resumed.map(\.phase) == [.resume])
  }

  /// Who does not hear of these hears of nothing any more.
  @Test(arguments: [TechnicalCondition.storageFailing, .storageShort, .alertsUnheard, .unanswered])
  func theWayOfTheAlertsCannotBePaused(_ condition: TechnicalCondition) {
    var tests = self
    let alert = tests.set(condition, true, at: 1).first
    for scope in [Pause.Scope.rule(condition.rule)] + (alert.map { [.alert($0.alert)] } ?? []) {
      #expect(throws: AnswerRefusal.unpausable) {
        try tests.state.begin(Self.pause(scope, at: 2), at: Self.at(2), manners: Self.manners)
      }
    }
    #expect(
      throws: Never.self,
      performing: { try tests.state.begin(Self.pause(.resident, at: 2), at: Self.at(2), manners: Self.manners) })
    #expect(tests.state.episodes.map(\.state) == [.active])
  }

  // MARK: floods

  private static let devices = (1...50).map {
    DeviceReference(id: "d-\($0)", model: "oximeter", address: WatchStory.address)
  }

  /// A day has room for six; all are counted in the digest, and said the next day if it is still so.
  @Test mutating func aFloodStaysWithinTheCap() {
    // The day begins at 2, when it is eight in the morning.
    var said = tick(0.5) + tick(2.4)
    for hour in stride(from: 2.5, to: 25.9, by: 0.4) {
      for device in Self.devices { said += set(.deviceUnseen(device, WatchStory.person), true, at: hour) }
      said += tick(hour)
    }
    #expect(said.map(\.rule) == Array(repeating: "ND-3", count: 6))
    said = []
    for hour in stride(from: 26.1, to: 30, by: 0.4) { said += tick(hour) }
    #expect(said.map(\.rule) == Array(repeating: "ND-3", count: 6) + ["DG-1"])
    #expect(said.last?.text["en"]?.contains("50") == true)
    // What has ended meanwhile is not said at all.
    for device in Self.devices { _ = set(.deviceUnseen(device, WatchStory.person), false, at: 31) }
    #expect(state.episodes.isEmpty)
    #expect((32..<80).flatMap { tick(Double($0)) }.isEmpty)
  }

  /// Of low priority: shown once, and then only in the next digest.
  @Test(
    arguments: [
      clock, .deviceUnseen(cuff, WatchStory.person), .batteryLow(cuff, WatchStory.person),
      .measurementsFail(cuff, WatchStory.person), .nothingMeasured(WatchStory.person, [.systolic], isLong: false),
    ])
  func aSmallMatterIsSaidOnce(_ condition: TechnicalCondition) {
    var tests = self
    #expect(condition.priority == .low)
    _ = tests.tick(0.5)
    #expect(tests.set(condition, true, at: 1).map(\.phase) == [.start])
    var later: [Alert] = []
    for hour in stride(from: 1.5, to: 80, by: 0.5) { later += tests.set(condition, true, at: hour) + tests.tick(hour) }
    #expect(later.map(\.rule) == ["DG-1"])
    #expect(later.map(\.priority) == [.low])
    #expect(tests.set(condition, false, at: 81).map(\.phase) == [.clear])
  }

  // MARK: words

  static let everything: [TechnicalCondition] =
    [.storageFailing, .storageShort, .alertsUnheard, .unanswered, .bluetoothAway]
    + [false, true].map { .nothingMeasured(WatchStory.person, [.systolic, .glucose], isLong: $0) }
    + TechnicalCondition.all(of: cuff, WatchStory.person)

  @Test(arguments: everything)
  func itSpeaksBothLanguages(_ condition: TechnicalCondition) {
    var tests = self
    for holds in [true, false] {
      let alerts = tests.set(condition, holds, at: 1)
      #expect(alerts.count == 1)
      for alert in alerts {
        #expect(Set(alert.text.keys) == ["zh", "en"])
        for text in alert.text.values {
          #expect((4...120).contains(text.count))
          if let device = condition.device { #expect(text.contains("\(device.model)") && text.contains(device.id)) }
        }
      }
    }
    #expect(condition.startText != condition.endText)
  }

  @Test func kindsAreSaidInWords() {
    let text = TechnicalCondition.nothingMeasured(WatchStory.person, [.systolic, .glucose], isLong: false).startText
    #expect(text.zh.contains("收缩压或血糖"))
    #expect(text.en.contains("systolic pressure or glucose"))
  }

  /// Each rule has one name, and no two have the same.
  @Test func everyRuleHasAName() {
    let names = Dictionary(grouping: Self.everything, by: \.rule).mapValues { Set($0.map(\.name.en)) }
    #expect(Set(names.keys) == ["ST-1", "UD-1", "UA-1", "BT-1", "ND-1", "ND-2", "ND-3", "DV-1", "TM-1"])
    #expect(names.values.allSatisfy { $0.count == 1 })
    #expect(Set(names.values).count == names.count)
  }
}
