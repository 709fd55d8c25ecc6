// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Testing
import Vitals

@Suite struct NormalizerTests {
  /// 2026-03-14T08:05:30 at the site.
  static let instant: Int64 = 1_773_446_730_000
  static let time = CivilTime(year: 2026, month: 3, day: 14, hour: 8, minute: 5, second: 30)

  static func measurement(
    user: Int? = 1, sequence: Int? = nil, time: CivilTime? = time, isDeviceClockSet: Bool = true,
    quality: Quality = .valid,
    status: [String] = [], values: [Quantity] = [Quantity(.systolic, .number(ExactDecimal(128)))]
  ) -> Measurement {
    Measurement(
      profile: "bluetooth.blood-pressure", characteristic: "2A35", user: user, sequence: sequence,
      deviceTime: time, isDeviceClockSet: isDeviceClockSet, quality: quality, status: status, values: values, notes: [])
  }

  static func context(
    device: String = "d-2", resident: String = "r-31k7", wallMs: Int64? = instant + 30_000, synchronized: Bool = true,
    monotonicMs: Int64 = 8_123_456, place: Int = 0, clock: DeviceClock.Knowledge = .none, hasInstant: Bool = true
  ) throws -> Normalizer.Context {
    let address = try #require(DeviceAddress("F5:F1:F2:F3:F4:02"))
    let instantOf: @Sendable (CivilTime) -> Int64? = { _ in hasInstant ? instant : nil }
    return Normalizer.Context(
      device: DeviceReference(id: device, model: "BP cuff", address: address), link: .encrypted,
      resident: try #require(ResidentID(resident)), purpose: .care,
      received: Moment(bootID: "b1", monotonicMs: monotonicMs, wallMs: wallMs, synchronized: synchronized),
      place: place, clock: clock, instantOf: instantOf)
  }

  static func observation(
    _ measurement: Measurement = measurement(), _ context: Normalizer.Context? = nil, characteristic: String = "2A35"
  ) throws -> Observation {
    Normalizer.observation(
      measurement, characteristic: try ShippedProfiles.find(characteristic).characteristic,
      context: try context ?? self.context())
  }

  @Test func carriesEverythingOver() throws {
    let found = try Self.observation(Self.measurement(quality: .questionable, status: ["body-movement"]))
    #expect(found.device.id == "d-2")
    #expect(found.profile == "bluetooth.blood-pressure")
    #expect(found.characteristic == "2A35")
    #expect(found.link == .encrypted)
    #expect(found.resident.description == "r-31k7")
    #expect(found.user == 1)
    #expect(found.quality == .questionable)
    #expect(found.status == ["body-movement"])
    #expect(found.number(.systolic) == ExactDecimal(128))
    #expect(found.clock.deviceTime == Self.time)
    #expect(found.clock.offsetSeconds == nil)
    #expect(!found.isStream)
    #expect(found.age == .unknown)
  }

  @Test func aStreamIsLive() throws {
    let found = try Self.observation(Self.measurement(time: nil), characteristic: "2A37")
    #expect(found.isStream)
    #expect(found.age == .fresh)
  }

  static let day: Int64 = 24 * 3600 * 1000

  @Test(arguments: [
    (0, true), (-120_000, true), (-120_001, false), (31 * day, true), (31 * day + 1, false), (365 * day, false),
  ])
  func theDevicesTimeIsBelievedFromAMonthBeforeToTwoMinutesAfter(receivedAfter: Int64, isBelieved: Bool) throws {
    let received = Self.instant + receivedAfter
    let found = try Self.observation(Self.measurement(), Self.context(wallMs: received))
    #expect(found.observedWallMs == (isBelieved ? Self.instant : received))
    #expect(found.clock.source == (isBelieved ? .device : .receipt))
  }

  @Test func theDevicesTimeNeedsAClockOfOurs() throws {
    let unsynchronized = try Self.observation(Self.measurement(), Self.context(synchronized: false))
    #expect(unsynchronized.clock.source == .receipt)
    #expect(unsynchronized.observedWallMs == Self.instant + 30_000)
    let unknown = try Self.observation(Self.measurement(), Self.context(wallMs: nil))
    #expect(unknown.clock.source == .receipt)
    #expect(unknown.observedWallMs == nil)
    let skipped = try Self.observation(Self.measurement(), Self.context(hasInstant: false))
    #expect(skipped.clock.source == .receipt)
  }

  @Test func aClockThatIsNotSetProvesNothing() throws {
    let found = try Self.observation(Self.measurement(isDeviceClockSet: false))
    #expect(found.clock.source == .receipt)
    #expect(found.clock.deviceTime == Self.time)
  }

  @Test func instantsAtTheEndsOfTimeDoNotOverflow() throws {
    let found = try Self.observation(Self.measurement(), Self.context(wallMs: .min))
    #expect(found.clock.source == .receipt)
  }

  // MARK: the device's clock

  /// 08:25:30 on the device in the moment of receipt, whatever the true time is.
  static func twentyMinutesLater(offset: Int64? = -7_200_000) throws -> DeviceClock.Knowledge {
    let shown = try #require(time?.adding(minutes: 20))
    let received = Moment(bootID: "b1", monotonicMs: 8_123_456, wallMs: nil, synchronized: false)
    return .read(DeviceClock(DeviceClock.Sight(shown, milliseconds: 0, at: received, offsetMs: offset)))
  }

  @Test func theAgeByTheDevicesOwnClockGivesTheTrueTime() throws {
    let received = Self.instant + 7_200_000 + 1_200_000
    let found = try Self.observation(
      Self.measurement(), Self.context(wallMs: received, clock: Self.twentyMinutesLater()))
    #expect(found.age == .late)
    #expect(found.observedWallMs == received - 1_200_000)
    #expect(found.clock.source == .device)
    #expect(found.clock.elapsedMs == 1_200_000)
    #expect(found.clock.offsetSeconds == ExactDecimal("-7200"))
    #expect(found.clock.uncertaintySeconds == ExactDecimal(1))
  }

  @Test func withoutATimeOfOursTheAgeIsProvenAllTheSame() throws {
    let found = try Self.observation(
      Self.measurement(), Self.context(wallMs: nil, synchronized: false, clock: Self.twentyMinutesLater(offset: nil)))
    #expect(found.age == .late)
    #expect(found.observedWallMs == nil)
    #expect(found.clock.elapsedMs == 1_200_000)
  }

  /// The box's time lies by twenty minutes, and the record is of now: the device's clock says so, ours silences nothing.
  @Test func aLieOfTheNetworksTimeSilencesNothing() throws {
    let lying = Self.instant + 20 * 60_000
    let withoutClock = try Self.observation(Self.measurement(), Self.context(wallMs: lying))
    #expect(withoutClock.age == .unknown)
    let shown = try #require(Self.time)
    let now = Moment(bootID: "b1", monotonicMs: 8_123_456, wallMs: lying, synchronized: true)
    let clock = DeviceClock(DeviceClock.Sight(shown, milliseconds: 0, at: now, offsetMs: -1_200_000))
    let read = try Self.observation(Self.measurement(), Self.context(wallMs: lying, clock: .read(clock)))
    #expect(read.age == .fresh)
    #expect(read.observedWallMs == lying)
  }

  @Test func aClockThatIsNotSetOrARecordOfItsFutureProvesNothing() throws {
    let notSet = try Self.observation(Self.measurement(), Self.context(clock: .notSet))
    #expect(notSet.age == .unknown)
    #expect(notSet.clock.source == .receipt)
    let future = try Self.observation(
      Self.measurement(time: Self.time?.adding(minutes: 30)), Self.context(clock: Self.twentyMinutesLater()))
    #expect(future.age == .unknown)
    #expect(future.clock.source == .receipt)
    #expect(future.observedWallMs == Self.instant + 30_000)
    let unset = try Self.observation(
      Self.measurement(isDeviceClockSet: false), Self.context(clock: Self.twentyMinutesLater()))
    #expect(unset.age == .unknown)
  }

  @Test func aStreamIsLiveWhateverTheClockSays() throws {
    let found = try Self.observation(
      Self.measurement(), Self.context(clock: Self.twentyMinutesLater()), characteristic: "2A37")
    #expect(found.age == .fresh)
    #expect(found.clock.elapsedMs == nil)
  }

  /// A memory that is told at every link is the same each time, whether or not the clock could be read.
  @Test func theIdDoesNotDependOnTheClock() throws {
    let ids = try [.none, .notSet, Self.twentyMinutesLater()].map {
      try Self.observation(Self.measurement(), Self.context(clock: $0)).reading
    }
    #expect(Set(ids).count == 1)
  }

  // MARK: the reading's id

  @Test func aValueSentTwiceIsOneReading() throws {
    let first = try Self.observation(Self.measurement(status: ["irregular-pulse"]))
    let again = try Self.observation(
      Self.measurement(), Self.context(resident: "r-other", wallMs: nil, monotonicMs: 9_999_999))
    #expect(first.reading == again.reading)
  }

  @Test func whatDiffersIsAnotherReading() throws {
    let other = CivilTime(year: 2026, month: 3, day: 14, hour: 8, minute: 5, second: 31)
    let ids = [
      try Self.observation(),
      try Self.observation(Self.measurement(), Self.context(device: "d-3")),
      try Self.observation(Self.measurement(user: 2)),
      try Self.observation(Self.measurement(user: nil)),
      try Self.observation(Self.measurement(time: other)),
      try Self.observation(Self.measurement(time: nil)),
      try Self.observation(Self.measurement(time: nil), Self.context(monotonicMs: 1)),
      try Self.observation(Self.measurement(values: [Quantity(.systolic, .number(ExactDecimal(129)))])),
      try Self.observation(Self.measurement(values: [Quantity(.diastolic, .number(ExactDecimal(128)))])),
      try Self.observation(Self.measurement(values: [Quantity(.systolic, .absent(.nan))])),
      try Self.observation(Self.measurement(values: [])),
    ].map(\.reading)
    #expect(Set(ids).count == ids.count)
  }

  @Test func withoutAValidTimeItIsTheReceiptThatCounts() throws {
    let first = try Self.observation(Self.measurement(isDeviceClockSet: false), Self.context(monotonicMs: 1))
    let second = try Self.observation(Self.measurement(isDeviceClockSet: false), Self.context(monotonicMs: 2))
    #expect(first.reading != second.reading)
  }

  /// A table of records whose clock was never set comes in one value.
  @Test func whatComesInOneValueIsAsManyReadings() throws {
    func id(_ place: Int, time: CivilTime?) throws -> StableID {
      try Self.observation(Self.measurement(time: time), Self.context(place: place)).reading
    }
    #expect(try id(0, time: nil) != id(1, time: nil))
    #expect(try id(1, time: nil) == id(1, time: nil))
    // With a time of its own it is the same wherever it stands.
    #expect(try id(0, time: Self.time) == id(1, time: Self.time))
  }

  /// The counter of a live frame has few bits, and the journal computes the id without it.
  @Test func aStreamCountsByItsMomentWhateverItsCounter() throws {
    func id(_ sequence: Int?, at ms: Int64) throws -> StableID {
      try Self.observation(
        Self.measurement(sequence: sequence, time: nil), Self.context(monotonicMs: ms), characteristic: "2A37"
      ).reading
    }
    #expect(try id(3, at: 1) != id(3, at: 2))
    #expect(try id(3, at: 1) == id(nil, at: 1))
  }

  @Test func aNumberCountsByItsValueNotByItsDigits() throws {
    func id(_ text: String) throws -> StableID {
      let number = try #require(ExactDecimal(text))
      return try Self.observation(Self.measurement(values: [Quantity(.bodyTemperature, .number(number))])).reading
    }
    #expect(try id("36.5") == id("36.50"))
    #expect(try id("200") == id("200.0"))
    #expect(try id("0") == id("0.00"))
    #expect(try id("36.5") != id("36.05"))
  }
}
