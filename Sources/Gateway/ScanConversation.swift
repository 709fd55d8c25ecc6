// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import EventLoop
import Journal
import Logging

/// One who scans, over a ``LineChannel`` with ``ScanMessage``s, until the client closes its end or ten minutes are over.
struct ScanConversation: Sendable {
  /// How many there may be at once.
  static let limit = 8
  private static let interval = Duration.milliseconds(250)
  private static let longest = Duration.seconds(600)

  let collector: CollectorService
  let channel: LineChannel
  let loop: EventLoop
  let readsSerials: Bool
  let log: Logger

  func run() async {
    var source = try? await ChannelWatch(loop: loop).watch(channel)
    let work = Task {
      await collector.central.discovering {
        await withTaskGroup { group in
          group.addTask { await tell() }
          if readsSerials { group.addTask { await readSerials() } }
          await group.next()
          group.cancelAll()
        }
      }
      channel.finish()
    }
    for await _ in channel.lines {}
    withExtendedLifetime(source) {}
    // Before what takes long: a descriptor at its end would wake the loop again and again.
    source = nil
    work.cancel()
    await work.value
  }

  private func tell() async {
    var feed = ScanFeed(catalog: collector.catalog)
    let end = ContinuousClock.now + Self.longest
    while !Task.isCancelled, ContinuousClock.now < end {
      let surroundings = await collector.central.look()
      feed.tell(surroundings, enrolled: await enrolled(), now: .now, send: send)
      try? await Task.sleep(for: Self.interval)
    }
    _ = send(ScanMessage(state: .ended))
  }

  /// Each device once, one after the other.
  private func readSerials() async {
    let feed = ScanFeed(catalog: collector.catalog)
    var asked: Set<String> = []
    while !Task.isCancelled {
      let surroundings = await collector.central.look()
      let candidates = feed.candidates(surroundings, enrolled: await enrolled(), now: .now)
      if let next = candidates.first(where: { !asked.contains($0) }) {
        asked.insert(next)
        do {
          try await collector.readInformation(of: next)
        } catch {
          // Many refuse; then nothing is known, and that is shown.
          log.info("no serial number", metadata: ["address": "\(next)", "error": "\(error)"])
        }
      } else {
        try? await Task.sleep(for: Self.interval)
      }
    }
  }

  private func send(_ message: ScanMessage) -> Bool {
    guard let line = try? JSONText.encode(message) else { return false }
    return channel.offer(line)
  }

  /// By address. A database that cannot be read marks no device.
  private func enrolled() async -> [String: EnrolledDevice] {
    let devices = (try? await collector.journal.devices()) ?? []
    return Dictionary(devices.map { ($0.address.description, $0) }, uniquingKeysWith: { $1 })
  }
}
