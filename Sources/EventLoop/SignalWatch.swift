// SPDX-License-Identifier: GPL-3.0-or-later
import CSystemd
import Glibc

/// Signals of the process, handled on an ``EventLoop``. Use it on its loop only; there can be one at a time.
///
/// Not sd_event_add_signal, which is a signalfd and needs a signal that every thread blocks: the Swift runtime parks the
/// main thread in sigsuspend with nothing blocked. A handler that writes into a pipe works on whatever thread it runs.
package final class SignalWatch {
  private let signals: [Int32]
  private let ends: [Int32]
  private var source: EventSource?

  /// Catches the signals until it is released; then they have their default action again.
  package init(
    _ signals: [Int32], on loop: EventLoop, handler: @escaping (_ signal: Int32) -> Void
  ) throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError("pipe", errno: errno) }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    self.ends = ends
    self.signals = signals
    let reading = ends[0]
    source = try EventSource.descriptor(reading, on: loop) { _ in
      var number: UInt8 = 0
      while read(reading, &number, 1) == 1 { handler(Int32(number)) }
    }
    vigil_signal_into(ends[1])
    for signal in signals { _ = vigil_signal_catch(signal) }
  }

  deinit {
    for signal in signals { vigil_signal_default(signal) }
    vigil_signal_into(-1)
    source = nil
    for end in ends { close(end) }
  }
}
