// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Gateway

@Suite struct TimeLimitTests {
  struct Late: Error {}
  struct Broken: Error {}

  /// Waits for its cancellation, for a minute at most.
  static func waitForTheEnd() async throws { try await Task.sleep(for: .seconds(60)) }

  @Test func workInTimeHasItsResult() async throws {
    #expect(try await TimeLimit.run(.seconds(60), late: Late()) { 7 } == 7)
  }

  @Test func workThatIsLateIsCancelledAndSaysSo() async {
    await #expect(throws: Late.self) {
      try await TimeLimit.run(.milliseconds(10), late: Late()) { try await Self.waitForTheEnd() }
    }
  }

  /// What was just done cannot be called late.
  @Test func workThatEndsAllTheSameHasItsResult() async throws {
    let result = try await TimeLimit.run(.milliseconds(10), late: Late()) {
      try? await Self.waitForTheEnd()
      return 7
    }
    #expect(result == 7)
  }

  @Test func anErrorIsPassedOn() async {
    await #expect(throws: Broken.self) { try await TimeLimit.run(.seconds(60), late: Late()) { throw Broken() } }
  }

  @Test func aCancellationFromOutsideIsNotLate() async {
    let task = Task { try await TimeLimit.run(.seconds(60), late: Late()) { try await Self.waitForTheEnd() } }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
