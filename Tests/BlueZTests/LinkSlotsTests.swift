// SPDX-License-Identifier: GPL-3.0-or-later
import GatewayTestKit
import Testing

@testable import BlueZ

@Suite struct LinkSlotsTests {
  private let start = ContinuousClock.now
  private var slots = LinkSlots()

  private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

  private static let stream = LinkNeed.stream(weight: 1)

  /// Who streams has said something at once.
  private mutating func link(_ names: String..., need: LinkNeed = stream, at second: Int = 0) {
    for name in names {
      slots.linked(name, need: need, at: at(second))
      if need != .spot { slots.valueCame(from: name, at: at(second)) }
    }
  }

  private mutating func refuse(_ name: String, need: LinkNeed = stream, at second: Int) {
    for _ in 1...2 { slots.refused(name, need: need, at: at(second)) }
  }

  private mutating func share(at second: Int, watched: Set<String> = []) {
    slots.share(at: at(second), watched: watched)
  }

  /// What happens in so many seconds: who makes room, and who takes it.
  private mutating func live(
    _ seconds: ClosedRange<Int>, _ names: [String], watched: Set<String> = []
  ) -> [String] {
    var story: [String] = []
    for second in seconds {
      share(at: second, watched: watched)
      for name in names where slots.isYielding(name) {
        slots.ended(name, at: at(second))
        story.append("\(second) -\(name)")
      }
      share(at: second, watched: watched)
      for name in names where slots.isWaiting(name) && slots.mayTry(name) {
        link(name, at: second)
        story.append("\(second) +\(name)")
      }
    }
    return story
  }

  @Test mutating func oneRefusalProvesNothing() {
    link("a", "b")
    slots.refused("c", need: Self.stream, at: at(1))
    #expect(!slots.isWaiting("c") && slots.limit == nil)
    slots.refused("c", need: Self.stream, at: at(60))
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
    refuse("weak", need: .spot, at: 20)
    share(at: 21)
    #expect(slots.isYielding("a"))
    slots.ended("a", at: at(22))
    share(at: 22)
    #expect(slots.mayTry("weak"))
    slots.refused("weak", need: .spot, at: at(23))
    #expect(!slots.isWaiting("weak") && slots.isWaiting("a"))
    share(at: 24)
    #expect(slots.mayTry("a"))
    slots.linked("a", need: Self.stream, at: at(24))
    refuse("weak", need: .spot, at: 60)
    refuse("weak", need: .spot, at: 70)
    share(at: 90)
    #expect(!slots.isWaiting("weak") && !slots.isYielding("a") && !slots.isYielding("b"))

    refuse("weak", need: .spot, at: 24 + 600)
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
    refuse("cuff", need: .spot, at: 5)
    share(at: 5)
    #expect([slots.isYielding("a"), slots.isYielding("b")].count { $0 } == 1)
    for name in ["a", "b"] where slots.isYielding(name) { slots.ended(name, at: at(5)) }
    share(at: 6)
    #expect(slots.mayTry("cuff") && !slots.mayTry("c"))
  }

  @Test mutating func whoHasSaidAllMakesRoomBeforeAStream() {
    link("a")
    link("cuff", need: .spot)
    slots.valueCame(from: "cuff", at: at(2))
    refuse("c", at: 3)
    share(at: 6)
    #expect(!slots.isYielding("cuff") && !slots.isYielding("a"))
    share(at: 7)
    #expect(slots.isYielding("cuff") && !slots.isYielding("a"))
  }

  @Test mutating func whoIsNotThereInItsTurnLetsOthersIn() {
    link("a", "b")
    refuse("c", at: 1)
    refuse("d", at: 2)
    slots.ended("a", at: at(3))
    share(at: 3)
    #expect(slots.mayTry("c") && !slots.mayTry("d"))
    share(at: 13)
    #expect(!slots.mayTry("c") && slots.mayTry("d"))
  }

  @Test mutating func theOnlyLinkIsNotGivenUpAgainAndAgainForOneThatCannotBeReached() {
    link("a")
    // Once another may have been quicker.
    for second in [20, 60] {
      refuse("weak", need: .spot, at: second)
      share(at: second)
      #expect(slots.isYielding("a"))
      slots.ended("a", at: at(second + 1))
      share(at: second + 1)
      slots.refused("weak", need: .spot, at: at(second + 2))
      share(at: second + 2)
      #expect(slots.mayTry("a"))
      link("a", at: second + 3)
    }
    for second in [100, 200, 500] {
      refuse("weak", need: .spot, at: second)
      share(at: second)
      #expect(!slots.isWaiting("weak") && !slots.isYielding("a"))
    }
  }

  /// On a single connection one that streams is refused now and then because another was quicker.
  @Test mutating func whoStreamsHasItsTurnHoweverOftenAnotherWasQuicker() {
    link("a")
    for second in stride(from: 20, to: 200, by: 20) {
      refuse("b", at: second)
      share(at: second)
      #expect(slots.isYielding("a"))
      slots.ended("a", at: at(second + 1))
      share(at: second + 1)
      #expect(slots.mayTry("b"))
      slots.refused("b", need: Self.stream, at: at(second + 2))
      link("a", at: second + 3)
    }
  }

  @Test mutating func nobodyMakesRoomTwiceForACuffThatHasGone() {
    link("a", "b")
    refuse("cuff", need: .spot, at: 5)
    share(at: 5)
    #expect(slots.isYielding("a"))
    slots.ended("a", at: at(6))
    share(at: 6)
    #expect(slots.mayTry("cuff") && !slots.mayTry("a"))
    share(at: 16)
    #expect(!slots.isWaiting("cuff") && slots.mayTry("a"))
    link("a", at: 17)
    #expect(live(18...60, ["a", "b"]).isEmpty)
  }

  @Test mutating func moreRoomThanThoughtIsTaken() {
    link("a", "b")
    refuse("c", at: 1)
    link("c", at: 20)
    #expect(slots.limit == nil)
    refuse("d", at: 21)
    #expect(slots.limit == 3)
  }

  @Test mutating func aTurnBeginsWithTheFirstValueButNotForOneThatSaysNothing() {
    slots.linked("slow", need: Self.stream, at: at(0))
    slots.linked("silent", need: Self.stream, at: at(0))
    refuse("c", at: 1)
    slots.valueCame(from: "slow", at: at(8))
    share(at: 22)
    #expect(!slots.isYielding("slow") && !slots.isYielding("silent"))
    share(at: 23)
    #expect(slots.isYielding("slow") && !slots.isYielding("silent"))
    slots.ended("slow", at: at(23))
    share(at: 25)
    #expect(slots.isYielding("silent"))
  }

  @Test mutating func whereManyWaitTurnsAreShorter() {
    link("a")
    for name in ["b", "c", "d", "e"] { refuse(name, at: 0) }
    let story = live(0...60, ["a", "b", "c", "d", "e"])
    #expect(story.first == "9 -a")
    #expect(Set(story.prefix(8).filter { $0.contains("+") }.map { String($0.suffix(1)) }) == ["b", "c", "d", "e"])
  }

  @Test mutating func theHeavierComesFirstAndMakesRoomLast() {
    link("a")
    refuse("strap", at: 0)
    refuse("oximeter", need: .stream(weight: 2), at: 4)
    share(at: 15)
    slots.ended("a", at: at(15))
    share(at: 15)
    #expect(slots.mayTry("oximeter") && !slots.mayTry("strap"), "it has waited for 11 s, which count as 22")

    slots.forget()
    link("oximeter", need: .stream(weight: 2))
    link("strap")
    refuse("b", at: 0)
    share(at: 15)
    #expect(slots.isYielding("strap") && !slots.isYielding("oximeter"))
  }

  @Test mutating func whatIsBeingJudgedKeepsItsConnectionButNotForGood() {
    link("low")
    refuse("b", at: 0)
    #expect(live(1...100, ["low", "b"], watched: ["low"]) == [])
    #expect(slots.turns(at: at(100))["low"] == .keeps)
    #expect(live(101...194, ["low", "b"], watched: ["low"]) == [])
    #expect(live(195...196, ["low", "b"], watched: ["low"]) == ["195 -low", "195 +b"])
    #expect(live(197...210, ["low", "b"], watched: ["low"]) == ["210 -b", "210 +low"])
  }

  @Test mutating func onceItIsDecidedTheNextComesAtOnce() {
    link("low")
    refuse("b", at: 0)
    #expect(live(1...60, ["low", "b"], watched: ["low"]) == [])
    #expect(live(61...61, ["low", "b"]) == ["61 -low", "61 +b"])
  }

  @Test mutating func whoCannotWaitTakesEvenAConnectionThatIsKeptButTheOthersFirst() {
    link("low", "b")
    refuse("cuff", need: .spot, at: 1)
    share(at: 3, watched: ["low"])
    #expect(!slots.isYielding("low") && slots.isYielding("b"))
    slots.ended("b", at: at(3))
    share(at: 3, watched: ["low"])
    link("cuff", need: .spot, at: 4)
    refuse("scale", need: .spot, at: 5)
    share(at: 5, watched: ["low"])
    #expect(slots.isYielding("low"))
  }

  @Test mutating func itIsSaidWhoseTurnComesWhen() {
    link("a")
    link("b", at: 5)
    refuse("c", at: 6)
    refuse("d", at: 7)
    #expect(slots.turns(at: at(10)) == ["c": .waits(.seconds(5)), "d": .waits(.seconds(10))])
    share(at: 15)
    #expect(slots.turns(at: at(15)) == ["c": .waits(.zero), "d": .waits(.seconds(5))])
    slots.forget("c")
    slots.forget("d")
    #expect(slots.turns(at: at(15)).isEmpty)
  }

  // MARK: at random

  /// So many devices on so many connections, that come, go and are judged as chance will: nobody is cut short, nobody starves.
  @Test(arguments: 1...60 as ClosedRange<UInt64>) mutating func whateverHappens(seed: UInt64) throws {
    var chance = SplitMix(state: seed)
    let room = Int.random(in: 1...5, using: &chance)
    let count = room + Int.random(in: 1...max(1, room * 2), using: &chance)
    let streams = (0..<count).map { "s\($0)" }
    let needs = Dictionary(
      uniqueKeysWithValues: streams.map { ($0, LinkNeed.stream(weight: Int.random(in: 1...2, using: &chance))) })
    let isJudging = Bool.random(using: &chance)
    var (watched, watchedSince) = (Set<String>(), [String: Int]())
    var (held, waitsSince) = ([String: Int](), [String: Int]())
    var (spotCame, spotLinked): (Int?, Int?)
    var longest = 0
    for name in streams {
      if held.count < room {
        link(name, need: try #require(needs[name]))
        held[name] = 0
      } else {
        refuse(name, need: try #require(needs[name]), at: 0)
        waitsSince[name] = 0
      }
    }
    for second in 1...3000 {
      for name in streams where isJudging && Int.random(in: 0..<200, using: &chance) == 0 {
        if watched.remove(name) == nil { watched.insert(name) }
        watchedSince[name] = second
      }
      for name in held.keys where name != "cuff" { slots.valueCame(from: name, at: at(second)) }
      if spotCame == nil, spotLinked == nil, Int.random(in: 0..<150, using: &chance) == 0 {
        spotCame = second
        refuse("cuff", need: .spot, at: second)
      }
      if let linked = spotLinked, second - linked < 4 { slots.valueCame(from: "cuff", at: at(second)) }
      share(at: second, watched: watched)
      for name in held.keys.sorted() where slots.isYielding(name) {
        guard let since = held.removeValue(forKey: name) else { continue }
        slots.ended(name, at: at(second))
        if name == "cuff" {
          // It has hung up.
          slots.forget(name)
          spotLinked = nil
          #expect(second - since >= 5)
          continue
        }
        waitsSince[name] = second
        let isForSpot = spotCame != nil
        #expect(second - since >= (isForSpot ? 3 : 5), "\(name) is cut short")
        if watched.contains(name), !isForSpot, watchedSince[name, default: 0] <= since {
          #expect(second - since >= 180, "\(name) is judged and cut short")
        }
      }
      share(at: second, watched: watched)
      for name in streams + ["cuff"] where slots.isWaiting(name) && slots.mayTry(name) {
        link(name, need: needs[name] ?? .spot, at: second)
        held[name] = second
        if name == "cuff" {
          #expect(second - (spotCame ?? 0) <= 10, "the cuff has waited for too long")
          (spotCame, spotLinked) = (nil, second)
        } else {
          longest = max(longest, second - (waitsSince.removeValue(forKey: name) ?? second))
        }
      }
      #expect(held.count <= room)
    }
    for since in waitsSince.values { longest = max(longest, 3000 - since) }
    // Without a judgement all are heard within a minute, beside a cuff that takes a connection of one now and then. With it
    // each of the two that may be before it has its turn and the bound, and once more where it is the heavier.
    #expect(longest <= (isJudging ? 4 * (15 + 180) : 65))
  }
}
