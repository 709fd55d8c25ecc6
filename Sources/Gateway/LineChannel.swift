// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import Glibc
import Synchronization

/// One end of a socketpair that carries lines of JSON both ways; the other end goes to a client by D-Bus.
///
/// What the client writes comes out of ``lines``, which ends when the client closes its end or is killed.
final class LineChannel: Sendable {
  /// The most that a client may send without a line's end.
  private static let longestLine = 4096

  let lines: AsyncStream<String>
  private let descriptor: Int32
  private let continuation: AsyncStream<String>.Continuation
  private struct State {
    var buffer: [UInt8] = []
    var isOpen = true
    /// The end of a line that the socket had no room for.
    var unsent: [UInt8] = []
  }
  private let state = Mutex(State())

  /// - Returns: our end, and the client's as a raw descriptor that the caller owns.
  static func make() throws(SystemError) -> (channel: LineChannel, clientEnd: Int32) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError("socketpair", errno: errno) }
    return (LineChannel(ends[0]), ends[1])
  }

  private init(_ descriptor: Int32) {
    self.descriptor = descriptor
    (lines, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(64))
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  deinit { close(descriptor) }

  /// Watches the descriptor on a loop for as long as the returned source lives.
  func watch(on loop: EventLoop) throws(SystemError) -> EventSource {
    try EventSource.descriptor(descriptor, on: loop) { [self] _ in readAvailable() }
  }

  private func readAvailable() {
    var chunk = [UInt8](repeating: 0, count: 1024)
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    let (found, ended) = state.withLock { state -> ([String], Bool) in
      guard state.isOpen else { return ([], true) }
      guard count > 0 else {
        state.isOpen = false
        return ([], true)
      }
      state.buffer += chunk.prefix(count)
      var found: [String] = []
      while let end = state.buffer.firstIndex(of: UInt8(ascii: "\n")) {
        found.append(String(decoding: state.buffer[..<end], as: UTF8.self))
        state.buffer.removeSubrange(...end)
      }
      if state.buffer.count > Self.longestLine { state.isOpen = false }
      return (found, !state.isOpen)
    }
    for line in found { continuation.yield(line) }
    if ended { continuation.finish() }
  }

  /// Sends a line. A client that does not read, or has gone, misses it: the channel never blocks.
  func send(_ line: [UInt8]) { _ = offer(line) }

  /// Sends a line if there is room for it; it never blocks and keeps no more than the rest of one line.
  ///
  /// - Returns: false where the line is lost: the client does not read, or has gone.
  func offer(_ line: [UInt8]) -> Bool {
    state.withLock { state in
      if !state.unsent.isEmpty { state.unsent.removeFirst(sendNow(state.unsent)) }
      guard state.unsent.isEmpty else { return false }
      let bytes = line + [UInt8(ascii: "\n")]
      let count = sendNow(bytes)
      if count > 0 { state.unsent = Array(bytes.dropFirst(count)) }
      return count > 0
    }
  }

  /// - Returns: how many of the bytes the socket has taken.
  private func sendNow(_ bytes: [UInt8]) -> Int {
    max(0, bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) })
  }

  /// Ends the conversation: the client reads the end of the file.
  func finish() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    continuation.finish()
  }
}
