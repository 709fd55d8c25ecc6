// SPDX-License-Identifier: GPL-3.0-or-later
import Synchronization

/// Work that is cancelled when its time is up.
enum TimeLimit {
  /// Runs the work; when it takes longer it is cancelled, and what it throws then is replaced by `late`.
  ///
  /// Work that comes to its end all the same has its result.
  static func run<T: Sendable>(
    _ limit: Duration, late: @autoclosure @Sendable () -> any Error, _ work: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    let isLate = Flag()
    let task = Task { try await work() }
    let timer = Task {
      try await Task.sleep(for: limit)
      isLate.set()
      task.cancel()
    }
    defer { timer.cancel() }
    return try await withTaskCancellationHandler {
      do {
        return try await task.value
      } catch {
        throw isLate.isSet ? late() : error
      }
    } onCancel: {
      task.cancel()
    }
  }

  private final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
  }
}
