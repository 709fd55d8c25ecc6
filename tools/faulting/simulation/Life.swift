// SPDX-License-Identifier: GPL-3.0-or-later
import Gateway
import Glibc
import Journal
import ServiceLifecycle

/// First the hours that pass at once, then life by the machine's clock. In place of the daemon's `TickService`.
struct Life: Service {
  /// As long as a stream's sample waits for its transaction.
  private static let commitEvery = 4
  /// The oxygen falls for two minutes every six hours; later, by the machine's clock, for ten seconds of twenty.
  private static let spell = (every: 21_600, seconds: 120)
  private static let good: UInt8 = 97
  private static let low: UInt8 = 86

  let options: Options
  let household: Household
  let simulated: SimulatedClock
  let journal: Journal
  let ingest: Ingest
  let publisher: PublisherService
  let keeper: StorageKeeper

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var weighings = 0
      let seconds = options.hours * 3600
      for second in 0..<seconds where !Task.isCancelled {
        simulated.advance(1000)
        household.speak(second, spo2: second % Self.spell.every < Self.spell.seconds ? Self.low : Self.good, to: ingest)
        if second % options.weighEvery == 0 {
          household.weigh(weighings, to: ingest)
          weighings += 1
        }
        await ingest.drain()
        if second % Self.commitEvery == 0 { await ingest.commit() }
        if options.isTaken { await take() }
        await tick()
        if second % 3600 == 0 { await say("feeding", second, samples: 3 * (second + 1), weighings) }
      }
      await ingest.commit()
      await say("fed", seconds, samples: 3 * seconds, weighings)
      // What comes now is of another minute.
      simulated.advance(1000)
      simulated.letGo()
      await live(from: seconds, weighings)
    }
  }

  private func live(from seconds: Int, _ weighings: Int) async {
    var second = seconds
    var isQuiet = false
    while !Task.isCancelled {
      if !isQuiet {
        household.speak(second, spo2: second % 20 < 10 ? Self.low : Self.good, to: ingest)
        second += 1
      }
      await tick()
      if isTold("quiet") {
        isQuiet = true
        await ingest.commit()
        await say("quiet", second, samples: 3 * second, weighings)
      }
      await say("living", second, samples: 3 * second, weighings)
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// What the daemon does each second.
  private func tick() async {
    await ingest.tick()
    await publisher.settle()
    await keeper.tick()
  }

  private func take() async {
    for lane in Lane.allCases {
      guard let last = try? await journal.position(lane).nextSeq - 1 else { continue }
      await journal.noteAccepted(last, in: lane)
      await journal.noteDelivered(last, in: lane)
    }
  }

  private func isTold(_ word: String) -> Bool {
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&input, 1, 0) > 0, input.revents & Int16(POLLIN) != 0 else { return false }
    return readLine() == word
  }

  private func say(_ event: String, _ seconds: Int, samples: Int, _ weighings: Int) async {
    var line = Report.Line(
      event: event, seconds: seconds, monotonicMs: simulated.clock().monotonicMs, samples: samples,
      weighings: weighings,
      isConnected: await publisher.state.connected)
    for lane in Lane.allCases {
      guard let position = try? await journal.position(lane) else { continue }
      line.lastSeq[lane.name] = position.nextSeq - 1
      line.accepted[lane.name] = position.accepted
      line.delivered[lane.name] = position.delivered
    }
    Report.say(line)
  }
}
