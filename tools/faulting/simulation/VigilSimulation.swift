// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import FoundationEssentials
import Gateway
import Glibc
import Journal
import Logging
import MQTT
import ServiceLifecycle

/// Days of a gateway's life in minutes: the real journal, ingest and publisher by a clock that is handed to them.
///
///     vigil-simulation --config FILE --hours N [--weigh-every SECONDS] [--taken yes]
///
/// It lets the hours pass as fast as they can be stored, says `fed`, and then lives on by the machine's clock, with an alert
/// that comes and goes. A line `quiet` on stdin ends that; SIGTERM ends the program. On stdout stand JSON objects, a line each.
@main enum VigilSimulation {
  static func main() async {
    do {
      try await run(Options(CommandLine.arguments.dropFirst()))
    } catch {
      let line = Array("vigil-simulation: \(error)\n".utf8)
      _ = write(STDERR_FILENO, line, line.count)
      exit(1)
    }
  }

  /// As `Daemon.run`, without Bluetooth.
  private static func run(_ options: Options) async throws {
    let configuration = try Daemon.configuration(at: options.config)
    SiteTime.use(zone: configuration.zone)
    let level = Logger.Level(rawValue: configuration.log.level.rawValue) ?? .info
    let log = Logger(label: "vigil-simulation") { SystemLogHandler(label: $0, level: level) }
    let simulated = SimulatedClock()
    let clock = simulated.clock
    let journal = try Journal(
      path: configuration.storage.database, loop: EventLoop(name: "journal"), newEpoch: UUID().uuidString.lowercased(),
      now: clock())
    let ingest = Ingest(
      journal: journal, catalog: try Daemon.catalog(in: configuration.profiles), rules: configuration.rules,
      streams: configuration.streams, clock: clock, log: log)
    let client = try Client(
      loop: EventLoop(name: "mqtt"), credentials: try configuration.broker.credentials(clientID: configuration.gateway),
      keepAlive: UInt16(clamping: configuration.broker.keepaliveSeconds), backoff: Backoff(maximum: .seconds(2)),
      log: log)
    let publisher = PublisherService(
      client: client, journal: journal,
      writer: MessageWriter(clinic: configuration.clinic, gateway: configuration.gateway, epoch: journal.epoch),
      consumer: configuration.receipts.consumer, clock: clock, log: log)
    let household = try await Household.move(into: journal, now: clock())
    try await ingest.resume(
      onCommit: { alerts in
        for alert in alerts { Report.alert(alert) }
        publisher.committed(alerts)
      }, onWriteFailure: { publisher.sendUnnumbered($0) })
    let keeper = StorageKeeper(
      journal: journal, ingest: ingest, policy: configuration.storagePolicy, database: configuration.storage.database,
      clock: clock, log: log, onGaps: { publisher.committed([]) })
    let life = Life(
      options: options, household: household, simulated: simulated, journal: journal, ingest: ingest,
      publisher: publisher, keeper: keeper)
    try await ServiceGroup(
      services: [publisher, life], gracefulShutdownSignals: [.sigterm, .sigint],
      logger: Logger(label: "services", factory: { _ in SwiftLogNoOpLogHandler() })
    ).run()
    await journal.close()
  }
}

struct Options: Sendable {
  var config = ""
  var hours = 72
  var weighEvery = 1800
  var isTaken = false

  init(_ arguments: ArraySlice<String>) throws {
    var rest = arguments
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { throw SimulationError("\(name) needs a value") }
      switch (name, Int(value)) {
      case ("--config", _): config = value
      case ("--hours", let number?) where number >= 0: hours = number
      case ("--taken", _): isTaken = value == "yes"
      case ("--weigh-every", let number?) where number > 0: weighEvery = number
      default: throw SimulationError("unusable: \(name) \(value)")
      }
    }
    guard !config.isEmpty else { throw SimulationError("--config FILE is missing") }
  }
}

struct SimulationError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
