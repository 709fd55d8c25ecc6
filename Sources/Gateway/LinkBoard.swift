// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import Synchronization

/// What each enrolled device's link is doing, for those who ask.
final class LinkBoard: Sendable {
  private struct Entry {
    var state: LinkState
    /// Since when it is there, or not.
    var since: ContinuousClock.Instant
  }

  private let entries = Mutex<[String: Entry]>([:])

  func set(_ state: LinkState?, for device: String) {
    entries.withLock { entries in
      guard let state else {
        entries[device] = nil
        return
      }
      let before = entries[device]
      let since = before.flatMap { $0.state.isUp == state.isUp ? $0.since : nil } ?? .now
      entries[device] = Entry(state: state, since: since)
    }
  }

  /// A link that has not reported yet waits for Bluetooth.
  func state(of device: String) -> LinkState { entries.withLock { $0[device]?.state } ?? .waitingForBluetooth }

  /// Since when the device has been connected or heard, or not; nil where its link has not reported yet.
  func since(of device: String) -> ContinuousClock.Instant? { entries.withLock { $0[device]?.since } }
}

extension LinkState {
  var word: String {
    switch self {
    case .waitingForBluetooth: "waiting-for-bluetooth"
    case .searching: "searching"
    case .connecting: "connecting"
    case .resolving: "resolving"
    case .waitingForTurn: "waiting-for-turn"
    case .connected: "connected"
    case .listening: "listening"
    case .retrying: "retrying"
    }
  }

  /// Whether what the device says is heard.
  var isUp: Bool {
    switch self {
    case .connected, .listening: true
    case .waitingForBluetooth, .searching, .connecting, .resolving, .waitingForTurn, .retrying: false
    }
  }

  var failure: LinkFailure? { if case .retrying(let failure, _) = self { failure } else { nil } }

  /// When the next try begins, where that is a matter of time.
  var nextTry: ContinuousClock.Instant? { if case .retrying(_, let next) = self { next } else { nil } }
}
