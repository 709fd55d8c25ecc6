// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import Synchronization

/// What each enrolled device's link is doing, for those who ask.
final class LinkBoard: Sendable {
  private let states = Mutex<[String: LinkState]>([:])

  func set(_ state: LinkState?, for device: String) { states.withLock { $0[device] = state } }
  func state(of device: String) -> LinkState? { states.withLock { $0[device] } }
}

extension LinkState {
  var word: String {
    switch self {
    case .waitingForBluetooth: "waiting-for-bluetooth"
    case .searching: "searching"
    case .connecting: "connecting"
    case .connected: "connected"
    case .retrying: "retrying"
    }
  }

  var error: String? { if case .retrying(let error) = self { error } else { nil } }
}
