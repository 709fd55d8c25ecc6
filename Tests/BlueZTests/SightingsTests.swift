// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import BlueZ

@Suite struct SightingsTests {
  private let start = ContinuousClock.now
  private let path = "/org/bluez/hci0/dev_F5"

  private func heard(_ seconds: Double...) -> Sightings {
    var sightings = Sightings()
    for second in seconds { sightings.heard(path, at: start + .seconds(second)) }
    return sightings
  }

  @Test func whatIsThereAlreadyHasNoBeginning() {
    #expect(heard(0.2, 1, 9).beginning(of: path, listeningSince: start) == nil)
    #expect(heard(3.9).beginning(of: path, listeningSince: start) == nil)
  }

  @Test func whatIsHeardLaterHasJustBegun() {
    #expect(heard(4).beginning(of: path, listeningSince: start) == start + .seconds(4))
    #expect(heard(7, 8, 9).beginning(of: path, listeningSince: start) == start + .seconds(7))
  }

  /// The kernel's windows: a device may be reported once in 10.24 s, although it advertises all the time.
  @Test func aPauseBetweenTwoReportsIsNoSilence() {
    #expect(heard(1, 11.3, 21.6).beginning(of: path, listeningSince: start) == nil)
  }

  @Test func afterASilenceItHasJustBegunAgain() {
    #expect(heard(1, 2, 17).beginning(of: path, listeningSince: start) == start + .seconds(17))
    #expect(heard(1, 2, 17, 60).beginning(of: path, listeningSince: start) == start + .seconds(60))
  }

  /// It was there before we could listen, or nobody knows since when.
  @Test func withoutListeningNothingIsKnown() {
    #expect(heard(5).beginning(of: path, listeningSince: nil) == nil)
    #expect(heard(5).beginning(of: path, listeningSince: start + .seconds(3)) == nil)
    #expect(Sightings().beginning(of: path, listeningSince: start) == nil)
  }

  @Test func ourOwnConnectionIsNoSilence() {
    var sightings = heard(1)
    sightings.wasSpokenTo(path, at: start + .seconds(20))
    sightings.heard(path, at: start + .seconds(21))
    #expect(sightings.beginning(of: path, listeningSince: start) == nil)
    sightings.wasSpokenTo("/stranger", at: start)
    #expect(sightings["/stranger"] == nil)
  }

  @Test func strangersDoNotFillTheMemory() {
    var sightings = Sightings()
    sightings.heard(path, at: start)
    for number in 0..<100_000 {
      let now = start + .milliseconds(number)
      sightings.heard("/\(number)", at: now)
      if number % 100 == 0 { sightings.heard(path, at: now) }
    }
    #expect(sightings.paths(since: start).count <= 1000)
    #expect(sightings["/0"] == nil && sightings["/99999"] != nil)
    // Nor push out one that is heard all the time.
    #expect(sightings[path]?.began == start)
  }
}
