// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import Texts

/// Text for people and programs, unbuffered.
enum Terminal {
  static let standardOutput = STDOUT_FILENO

  static func out(_ text: Text) { out(text.here) }
  static func err(_ text: Text) { err(text.here) }
  static func out(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }
  static func err(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

  /// Whether a person sees the output as it comes.
  static var isInteractive: Bool { isInteractive(STDOUT_FILENO) }

  static func isInteractive(_ descriptor: Int32) -> Bool { isatty(descriptor) != 0 }

  /// How wide sentences are: the terminal's columns, but no wider than is good to read.
  static var readableColumns: Int { min(max(size.columns, 40), 100) }

  /// Columns and lines of the terminal, 80×24 where it does not say.
  static var size: (columns: Int, lines: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Takes the place of a closed standard descriptor, or the next socket would get its number and all that is said.
  static func guardDescriptors() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest that is free: this one. It is opened the wrong way round, so that its use fails and is noticed.
      _ = open("/dev/null", mode)
    }
  }

  /// Writes everything. A reader that has gone ends the command, as SIGPIPE would; a full disk ends it with a sentence.
  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      let reason = errno
      if count < 0, reason == EINTR { continue }
      if count < 0, reason == EAGAIN {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
        continue
      }
      guard count > 0 else {
        // Nobody to say it to; the exit code still does.
        if descriptor == STDERR_FILENO { return }
        if descriptor == STDOUT_FILENO, reason != EPIPE {
          Failure(FileTexts.unwritableOutput(reason: String(cString: strerror(reason)))).report()
        }
        exit(1)
      }
      rest = rest.dropFirst(count)
    }
  }
}
