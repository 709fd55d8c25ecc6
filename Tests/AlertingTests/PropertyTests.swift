// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// SplitMix64: the same events on every machine.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

@Suite struct PropertyTests {
  /// Stretches of one second's samples at a level, broken by spots, silence, bad quality and worse links.
  static func events(seed: UInt64, count: Int) -> [(Evaluator.Event, Double)] {
    var random = Seeded(state: seed)
    var events: [(Evaluator.Event, Double)] = []
    var second = 0.0
    let levels: [(ObservationKind, [Int])] = [
      (.spo2, [85, 89, 90, 91, 92, 93, 94, 97]), (.heartRate, [38, 40, 41, 45, 50, 70, 105, 111, 125, 130, 131, 150]),
      (.pulseRate, [38, 44, 70, 112, 140]),
    ]
    while events.count < count {
      let isStream = Int.random(in: 0..<10, using: &random) < 4
      let level = levels[Int.random(in: 0..<levels.count, using: &random)]
      let value = level.1.randomElement(using: &random) ?? 97
      let quality = Int.random(in: 0..<8, using: &random) == 0 ? Quality.allCases.randomElement(using: &random) : .valid
      let link = Int.random(in: 0..<8, using: &random) == 0 ? LinkSecurity.allCases.randomElement(using: &random) : nil
      let age = Int.random(in: 0..<8, using: &random) == 0 ? Age.allCases.randomElement(using: &random) : nil
      let device = ["d-1", "d-2"].randomElement(using: &random) ?? "d-1"
      for _ in 0..<(isStream ? Int.random(in: 1...200, using: &random) : 1) {
        let pressure =
          [(85, 50), (88, 50), (120, 80), (150, 112), (185, 100)].randomElement(using: &random) ?? (1, 1)
        let isPressure = !isStream && Int.random(in: 0..<2, using: &random) == 0
        let values: [(ObservationKind, String)] =
          isPressure ? [(.systolic, "\(pressure.0)"), (.diastolic, "\(pressure.1)")] : [(level.0, "\(value)")]
        let observation = Story().observation(
          values, at: second, stream: isStream, device: device, link: link ?? .authenticated,
          quality: quality ?? .valid,
          age: age ?? .fresh, reading: "\(events.count)")
        events.append((.observation(observation), second))
        second += isStream ? 1 : Double(Int.random(in: 1...200, using: &random))
      }
      if Int.random(in: 0..<4, using: &random) == 0 {
        second += Double(Int.random(in: 1...1000, using: &random))
        events.append((.tick, second))
      }
    }
    return events
  }

  @Test(arguments: 1...12)
  func theLifeOfEveryEpisodeIsOrderly(seed: Int) {
    var story = Story(seed % 2 == 0 ? .defaults : Story.unsettled)
    var versions: [StableID: Int] = [:]
    var ends: [StableID: Int] = [:]
    for (event, second) in Self.events(seed: UInt64(seed), count: 6000) {
      for alert in story.play(event, at: second) {
        #expect(alert.version == versions[alert.alert, default: 0] + 1)
        versions[alert.alert] = alert.version
        #expect((alert.phase == .start) == (alert.version == 1))
        if alert.phase != .start { ends[alert.alert, default: 0] += 1 }
        #expect((alert.supersededBy != nil) == (alert.phase == .supersede))
        #expect(Set(alert.text.keys) == ["zh", "en"] && alert.text.values.allSatisfy { !$0.isEmpty })
      }
      let active = story.state.episodes.filter { $0.state == .active }.map(\.rule)
      #expect(Set(active).count == active.count)
      for rule in story.rules.rules where active.contains(rule.id) {
        #expect(rule.supersedes.allSatisfy { !active.contains($0) })
      }
      #expect(story.state.episodes.count <= PersonState.clearedLimit + story.rules.rules.count)
      #expect(story.state.pending.count <= PersonState.streamLimit * story.rules.rules.count)
    }
    #expect(ends.values.allSatisfy { $0 == 1 })
    #expect(!versions.isEmpty)
  }

  @Test func theSameEventsGiveTheSameAlerts() {
    func alerts(_ seed: UInt64) -> [Alert] {
      var story = Story()
      for (event, second) in Self.events(seed: seed, count: 4000) { story.play(event, at: second) }
      return story.alerts
    }
    let first = (1...6).flatMap(alerts)
    #expect(first == (1...6).flatMap(alerts))
    // The events above are worth something only if they reach every rule and every phase.
    #expect(Set(first.map(\.rule)) == Set(RuleSet.defaults.rules.map(\.id)))
    #expect(Set(first.map(\.phase)) == Set(Alert.Phase.allCases))
  }

  /// Played to the middle, thrown away, rebuilt from the readings and the open episodes: the rest is the same.
  @Test(arguments: 1...4)
  func replayAndAdoptGoOnAsBefore(seed: Int) {
    let events = Self.events(seed: UInt64(seed), count: 4000)
    var whole = Story()
    for (event, second) in events.prefix(2000) { whole.play(event, at: second) }
    let latest = Dictionary(
      whole.alerts.map { ($0.alert, $0) }, uniquingKeysWith: { $0.version > $1.version ? $0 : $1 })
    var restarted = Story()
    for (event, second) in events.prefix(2000) { restarted.play(event, at: second) }
    restarted.state.adopt(whole.state.episodes.compactMap { latest[$0.alert].map(Episode.init) })
    #expect(restarted.state.episodes.map(\.alert) == whole.state.episodes.map(\.alert))
    #expect(restarted.state.episodes.map(\.version) == whole.state.episodes.map(\.version))
    restarted.alerts = []
    for (event, second) in events.dropFirst(2000) { restarted.play(event, at: second) }
    #expect(restarted.alerts.allSatisfy { alert in alert.version > (latest[alert.alert]?.version ?? 0) })
  }

  @Test func whatTheJournalSaysReplacesReplay() {
    var story = Story()
    story.stream(.spo2, "86", 0...30)
    let published = story.alerts.map(Episode.init)
    var rebuilt = PersonState(resident: Story.person)
    rebuilt.adopt(published)
    story.state = rebuilt
    #expect(story.stream(.spo2, "86", 31...90).isEmpty)
    #expect(story.stream(.spo2, "97", 91...151).map(\.version) == [2])
    story.state.adopt([])
    #expect(story.state.episodes.isEmpty)
    #expect(story.stream(.spo2, "86", 200...230).map(\.version) == [1])
  }

  @Test func anAdoptedAlertIsNotRaisedASecondTimeByAWait() {
    var story = Story()
    story.spot((.systolic, "185"), (.diastolic, "100"), at: 0)
    story.spot((.systolic, "185"), (.diastolic, "100"), at: 60)
    var rebuilt = Story()
    rebuilt.spot((.systolic, "185"), (.diastolic, "100"), at: 0)
    rebuilt.state.adopt(story.alerts.map(Episode.init))
    #expect(rebuilt.play(.tick, at: 1000).isEmpty)
    #expect(rebuilt.state.episodes.count == 1)
  }

  @Test func manyDevicesAndClearedAlertsAreBounded() {
    var story = Story()
    for device in 0..<100 { story.stream(.spo2, "86", device...device, device: "d-\(device)") }
    #expect(story.state.pending.count <= PersonState.streamLimit)
    #expect(story.state.streams.count == PersonState.streamLimit)
    for round in 1...40 {
      story.stream(.spo2, "86", round * 1000...round * 1000 + 30)
      story.stream(.spo2, "97", round * 1000 + 31...round * 1000 + 91)
    }
    #expect(story.state.episodes.count == PersonState.clearedLimit)
  }
}
