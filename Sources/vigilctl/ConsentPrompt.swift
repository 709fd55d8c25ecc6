// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import Texts
import Vitals

/// Asks for a consent code: on a terminal without showing what is typed, else as one line of standard input.
enum ConsentPrompt {
  /// - Throws: ``Failure`` where what comes is no code, which is not repeated, or nothing comes.
  static func read() throws -> ConsentCode {
    guard let line = try isatty(STDIN_FILENO) != 0 ? readUnseen() : InputLines.first() else {
      throw Failure(AssignTexts.notACode)
    }
    guard let code = ConsentCode(digits: line) else { throw Failure(AssignTexts.notACode) }
    return code
  }

  private static func readUnseen() throws -> String? {
    var shown = termios()
    guard tcgetattr(STDIN_FILENO, &shown) == 0 else {
      throw Failure(FileTexts.unreadableInput(reason: String(cString: strerror(errno))))
    }
    // Ctrl-C must not leave the terminal mute.
    let signals = Interrupt.catchSignals()
    var mute = shown
    mute.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &mute)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
      Terminal.err("")
    }
    Terminal.write(AssignTexts.codePrompt.here + " ", to: STDERR_FILENO)
    var watched = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
    ]
    while poll(&watched, nfds_t(watched.count), -1) < 0, errno == EINTR {}
    if watched[1].revents != 0 { throw CancellationError() }
    return try InputLines.first()
  }
}

extension InputLines {
  /// The first line of standard input; nil where there is none.
  fileprivate static func first() throws -> String? {
    var input = InputLines()
    return try input.next()
  }
}
