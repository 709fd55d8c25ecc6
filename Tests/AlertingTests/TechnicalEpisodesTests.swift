// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts
import Vitals

@testable import Alerting

@Suite struct TechnicalEpisodesTests {
  static let device = DeviceReference(
    id: "d-1", model: "HR strap", address: BookStory.address)
  static let low = TechnicalCondition.batteryLow(device, BookStory.resident)
  static let empty = TechnicalCondition.batteryEmpty(device, BookStory.resident)
  static func unseen(_ index: Int) -> TechnicalCondition {
    .deviceUnseen(DeviceReference(id: "d-\(index)", model: "m", address: BookStory.address), BookStory.resident)
  }

  let name = Text(zh: "设备", en: "device")
  let text = Text(zh: "设备有问题", en: "a device needs care")
  let over = Text(zh: "设备正常", en: "the device is well")

  var story = BookStory()

  mutating func begin(_ condition: TechnicalCondition, over lesser: [TechnicalCondition] = []) {
    story.note(
      story.book.begin(
        technical: condition, name: name, text: text, superseding: lesser, at: story.occasion, manners: story.manners))
  }

  mutating func end(_ condition: TechnicalCondition) {
    story.note(story.book.end(technical: condition, text: over, at: story.occasion))
  }

  @Test mutating func oneEpisodeFromItsStartToItsEnd() throws {
    begin(.bluetoothAway)
    begin(.bluetoothAway)
    story.play(.wait(61))
    end(.bluetoothAway)
    end(.bluetoothAway)
    #expect(
      story.log == [
        "0 BT-1 start active v1 L1", "60 BT-1 escalate active v2 L2", "61 BT-1 clear ended v3 L2",
      ])
    let start = try #require(story.alerts.first)
    #expect(start.category == .technical)
    #expect(start.resident == .gateway)
    #expect(start.text == text.byTag)
    #expect(start.course.name == name.byTag)
    #expect(story.alerts.last?.text == over.byTag)
  }

  @Test mutating func itIsKnownAgainAfterARestart() {
    begin(Self.low)
    begin(.bluetoothAway)
    story.play(.reboot)
    #expect(story.book.has(Self.low))
    begin(Self.low)
    end(.bluetoothAway)
    #expect(
      story.log == ["0 DV-1 start active v1 L1", "0 BT-1 start active v1 L1", "0 BT-1 clear ended v2 L1"])
  }

  @Test mutating func theGraverTakesTheWord() {
    begin(Self.low)
    begin(Self.empty, over: [Self.low])
    #expect(
      story.log == ["0 DV-1 start active v1 L1", "0 DV-1 start active v1 L1", "0 DV-1 supersede ended v2 L1"])
    #expect(!story.book.has(Self.low))
    #expect(story.book.has(Self.empty))
  }

  /// On and off within one millisecond.
  @Test mutating func twiceInOneMomentAreTwo() {
    for _ in 0..<5 {
      begin(.bluetoothAway)
      end(.bluetoothAway)
    }
    #expect(story.alerts.map(\.version) == [1, 2, 1, 2, 1, 2, 1, 2, 1, 2])
    #expect(Set(story.alerts.map(\.alert)).count == 5)
  }

  @Test mutating func aSmallMatterIsSaidOnceAndCounted() {
    begin(Self.low)
    story.play(.wait(DigestTests.untilDigest))
    #expect(story.log == ["0 DV-1 start active v1 L1", "1435 DG-1 start ended v1 L1"])
    #expect(story.alerts.last?.category == .technical)
    #expect(story.alerts.last?.resident == .gateway)
    #expect(story.alerts.last?.text["zh"] == "设备每日汇总：设备 1 次")
  }

  @Test mutating func manyAreHeldBackAndCountedOnce() {
    for index in 0..<9 { begin(Self.unseen(index)) }
    #expect(story.alerts.count == 6)
    begin(.storageFailing)
    #expect(story.alerts.count == 7)
    #expect(story.book.heldBack.count == 3)
    story.play(.wait(DailyCapTests.untilMorning))
    // ST-1 went up after an hour.
    #expect(
      story.log.filter { $0.hasPrefix("1435") } == Array(repeating: "1435 ND-3 start active v1 L1", count: 3)
        + ["1435 DG-1 start ended v1 L1"])
    #expect(story.alerts.last?.text["en"] == "daily summary of devices: device 9×")
  }

  /// The box is blind, or nobody answers: a day full of small matters does not keep it back.
  @Test mutating func smallMattersLeaveRoomForGraverOnes() {
    for index in 0..<9 { begin(Self.unseen(index)) }
    begin(.bluetoothAway)
    #expect(story.log.last == "0 BT-1 start active v1 L1")
    for _ in 0..<9 {
      end(.bluetoothAway)
      begin(.bluetoothAway)
    }
    #expect(story.book.heldBack.map(\.rule) == ["ND-3", "ND-3", "ND-3", "BT-1"])
    begin(.unanswered)
    #expect(story.log.last == "0 UA-1 start active v1 L1")
  }

  @Test mutating func whatIsAboutADeviceThatIsGoneEnds() {
    for index in 0..<9 { begin(Self.unseen(index)) }
    begin(.bluetoothAway)
    let kept = (7..<9).map(Self.unseen)
    let ends = story.book.endAll(ofRules: ["ND-3"], but: kept + [Self.low], text: over, at: story.occasion)
    #expect(ends.map(\.phase) == Array(repeating: .end, count: 6))
    #expect(ends.allSatisfy { $0.state == .ended && $0.rule == "ND-3" })
    #expect(story.book.heldBack.map(\.key) == kept.map(EpisodeKey.condition))
    // Six small matters a day must not hide that nothing is watched any more.
    #expect(story.book.episodes.map(\.rule) == ["BT-1"])
  }

  @Test mutating func itIsAcknowledgedAndEnds() throws {
    begin(.bluetoothAway)
    story.play(.acknowledge("BT-1"))
    story.play(.wait(2000))
    end(.bluetoothAway)
    #expect(
      story.log == [
        "0 BT-1 start active v1 L1", "0 BT-1 acknowledge acknowledged v2 L1", "2000 BT-1 end ended v3 L1",
      ])
  }
}
