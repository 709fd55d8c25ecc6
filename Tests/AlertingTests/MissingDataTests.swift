// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

@Suite struct MissingDataTests {
  static let devices = (1...50).map {
    (
      device: DeviceReference(id: "d-\($0)", model: "oximeter", address: WatchStory.address),
      resident: ResidentID("r-flood-\($0)") ?? .unassigned
    )
  }

  var story = WatchStory()

  private mutating func flood(_ count: Int = 50) {
    let devices = Self.devices.prefix(count)
    story.watch.devicesAre(Array(devices))
    story.watch.plansAre(
      Dictionary(
        devices.map {
          ($0.resident, [WatchStory.nightly(), .init(kinds: [.systolic], when: .times([420], tolerance: 60))])
        }, uniquingKeysWith: { $1 }))
    for (device, resident) in devices {
      story.take([(.spo2, "96")], from: device, of: resident, at: 0, stream: true)
    }
  }

  /// A dead adapter silences all at once: one condition of a sort for each, however long it lasts.
  @Test mutating func fiftySilentDevicesAreFiftyConditionsOfEachSort() {
    flood()
    story.stroll(until: 20)
    #expect(story.changes.count == 50)
    #expect(story.look().count { $0.condition.rule == "ND-2" && $0.holds } == 50)
    story.stroll(until: 170)
    let on = story.look().filter(\.holds)
    #expect(Set(on.map(\.condition)).count == on.count)
    // Neither the pressures nor the nights of anybody, and no device.
    #expect(on.count == 150)
    #expect(Set(on.map(\.condition.rule)) == ["ND-1", "ND-3"])
  }

  @Test mutating func whatIsRememberedStaysBounded() {
    flood(5)
    story.run(until: 1)
    for round in 0..<40 {
      for (device, resident) in Self.devices.prefix(3) {
        story.take(
          [(.systolic, nil), (.spo2, nil)], from: device, of: resident, quality: .invalid,
          reading: "\(round) \(device.id)")
      }
      story.stroll(until: story.hour + 24)
    }
    var size = "\(story.watch)".utf8.count
    for round in 40..<60 {
      for (device, resident) in Self.devices.prefix(3) {
        story.take(
          [(.systolic, nil), (.spo2, nil)], from: device, of: resident, quality: .invalid,
          reading: "\(round) \(device.id)")
      }
      story.stroll(until: story.hour + 24)
    }
    size = "\(story.watch)".utf8.count - size
    // The times have more digits.
    #expect(size < 2000)
  }

  /// In the same order each time: who reads a log wants to compare.
  @Test mutating func theOrderIsTheSame() {
    flood()
    story.stroll(until: 20)
    var again = WatchStory()
    again.watch.plansAre([:])
    swap(&story, &again)
    flood()
    story.stroll(until: 20)
    #expect(story.look().map(\.condition) == again.look().map(\.condition))
  }

  @Test mutating func whatIsGoneIsJudgedNoMore() {
    flood()
    story.stroll(until: 20)
    story.watch.devicesAre([])
    story.watch.plansAre([:])
    // What the plans had asked for is over.
    #expect(!story.look().contains { $0.holds })
    #expect(story.look().isEmpty)
    #expect(story.watch.seen.isEmpty)
  }

  /// A device whose wearer has changed is the same device, and the other person's trouble.
  @Test mutating func aDeviceThatChangesHandsKeepsItsState() {
    story.watch.devicesAre([(WatchStory.cuff, WatchStory.person)])
    story.take([(.battery, "10")])
    story.look()
    story.watch.devicesAre([(WatchStory.cuff, WatchStory.other)])
    #expect(
      story.look().filter(\.holds).map(\.condition) == [.batteryLow(WatchStory.cuff, WatchStory.other)])
  }

  @Test(arguments: [Int64.min, .max, .min / 2, .max / 2])
  func timesBeyondAllReasonAreNoTrap(_ elapsed: Int64) {
    var tests = self
    tests.flood()
    tests.story.look()
    tests.story.watch.restore(seen: ["d-1": elapsed])
    let moment = Moment(bootID: "boot", monotonicMs: elapsed, wallMs: elapsed, synchronized: true)
    let occasion = Occasion(now: moment) { _ in LocalTime(day: .max, minute: 1439) }
    tests.story.watch.heard("d-2", at: occasion)
    tests.story.take([(.spo2, "96")], hoursAgo: 1e6)
    let judged = tests.story.watch.judge(at: occasion, limits: tests.story.limits, monitored: [:])
    #expect(judged.count >= 50)
  }
}
