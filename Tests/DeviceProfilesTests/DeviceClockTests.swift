// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import DeviceProfiles

/// What a device's clock proves about the age of what it stored. Times are minutes of a day of the device.
@Suite struct DeviceClockTests {
  static let minute: Int64 = 60_000

  static func stamp(_ minutes: Int, seconds: Int = 0) throws -> CivilTime {
    let start = try #require(CivilTime(year: 2026, month: 3, day: 14, hour: 0, minute: 0, second: seconds))
    return try #require(start.adding(minutes: minutes))
  }

  static func moment(_ minutes: Int64, boot: String = "b1") -> Moment {
    Moment(bootID: boot, monotonicMs: 10_000_000 + minutes * minute, wallMs: nil, synchronized: false)
  }

  /// The device showed that many minutes at that minute of ours.
  static func sight(_ shown: Int, at ours: Int64, offset: Int64? = nil) throws -> DeviceClock.Sight {
    DeviceClock.Sight(try stamp(shown), milliseconds: 0, at: moment(ours), offsetMs: offset)
  }

  static func age(_ clock: DeviceClock, _ stamp: Int, at ours: Int64) throws -> Age {
    clock.proof(of: try self.stamp(stamp), received: moment(ours)).age
  }

  @Test(arguments: [
    (stamp: 600, age: Age.fresh), (590, .fresh), (585, .fresh), (584, .late), (0, .late), (-200_000, .late),
    // In its own future: a minute is the slack of clocks that show minutes.
    (601, .fresh), (602, .unknown), (2000, .unknown),
    // More than a year: that was no clock that was set.
    (-600_000, .unknown),
  ])
  func theRecordsTimeCountsAgainstTheDevicesOwnClock(stamp: Int, age: Age) throws {
    // 10:00 on the device at minute 0 of ours, whatever the true time is.
    let clock = DeviceClock(try Self.sight(600, at: 0))
    #expect(try Self.age(clock, stamp, at: 0) == age)
  }

  @Test func fifteenMinutesToTheMillisecond() throws {
    let clock = DeviceClock(try Self.sight(600, at: 0))
    func proof(_ ms: Int64) throws -> DeviceClock.Proof {
      let received = Moment(bootID: "b1", monotonicMs: 10_000_000 + ms, wallMs: nil, synchronized: false)
      return clock.proof(of: try Self.stamp(600), received: received)
    }
    #expect(try proof(900_000).age == .fresh)
    #expect(try proof(900_001).age == .late)
    #expect(try proof(900_001).elapsedMs == 900_001)
    #expect(try proof(-30_000).elapsedMs == 0)
  }

  @Test func whatCameBeforeTheClockWasReadIsJudgedByItToo() throws {
    let clock = DeviceClock(try Self.sight(600, at: 10))
    #expect(clock.proof(of: try Self.stamp(580), received: Self.moment(9)).elapsedMs == 19 * Self.minute)
  }

  @Test func anotherBootsClockProvesNothing() throws {
    let clock = DeviceClock(try Self.sight(600, at: 0))
    #expect(clock.proof(of: try Self.stamp(590), received: Self.moment(0, boot: "b2")) == .nothing)
  }

  /// Somebody may have set it back by hand: a crisis of now would look three hours old.
  @Test func whatWasReadLongAgoSilencesNothing() throws {
    let clock = DeviceClock(try Self.sight(600, at: 0))
    #expect(try Self.age(clock, 480, at: 60) == .late)
    #expect(try Self.age(clock, 480, at: 61) == .unknown)
    #expect(try Self.age(clock, 660, at: 61) == .fresh)
  }

  // MARK: a clock that is set

  /// It showed 10:00 when it was minute 0; it is told to show `now` in the same moment.
  static func set(to now: Int) throws -> DeviceClock {
    var clock = DeviceClock(try sight(600, at: 0, offset: Int64(600 - now) * minute))
    clock.set(to: try sight(now, at: 0, offset: 0))
    return clock
  }

  @Test(arguments: [
    // Three hours slow. Stamped before, five minutes and twenty ago; stamped after, a minute ago.
    (now: 780, stamp: 595, at: 0, Age.fresh, 5), (780, 580, 0, .late, 20), (780, 784, 5, .fresh, 1),
    // Three hours fast: five minutes before it was set.
    (420, 595, 0, .fresh, 5), (420, 580, 0, .late, 20),
    // By half a minute nothing becomes doubtful.
    (600, 590, 5, .fresh, 15), (600, 580, 5, .late, 25),
  ])
  func aStampIsSeenByTheClockThatItIsOf(now: Int, stamp: Int, at: Int64, age: Age, minutes: Int64) throws {
    let proof = try Self.set(to: now).proof(of: try Self.stamp(stamp), received: Self.moment(at))
    #expect(proof.age == age)
    #expect(proof.elapsedMs == minutes * Self.minute)
  }

  @Test func theOffsetIsThatOfTheClockThatStamped() throws {
    let clock = try Self.set(to: 780)
    #expect(clock.proof(of: try Self.stamp(595), received: Self.moment(0)).offsetMs == -180 * Self.minute)
    #expect(clock.proof(of: try Self.stamp(784), received: Self.moment(5)).offsetMs == 0)
  }

  /// Three hours fast and told so: 07:01 may be of now, or of an old clock three hours ago.
  @Test func whatMayBeOldOrOfNowIsUnknown() throws {
    #expect(try Self.age(Self.set(to: 420), 421, at: 2) == .unknown)
  }

  /// A record that was stamped by the slow clock, and left behind at the link that set it, is no older for that.
  @Test func whatWasLeftBehindIsNotTakenForOld() throws {
    var clock = try Self.set(to: 780)
    clock.readAgain(try Self.sight(790, at: 10))
    // 09:59 of the clock as it was, eleven minutes ago; by the clock as it is, three hours.
    #expect(clock.proof(of: try Self.stamp(599), received: Self.moment(10)).elapsedMs == 11 * Self.minute)
    #expect(try Self.age(clock, 599, at: 10) == .fresh)
    // What it stamped since then.
    #expect(try Self.age(clock, 789, at: 10) == .fresh)
    #expect(try Self.age(clock, 782, at: 30) == .late)
  }

  @Test func aClockThatDoesNotTakeItIsTheOneThatItWas() throws {
    var clock = try Self.set(to: 420)
    clock.readAgain(try Self.sight(610, at: 10))
    #expect(try Self.age(clock, 421, at: 10) == .late)
    #expect(try Self.age(clock, 609, at: 10) == .fresh)
  }

  /// Set anew at every link, as some devices want it.
  @Test func smallCorrectionsAreNoDoubt() throws {
    var clock = DeviceClock(try Self.sight(600, at: 0))
    for link in 1...10 {
      let at = Int64(link) * 100
      clock.readAgain(try Self.sight(600 + Int(at), at: at))
      clock.set(
        to: DeviceClock.Sight(
          try Self.stamp(600 + Int(at), seconds: 5), milliseconds: 0, at: Self.moment(at), offsetMs: 0))
    }
    #expect(clock.proof(of: try Self.stamp(1595), received: Self.moment(1000)).elapsedMs == 5 * Self.minute)
    #expect(try Self.age(clock, 1580, at: 1000) == .late)
  }

  @Test func timesAtTheirEndsDoNotOverflow() throws {
    var clock = DeviceClock(DeviceClock.Sight(deviceMs: .max, bootID: "b1", monotonicMs: .min, offsetMs: .max))
    clock.set(to: DeviceClock.Sight(deviceMs: .min, bootID: "b1", monotonicMs: .max, offsetMs: .min))
    clock.readAgain(DeviceClock.Sight(deviceMs: .max, bootID: "b1", monotonicMs: 0, offsetMs: nil))
    let last = try #require(CivilTime(year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59))
    for ms in [Int64.min, 0, .max] {
      _ = clock.proof(of: last, received: Moment(bootID: "b1", monotonicMs: ms, wallMs: nil, synchronized: false))
    }
  }

  // MARK: its octets

  private static let dateTime = "00002a08-0000-1000-8000-00805f9b34fb"
  private static let currentTime = "00002a2b-0000-1000-8000-00805f9b34fb"

  @Test(arguments: [
    ("EA 07 03 0E 08 05 1E", "2026-03-14T08:05:30", 0), ("EA 07 03 0E 08 05 1E 06 80 00", "2026-03-14T08:05:30", 500),
    ("DA 07 0C 12 0F 17 06 00 C0 00", "2010-12-18T15:23:06", 750), ("EA 07 0C 1F 17 3B 3B", "2026-12-31T23:59:59", 0),
  ])
  func aClockIsRead(octets: String, time: String, milliseconds: Int) throws {
    let bytes = try #require(Octets.parse(octets))
    #expect(ClockValue.read(bytes) == .time(try #require(CivilTime(time)), milliseconds: milliseconds))
  }

  @Test(arguments: ["00 00 00 00 00 00 00", "EA 07 02 1E 0A 00 00", "EA 07 00 00 0A 00 00", "FF FF FF FF FF FF FF"])
  func aClockThatIsNotSetSaysSo(octets: String) throws {
    #expect(ClockValue.read(try #require(Octets.parse(octets))) == .notSet)
  }

  @Test func whatIsTooShortIsNoClock() {
    for count in 0..<7 { #expect(ClockValue.read([UInt8](repeating: 1, count: count)) == nil) }
  }

  @Test func aClockIsWrittenAsItIsRead() throws {
    let time = try #require(CivilTime("2026-03-14T08:05:30"))
    #expect(
      ClockValue.octets(time, milliseconds: 500, for: Self.dateTime) == [0xEA, 0x07, 0x03, 0x0E, 0x08, 0x05, 0x1E])
    // A Saturday, 128/256 of a second, set by hand.
    #expect(
      ClockValue.octets(time, milliseconds: 500, for: Self.currentTime)
        == [0xEA, 0x07, 0x03, 0x0E, 0x08, 0x05, 0x1E, 6, 128, 1])
  }
}
