// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Journal
import Testing
import Vitals

@testable import BlueZ
@testable import Gateway

/// What is told to one who scans, out of what was heard.
@Suite struct ScanFeedTests {
  private let start = ContinuousClock.now
  private let catalog: ProfileCatalog

  init() throws {
    let text = """
      id: bluetooth.blood-pressure
      title: Blood Pressure Service
      evidence: simulated
      sources: [none]
      match: {services: [1810]}
      characteristics:
        - uuid: 2A35
          title: Blood Pressure Measurement
          fields: [{name: systolic, type: uint8, kind: systolic, unit: "mm[Hg]", essential: true}]
          vectors: [{hex: 64, values: [systolic 100]}]
      """
    catalog = try ProfileCatalog([ProfileLoader.load(text, file: "a.yaml")])
  }

  private func device(
    _ address: String = "F5:F1:F2:F3:F4:02", name: String = "BP cuff", rssi: Int? = -60, services: [String] = ["1810"],
    bonded: Bool = false, flags: UInt8? = nil
  ) -> Device {
    Device(
      path: "/" + address, address: address, name: name, isPaired: bonded, isBonded: bonded, isConnected: false,
      servicesResolved: false, services: services, rssi: rssi, battery: nil, advertisingFlags: flags)
  }

  private func nearby(
    _ device: Device, heard: Double = 0, began: Double? = nil, refused: Double? = nil,
    information: DeviceInformation? = nil
  ) -> NearbyDevice {
    NearbyDevice(
      device: device, lastHeard: start + .seconds(heard), began: began.map { start + .seconds($0) },
      refused: refused.map { start + .seconds($0) }, information: information)
  }

  private func tell(
    _ feed: inout ScanFeed, _ devices: [NearbyDevice], at seconds: Double = 0, obstacle: Surroundings.Obstacle? = nil,
    enrolled: [String: EnrolledDevice] = [:], isRead: Bool = true
  ) -> [ScanMessage] {
    var sent: [ScanMessage] = []
    let surroundings = Surroundings(obstacle: obstacle, isSettled: seconds >= 4, devices: devices)
    feed.tell(surroundings, enrolled: enrolled, now: start + .seconds(seconds)) { message in
      if isRead { sent.append(message) }
      return isRead
    }
    return sent
  }

  @Test func tellsWhatADeviceIs() throws {
    var feed = ScanFeed(catalog: catalog)
    let cuff = nearby(device(), heard: -0.25, began: -3, information: DeviceInformation(serial: "7", model: "B"))
    let sent = tell(&feed, [cuff])
    #expect(sent.first == ScanMessage(state: .listening))
    let told = try #require(sent.last?.device)
    #expect(
      told
        == ScanDevice(
          address: "F5:F1:F2:F3:F4:02", name: "BP cuff", services: ["1810"], profiles: ["bluetooth.blood-pressure"],
          titles: [ProfileTitle(zh: "Blood Pressure Service", en: "Blood Pressure Service")], rssi: -60,
          lastSeenMs: 250, beganMs: 3000, serial: "7", model: "B"))
    #expect(told.isUsable)
  }

  @Test func aStrangerWithoutAName() throws {
    var feed = ScanFeed(catalog: catalog)
    let sent = tell(&feed, [nearby(device(name: "F5-F1-F2-F3-F4-02", services: ["180a", "180f"]))])
    let told = try #require(sent.last?.device)
    #expect(told.name == nil && told.profiles.isEmpty && !told.isUsable)
  }

  @Test func anEnrolledDeviceHasItsIdAndProfiles() throws {
    var feed = ScanFeed(catalog: catalog)
    let address = try #require(DeviceAddress("F5:F1:F2:F3:F4:02"))
    let enrolled = EnrolledDevice(
      id: "d-4", address: address, model: "", profiles: ["bluetooth.blood-pressure", "bluetooth.battery"],
      resident: try #require(ResidentID("r-0001")), link: .encrypted)
    let sent = tell(&feed, [nearby(device(services: []))], enrolled: [address.description: enrolled])
    let told = try #require(sent.last?.device)
    #expect(told.enrolled == "d-4" && told.profiles == ["bluetooth.blood-pressure"])
  }

  @Test func anAdvertisementIsToldOnceASecondAndAChangeAtOnce() {
    var feed = ScanFeed(catalog: catalog)
    #expect(tell(&feed, [nearby(device())]).count == 2)
    #expect(tell(&feed, [nearby(device(), heard: 0.25)], at: 0.25).isEmpty)
    #expect(tell(&feed, [nearby(device(rssi: -70), heard: 0.5)], at: 0.5).isEmpty)
    #expect(tell(&feed, [nearby(device(bonded: true), heard: 0.75)], at: 0.75).count == 1)
    #expect(tell(&feed, [nearby(device(bonded: true), heard: 1.5)], at: 1.5).isEmpty)
    #expect(tell(&feed, [nearby(device(bonded: true), heard: 1.75)], at: 1.75).count == 1)
    // Silence is no news, that it began is.
    #expect(tell(&feed, [nearby(device(bonded: true), heard: 1.75)], at: 3).isEmpty)
    #expect(tell(&feed, [nearby(device(bonded: true), heard: 3.25, began: 3.25)], at: 3.25).last?.device?.beganMs == 0)
  }

  @Test func whatIsNotThereForAMomentHasNotGone() {
    var feed = ScanFeed(catalog: catalog)
    _ = tell(&feed, [nearby(device())], at: 4)
    #expect(tell(&feed, [], at: 6).isEmpty)
    #expect(tell(&feed, [nearby(device(), heard: 6.5)], at: 6.5).count == 1)
    #expect(tell(&feed, [], at: 9).isEmpty)
    #expect(tell(&feed, [], at: 9.5) == [ScanMessage(gone: "F5:F1:F2:F3:F4:02")])
    #expect(tell(&feed, [], at: 20).isEmpty)
  }

  @Test func sayWhyNothingIsHeardAndGoOn() {
    var feed = ScanFeed(catalog: catalog)
    #expect(tell(&feed, [], obstacle: .off) == [ScanMessage(state: .off)])
    #expect(tell(&feed, [], at: 1, obstacle: .off).isEmpty)
    #expect(tell(&feed, [], at: 2, obstacle: .noController) == [ScanMessage(state: .noController)])
    #expect(tell(&feed, [], at: 3) == [ScanMessage(state: .listening)])
    #expect(tell(&feed, [], at: 8) == [ScanMessage(state: .ready)])
  }

  @Test func whatGotLostIsToldAgain() {
    var feed = ScanFeed(catalog: catalog)
    #expect(tell(&feed, [nearby(device())], isRead: false).isEmpty)
    #expect(tell(&feed, [nearby(device())], at: 0.25).count == 2)
    #expect(tell(&feed, [], at: 5, isRead: false).isEmpty)
    #expect(tell(&feed, [], at: 5.25) == [ScanMessage(state: .ready), ScanMessage(gone: "F5:F1:F2:F3:F4:02")])
  }

  @Test(
    arguments: [
      (nil, nil, nil), (-60, nil, .refusedPairing), (-1801, nil, nil), (nil, 0x04, .notDiscoverable), (nil, 0x06, nil),
      (nil, 0x05, nil), (nil, 0x00, nil), (-60, 0x04, .refusedPairing),
    ] as [(Double?, UInt8?, ScanDevice.Note?)])
  func sayThatADeviceMayBeSomebodyElsesOnlyWhereThatCanBeKnown(
    refused: Double?, flags: UInt8?, expected: ScanDevice.Note?
  ) {
    var feed = ScanFeed(catalog: catalog)
    #expect(tell(&feed, [nearby(device(flags: flags), refused: refused)]).last?.device?.note == expected)
    #expect(tell(&feed, [nearby(device(bonded: true, flags: flags), refused: refused)]).last?.device?.note == nil)
  }

  @Test func whoIsAskedForItsSerialNumber() {
    let feed = ScanFeed(catalog: catalog)
    func candidates(_ nearby: NearbyDevice, enrolled: [String: EnrolledDevice] = [:]) -> [String] {
      feed.candidates(
        Surroundings(obstacle: nil, isSettled: true, devices: [nearby]), enrolled: enrolled, now: start + .seconds(1))
    }
    #expect(candidates(nearby(device())) == ["F5:F1:F2:F3:F4:02"])
    #expect(candidates(nearby(device(bonded: true))).isEmpty)
    #expect(candidates(nearby(device(services: ["180a"]))).isEmpty)
    #expect(candidates(nearby(device(), heard: -9)).isEmpty)
    #expect(candidates(nearby(device(), information: DeviceInformation(serial: nil, model: nil))).isEmpty)
  }
}
