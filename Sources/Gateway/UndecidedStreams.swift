// SPDX-License-Identifier: GPL-3.0-or-later
import Synchronization
import Vitals

/// The devices whose streams the rules have not decided about: they may be about to alert. For those who share connections,
/// who know no rules.
final class UndecidedStreams: Sendable {
  private let state = Mutex(Set<String>())

  /// Their addresses.
  var addresses: Set<String> { state.withLock { $0 } }

  func set(_ address: DeviceAddress, isUndecided: Bool) {
    let address = address.description
    state.withLock { if isUndecided { $0.insert(address) } else { $0.remove(address) } }
  }

  /// The others are decided, or silent for too long.
  func keep(_ addresses: [DeviceAddress]) {
    let kept = Set(addresses.map(\.description))
    state.withLock { $0.formIntersection(kept) }
  }
}
