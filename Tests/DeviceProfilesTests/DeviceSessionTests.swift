// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import DeviceProfiles

/// What the box does over a connection, by the profile's word.
@Suite struct DeviceSessionTests {
  private static func full(_ short: String) -> String { "0000\(short)-0000-1000-8000-00805f9b34fb" }
  private let values = full("ff02")
  private let commands = full("ff01")
  private let feature = full("ff03")
  private let control = full("2a52")

  private func profile(
    _ session: String, id: String = "maker.oximeter", feature: String = "", more: String = ""
  ) throws -> DeviceProfile {
    try ProfileLoader.load(
      """
      id: \(id)
      title: Oximeter
      evidence: simulated
      sources: [none]
      match: {names: ["Ox*"]}
      characteristics:
        - uuid: FF02
          title: Values
      \(feature)
          also: [FF04]
          messages:
            - {name: record, when: {0: 0xE9}, fields: [{name: mark, type: uint8}, {name: spo2, type: uint8, kind: spo2, unit: "%"}]}
          others: ignore
          vectors: [{hex: E9 60, values: [spo2 96]}]
        - uuid: 2A52
          title: Record Access Control Point
          use: information
          fields: [{name: answer, type: uint8}]
          vectors: [{hex: "06", values: []}]
      \(more)
      commands:
        begin: {to: FF01, bytes: 9B 01 1C, purpose: start, response: false}
        live: {to: FF01, bytes: 9B 02 1D, purpose: live, response: true}
        next: {to: FF01, bytes: 99 01 1A, purpose: next, response: false}
      session: \(session)
      """, file: "oximeter.yaml")
  }

  private func write(_ bytes: [UInt8], to characteristic: String, _ name: String, confirmed: Bool = false)
    -> DeviceSession.Action
  {
    .write(
      DeviceSession.Write(characteristic: characteristic, bytes: bytes, withResponse: confirmed, name: name))
  }
  private var begin: DeviceSession.Action { write([0x9b, 0x01, 0x1c], to: commands, "begin") }
  private var live: DeviceSession.Action { write([0x9b, 0x02, 0x1d], to: commands, "live", confirmed: true) }
  private var reportAll: DeviceSession.Action {
    write([0x01, 0x01], to: control, "report stored records", confirmed: true)
  }

  @Test func aProfileThatSaysNothingIsOnlyListenedTo() throws {
    var session = DeviceSession([try profile("{}")], characteristics: [values, commands, control])
    #expect(session.connected(at: 100).isEmpty)
    #expect(session.due == nil)
    #expect(session.timePassed(to: 1_000_000).isEmpty)
  }

  @Test func whatIsReadIsSubscribedToAndWhatAProcedureNeeds() throws {
    #expect(DeviceSession.subscriptions(for: [try profile("{}")]) == [values, Self.full("ff04")])
    let stored = try profile("{memory: {procedure: racp, characteristic: 2A52, deletes-on-read: false}}")
    #expect(DeviceSession.subscriptions(for: [stored]) == [values, Self.full("ff04"), control])
  }

  @Test func featuresAreReadThenItIsStartedThenPolled() throws {
    let feature = """
          feature: {uuid: FF03, fields: [{name: features, type: uint16}]}
      """
    let profile = try profile("{start: [begin], poll: {command: live, every: 2}}", feature: feature)
    var session = DeviceSession([profile], characteristics: [values, commands, self.feature])
    #expect(session.connected(at: 100) == [.read(self.feature), begin, live])
    #expect(session.due == 2100)
    #expect(session.timePassed(to: 2099).isEmpty)
    #expect(session.timePassed(to: 2100) == [live])
    // A write that took long is not made up for.
    #expect(session.timePassed(to: 9000) == [live])
    #expect(session.due == 11000)
  }

  @Test func aStreamThatHasToBeKeptGoingIsNotBegunTwice() throws {
    let profile = try profile("{start: [begin], poll: {command: begin, every: 20}}")
    var session = DeviceSession([profile], characteristics: [values, commands])
    #expect(session.connected(at: 0) == [begin])
    #expect(session.timePassed(to: 20_000) == [begin])
  }

  @Test func whatTheDeviceDoesNotHaveIsNeitherReadNorWritten() throws {
    let profile = try profile(
      "{start: [begin], poll: {command: live, every: 2}, memory: {procedure: racp, characteristic: 2A52, deletes-on-read: false}}"
    )
    var session = DeviceSession([profile], characteristics: [values])
    #expect(session.connected(at: 0).isEmpty)
    #expect(session.due == nil)
  }

  @Test func theNextRecordsAreAskedForAfterEachMessage() throws {
    let profile = try profile("{next: {after: record, command: next}}")
    let session = DeviceSession([profile], characteristics: [values, commands])
    #expect(session.understood(message: "record", of: profile.id) == [write([0x99, 0x01, 0x1a], to: commands, "next")])
    #expect(session.understood(message: "another", of: profile.id).isEmpty)
    #expect(session.understood(message: "record", of: "bluetooth.battery").isEmpty)
  }

  @Test(arguments: [
    (code: UInt8(1), isWhole: true, note: "all stored records were reported"), (6, true, "no records are stored"),
    (2, false, "the stored records cannot be had: response 2"),
  ])
  func storedRecordsAreAskedForOnce(code: UInt8, isWhole: Bool, note: String) throws {
    let profile = try profile("{memory: {procedure: racp, characteristic: 2A52, deletes-on-read: false}}")
    var session = DeviceSession([profile], characteristics: [values, control])
    #expect(session.connected(at: 0) == [reportAll])
    #expect(session.due == 10_000)
    #expect(session.received([0xe9, 0x60], from: values, at: 4000).isEmpty)
    #expect(session.due == 14_000)
    #expect(session.received([0x06, 0x00], from: control, at: 4500).isEmpty, "cut")
    #expect(
      session.received([0x06, 0x00, 0x01, code], from: control, at: 5000)
        == (isWhole ? [.recordsAreWhole] : []) + [.note(note)])
    #expect(session.received([0x06, 0x00, 0x01, code], from: control, at: 5001).isEmpty, "only once")
    #expect(session.due == nil)
  }

  @Test func aReportThatFallsSilentIsNotWaitedFor() throws {
    let profile = try profile("{memory: {procedure: racp, characteristic: 2A52, deletes-on-read: false}}")
    var session = DeviceSession([profile], characteristics: [values, control])
    _ = session.connected(at: 0)
    #expect(session.timePassed(to: 9999).isEmpty)
    #expect(
      session.timePassed(to: 10_000) == [
        .note("the report of stored records has ended without a word"),
        write([0x03, 0x00], to: control, "abort the report", confirmed: true),
      ])
    #expect(
      session.timePassed(to: 20_000) == [.note("the device does not answer the abort")])
    #expect(session.timePassed(to: 30_000).isEmpty)
    #expect(session.due == nil)
  }

  @Test func onlyWhatIsNewIsAskedFor() throws {
    let profile = try profile("{memory: {procedure: racp, characteristic: 2A52}}")
    var session = DeviceSession([profile], characteristics: [values, control], lastRecord: 300)
    #expect(
      session.connected(at: 0)
        == [write([0x01, 0x03, 0x01, 0x2C, 0x01], to: control, "report new records", confirmed: true)])
    #expect(session.received([0x06, 0x00, 0x01, 0x01], from: control, at: 10) == [.weighRecords])
    #expect(session.recordsWereWeighed(isKnownStart: false, hasNew: true, at: 20) == [reportAll])
  }

  @Test func aRefusalIsTheControlPointsAlone() throws {
    let profile = try profile("{start: [begin], memory: {procedure: racp, characteristic: 2A52}}")
    var session = DeviceSession([profile], characteristics: [values, commands, control])
    for case .write(let write) in session.connected(at: 0) {
      let answer = session.writeFailed(write, at: 10)
      #expect(answer.isEmpty == (write.characteristic != control))
    }
  }

  /// An oximeter that goes on telling what it measures now.
  @Test func aLiveStreamDoesNotKeepAReportWaiting() throws {
    let oximeter = try #require(try ShippedProfiles.catalog().profile(id: "bluetooth.pulse-oximeter"))
    var session = DeviceSession([oximeter], characteristics: [Self.full("2a5e"), Self.full("2a5f"), control])
    #expect(session.connected(at: 0) == [reportAll])
    _ = session.received([0x00, 0x61, 0x00, 0x48, 0x00], from: Self.full("2a5e"), at: 3000)
    _ = session.received([0x00, 0x61, 0x00, 0x48, 0x00], from: Self.full("2a5f"), at: 12_000)
    #expect(session.due == 13_000)
  }

  @Test func theLinkIsEndedWhenTheReportIs() throws {
    let profile = try profile("{connection: idle, idle-seconds: 2, memory: {procedure: racp, characteristic: 2A52}}")
    var session = DeviceSession([profile], characteristics: [values, control])
    _ = session.connected(at: 0)
    #expect(!session.timePassed(to: 10_000).contains(.hangUp), "the abort is waited for")
    #expect(
      session.timePassed(to: 20_000) == [
        .note("the device does not answer the abort"), .hangUp,
      ])
  }

  // MARK: the clock

  private let clock = full("2a08")
  private static let noon = CivilTime(year: 2026, month: 3, day: 14, hour: 12, minute: 0, second: 0)

  private func withClock(_ write: String) throws -> DeviceSession {
    DeviceSession(
      [try profile("{start: [begin], clock: {characteristic: 2A08, write: \(write)}}")],
      characteristics: [values, commands, clock])
  }

  @Test func theClockIsReadBeforeAnythingElse() throws {
    var session = try withClock("when-off")
    #expect(session.hasClock)
    #expect(session.connected(at: 100) == [.readClock(clock)])
    #expect(session.clockWasRead(nil, boxTime: nil, at: 200) == [begin])
  }

  @Test func aClockThatTheDeviceDoesNotHaveIsNotReadFor() throws {
    let profile = try profile("{start: [begin], clock: {characteristic: 2A08, write: always}}")
    var session = DeviceSession([profile], characteristics: [values, commands])
    #expect(!session.hasClock)
    #expect(session.connected(at: 100) == [begin])
  }

  @Test(arguments: [
    (rule: "never", off: Int64(3_600_000), isSet: false), ("when-off", 2000, false), ("when-off", -2000, false),
    ("when-off", 2001, true), ("when-off", -2001, true), ("when-off", 3_600_000, true), ("always", 0, true),
  ])
  func theProfilesRuleSaysWhetherItIsSet(rule: String, off: Int64, isSet: Bool) throws {
    var session = try withClock(rule)
    _ = session.connected(at: 0)
    let noon = try #require(Self.noon)
    let actions = session.clockWasRead(.time(noon, milliseconds: 0), boxTime: noon.seconds * 1000 + off, at: 10)
    #expect(actions == (isSet ? [.setClock(clock), begin] : [begin]))
  }

  @Test(arguments: [("never", false), ("when-off", true), ("always", true)])
  func oneThatWasNeverSetIsOff(rule: String, isSet: Bool) throws {
    var session = try withClock(rule)
    _ = session.connected(at: 0)
    #expect(session.clockWasRead(.notSet, boxTime: 1_000_000, at: 10).contains(.setClock(clock)) == isSet)
  }

  @Test(arguments: [("never", false), ("when-off", false), ("always", true)])
  func oneThatCannotBeReadIsSetWhereTheDeviceWantsItAlways(rule: String, isSet: Bool) throws {
    var session = try withClock(rule)
    _ = session.connected(at: 0)
    #expect(session.clockWasRead(nil, boxTime: 1_000_000, at: 10).contains(.setClock(clock)) == isSet)
  }

  @Test func aBoxThatIsNotSureOfTheTimeSetsNoClock() throws {
    for shown in [ClockValue.Shown.notSet, nil] {
      var session = try withClock("always")
      _ = session.connected(at: 0)
      #expect(session.clockWasRead(shown, boxTime: nil, at: 10) == [begin])
    }
  }

  @Test func anIdleDeviceIsHungUpOnOnce() throws {
    let profile = try profile("{connection: idle, idle-seconds: 15, poll: {command: live, every: 20}}")
    var session = DeviceSession([profile], characteristics: [values, commands])
    #expect(session.connected(at: 0) == [live])
    _ = session.received([0xe9, 0x60], from: values, at: 10_000)
    #expect(session.due == 20_000)
    #expect(session.timePassed(to: 20_000) == [live])
    #expect(session.timePassed(to: 25_000) == [.hangUp])
    #expect(session.due == nil)
    #expect(session.timePassed(to: 90_000).isEmpty)
    #expect(session.understood(message: "record", of: profile.id).isEmpty)
  }

  @Test func aDeviceThatReportsItsRecordsIsNotIdle() throws {
    let profile = try profile(
      "{connection: idle, idle-seconds: 2, memory: {procedure: racp, characteristic: 2A52, deletes-on-read: false}}")
    var session = DeviceSession([profile], characteristics: [values, control])
    _ = session.connected(at: 0)
    #expect(session.timePassed(to: 9000).isEmpty)
    _ = session.received([0x06, 0x00, 0x01, 0x01], from: control, at: 9000)
    #expect(session.due == 11_000)
    #expect(session.timePassed(to: 11_000) == [.hangUp])
  }

  /// A strap that is not known by name shouts its maker's data as well: it is connected to.
  @Test func aConnectionLeadsBeforeAnAdvertisement() throws {
    let catalog = try ShippedProfiles.catalog()
    let strap = catalog.profiles(for: DeviceFacts(services: ["180D"], name: "Polar X9 1", manufacturers: [0x6B]))
    #expect(strap.map(\.id) == ["polar.advertisement", "bluetooth.heart-rate"])
    #expect(DeviceSession.leading(strap)?.id == "bluetooth.heart-rate")
    let shouting = catalog.profiles(for: DeviceFacts(manufacturers: [0x6B]))
    #expect(DeviceSession.leading(shouting)?.id == "polar.advertisement")
  }

  /// A battery is a part of many devices, and says nothing of how they are kept.
  @Test func theProfileOfAPersonsValuesLeads() throws {
    let battery = try ShippedProfiles.catalog().profile(id: "bluetooth.battery")
    let oximeter = try profile("{connection: idle}")
    let profiles = [try #require(battery), oximeter]
    #expect(DeviceSession.leading(profiles)?.id == oximeter.id)
    #expect(DeviceSession.leading([profiles[0]]) == nil)
    var session = DeviceSession(profiles, characteristics: [values])
    _ = session.connected(at: 0)
    #expect(session.due == 15_000)
  }

  /// Its profile asks for the standard service too, and says that it is listened to.
  @Test func aScaleThatOnlyAdvertisesIsNotConnectedTo() throws {
    let catalog = try ShippedProfiles.catalog()
    func leading(_ device: DeviceFacts) -> String? { DeviceSession.leading(catalog.profiles(for: device))?.id }
    #expect(leading(DeviceFacts(services: ["181D"], name: "MI_SCALE", manufacturers: [0x0157])) == "xiaomi.mi-scale")
    #expect(leading(DeviceFacts(services: ["181D"])) == "bluetooth.weight-scale")
  }
}
