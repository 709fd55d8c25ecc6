// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import Synchronization

/// What each enrolled device's link is doing, for those who ask.
final class LinkBoard: Sendable {
  private let states = Mutex<[String: LinkState]>([:])

  func set(_ state: LinkState?, for device: String) { states.withLock { $0[device] = state } }
  /// A link that has not reported yet waits for Bluetooth.
  func state(of device: String) -> LinkState { states.withLock { $0[device] } ?? .waitingForBluetooth }
}

extension LinkState {
  var word: String {
    switch self {
    case .waitingForBluetooth: "waiting-for-bluetooth"
    case .searching: "searching"
    case .connecting: "connecting"
    case .waitingForTurn: "waiting-for-turn"
    case .connected: "connected"
    case .listening: "listening"
    case .retrying: "retrying"
    }
  }

  var failure: LinkFailure? { if case .retrying(let failure, _) = self { failure } else { nil } }

  /// When the next try begins, where that is a matter of time.
  var nextTry: ContinuousClock.Instant? { if case .retrying(_, let next) = self { next } else { nil } }
}
