// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import BlueZ

@Suite struct LinkSlotsTests {
  private let start = ContinuousClock.now
  private var slots = LinkSlots()

  private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

  private mutating func link(_ names: String..., spot: Bool = false, at second: Int = 0) {
    for name in names { slots.linked(name, isSpot: spot, at: at(second)) }
  }

  private mutating func refuse(_ name: String, spot: Bool = false, at second: Int) {
    for _ in 1...2 { slots.refused(name, isSpot: spot, at: at(second)) }
  }

  /// What happens in so many seconds: who makes room, and who takes it a second later.
  private mutating func live(_ seconds: ClosedRange<Int>, _ names: [String]) -> [String] {
    var story: [String] = []
    for second in seconds {
      slots.share(at: at(second))
      for name in names where slots.isYielding(name) {
        slots.ended(name, at: at(second))
        story.append("\(second) -\(name)")
      }
      slots.share(at: at(second))
      for name in names where slots.isWaiting(name) && slots.mayTry(name) {
        slots.linked(name, isSpot: false, at: at(second))
        story.append("\(second) +\(name)")
      }
    }
    return story
  }

  @Test mutating func oneRefusalProvesNothing() {
    link("a", "b")
    slots.refused("c", isSpot: false, at: at(1))
    #expect(!slots.isWaiting("c") && slots.limit == nil)
    slots.refused("c", isSpot: false, at: at(60))
    #expect(!slots.isWaiting("c"), "too long after the first")
  }

  @Test mutating func withoutALinkThereIsNothingToShare() {
    refuse("a", at: 1)
    #expect(!slots.isWaiting("a"))
  }

  /// Else a device with a weak signal would take all others' turns for as long as it advertises.
  @Test mutating func nobodyGivesWayAgainToOneThatIsRefusedWhereThereIsRoom() {
    link("a")
    link("b", at: 15)
    refuse("weak", spot: true, at: 20)
    slots.share(at: at(21))
    #expect(slots.isYielding("a"))
    slots.ended("a", at: at(22))
    slots.share(at: at(22))
    #expect(slots.mayTry("weak"))
    slots.refused("weak", isSpot: true, at: at(23))
    #expect(!slots.isWaiting("weak") && slots.isWaiting("a"))
    slots.share(at: at(24))
    #expect(slots.mayTry("a"))
    slots.linked("a", isSpot: false, at: at(24))
    refuse("weak", spot: true, at: 60)
    refuse("weak", spot: true, at: 70)
    slots.share(at: at(90))
    #expect(!slots.isWaiting("weak") && !slots.isYielding("a") && !slots.isYielding("b"))

    refuse("weak", spot: true, at: 24 + 600)
    #expect(slots.isWaiting("weak"), "it may be another trouble now")
  }

  @Test mutating func streamsTakeTurns() {
    link("a")
    link("b", at: 1)
    refuse("c", at: 2)
    #expect(slots.limit == 2)
    #expect(
      live(3...50, ["a", "b", "c"]) == [
        "15 -a", "15 +c", "16 -b", "16 +a", "30 -c", "30 +b", "31 -a", "31 +c", "45 -b", "45 +a", "46 -c", "46 +b",
      ])
  }

  @Test mutating func whoCannotWaitComesFirst() {
    link("a", "b")
    refuse("c", at: 4)
    refuse("cuff", spot: true, at: 5)
    slots.share(at: at(5))
    #expect([slots.isYielding("a"), slots.isYielding("b")].count { $0 } == 1)
    for name in ["a", "b"] where slots.isYielding(name) { slots.ended(name, at: at(5)) }
    slots.share(at: at(6))
    #expect(slots.mayTry("cuff") && !slots.mayTry("c"))
  }

  @Test mutating func whoHasSaidAllMakesRoomBeforeAStream() {
    link("a")
    link("cuff", spot: true)
    slots.valueCame(from: "cuff", at: at(2))
    refuse("c", at: 3)
    slots.share(at: at(6))
    #expect(!slots.isYielding("cuff") && !slots.isYielding("a"))
    slots.share(at: at(7))
    #expect(slots.isYielding("cuff") && !slots.isYielding("a"))
  }

  @Test mutating func whoIsNotThereInItsTurnLetsOthersIn() {
    link("a", "b")
    refuse("c", at: 1)
    refuse("d", at: 2)
    slots.ended("a", at: at(3))
    slots.share(at: at(3))
    #expect(slots.mayTry("c") && !slots.mayTry("d"))
    slots.share(at: at(13))
    #expect(!slots.mayTry("c") && slots.mayTry("d"))
  }

  @Test mutating func moreRoomThanThoughtIsTaken() {
    link("a", "b")
    refuse("c", at: 1)
    link("c", at: 20)
    #expect(slots.limit == nil)
    refuse("d", at: 21)
    #expect(slots.limit == 3)
  }
}
