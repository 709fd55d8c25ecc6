// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// Ctrl-C and SIGTERM as something to read: a command that has to put things back must not just end.
enum Interrupt {
  private static let ends: [Int32] = {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    return socketpair(AF_UNIX, type, 0, &ends) == 0 ? ends : [-1, -1]
  }()

  /// Catches the two signals from now on.
  ///
  /// - Returns: a descriptor that is readable after each of them; -1 where there is none, and they end the program.
  static func catchSignals() -> Int32 {
    guard ends[1] >= 0 else { return -1 }
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        var byte: UInt8 = 1
        _ = write(Interrupt.ends[1], &byte, 1)
      }
    }
    return ends[0]
  }

  /// Takes what is readable.
  static func drain() {
    var bytes = [UInt8](repeating: 0, count: 16)
    _ = read(ends[0], &bytes, bytes.count)
  }
}
