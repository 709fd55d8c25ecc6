// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import GatewayTestKit
import Journal
import Testing
import Vitals

@testable import Gateway

/// From captures to measurements, device by device.
@Suite struct DeviceReadersTests {
  private static let values = "0000ff02-0000-1000-8000-00805f9b34fb"
  private static let control = "0000ff05-0000-1000-8000-00805f9b34fb"
  private static let band = "manufacturer:0157"
  private var readers: DeviceReaders
  private let device: EnrolledDevice
  private let other: EnrolledDevice

  init() throws {
    let oximeter = """
      id: maker.oximeter
      title: Oximeter
      evidence: simulated
      sources: [none]
      match: {names: ["Ox*"]}
      characteristics:
        - uuid: FF02
          title: Values
          live: true
          also: [FF04]
          feature: {uuid: FF03, fields: [{name: features, type: uint8}]}
          frames: {start: EB, length: 4, checksum: {kind: sum, from: 0, until: 1}}
          fields:
            - {name: start, type: uint8}
            - {name: spo2, type: uint8, kind: spo2, unit: "%"}
            - {name: state, type: uint8, supported-by: {features: {0: 0}}, status: {0: body-movement}}
            - {name: checksum, type: uint8}
          vectors: [{hex: EB 60 00 4B, values: [spo2 96]}]
        - uuid: FF05
          title: Control
          use: information
          fields: [{name: answer, type: uint8}]
          vectors: [{hex: "06", values: []}]
      """
    let band = """
      id: maker.band
      title: Band
      evidence: simulated
      sources: [none]
      match: {manufacturers: [0x0157]}
      advertisements:
        - manufacturer: 0x0157
          title: Heart rate
          live: true
          fields: [{name: pulse, type: uint8, kind: heart-rate, unit: /min}]
          vectors: [{hex: "48", values: [heart-rate 72]}]
      """
    readers = DeviceReaders(
      catalog: try ProfileCatalog([
        ProfileLoader.load(oximeter, file: "oximeter.yaml"), ProfileLoader.load(band, file: "band.yaml"),
      ]))
    func enrolled(_ id: String, _ address: String, _ profile: String) throws -> EnrolledDevice {
      EnrolledDevice(
        id: id, address: try #require(DeviceAddress(address)), model: "Ox", profiles: [profile],
        resident: try #require(ResidentID("r-0001")), link: .open)
    }
    device = try enrolled("d-1", "F5:F1:F2:F3:F4:01", "maker.oximeter")
    other = try enrolled("d-2", "F5:F1:F2:F3:F4:02", "maker.band")
  }

  private mutating func read(
    _ bytes: [UInt8], from characteristic: String = values, at ms: Int64 = 0, of device: EnrolledDevice? = nil
  ) -> [String] {
    let device = device ?? self.device
    let capture = Capture(
      address: device.address, characteristic: characteristic, bytes: bytes, received: Samples.moment(ms))
    return readers.read(capture, of: device).map { reading in
      switch reading {
      case .measurement(let measurement, _, let bytes):
        let number = measurement.values.first?.number.map { "\($0)" } ?? "-"
        return "\(number) \(measurement.status.joined(separator: ",")) \(bytes.count)"
      case .undecoded(let reason, let isStream, let bytes):
        return "undecoded \(reason.split(separator: " ").first ?? "") \(isStream) \(bytes.count)"
      }
    }
  }

  private func frame(_ spo2: UInt8, _ state: UInt8 = 0) -> [UInt8] { [0xeb, spo2, state, 0xeb &+ spo2 &+ state] }

  @Test mutating func aFrameMayGoOnInAnotherValueAndCharacteristic() {
    #expect(read(Array(frame(96).prefix(3))).isEmpty)
    #expect(
      read([frame(96)[3]] + frame(97), from: "0000ff04-0000-1000-8000-00805f9b34fb", at: 10) == ["96  4", "97  4"])
  }

  @Test mutating func aFrameThatIsWrongIsKeptWithItsOctets() {
    #expect(read([0xeb, 96, 0, 0]) == ["undecoded malformed true 4"])
    #expect(read(frame(96), at: 10) == ["96  4"])
  }

  @Test mutating func aFrameEndsWithItsLink() {
    #expect(read(Array(frame(96).prefix(3))).isEmpty)
    readers.linkEnded("d-1")
    #expect(read(frame(97), at: 10) == ["97  4"])
  }

  /// Before it was read all bits count; afterwards, and on the next link too, those that the device supports.
  @Test mutating func aStatusCountsWhereTheDeviceSupportsIt() {
    #expect(read(frame(96, 1)) == ["96 body-movement 4"])
    readers.featureIs([0], of: "0000ff03-0000-1000-8000-00805f9b34fb", device: "d-1")
    #expect(read(frame(96, 1), at: 10) == ["96  4"])
    readers.linkEnded("d-1")
    #expect(read(frame(96, 1), at: 20) == ["96  4"])
    readers.featureIs([1], of: "0000ff03-0000-1000-8000-00805f9b34fb", device: "d-1")
    #expect(read(frame(96, 1), at: 30) == ["96 body-movement 4"])
    // Another device with this id begins anew.
    readers.featureIs([0], of: "0000ff03-0000-1000-8000-00805f9b34fb", device: "d-1")
    readers.keep([])
    #expect(read(frame(96, 1), at: 40) == ["96 body-movement 4"])
  }

  @Test mutating func whatIsNoReadingIsNotRead() {
    #expect(read([0x06], from: Self.control).isEmpty)
    #expect(read([0x06], from: "0000ffaa-0000-1000-8000-00805f9b34fb") == ["undecoded no false 1"])
  }

  @Test mutating func anAdvertisementCountsOncePerSecondUnlessItChanges() {
    #expect(read([72], from: Self.band, at: 0, of: other) == ["72  1"])
    #expect(read([72], from: Self.band, at: 999, of: other).isEmpty)
    #expect(read([73], from: Self.band, at: 999, of: other) == ["73  1"])
    #expect(read([72], from: Self.band, at: 999, of: other) == ["72  1"])
    #expect(read([72], from: Self.band, at: 1999, of: other) == ["72  1"])
    #expect(read([1], from: "manufacturer:006B", at: 1999, of: other).isEmpty)
  }
}
