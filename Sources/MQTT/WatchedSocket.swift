// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import Glibc

/// The loop's own descriptor of a session's socket and the watch on it, which ends first.
final class WatchedSocket {
  private let descriptor: Int32
  private var source: EventSource?

  init(_ session: Session, on loop: EventLoop, handler: @escaping (_ readiness: UInt32) -> Void) throws {
    descriptor = try session.duplicateSocket()
    source = try EventSource.descriptor(descriptor, on: loop, wantsWrite: session.wantsWrite, handler: handler)
  }

  deinit {
    source = nil
    close(descriptor)
  }

  func watch(forWriting wantsWrite: Bool) { source?.watch(forWriting: wantsWrite) }
}
