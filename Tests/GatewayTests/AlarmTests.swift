// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Gateway

@Suite struct AlarmTests {
  /// A device that says very much pushes an alarm out of what waits to be heard: nobody says then that it has rung.
  @Test(.timeLimit(.minutes(1))) func oneThatNobodyHeardRingsAgain() async throws {
    let (events, mouth) = AsyncStream.makeStream(of: Conversations.Event.self)
    var rings = events.makeAsyncIterator()
    var alarm = Alarm(mouth: mouth)
    for now in [Int64(1000), 1001] {
      alarm.set(to: 1000, now: now)
      guard case .alarm = await rings.next() else {
        Issue.record("it has not rung")
        return
      }
    }
    alarm.cancel()
  }
}
