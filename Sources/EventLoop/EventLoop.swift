// SPDX-License-Identifier: GPL-3.0-or-later
import CSystemd
import Glibc
import Synchronization

/// A system call that failed, by its errno.
package struct SystemError: Error, Sendable, CustomStringConvertible {
  package let operation: String
  package let errno: Int32

  package init(_ operation: String, errno: Int32) {
    self.operation = operation
    self.errno = errno
  }

  package var description: String { "\(operation): \(String(cString: strerror(errno)))" }
}

/// A thread of its own that runs sd-event, and a serial executor, so that an actor can live on it.
///
/// sd-bus and libmosquitto handles are not thread-safe: an actor on an event loop touches them from one thread only, and
/// their callbacks, which the loop makes, enter the actor by `assumeIsolated`.
package final class EventLoop: SerialExecutor, @unchecked Sendable {
  /// The sd-event object; only for attaching a library's sources, and only from this loop or before ``start()``.
  package let event: OpaquePointer
  package let name: String
  private let wakeDescriptor: Int32
  private struct Queue {
    var jobs: [UnownedJob] = []
    var isSignalled = false
    var stops = false
  }
  private let queue = Mutex(Queue())
  private let thread = Mutex<pthread_t?>(nil)
  private let threadID = Atomic<Int>(0)

  /// Makes the loop and starts its thread.
  package init(name: String) throws(SystemError) {
    var event: OpaquePointer?
    let made = sd_event_new(&event)
    guard made >= 0, let event else { throw SystemError("sd_event_new", errno: -made) }
    let wake = vigil_eventfd()
    guard wake >= 0 else {
      let error = errno
      sd_event_unref(event)
      throw SystemError("eventfd", errno: error)
    }
    self.event = event
    self.name = name
    wakeDescriptor = wake
    let added = sd_event_add_io(
      event, nil, wake, vigil_epollin(),
      { _, descriptor, _, context in
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
        if let context { Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().runJobs() }
        return 0
      }, Unmanaged.passUnretained(self).toOpaque())
    guard added >= 0 else { throw SystemError("sd_event_add_io", errno: -added) }
    try startThread()
  }

  deinit {
    sd_event_unref(event)
    close(wakeDescriptor)
  }

  private func startThread() throws(SystemError) {
    // The thread inherits this mask: a signal for the process must never end up here (stack.md, fact 17).
    var all = sigset_t()
    var previous = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    var handle = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let result = pthread_create(
      &handle, nil,
      { context in
        guard let context else { return nil }
        let loop = Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue()
        loop.threadID.store(Int(bitPattern: UInt(pthread_self())), ordering: .sequentiallyConsistent)
        vigil_thread_name(loop.name)
        // A loop that fails would leave its actors dead: end, and let systemd start us again.
        if sd_event_loop(loop.event) < 0 { abort() }
        return nil
      }, context)
    guard result == 0 else {
      Unmanaged<EventLoop>.fromOpaque(context).release()
      throw SystemError("pthread_create", errno: result)
    }
    thread.withLock { $0 = handle }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let wakes = queue.withLock { queue in
      queue.jobs.append(job)
      defer { queue.isSignalled = true }
      return !queue.isSignalled
    }
    if wakes { wake() }
  }

  private func wake() {
    var one: UInt64 = 1
    _ = write(wakeDescriptor, &one, MemoryLayout<UInt64>.size)
  }

  private func runJobs() {
    let (jobs, stops) = queue.withLock { queue in
      defer {
        queue.jobs.removeAll(keepingCapacity: true)
        queue.isSignalled = false
      }
      return (queue.jobs, queue.stops)
    }
    for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
    if stops { sd_event_exit(event, 0) }
  }

  /// Ends the loop after the jobs at hand and waits for its thread. Not from the loop itself.
  package func stopAndJoin() {
    queue.withLock { $0.stops = true }
    wake()
    if let handle = thread.withLock({ thread -> pthread_t? in
      defer { thread = nil }
      return thread
    }) {
      pthread_join(handle, nil)
    }
  }

  package func isIsolatingCurrentContext() -> Bool? {
    threadID.load(ordering: .sequentiallyConsistent) == Int(bitPattern: UInt(pthread_self()))
  }

  package func checkIsolated() {
    precondition(isIsolatingCurrentContext() == true, "not on the event loop '\(name)'")
  }
}
