// SPDX-License-Identifier: GPL-3.0-or-later
import CSystemd
import Glibc

/// A descriptor or a timer that an ``EventLoop`` watches. Use it on its loop only; it ends when it is released.
package final class EventSource {
  private var source: OpaquePointer?
  private let handler: (_ readiness: UInt32) -> Void

  private init(handler: @escaping (UInt32) -> Void) { self.handler = handler }

  deinit { source = sd_event_source_disable_unref(source) }

  /// Watches a descriptor, which stays the caller's.
  package static func descriptor(
    _ descriptor: Int32, on loop: EventLoop, wantsWrite: Bool = false, handler: @escaping (UInt32) -> Void
  ) throws(SystemError) -> EventSource {
    let made = EventSource(handler: handler)
    let result = sd_event_add_io(
      loop.event, &made.source, descriptor, events(wantsWrite),
      { _, _, readiness, context in
        if let context { Unmanaged<EventSource>.fromOpaque(context).takeUnretainedValue().handler(readiness) }
        return 0
      }, Unmanaged.passUnretained(made).toOpaque())
    guard result >= 0 else { throw SystemError("watch a descriptor", errno: -result) }
    return made
  }

  /// A timer that fires once, and again after each ``rearm(after:)``.
  package static func timer(
    after delay: Duration, on loop: EventLoop, handler: @escaping () -> Void
  ) throws(SystemError) -> EventSource {
    let made = EventSource(handler: { _ in handler() })
    let result = sd_event_add_time_relative(
      loop.event, &made.source, CLOCK_MONOTONIC, delay.microseconds, 20_000,
      { _, _, context in
        if let context { Unmanaged<EventSource>.fromOpaque(context).takeUnretainedValue().handler(0) }
        return 0
      }, Unmanaged.passUnretained(made).toOpaque())
    guard result >= 0 else { throw SystemError("start a timer", errno: -result) }
    return made
  }

  package func rearm(after delay: Duration) {
    sd_event_source_set_time_relative(source, delay.microseconds)
    sd_event_source_set_enabled(source, vigil_event_oneshot())
  }

  package func watch(forWriting wantsWrite: Bool) {
    sd_event_source_set_io_events(source, Self.events(wantsWrite))
  }

  private static func events(_ wantsWrite: Bool) -> UInt32 {
    vigil_epollin() | (wantsWrite ? vigil_epollout() : 0)
  }
}

extension Duration {
  /// Whole microseconds, 0 for a negative duration.
  package var microseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .max / 4 : whole + UInt64(attoseconds / 1_000_000_000_000)
  }

  package var milliseconds: Int64 { Int64(clamping: microseconds / 1000) }
}
