// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Gateway

@Suite struct DeliveryWindowTests {
  func window(sent: ClosedRange<Int64>) -> DeliveryWindow {
    var window = DeliveryWindow(delivered: sent.lowerBound - 1)
    for seq in sent { window.noteSent(seq) }
    return window
  }

  @Test func theWatermarkMovesOverWhatIsContiguousOnly() {
    var window = window(sent: 1...4)
    #expect(window.acknowledge(2) == nil)
    #expect(window.acknowledge(1) == 2)
    #expect(window.acknowledge(4) == nil)
    #expect(window.acknowledge(3) == 4)
    #expect(window.inFlight.isEmpty)
  }

  @Test func aNewConnectionSendsWhatWasNotAcknowledgedAndNothingElse() {
    var window = window(sent: 1...5)
    _ = window.acknowledge(1)
    _ = window.acknowledge(3)
    window.reconnected()
    #expect(window.sent == 1)
    #expect((1...5).filter { window.needs($0) } == [2, 4, 5])
  }

  @Test func anAcknowledgementOfTheOldConnectionDoesNoHarm() {
    var window = window(sent: 1...2)
    window.reconnected()
    #expect(window.acknowledge(1) == 1)
    #expect(window.acknowledge(1) == nil)
    #expect(!window.needs(1))
  }

  @Test func refusedRowsComeAgainWhenRetried() {
    var window = window(sent: 1...3)
    window.refuse(1)
    #expect(window.acknowledge(2) == nil)
    #expect(window.refused == [1])
    window.retryRefused()
    #expect(window.sent == 0)
    #expect((1...3).filter { window.needs($0) } == [1])
    window.noteSent(1)
    #expect(window.acknowledge(1) == 2)
  }
}
