// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Gateway

@Suite struct DeliveryWindowTests {
  static let later = DeliveryWindow.settling

  func window(sent: ClosedRange<Int64>) -> DeliveryWindow {
    var window = DeliveryWindow(delivered: sent.lowerBound - 1)
    for seq in sent { window.noteSent(seq) }
    return window
  }

  @Test func theWatermarkMovesOverWhatIsContiguousOnly() {
    var window = window(sent: 1...4)
    window.acknowledge(2, at: 0)
    #expect(window.settle(at: Self.later) == nil)
    window.acknowledge(1, at: 0)
    #expect(window.settle(at: Self.later) == 2)
    window.acknowledge(4, at: 0)
    #expect(window.settle(at: Self.later) == nil)
    window.acknowledge(3, at: 0)
    #expect(window.settle(at: Self.later) == 4)
    #expect(window.inFlight.isEmpty)
  }

  @Test func whatTheBrokerHasIsKnownAtOnce() {
    var window = window(sent: 3...5)
    window.acknowledge(4, at: 0)
    #expect([2, 3, 4, 5].map { window.has($0) } == [true, false, true, false])
  }

  @Test func anAcknowledgementCountsOnceTheConnectionHasOutlivedIt() {
    var window = window(sent: 1...2)
    window.acknowledge(1, at: 100)
    window.acknowledge(2, at: 200)
    #expect(window.settle(at: 99 + Self.later) == nil)
    #expect(window.settle(at: 100 + Self.later) == 1)
    #expect(!window.needs(2))
  }

  @Test func aNewConnectionSendsWhatTheOldBrokerMayHaveTakenAlong() {
    var window = window(sent: 1...5)
    for (seq, ms) in [(1, 0), (3, 0), (4, 9000)] as [(Int64, Int64)] { window.acknowledge(seq, at: ms) }
    _ = window.settle(at: 9500)
    window.reconnected(afterLossAt: 10_000)
    #expect(window.sent == 1)
    #expect((1...5).filter { window.needs($0) } == [2, 4, 5])
  }

  @Test func refusedRowsComeAgainWhenRetried() {
    var window = window(sent: 1...3)
    window.refuse(1)
    window.acknowledge(2, at: 0)
    #expect(window.refused == [1])
    window.retryRefused()
    #expect(window.sent == 0)
    #expect((1...3).filter { window.needs($0) } == [1])
    window.noteSent(1)
    window.acknowledge(1, at: 0)
    #expect(window.settle(at: Self.later) == 2)
  }
}
