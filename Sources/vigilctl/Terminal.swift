// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import Texts

/// Text for people and programs, unbuffered.
enum Terminal {
  static func out(_ text: Text) { out(text.here) }
  static func err(_ text: Text) { err(text.here) }
  static func out(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }
  static func err(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

  /// Whether a person sees the output as it comes.
  static var isInteractive: Bool { isatty(STDOUT_FILENO) != 0 }

  /// Columns and lines of the terminal, 80×24 where it does not say.
  static var size: (columns: Int, lines: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Writes everything. A reader that has gone ends the command, as SIGPIPE would.
  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        // Whoever shares the terminal has made it non-blocking.
        var readiness = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&readiness, 1, -1)
        continue
      }
      guard count > 0 else { exit(1) }
      rest = rest.dropFirst(count)
    }
  }
}
