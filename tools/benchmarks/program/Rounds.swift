// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// Times something short: often enough for the clock, and more than once.
enum Rounds {
  private static let count = 15
  private static let shortest = Duration.milliseconds(20)

  /// - Parameters:
  ///   - values: how many values one pass handles.
  ///   - pass: what is timed. Its result is used, so that it cannot be left out.
  /// - Returns: nanoseconds for one value, a number for each round. What comes before the first round warms up.
  static func measure(valuesInOnePass values: Int, _ pass: () -> Int) -> [Double] {
    var passes = 1
    while time(passes, pass) < shortest { passes *= 2 }
    return (0..<count).map { _ in
      let nanoseconds = time(passes, pass) / .nanoseconds(1)
      return nanoseconds / Double(passes * max(1, values))
    }
  }

  /// One round of so many passes.
  static func run(_ passes: Int, valuesInOnePass values: Int, _ pass: () -> Int) -> [Double] {
    [time(passes, pass) / .nanoseconds(1) / Double(max(1, passes * values))]
  }

  /// Of the processor, so that other work on the machine does not count.
  private static func time(_ passes: Int, _ pass: () -> Int) -> Duration {
    let start = processorTime()
    var seen = 0
    for _ in 0..<passes { seen &+= pass() }
    let taken = processorTime() - start
    sink = seen
    return taken
  }

  private static func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  nonisolated(unsafe) private static var sink = 0
}
