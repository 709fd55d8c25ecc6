// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import Synchronization

/// A loopback port that passes its connections on to another, counts them, and can cut them without a farewell.
/// Without a target it closes each connection at once.
package final class Relay: Sendable {
  package let port: UInt16
  private let listener: Int32
  private let target: UInt16?
  private struct State {
    var descriptors: [Int32] = []
    var count = 0
    var isCut = false
  }
  private let state = Mutex(State())

  package init(to target: UInt16?) throws(TestKitError) {
    (listener, port) = try Loopback.listen()
    self.target = target
    Self.thread { [self] in acceptAll() }
  }

  /// How many connections there have been.
  package var connections: Int { state.withLock { $0.count } }

  /// Ends all connections, and refuses new ones.
  package func cut() {
    state.withLock { state in
      guard !state.isCut else { return }
      state.isCut = true
      shutdown(listener, Int32(SHUT_RDWR))
      for descriptor in state.descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  private func acceptAll() {
    while true {
      let near = accept(listener, nil, nil)
      guard near >= 0 else { break }
      state.withLock { $0.count += 1 }
      guard let target, let far = Loopback.connect(port: target) else {
        close(near)
        continue
      }
      let isCut = state.withLock { state in
        state.descriptors += [near, far]
        return state.isCut
      }
      if isCut { for descriptor in [near, far] { shutdown(descriptor, Int32(SHUT_RDWR)) } }
      // The descriptors stay open until the process ends: closing them here could close another test's.
      Self.thread { Self.pump(from: near, to: far) }
      Self.thread { Self.pump(from: far, to: near) }
    }
    close(listener)
  }

  private static func pump(from source: Int32, to target: Int32) {
    var bytes = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(source, &bytes, bytes.count)
      guard count > 0 else { break }
      var sent = 0
      while sent < count {
        let written = bytes.withUnsafeBytes {
          send(target, $0.baseAddress.map { $0 + sent }, count - sent, Int32(MSG_NOSIGNAL))
        }
        guard written > 0 else { break }
        sent += written
      }
    }
    shutdown(target, Int32(SHUT_WR))
  }

  private final class Job {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private static func thread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let made = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, Unmanaged.passRetained(Job(body)).toOpaque())
    if made == 0 { pthread_detach(thread) }
  }
}
