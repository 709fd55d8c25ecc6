// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
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
      fileExists: TextFile.exists, read: { try? TextFile.read($0) })
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
    if let recovery = journal.recovery { tell(of: recovery, log) }
    let ingest = Ingest(
      journal: journal, catalog: catalog, rules: configuration.rules, streams: configuration.streams, clock: clock,
      log: log)
    let client = try Client(
      loop: mqttLoop, credentials: try configuration.broker.credentials(clientID: configuration.gateway),
      keepAlive: UInt16(clamping: configuration.broker.keepaliveSeconds), backoff: Backoff(maximum: longestBrokerPause),
      log: log)
    let writer = MessageWriter(clinic: configuration.clinic, gateway: configuration.gateway, epoch: journal.epoch)
    let publisher = PublisherService(
      client: client, journal: journal, writer: writer, consumer: configuration.receipts.consumer, clock: clock,
      log: log)
    let sendHistory = SendHistory(
      journal: journal, isBusy: { await publisher.isBusyResending }, resend: { await publisher.resend($0, $1) })
    let collector = CollectorService(
      loop: busLoop, bluetooth: configuration.bluetooth, journal: journal, ingest: ingest, publisher: publisher,
      catalog: catalog, clock: clock, log: log)
    let report = HealthReport(
      journal: journal, ingest: ingest, collector: collector, publisher: publisher, configuration: configuration,
      clock: clock, startedMonotonicMs: clock().monotonicMs)
    let rules = configuration.rules
    let commands = CommandService(
      gate: CommandGate(gateway: configuration.gateway, policy: configuration.commands),
      effects: [
        .acknowledge: Acknowledge(ingest: ingest), .pause: PauseCommand(ingest: ingest, rules: rules, clock: clock),
        .setLimits: SetLimits(ingest: ingest, rules: rules, clock: clock), .setPlan: SetPlan(ingest: ingest),
        .sendHistory: sendHistory,
        .diagnose: Diagnose(journal: journal, ingest: ingest, rules: rules) { await report.make() },
      ], journal: journal, writer: writer, clock: clock, log: log
    ) { await publisher.answer($0, correlationData: $1) }
    await publisher.takes("down/command/+") { commands.take($0) }
    let keeper = StorageKeeper(
      journal: journal, ingest: ingest, policy: configuration.storagePolicy, database: configuration.storage.database,
      clock: clock, log: log, onGaps: { publisher.committed([]) })
    let api = LocalAPI(
      loop: busLoop, collector: collector, journal: journal, ingest: ingest, report: report, log: log)
    await collector.onConnection { try await api.export(on: $0) }
    await ingest.onSignals { api.announce($0) }
    try await ingest.resume(
      onCommit: { alerts in
        publisher.committed(alerts)
        api.announce(alerts.map { AlertSignal($0) })
      },
      onWriteFailure: { alerts in
        publisher.sendUnnumbered(alerts)
        api.announce(alerts.map { AlertSignal($0) })
      })

    // Ended in reverse: the clock first, then the devices, what they said is written, then the broker, the journal last.
    let services: [any Service] = [
      JournalService(journal: journal), publisher, commands, BatchService(ingest: ingest), collector,
      TickService(
        ingest: ingest, publisher: publisher, collector: collector, keeper: keeper, report: report, log: log),
    ]
    // At debug it would print every service with all that it holds.
    var lifecycleLog = log
    lifecycleLog.logLevel = max(log.logLevel, .info)
    var group = ServiceGroupConfiguration(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: lifecycleLog)
    // All that is in memory still finds its way to the broker.
    group.services.append(
      .init(service: DamageService(journal: journal), failureTerminationBehavior: .gracefullyShutdownGroup))
    try await ServiceGroup(configuration: group).run()
    log.notice("stopped")
  }

  private static func tell(of recovery: Recovery, _ log: Logger) {
    var metadata: Logger.Metadata = ["reason": "\(recovery.reason)"]
    if let aside = recovery.aside { metadata["aside"] = "\(aside)" }
    if let saved = recovery.saved {
      let rows = saved.rows.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      metadata["saved"] = "\(rows.joined(separator: ", "))"
      for (lane, loss) in saved.losses {
        metadata["lost-of-lane-\(lane.name)"] = "\(loss.count.map(String.init) ?? "unknown")"
      }
      if saved.isCutShort { metadata["time"] = "over before all of it was looked at" }
    }
    log.error("the database could not be used, a new one has what could be saved of it", metadata: metadata)
  }
}

/// Ends the daemon when the database turns out to be damaged: the next start sets it aside and saves what can be saved.
private struct DamageService: Service {
  let journal: Journal

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        if let damage = await journal.damage { throw damage }
        try? await Task.sleep(for: .seconds(1))
      }
    }
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
