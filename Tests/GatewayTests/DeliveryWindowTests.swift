// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Gateway

@Suite struct DeliveryWindowTests {
  static let later = DeliveryWindow.settling

  func window(sent: ClosedRange<Int64>) -> DeliveryWindow {
    var window = DeliveryWindow(accepted: sent.lowerBound - 1)
    for seq in sent { window.noteSent(seq...seq) }
    return window
  }

  func needed(_ numbers: ClosedRange<Int64>, of window: DeliveryWindow) -> [Int64] {
    var window = window
    return numbers.filter { seq in
      defer { window.skip(seq...seq) }
      return window.needs(seq...seq)
    }
  }

  @Test func theWatermarkMovesOverWhatIsContiguousOnly() {
    var window = window(sent: 1...4)
    window.acknowledge(2, at: 0)
    window.settle(at: Self.later)
    #expect(window.accepted == 0)
    window.acknowledge(1, at: 0)
    window.settle(at: Self.later)
    #expect(window.accepted == 2)
    window.acknowledge(4, at: 0)
    window.settle(at: Self.later)
    #expect(window.accepted == 2)
    window.acknowledge(3, at: 0)
    window.settle(at: Self.later)
    #expect(window.accepted == 4)
    #expect(window.delivered == 4)
    #expect(window.inFlight == 0)
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
    window.settle(at: 99 + Self.later)
    #expect(window.accepted == 0)
    window.settle(at: 100 + Self.later)
    #expect(window.accepted == 1)
    #expect(!window.needs(2...2))
  }

  @Test func aNewConnectionSendsWhatTheOldBrokerMayHaveTakenAlong() {
    var window = window(sent: 1...5)
    for (seq, ms) in [(1, 0), (3, 0), (4, 9000)] as [(Int64, Int64)] { window.acknowledge(seq, at: ms) }
    window.settle(at: 9500)
    window.reconnected(afterLossAt: 10_000, at: 11_000)
    #expect(window.sent == 1)
    #expect(needed(2...5, of: window) == [2, 4, 5])
  }

  /// A gap may stand for several numbers.
  @Test func aRefusedGapAccountsForAllOfItsNumbersTheNextTimeToo() {
    var window = window(sent: 1...1)
    window.noteSent(2...5)
    window.acknowledge(1, at: 0)
    window.refuse(5)
    window.retryRefused()
    #expect(window.sent == 1)
    window.noteSent(2...5)
    window.acknowledge(5, at: 0)
    window.settle(at: Self.later)
    #expect(window.accepted == 5)
  }

  @Test func refusedRowsComeAgainWhenRetried() {
    var window = window(sent: 1...3)
    window.refuse(1)
    window.acknowledge(2, at: 0)
    #expect(window.refused == [1])
    window.retryRefused()
    #expect(window.sent == 0)
    #expect(needed(1...3, of: window) == [1])
    #expect(window.unread == [1])
    window.noteSent(1...1)
    window.acknowledge(1, at: 0)
    #expect(window.unread.isEmpty)
    window.settle(at: Self.later)
    #expect(window.accepted == 2)
  }

  @Test func aMessageThatAccountsForManyNumbersMovesTheWatermarkOverThemAll() {
    var window = window(sent: 1...1)
    window.acknowledge(1, at: 0)
    window.noteSent(2...90)
    window.noteSent(91...91)
    window.acknowledge(91, at: 0)
    window.settle(at: Self.later)
    #expect(window.accepted == 1)
    window.acknowledge(90, at: 0)
    window.settle(at: Self.later)
    #expect(window.accepted == 91)
  }

  @Test func rowsThatWereReplacedByAGapAreSentAsThat() {
    var window = window(sent: 1...3)
    for seq in 1...2 as ClosedRange<Int64> { window.acknowledge(seq, at: 0) }
    window.reconnected(afterLossAt: 9000, at: 10_000)
    // 1 to 3 had to make room meanwhile.
    #expect(window.needs(1...3))
    window.noteSent(1...3)
    window.acknowledge(3, at: 11_000)
    window.settle(at: 16_000)
    #expect(window.accepted == 3)
  }

  @Test func whatWasInTheGapsPlaceMayBeAcknowledgedToo() {
    var window = window(sent: 1...3)
    window.reconnected(afterLossAt: 0, at: 0)
    window.noteSent(1...5)
    for seq in 1...2 as ClosedRange<Int64> { window.acknowledge(seq, at: 0) }
    window.settle(at: Self.later)
    #expect(window.accepted == 0)
    window.acknowledge(5, at: 0)
    window.settle(at: Self.later)
    #expect(window.accepted == 5)
  }

  // MARK: receipts

  /// Everything up to `sent` is with the broker and has settled by 10 s; the receipt stands at `delivered`.
  func clinic(sent: Int64, delivered: Int64) -> DeliveryWindow {
    var window = DeliveryWindow(accepted: delivered, delivered: delivered, last: delivered)
    for seq in delivered + 1...sent {
      window.noteSent(seq...seq)
      window.acknowledge(seq, at: 1000)
    }
    window.settle(at: 10_000)
    return window
  }

  @Test func withReceiptsTheBrokersWordDeliversNothing() {
    var window = clinic(sent: 20, delivered: 0)
    #expect((window.accepted, window.delivered) == (20, 0))
    #expect(window.receive(12, at: 11_000) == .nothing)
    #expect(window.delivered == 12)
    #expect(window.uncovered == 13...20)
  }

  /// A receipt is quicker than an acknowledgement counts, and the watermark of the broker may not have been saved.
  @Test func theBrokersWatermarkGoesOnBehindWhatTheConsumerHas() {
    var window = DeliveryWindow(accepted: 0, delivered: 100, last: 100)
    window.reconnected(afterLossAt: 0, at: 0)
    for seq in 101...110 as ClosedRange<Int64> {
      window.noteSent(seq...seq)
      window.acknowledge(seq, at: 1000)
    }
    #expect(window.receive(105, at: 2000) == .nothing)
    window.settle(at: 6000)
    #expect((window.accepted, window.delivered) == (110, 105))
    #expect(window.receive(105, at: 15_000) == .nothing)
    #expect(window.receive(105, at: 17_000) == .stalled)
  }

  @Test func aReceiptThatEndsInsideAGapLeavesTheRestToItsAcknowledgement() {
    var window = DeliveryWindow(accepted: 0, delivered: 0, last: 0)
    window.noteSent(1...50)
    window.noteSent(51...90)
    window.acknowledge(50, at: 0)
    #expect(window.receive(20, at: 100) == .nothing)
    window.settle(at: 200)
    #expect(window.accepted == 20)
    #expect(window.receive(60, at: 300) == .nothing)
    window.settle(at: 400)
    window.acknowledge(90, at: 500)
    window.settle(at: 5500)
    #expect(window.accepted == 90)
  }

  @Test func whatIsSentAfterAReconnectionBeginsBehindBothWatermarks() {
    var window = clinic(sent: 20, delivered: 0)
    window.reconnected(afterLossAt: 10_000, at: 11_000)
    #expect(window.sent == 20)
    window.noteSent(21...21)
    #expect(window.receive(21, at: 12_000) == .nothing)
    window.reconnected(afterLossAt: 12_500, at: 13_000)
    #expect(window.sent == 21)
  }

  @Test(arguments: [21, 1_000_000, Int64.max, -1, Int64.min] as [Int64])
  func aReceiptAboveWhatWasSentIsRefused(upTo: Int64) {
    var window = clinic(sent: 20, delivered: 0)
    #expect(window.receive(upTo, at: 11_000) == .refused)
    #expect(window.delivered == 0)
  }

  @Test func aReceiptForWhatAnEarlierRunSentCountsAsFarAsThisOneHasSent() {
    // The last run had sent 500, and its watermark was saved at 100.
    var window = DeliveryWindow(accepted: 100, delivered: 90, last: 510)
    #expect(window.receive(500, at: 1000) == .nothing)
    #expect(window.delivered == 100)
    for seq in 101...600 as ClosedRange<Int64> { window.noteSent(seq...seq) }
    #expect(window.delivered == 500)
    #expect(window.receive(601, at: 2000) == .refused)
  }

  @Test func aLowerReceiptTakesBackWhatWasDelivered() {
    var window = clinic(sent: 20, delivered: 0)
    #expect(window.receive(15, at: 11_000) == .nothing)
    #expect(window.receive(4, at: 12_000) == .lowered)
    #expect(window.delivered == 4)
    #expect(window.uncovered == 5...20)
  }

  @Test func aConsumerThatDoesNotGetWhatTheBrokerHasIsNoticedAtEverLongerPauses() {
    var window = clinic(sent: 20, delivered: 5)
    var stalled: [Int64] = []
    for ms in stride(from: Int64(11_000), through: 200_000, by: 1000) where window.receive(5, at: ms) == .stalled {
      stalled.append(ms / 1000)
    }
    #expect(stalled == [20, 40, 80, 160])
    // Getting on makes the pause short again.
    #expect(window.receive(6, at: 201_000) == .nothing)
    #expect(window.receive(6, at: 210_000) == .nothing)
    #expect(window.receive(6, at: 211_000) == .stalled)
  }

  @Test func aSlowConsumerThatGetsOnIsNotSentThingsTwice() {
    var window = clinic(sent: 100, delivered: 0)
    for step in 1...60 as ClosedRange<Int64> { #expect(window.receive(step, at: 10_000 + step * 9000) == .nothing) }
  }

  @Test func nothingIsMissingWhileTheBrokerHasNoMoreThanTheReceipt() {
    var window = clinic(sent: 20, delivered: 0)
    #expect(window.receive(20, at: 11_000) == .nothing)
    window.noteSent(21...21)
    for ms in stride(from: Int64(20_000), through: 90_000, by: 5000) {
      #expect(window.receive(20, at: ms) == .nothing)
    }
  }

  @Test func aLiveConsumerIsGivenNoMoreThanItsBrokerKeepsForIt() {
    var window = clinic(sent: 20, delivered: 0)
    #expect(window.limit(at: 11_000) == .max)
    _ = window.receive(12, at: 11_000)
    #expect(window.limit(at: 70_999) == 12 + LaneReceipts.room)
    // Silent for a minute: there are others.
    #expect(window.limit(at: 71_000) == .max)
  }

  @Test func whoGetsItAgainInVainIsNotWaitedForLong() {
    var window = clinic(sent: 20, delivered: 0)
    _ = window.receive(12, at: 11_000)
    #expect(window.receive(12, at: 80_000) == .stalled)
    #expect(window.limit(at: 89_999) == 12 + LaneReceipts.room)
    #expect(window.limit(at: 90_000) == .max)
  }

  @Test func withoutReceiptsNoneIsListenedTo() {
    var window = window(sent: 1...3)
    #expect(window.receive(2, at: 0) == .nothing)
    #expect((window.delivered, window.limit(at: 0)) == (0, .max))
  }
}
