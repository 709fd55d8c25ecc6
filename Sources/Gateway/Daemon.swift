// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import EventLoop
import FoundationEssentials
import Glibc
import Journal
import Logging
import MQTT
import ServiceLifecycle

/// The daemon, composed: what `vigild` runs.
package enum Daemon {
  /// An alert must not wait long for a broker that is back.
  private static let longestBrokerPause = Duration.seconds(10)

  /// Reads and checks a configuration file.
  package static func configuration(at path: String) throws -> Configuration {
    try Configuration.load(
      text: TextFile.read(path), file: path, zoneExists: { TextFile.isTimeZone("/usr/share/zoneinfo/" + $0) },
      fileExists: TextFile.exists)
  }

  /// Reads the profiles below the directories. One that is wrong is an error with its place.
  package static func catalog(in directories: [String]) throws -> ProfileCatalog {
    var profiles: [DeviceProfile] = []
    for path in directories.flatMap({ TextFile.files(below: $0, ending: ".yaml") }) {
      profiles.append(try ProfileLoader.load(TextFile.read(path), file: path))
    }
    guard !profiles.isEmpty else {
      throw FileError(path: directories.joined(separator: ", "), reason: "no device profiles (*.yaml) there")
    }
    return try ProfileCatalog(profiles)
  }

  /// Whether a person has to change a file before another start can do better.
  package static func isConfigurationError(_ error: any Error) -> Bool { error is DocumentError || error is FileError }

  /// Runs until SIGTERM or SIGINT.
  package static func run(_ configuration: Configuration, clock: @escaping Clock, log: Logger) async throws {
    SiteTime.use(zone: configuration.zone)
    let catalog = try catalog(in: configuration.profiles)
    let journalLoop = try EventLoop(name: "journal")
    let busLoop = try EventLoop(name: "bus")
    let mqttLoop = try EventLoop(name: "mqtt")
    let journal = try Journal(
      path: configuration.storage.database, loop: journalLoop, newEpoch: UUID().uuidString.lowercased(), now: clock())
    let ingest = Ingest(
      journal: journal, catalog: catalog, rules: configuration.rules, clock: clock, log: log)
    let client = try Client(
      loop: mqttLoop, credentials: try configuration.broker.credentials(clientID: configuration.gateway),
      keepAlive: UInt16(clamping: configuration.broker.keepaliveSeconds), backoff: Backoff(maximum: longestBrokerPause),
      log: log)
    let publisher = PublisherService(
      client: client, journal: journal,
      writer: MessageWriter(clinic: configuration.clinic, gateway: configuration.gateway, epoch: journal.epoch),
      clock: clock, log: log)
    let collector = CollectorService(
      loop: busLoop, bluetooth: configuration.bluetooth, journal: journal, ingest: ingest, publisher: publisher,
      catalog: catalog, clock: clock, log: log)
    let report = HealthReport(
      journal: journal, ingest: ingest, collector: collector, publisher: publisher, configuration: configuration,
      clock: clock, startedMonotonicMs: clock().monotonicMs)
    let api = LocalAPI(
      loop: busLoop, collector: collector, journal: journal, ingest: ingest, report: report, log: log)
    await collector.onConnection { try await api.export(on: $0) }
    try await ingest.resume(
      onCommit: { alerts in
        publisher.committed(alerts)
        api.announce(alerts)
      },
      onWriteFailure: { alerts in
        publisher.sendUnnumbered(alerts)
        api.announce(alerts)
      })

    // Ended in reverse: the clock first, then the devices, what they said is written, then the broker, the journal last.
    let services: [any Service] = [
      JournalService(journal: journal), publisher, BatchService(ingest: ingest), collector,
      TickService(ingest: ingest, publisher: publisher, report: report, log: log),
    ]
    // At debug it would print every service with all that it holds.
    var lifecycleLog = log
    lifecycleLog.logLevel = max(log.logLevel, .info)
    try await ServiceGroup(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: lifecycleLog
    ).run()
    log.notice("stopped")
  }
}

/// Closes the journal when everything else has ended.
private struct JournalService: Service {
  let journal: Journal

  func run() async throws {
    try await gracefulShutdown()
    await journal.close()
  }
}

/// Writes what is left when the devices have ended.
private struct BatchService: Service {
  let ingest: Ingest

  func run() async throws {
    try await gracefulShutdown()
    await ingest.drain()
    await ingest.commit()
  }
}
