// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import EventLoop
import GatewayTestKit
import Glibc
import Journal
import SQLite
import Vitals

/// A database on the disk, and what a test does to its files.
struct JournalFiles {
  static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

  let directory: TemporaryDirectory
  let loop: EventLoop
  var path: String { directory.file("vigil.db") }
  var log: String { path + "-wal" }

  init() throws {
    directory = try TemporaryDirectory()
    loop = try EventLoop(name: "journal")
  }

  func open(epoch: String = "epoch-1") throws -> Journal {
    try Journal(path: path, loop: loop, newEpoch: epoch, now: Samples.moment(0))
  }

  /// Makes the database of a frozen fixture.
  func make(version: Int) throws {
    let text = String(decoding: octets(of: "\(Self.root)/Tests/Fixtures/journal-version-\(version).sql"), as: UTF8.self)
    let connection = try Connection(path: path)
    try connection.execute(text)
    connection.close()
  }

  /// Copies the files of a database that is open, with its log, as a kill would leave them.
  func keep(from other: JournalFiles) {
    write(other.octets(of: other.path), to: path)
    write(other.octets(of: other.log), to: log)
  }

  func octets(of path: String) -> [UInt8] {
    guard let file = fopen(path, "re") else { return [] }
    defer { fclose(file) }
    var found: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { found += chunk.prefix(count) }
    return found
  }

  func write(_ octets: [UInt8], to path: String) {
    guard let file = fopen(path, "we") else { return }
    fwrite(octets, 1, octets.count, file)
    fclose(file)
  }

  func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Two devices, an alert that has ended and one that is open, spot readings and samples, the first ones delivered.
  @discardableResult
  func fill(_ journal: Journal) async throws -> [Observation] {
    for (number, address) in ["F5:F1:F2:F3:F4:01", "F5:F1:F2:F3:F4:02"].enumerated() {
      guard let address = DeviceAddress(address), let resident = ResidentID("r-000\(number)") else { continue }
      _ = try await journal.enrol(
        NewDevice(address: address, model: "strap", profiles: ["p"], resident: resident, link: .encrypted), uid: 0,
        now: Samples.moment(0))
    }
    var written: [Observation] = []
    for batch in 0..<20 {
      var observations: [Observation] = []
      for number in 0..<15 {
        let at = Int64(batch * 15 + number + 1)
        let time = CivilTime(year: 2026, month: 3, day: 1 + batch, hour: number, minute: 0, second: 0)
        observations.append(
          try Samples.observation(
            at: at, [Samples.quantity(.heartRate, 40 + number)], stream: number % 3 != 0,
            characteristic: number % 3 != 0 ? "2A37" : "2A35", deviceTime: number % 3 != 0 ? nil : time))
      }
      try await journal.write(now: Samples.moment(Int64(batch))) { [observations] writer in
        for observation in observations { try writer.append(observation, bytes: [UInt8](repeating: 7, count: 40)) }
        if batch == 3 { for alert in try alerts() { try writer.append(alert) } }
      }
      written += observations
      if batch == 9 {
        for lane in Lane.allCases {
          let last = lane == .alert ? 2 : Int64(1 + written.count)
          await journal.noteAccepted(last, in: lane)
          await journal.noteDelivered(last, in: lane)
        }
      }
    }
    return written
  }

  private func alerts() throws -> [Alert] {
    guard let resident = ResidentID("r-0001") else { return [] }
    func alert(_ name: String, _ version: Int, _ phase: Alert.Phase, _ state: Alert.State) -> Alert {
      Alert(
        alert: StableID(hashing: [name]), version: version, resident: resident, rule: "OX-1", ruleVersion: 3,
        phase: phase, state: state, category: .physiological, priority: .high, level: 1, limits: [], evidence: [],
        raised: Samples.moment(5), supersededBy: nil, text: ["en": name, "zh": name], link: .encrypted)
    }
    return [
      alert("over", 1, .start, .active), alert("over", 2, .clear, .ended), alert("open", 1, .start, .active),
    ]
  }
}
