// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Synchronization
import Vitals

/// A value as it came from the air.
package struct Capture: Sendable {
  package let address: DeviceAddress
  /// 128-bit, lower case; for data of an advertisement as in a profile, `manufacturer:0157` or `service-data:181D`.
  package let characteristic: String
  package let bytes: [UInt8]
  package let received: Moment
  /// Whether there was a bond with the device on the connection that it came over.
  var isBonded = true

  var isAdvertised: Bool { ValueSource.isAdvertisement(characteristic) }

  /// What of it, or of what came before it, is of interest.
  func with(_ bytes: [UInt8]) -> Capture {
    Capture(
      address: address, characteristic: characteristic, bytes: bytes, received: received, isBonded: isBonded)
  }
}

/// Captures on their way from the Bluetooth loop to the journal: bounded, and what does not fit is counted.
final class CaptureRing: Sendable {
  static let capacity = 65_536

  struct Overflow: Sendable, Equatable {
    var count: Int
    var first: Moment
    var last: Moment
  }

  private struct State {
    var captures: [Capture] = []
    var overflow: Overflow?
    var lastMs: Int64 = 0
  }
  private let state = Mutex(State())

  /// Adds a value, stamped with the moment of its receipt. The stamps of a burst differ by a millisecond each, so that
  /// equal values in it remain separate readings: a stream's reading is identified by its moment.
  ///
  /// - Returns: whether the reader has to be woken.
  func put(
    address: DeviceAddress, characteristic: String, bytes: [UInt8], isBonded: Bool = true, now: Moment
  ) -> Bool {
    state.withLock { state in
      let stamp = max(now.monotonicMs, state.lastMs + 1)
      state.lastMs = stamp
      let received = Moment(
        bootID: now.bootID, monotonicMs: stamp, wallMs: now.wallMs, synchronized: now.synchronized)
      guard state.captures.count < Self.capacity else {
        state.overflow = Overflow(
          count: (state.overflow?.count ?? 0) + 1, first: state.overflow?.first ?? received, last: received)
        return false
      }
      state.captures.append(
        Capture(
          address: address, characteristic: characteristic, bytes: bytes, received: received, isBonded: isBonded))
      return state.captures.count == 1
    }
  }

  func take() -> (captures: [Capture], overflow: Overflow?) {
    state.withLock { state in
      defer {
        state.captures = []
        state.overflow = nil
      }
      return (state.captures, state.overflow)
    }
  }
}
