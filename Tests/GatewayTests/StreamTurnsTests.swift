// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Document
import EventLoop
import GatewayTestKit
import Journal
import Logging
import Testing
import Vitals

@testable import BlueZ
@testable import Gateway

/// Oximeters on fewer connections than there are of them, one second after the other: what the rules make of what is heard.
@Suite struct StreamTurnsTests {
  private let directory: TemporaryDirectory
  private let hand = IngestTests.HandClock()
  /// From the offer of a connection to the link, and from there to the first value.
  private static let connecting = 2
  private static let resolving = 2

  init() throws {
    SiteTime.use(zone: "Asia/Shanghai")
    directory = try TemporaryDirectory()
  }

  private struct Device {
    let address: DeviceAddress
    var spo2: UInt8 = 97
    var offered: Int?
    var linked: Int?
  }

  private struct Story {
    /// When OX-1 came, in seconds since the beginning of the desaturation.
    var alertAfter: Int?
    /// For how long each was not heard at most.
    var silences: [Int]
  }

  /// - Parameter low: how many of them report 85 all the time from the first value on.
  private func live(_ seconds: Int, devices count: Int, on room: Int, low: Int) async throws -> Story {
    let journal = try Journal(
      path: directory.file("\(count) on \(room), \(low).db"), loop: EventLoop(name: "journal"), newEpoch: "epoch",
      now: hand.clock())
    var devices: [Device] = []
    for number in 0..<count {
      let address = try #require(DeviceAddress("F5:F1:F2:F3:F4:0\(number)"))
      _ = try await journal.enrol(
        NewDevice(
          address: address, model: "Oximeter", profiles: ["bluetooth.pulse-oximeter"],
          resident: try #require(ResidentID("r-000\(number)")), link: .encrypted), uid: nil, now: hand.clock())
      devices.append(Device(address: address))
    }
    let ingest = Ingest(
      journal: journal, catalog: try IngestTests.catalog(),
      rules: try RuleSet(overriding: YAML.parse("{}", file: "rules.yaml")), clock: hand.clock,
      log: Logger(label: "test"))
    try await ingest.resume(onCommit: { _ in }, onWriteFailure: { _ in })
    // The one that is low comes last: it is the one that waits.
    for index in devices.indices.suffix(low) { devices[index].spo2 = 85 }
    let start = ContinuousClock.now
    var slots = LinkSlots()
    for index in devices.indices {
      let at = start
      if index < room {
        slots.linked("\(devices[index].address)", need: .stream(weight: 1), at: at)
        devices[index].linked = 0
      } else {
        for _ in 1...2 { slots.refused("\(devices[index].address)", need: .stream(weight: 1), at: at) }
      }
    }
    var story = Story(silences: Array(repeating: 0, count: count))
    var heard = Array(repeating: 0, count: count)
    for second in 1...seconds {
      hand.advance(1000)
      let now = start + .seconds(second)
      for (index, device) in devices.enumerated() {
        if let linked = device.linked, second - linked >= Self.resolving {
          heard[index] = second
          slots.valueCame(from: "\(device.address)", at: now)
          ingest.receive(
            address: device.address, characteristic: IngestTests.oximeter, bytes: [0, device.spo2, 0, 72, 0])
        }
        story.silences[index] = max(story.silences[index], second - heard[index])
      }
      await ingest.tick()
      slots.share(at: now, watched: ingest.undecided.addresses)
      for index in devices.indices {
        let address = "\(devices[index].address)"
        if slots.isYielding(address) {
          slots.ended(address, at: now)
          devices[index].linked = nil
        } else if devices[index].linked == nil, slots.isWaiting(address), slots.mayTry(address) {
          let offered = devices[index].offered ?? second
          devices[index].offered = offered
          guard second - offered >= Self.connecting else { continue }
          slots.linked(address, need: .stream(weight: 1), at: now)
          (devices[index].linked, devices[index].offered) = (second, nil)
        }
      }
      guard try await journal.openAlerts().count(where: { $0.rule == "OX-1" }) < low else {
        story.alertAfter = second
        break
      }
    }
    await journal.close()
    return story
  }

  /// Devices, and connections for them. By turns alone the rules would never get to the end of 30 s of values with six on one.
  static let homes = [(3, 2), (8, 5), (6, 1)]
  /// A sensor that was put on is not believed for 30 s, and OX-1 asks for 30 s; the rest is how precisely that is known.
  private static let judgement = 30 + 30 + 2

  @Test(arguments: homes) func aDesaturationIsJudgedAtItsFirstTurn(_ count: Int, on room: Int) async throws {
    let story = try await live(600, devices: count, on: room, low: 1)
    let wait = try #require(story.silences.last)
    #expect(wait <= 60)
    #expect(try #require(story.alertAfter) <= wait + Self.judgement)
  }

  /// Nobody is left out where all are in a bad way: they are judged one group after the other.
  @Test(arguments: homes) func allAreJudgedInTurn(_ count: Int, on room: Int) async throws {
    let story = try await live(900, devices: count, on: room, low: count)
    let groups = (count + room - 1) / room
    #expect(try #require(story.alertAfter) <= groups * (Self.judgement + Self.connecting + Self.resolving + 1))
  }
}
