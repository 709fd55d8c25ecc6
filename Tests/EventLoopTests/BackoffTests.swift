// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import Testing

@Suite("The pause before the next attempt")
struct BackoffTests {
  @Test func `It doubles from 1…2 s to 1…30 s, and begins again`() {
    var backoff = Backoff()
    #expect((0..<7).map { _ in backoff.next(fraction: 1) } == [2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
    #expect(backoff.next(fraction: 0) == .seconds(1))
    backoff.reset()
    #expect(backoff.next(fraction: 0.5) == .milliseconds(1500))
    for _ in 0..<1000 { #expect((Duration.seconds(1)...Duration.seconds(30)).contains(backoff.next())) }
  }

  @Test func `No parameters make it spin`() {
    var backoff = Backoff(minimum: .zero, maximum: .seconds(-1))
    for _ in 0..<10 { #expect(backoff.next(fraction: -7) >= .milliseconds(1)) }
  }
}
