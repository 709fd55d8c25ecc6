// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Synchronization

/// ``DeskControls`` between two threads: keys come on the screen's, alerts on the desk's.
final class DeskKeyboard: Sendable {
  private struct Seen {
    var controls = DeskControls()
    /// As they are on the screen.
    var alerts: [DeskAlert] = []
  }

  private let seen = Mutex(Seen())

  var controls: DeskControls { seen.withLock { $0.controls } }

  func see(_ alerts: [DeskAlert]) { seen.withLock { $0.alerts = alerts } }

  /// - Returns: what is to be acknowledged now.
  func press(_ keys: [ScreenKey]) -> [(alert: DeskAlert, version: Int64)] {
    seen.withLock { seen in
      let alerts = seen.alerts
      return keys.compactMap { seen.controls.press($0, in: alerts) }
    }
  }
}
