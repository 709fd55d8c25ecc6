// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import EventLoop
import Glibc

/// The lines that the daemon sends over a descriptor, handed over one by one until it closes its end.
///
/// No line is read before the one before it has been handled: whoever is slow is slow at the daemon's end, too.
actor DaemonLines {
  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private let descriptor: OwnedDescriptor
  private let handle: @Sendable (String) -> Void
  private var source: EventSource?
  private var buffer: [UInt8] = []
  private var end: CheckedContinuation<Void, Never>?

  /// - Parameter handle: called on the loop.
  init(_ descriptor: OwnedDescriptor, on loop: EventLoop, handle: @escaping @Sendable (String) -> Void) {
    self.descriptor = descriptor
    self.loop = loop
    self.handle = handle
  }

  /// Returns when the daemon has closed its end.
  func readAll() async throws {
    source = try EventSource.descriptor(descriptor.raw, on: loop) { [weak self] _ in
      self?.assumeIsolated { $0.readSome() }
    }
    await withCheckedContinuation { end = $0 }
  }

  private func readSome() {
    var chunk = [UInt8](repeating: 0, count: 16_384)
    let count = read(descriptor.raw, &chunk, chunk.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    guard count > 0 else {
      source = nil
      end?.resume()
      end = nil
      return
    }
    buffer += chunk.prefix(count)
    var start = buffer.startIndex
    while let newline = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
      handle(String(decoding: buffer[start..<newline], as: UTF8.self))
      start = newline + 1
    }
    buffer.removeSubrange(..<start)
  }
}
