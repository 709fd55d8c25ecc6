// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Gateway
import Glibc
import Journal

/// What the program says: JSON objects, a line each.
enum Report {
  private struct AlertLine: Encodable {
    let event = "alert"
    let alert: String
    let version: Int
    /// CLOCK_MONOTONIC when it was on the disk.
    let monotonicNs: Int64
  }

  struct Line: Encodable {
    let event: String
    /// Simulated seconds since the beginning.
    let seconds: Int
    /// The simulated monotonic clock.
    let monotonicMs: Int64
    /// Values that streams have said, and the scale.
    let samples: Int
    let weighings: Int
    let isConnected: Bool
    var lastSeq: [String: Int64] = [:]
    var accepted: [String: Int64] = [:]
    var delivered: [String: Int64] = [:]
  }

  static func alert(_ alert: Alert) {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    say(
      AlertLine(
        alert: alert.alert.description, version: alert.version,
        monotonicNs: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)))
  }

  static func say(_ line: some Encodable) {
    guard let text = try? JSONText.encode(line) else { return }
    let bytes = text + [UInt8(ascii: "\n")]
    _ = write(STDOUT_FILENO, bytes, bytes.count)
  }
}
