// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import FoundationEssentials
import Glibc

/// Standard input of `watch --clinic --json`: a program that follows the lines acknowledges by lines of its own.
///
///     {"acknowledge": "6f0d…", "gateway": "gw-0007", "version": 3}
///
/// Without `gateway` there must be one gateway only that has the alert; without `version` it is the present one, and a program
/// that shows alerts to people says which version they saw. What comes of it is told by lines of `"event": "command"`.
actor DeskInput {
  private struct Line: Decodable {
    let acknowledge: String
    let gateway: String?
    let version: Int64?
  }

  private static let longest = 64 * 1024

  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private let follower: DeskFollower
  /// In between, so that one line is dealt with after the other.
  private let lines = AsyncStream.makeStream(of: String.self)
  private var buffer = LineBuffer(STDIN_FILENO)
  private var source: EventSource?

  init(on loop: EventLoop, for follower: DeskFollower) {
    self.loop = loop
    self.follower = follower
  }

  /// From a pipe or a socket. A terminal is no program, and in the background reading from it would stop us; a file has been
  /// written before there was anything to answer.
  func begin() {
    guard isatty(STDIN_FILENO) == 0 else { return }
    Task { [stream = lines.stream, follower] in
      for await line in stream { await Self.take(line, follower) }
    }
    source = try? EventSource.descriptor(STDIN_FILENO, on: loop) { [weak self] _ in self?.assumeIsolated { $0.read() } }
  }

  private func read() {
    buffer.fill()
    while let line = buffer.next() { lines.continuation.yield(line) }
    if buffer.count > Self.longest { buffer.clear() }
    if buffer.hasEnded { source = nil }
  }

  private static func take(_ line: String, _ follower: DeskFollower) async {
    if line.allSatisfy(\.isWhitespace) { return }
    guard let order = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
      return await follower.refuse(.unreadable, alert: nil)
    }
    await follower.acknowledge(alert: order.acknowledge, gateway: order.gateway, version: order.version)
  }
}
