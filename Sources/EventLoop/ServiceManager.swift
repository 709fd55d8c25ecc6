// SPDX-License-Identifier: GPL-3.0-or-later
import CSystemd
import Glibc

/// What the daemon tells systemd (sd_notify(3)). Without a NOTIFY_SOCKET nothing happens.
package enum ServiceManager {
  package static func ready(status: String) { notify("READY=1\nSTATUS=\(status)") }
  package static func stopping() { notify("STOPPING=1\nSTATUS=stopping") }
  package static func alive(status: String) { notify("WATCHDOG=1\nSTATUS=\(status)") }

  /// How often to call ``alive(status:)``: a third of what systemd allows, nil without a watchdog.
  package static var watchdogInterval: Duration? {
    var microseconds: UInt64 = 0
    guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
    return .microseconds(Int64(clamping: microseconds / 3))
  }

  private static func notify(_ state: String) { sd_notify(0, state) }
}
