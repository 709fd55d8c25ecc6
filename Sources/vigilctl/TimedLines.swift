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

  private let descriptor: Int32
  private var buffer: [UInt8] = []

  /// - Parameter descriptor: stays the caller's.
  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Whether a whole line is here already.
  var hasLine: Bool { buffer.contains(UInt8(ascii: "\n")) }

  /// Waits, blocking the thread, for a line.
  mutating func next(within limit: Duration) -> Next {
    let end = ContinuousClock.now + limit
    while true {
      if let index = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeSubrange(...index) }
        return .line(String(decoding: buffer[..<index], as: UTF8.self))
      }
      var readiness = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let left = max(.zero, end - .now)
      let ready = poll(&readiness, 1, Int32(clamping: left.milliseconds))
      if ready == 0 { return .nothing }
      if ready < 0 {
        if errno == EINTR { continue }
        return .end
      }
      var chunk = [UInt8](repeating: 0, count: 4096)
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return .end }
      buffer += chunk.prefix(count)
    }
  }
}
