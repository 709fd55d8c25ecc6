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
  // Functions, not the report: a service is written into the log whole, and that has the configuration in it.
  private let brief: @Sendable () async -> HealthBrief
  private let health: @Sendable () async -> Health
  private let log: Logger

  init(ingest: Ingest, publisher: PublisherService, report: HealthReport, log: Logger) {
    self.ingest = ingest
    self.publisher = publisher
    brief = { await report.brief() }
    health = { await report.make() }
    self.log = log
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
          // It asks the journal, so a daemon that hangs there gives no sign.
          ServiceManager.alive(status: await brief().statusLine)
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
