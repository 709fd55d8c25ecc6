// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import Texts

/// The lines of standard input or of a file, also one without an end before the end of the file.
struct InputLines: ~Copyable {
  private static let longest = 1 << 20
  private static let chunkSize = 1 << 16

  private var buffer: [UInt8] = []
  /// Where the next line begins; what stands before was taken.
  private var start = 0
  private var searched = 0
  private var hasEnded = false
  private let descriptor: Int32
  /// nil for standard input.
  private let path: String?

  init() {
    descriptor = STDIN_FILENO
    path = nil
  }

  /// - Parameter file: a path, or `-` for standard input.
  init(file: String) throws(Failure) {
    path = file == "-" ? nil : file
    descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
    if descriptor < 0 { throw Failure(FileTexts.failure(path: file, reason: String(cString: strerror(errno)))) }
  }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  /// Whether the next line, or the end, is here without a wait for whoever writes.
  var isReady: Bool {
    if hasEnded || buffer[searched...].contains(UInt8(ascii: "\n")) { return true }
    var readiness = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&readiness, 1, 0) > 0
  }

  /// - Returns: nil at the end. What is not UTF-8 is repaired.
  /// - Throws: ``Failure`` when it cannot be read, or a line is longer than 1 MiB.
  mutating func next() throws -> String? {
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) { return take(through: end) }
      searched = buffer.count
      guard !hasEnded else { return start == buffer.count ? nil : take(through: buffer.endIndex) }
      guard buffer.count - start <= Self.longest else { throw Failure(FileTexts.longInput) }
      try readMore()
    }
  }

  private mutating func take(through end: Int) -> String {
    var line = buffer[start..<end]
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    let text = String(decoding: line, as: UTF8.self)
    start = min(end + 1, buffer.endIndex)
    searched = start
    return text
  }

  private mutating func readMore() throws {
    buffer.removeSubrange(..<start)
    searched -= start
    start = 0
    let kept = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: Self.chunkSize))
    let count = buffer.withUnsafeMutableBytes { bytes in
      read(descriptor, bytes.baseAddress?.advanced(by: kept), Self.chunkSize)
    }
    let reason = errno
    buffer.removeSubrange((kept + max(0, count))...)
    if count < 0, reason == EINTR { return }
    if count < 0, reason == EAGAIN {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      poll(&waiting, 1, -1)
      return
    }
    guard count >= 0 else {
      let words = String(cString: strerror(reason))
      throw Failure(path.map { FileTexts.failure(path: $0, reason: words) } ?? FileTexts.unreadableInput(reason: words))
    }
    hasEnded = count == 0
  }
}
