// SPDX-License-Identifier: GPL-3.0-or-later
import GatewayTestKit
import Testing
import Vitals

@testable import Gateway

@Suite struct CaptureRingTests {
  @Test func stampsOfABurstDifferAndKeepTheirOrder() throws {
    let ring = CaptureRing()
    let address = try #require(DeviceAddress("F5:F1:F2:F3:F4:01"))
    let woken = (0..<5).map { _ in ring.put(address: address, characteristic: "c", bytes: [1], now: Samples.moment(7)) }
    #expect(woken == [true, false, false, false, false])
    #expect(ring.take().captures.map(\.received.monotonicMs) == [7, 8, 9, 10, 11])
    #expect(ring.put(address: address, characteristic: "c", bytes: [1], now: Samples.moment(9)))
    #expect(ring.take().captures.map(\.received.monotonicMs) == [12])
  }

  @Test func whatDoesNotFitIsCountedWithItsTimes() throws {
    let ring = CaptureRing()
    let address = try #require(DeviceAddress("F5:F1:F2:F3:F4:01"))
    for index in 0..<(CaptureRing.capacity + 3) {
      _ = ring.put(address: address, characteristic: "c", bytes: [], now: Samples.moment(Int64(index) + 1))
    }
    let (captures, overflow) = ring.take()
    #expect(captures.count == CaptureRing.capacity)
    let lost = try #require(overflow)
    #expect(lost.count == 3)
    #expect(lost.first.monotonicMs == Int64(CaptureRing.capacity + 1))
    #expect(lost.last.monotonicMs == Int64(CaptureRing.capacity + 3))
    #expect(ring.take().overflow == nil)
  }
}
