// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import Glibc
import Logging
import ServiceLifecycle

/// What happens by the clock: waits that end, the watchdog, and `health` each minute. It tells systemd when all is up.
///
/// The watchdog is fed only after the journal's executor has answered, so a daemon that hangs there is restarted.
package struct TickService: Service {
  private static let healthInterval = Duration.seconds(60)

  private let ingest: Ingest
  private let publisher: PublisherService
  private let health: @Sendable () async -> Health
  private let log: Logger

  package init(
    ingest: Ingest, publisher: PublisherService, log: Logger, health: @escaping @Sendable () async -> Health
  ) {
    self.ingest = ingest
    self.publisher = publisher
    self.log = log
    self.health = health
  }

  package func run() async throws {
    ServiceManager.ready(status: "running")
    log.notice("ready", metadata: ["version": "\(Version.current)"])
    let watchdog = ServiceManager.watchdogInterval
    await cancelWhenGracefulShutdown {
      var nextHealth = ContinuousClock.now
      var nextSign = ContinuousClock.now
      while !Task.isCancelled {
        await ingest.tick()
        await publisher.settle()
        let now = ContinuousClock.now
        if let watchdog, now >= nextSign {
          let status = await health().statusLine
          ServiceManager.alive(status: status)
          nextSign = now + watchdog
        }
        if now >= nextHealth, await publisher.state.connected {
          if await publisher.publishHealth(await health()) { nextHealth = now + Self.healthInterval }
        }
        try? await Task.sleep(for: .seconds(1))
      }
    }
    ServiceManager.stopping()
  }
}

extension Health {
  /// For `systemctl status`.
  var statusLine: String {
    let connected = devices.count { $0.state == "connected" }
    let waiting = queues.reduce(0) { $0 + $1.waiting }
    return "\(connected) of \(devices.count) devices connected, broker \(broker.connected ? "connected" : "away"), "
      + "\(waiting) messages waiting, \(openAlerts) alerts open"
  }
}
