// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import BlueZ

@Suite struct EchoesTests {
  private let start = ContinuousClock.now
  private let path = "/org/bluez/hci0/dev_F5/service000a/char000b"

  /// What is told of values at these milliseconds, with serials without a gap.
  private func told(_ values: [(UInt8, at: Int)], from first: UInt32 = 1) -> [UInt8] {
    var echoes = Echoes()
    var told: [UInt8] = []
    for (place, value) in values.enumerated() {
      let (verdict, released) = echoes.judge(
        [value.0], of: path, serial: first &+ UInt32(place), at: start + .milliseconds(value.at))
      told += released ?? []
      if verdict == .value { told.append(value.0) }
    }
    return told + (echoes.release(path) ?? [])
  }

  @Test func whatIsToldTwiceCountsOnce() {
    #expect(told([(1, 0), (1, 1), (2, 1000), (2, 1001), (3, 2000), (3, 2001)]) == [1, 2, 3])
    #expect(told([(1, 0), (2, 1000), (2, 1001), (3, 2000), (3, 2001)]) == [1, 2, 3])
    #expect(told([(1, 0), (1, 1), (2, 1000), (2, 1001)], from: .max) == [1, 2], "serials begin again")
  }

  @Test func equalValuesThatAreToldTwiceCountOnceEach() {
    #expect(told([(1, 0), (1, 1), (1, 1000), (1, 1001), (1, 2000), (1, 2001)]) == [1, 1, 1])
  }

  /// A device whose values were held up.
  @Test func twoInOneBreathAreTwo() {
    #expect(told([(1, 0), (1, 2000), (1, 2001), (1, 3000), (1, 4000)]) == [1, 1, 1, 1, 1])
    #expect(told([(1, 0), (2, 2000), (2, 2001), (3, 3000), (4, 4000)]) == [1, 2, 3, 2, 4])
    #expect(told([(1, 0), (1, 1)]) == [1, 1], "nothing more comes")
  }

  @Test func manyInOneBreathAreMany() {
    #expect(told([(1, 0), (2, 2000), (2, 2001), (2, 2002), (2, 2003), (3, 3000)]) == [1, 2, 2, 2, 2, 3])
  }

  @Test(arguments: [5, 20, 50, 90, 500])
  func aFlatLineIsToldWhole(every milliseconds: Int) {
    #expect(told((0..<20).map { (7, at: $0 * milliseconds) }).count == 20)
  }

  @Test func anEchoMayBeLateOnceAllIsPaired() {
    #expect(told([(1, 0), (1, 1), (2, 1000), (2, 1001), (3, 2000), (3, 2500)]) == [1, 2, 3])
  }

  @Test func singlesEndThePairs() {
    #expect(told([(1, 0), (1, 1), (2, 9), (2, 10), (3, 20), (4, 30), (5, 40), (5, 41), (6, 50), (7, 60)]).count == 8)
  }

  /// Another signal between them.
  @Test func somethingBetweenMakesThemTwo() {
    var echoes = Echoes()
    _ = echoes.judge([1], of: path, serial: 1, at: start)
    let (verdict, _) = echoes.judge([1], of: path, serial: 3, at: start + .milliseconds(1))
    let (other, _) = echoes.judge([1], of: path + "0", serial: 4, at: start + .milliseconds(1))
    #expect(verdict == .value && other == .value)
  }
}
