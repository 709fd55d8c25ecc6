// SPDX-License-Identifier: GPL-3.0-or-later

/// Short forms of the times in messages, RFC 3339 in the site's zone: `2026-03-14T08:05:30.114+08:00`.
enum WatchTime {
  /// `03-14 08:05`
  static func dayAndTime(_ text: String) -> String {
    let parts = Array(text)
    guard parts.count >= 16, parts[10] == "T" else { return text }
    return String(parts[5...9]) + " " + String(parts[11...15])
  }

  /// `08:05:30`
  static func timeOfDay(_ text: String?) -> String {
    let parts = Array(text ?? "")
    guard parts.count >= 19, parts[10] == "T" else { return "--:--:--" }
    return String(parts[11...18])
  }
}
