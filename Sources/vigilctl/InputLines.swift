// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import Texts

/// The lines of standard input, also one without an end before the end of the file.
struct InputLines {
  private static let longest = 1 << 20

  private var buffer: [UInt8] = []
  private var searched = 0
  private var hasEnded = false

  /// - Returns: nil at the end. What is not UTF-8 is repaired.
  /// - Throws: ``Failure`` when it cannot be read, or a line is longer than 1 MiB.
  mutating func next() throws -> String? {
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) { return take(through: end) }
      searched = buffer.count
      guard !hasEnded else { return buffer.isEmpty ? nil : take(through: buffer.endIndex) }
      guard buffer.count <= Self.longest else { throw Failure(FileTexts.longInput) }
      try readMore()
    }
  }

  private mutating func take(through end: Int) -> String {
    var line = buffer[..<end]
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    let text = String(decoding: line, as: UTF8.self)
    buffer.removeSubrange(..<min(end + 1, buffer.endIndex))
    searched = 0
    return text
  }

  private mutating func readMore() throws {
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = read(STDIN_FILENO, &chunk, chunk.count)
    let reason = errno
    if count < 0, reason == EINTR { return }
    if count < 0, reason == EAGAIN {
      var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      poll(&waiting, 1, -1)
      return
    }
    guard count >= 0 else {
      throw Failure(FileTexts.unreadableInput(reason: String(cString: strerror(reason))))
    }
    hasEnded = count == 0
    buffer += chunk.prefix(count)
  }
}
