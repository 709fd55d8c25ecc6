// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import Glibc
import Journal
import Vitals

/// Asks everybody how they are.
struct HealthReport: Sendable {
  let journal: Journal
  let ingest: Ingest
  let collector: CollectorService
  let publisher: PublisherService
  let clock: Clock
  let startedMonotonicMs: Int64
  let database: String

  func make() async -> Health {
    let now = clock()
    let bluetooth = await collector.bluetooth
    let known = Dictionary(await collector.devices().map { ($0.address, $0) }, uniquingKeysWith: { $1 })
    let lastReading = await ingest.lastReading
    let stored = await readJournal()
    let writeError = await ingest.writeError
    return Health(
      version: Version.current, uptimeSeconds: (now.monotonicMs - startedMonotonicMs) / 1000, bootId: now.bootID,
      clockSynchronized: now.synchronized, wallClockKnown: now.wallMs != nil, broker: await publisher.state,
      queues: stored.queues, openAlerts: stored.openAlerts,
      bluetooth: Health.Bluetooth(
        available: bluetooth.available, adapter: bluetooth.adapter?.address ?? "",
        powered: bluetooth.adapter?.isPowered ?? false,
        controllers: Controller.all().map {
          Health.Controller(name: $0.name, address: $0.address, up: $0.isUp, running: $0.isRunning)
        }),
      storage: Health.Storage(
        freeBytes: freeBytes(), undecodedValues: stored.undecoded, error: writeError ?? stored.error),
      devices: stored.devices.map { device in
        let state = collector.board.state(of: device.id) ?? .waitingForBluetooth
        let seen = known[device.address.description]
        return Health.Device(
          id: device.id, address: device.address.description, model: device.model,
          resident: device.resident.description, profiles: device.profiles, link: device.link.rawValue,
          serial: device.serial, state: state.word, error: state.error, batteryPercent: seen?.battery, rssi: seen?.rssi,
          lastReadingSecondsAgo: lastReading[device.id].map { max(0, now.monotonicMs - $0) / 1000 })
      })
  }

  private struct Stored {
    var devices: [EnrolledDevice] = []
    var queues: [Health.Queue] = []
    var openAlerts = 0
    var undecoded = 0
    var error: String?
  }

  private func readJournal() async -> Stored {
    var stored = Stored()
    do {
      stored.devices = try await journal.devices()
      for lane in Lane.allCases {
        let position = try await journal.position(lane)
        stored.queues.append(
          Health.Queue(lane: lane.name, lastSeq: position.nextSeq &- 1, waiting: position.waiting))
      }
      stored.openAlerts = try await journal.openAlerts().count
      stored.undecoded = try await journal.undecodedCount()
      if !TextFile.exists(database) { stored.error = "\(database) is gone: what is written now will be lost" }
    } catch {
      stored.error = "\(error)"
    }
    return stored
  }

  private func freeBytes() -> Int64? {
    var info = statvfs()
    guard statvfs(database, &info) == 0 else { return nil }
    let (bytes, overflow) = Int64(clamping: info.f_bavail).multipliedReportingOverflow(
      by: Int64(clamping: info.f_frsize))
    return overflow ? nil : bytes
  }
}
