// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop

/// Those who wait until the broker has a row of the reading lane, on the MQTT loop.
struct DeliveryWaits {
  private struct Wait {
    let continuation: CheckedContinuation<Bool, Never>
    let timer: EventSource?
  }

  private var waits: [Int64: Wait] = [:]

  func isAwaited(_ seq: Int64) -> Bool { waits[seq] != nil }

  mutating func add(_ seq: Int64, _ continuation: CheckedContinuation<Bool, Never>, timer: EventSource?) {
    waits[seq] = Wait(continuation: continuation, timer: timer)
  }

  mutating func end(_ seq: Int64, _ isDelivered: Bool) {
    waits.removeValue(forKey: seq)?.continuation.resume(returning: isDelivered)
  }
}
