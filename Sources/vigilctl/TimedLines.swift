// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import Glibc

/// Lines of a descriptor, for one who has other things to do while none comes.
struct TimedLines {
  enum Next {
    case line(String)
    /// None within the time.
    case nothing
    /// The other end is closed.
    case end
  }

  private var lines: LineBuffer

  /// - Parameter descriptor: stays the caller's.
  init(_ descriptor: Int32) { lines = LineBuffer(descriptor) }

  /// Whether a whole line is here already.
  var hasLine: Bool { lines.hasLine }

  /// Waits, blocking the thread, for a line. What the other end has left without a line's end is none.
  mutating func next(within limit: Duration) -> Next {
    let end = ContinuousClock.now + limit
    while true {
      if let line = lines.next() { return .line(line) }
      var readiness = pollfd(fd: lines.descriptor, events: Int16(POLLIN), revents: 0)
      let left = max(.zero, end - .now)
      let ready = poll(&readiness, 1, Int32(clamping: left.milliseconds))
      if ready == 0 { return .nothing }
      if ready < 0 {
        if errno == EINTR { continue }
        return .end
      }
      lines.fill()
      if lines.hasEnded { return .end }
    }
  }
}
