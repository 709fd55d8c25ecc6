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
  /// How often it is looked which devices are there.
  private static let deviceInterval = Duration.seconds(10)

  private let ingest: Ingest
  private let publisher: PublisherService
  private let collector: CollectorService
  private let keeper: StorageKeeper
  // Functions, not the report: a service is written into the log whole, and that has the configuration in it.
  private let brief: @Sendable () async -> HealthBrief
  private let health: @Sendable () async -> Health
  private let log: Logger

  init(
    ingest: Ingest, publisher: PublisherService, collector: CollectorService, keeper: StorageKeeper,
    report: HealthReport, log: Logger
  ) {
    self.ingest = ingest
    self.publisher = publisher
    self.collector = collector
    self.keeper = keeper
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
      var nextDevices = ContinuousClock.now
      while !Task.isCancelled {
        await ingest.tick()
        await publisher.settle()
        if let isHeard = await publisher.state.isHeard { await ingest.alertsAre(heard: isHeard) }
        await keeper.tick()
        await collector.tellOfBluetooth()
        let now = ContinuousClock.now
        if now >= nextDevices {
          nextDevices = now + Self.deviceInterval
          await collector.tellOfDevices(since: Self.deviceInterval)
        }
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
