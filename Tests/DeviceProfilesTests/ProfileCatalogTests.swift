// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import Testing

@Suite struct ProfileCatalogTests {
  @Test func holdsTheShippedProfilesSortedById() throws {
    let catalog = try ShippedProfiles.catalog()
    #expect(catalog.profiles.map(\.id) == catalog.profiles.map(\.id).sorted())
    let standard = Set(catalog.profiles.map(\.id).filter { $0.hasPrefix("bluetooth.") })
    #expect(
      standard == [
        "bluetooth.battery", "bluetooth.blood-pressure", "bluetooth.current-time", "bluetooth.device-information",
        "bluetooth.glucose", "bluetooth.health-thermometer", "bluetooth.heart-rate", "bluetooth.pulse-oximeter",
        "bluetooth.record-access", "bluetooth.user-data", "bluetooth.weight-scale",
      ])
    #expect(catalog.profile(id: "bluetooth.heart-rate")?.title.en == "Heart Rate Service")
    #expect(catalog.profile(id: "bluetooth.none") == nil)
  }

  @Test func streamsAreKnown() throws {
    for (uuid, isStream) in [("2A37", true), ("2A5F", true), ("2A35", false), ("2A5E", false), ("2A19", false)] {
      #expect(try ShippedProfiles.find(uuid).characteristic.isStream == isStream, "\(uuid)")
    }
  }

  @Test func recognisesADeviceByItsServices() throws {
    let catalog = try ShippedProfiles.catalog()
    #expect(
      catalog.profiles(for: DeviceFacts(services: ["0000180D-0000-1000-8000-00805F9B34FB", "180f", "fe59"])).map(\.id)
        == ["bluetooth.battery", "bluetooth.heart-rate"])
    #expect(catalog.profiles(for: DeviceFacts()).isEmpty)
    #expect(catalog.profiles(for: DeviceFacts(services: ["no uuid"])).isEmpty)
  }

  /// What is written to the one of two that read the same characteristic is not for the other.
  @Test func aProfileThatReadsNothingMoreIsLeftOut() throws {
    func profile(_ id: String, _ match: String, also: String = "") throws -> DeviceProfile {
      let fields = "fields: [{name: spo2, type: uint8, kind: spo2, unit: \"%\"}]"
      let reads = "title: Values, \(fields), vectors: [{hex: \"60\", values: [spo2 96]}]}"
      return try ProfileLoader.load(
        """
        id: \(id)
        title: Oximeter
        evidence: simulated
        sources: [none]
        match: \(match)
        characteristics: [{uuid: FF02, \(reads)\(also.isEmpty ? "" : ", {uuid: \(also), \(reads)")]
        """, file: "\(id).yaml")
    }
    let named = try profile("maker.named", "{services: [FF12], names: [PO*]}")
    let any = try profile("maker.any", "{services: [FF12]}")
    let wider = try profile("maker.wider", "{services: [FF12]}", also: "FF03")
    let device = DeviceFacts(services: ["FF12"], name: "PO60")
    #expect(try ProfileCatalog([named, any]).profiles(for: device).map(\.id) == ["maker.named"])
    #expect(try ProfileCatalog([named, wider]).profiles(for: device).map(\.id) == ["maker.named", "maker.wider"])
    #expect(try ProfileCatalog([named, any]).profiles(for: DeviceFacts(services: ["FF12"])).map(\.id) == ["maker.any"])
  }

  @Test func aServiceThatManyHaveIsNotEnough() throws {
    let catalog = try ShippedProfiles.catalog()
    #expect(catalog.profiles(for: DeviceFacts(services: ["FF12"])).isEmpty)
    #expect(catalog.profiles(for: DeviceFacts(services: ["FF12"], name: "PO60")).map(\.id) == ["beurer.po60"])
    #expect(
      catalog.profiles(for: DeviceFacts(services: ["FF12"], name: "SpO2080971")).map(\.id) == ["contec.cms50d-bt"])
  }

  @Test(arguments: ["2A35", "2a35", "00002a35", "00002A35-0000-1000-8000-00805F9B34FB"])
  func findsACharacteristicByAnyForm(uuid: String) throws {
    let catalog = try ShippedProfiles.catalog()
    #expect(catalog.find(characteristic: uuid, among: nil)?.profile.id == "bluetooth.blood-pressure")
    #expect(catalog.find(characteristic: uuid, among: ["bluetooth.battery", "bluetooth.blood-pressure"]) != nil)
    #expect(catalog.find(characteristic: uuid, among: ["bluetooth.battery", "gone"]) == nil)
    #expect(catalog.find(characteristic: "2AFF", among: nil) == nil)
  }

  @Test func twoProfilesOfOneIdNameBothFiles() throws {
    let first = try ProfileLoader.load(ProfileLoaderTests.good, file: "a.yaml")
    let second = try ProfileLoader.load("\n" + ProfileLoaderTests.good, file: "b.yaml")
    do {
      _ = try ProfileCatalog([first, second])
      Issue.record("no error")
    } catch {
      #expect(error.description == "b.yaml:2:5: id: 'test.cuff' is already the id of the profile in a.yaml")
    }
  }

  @Test func aProfileThatIsBasedOnItselfIsNotToldToNameItself() throws {
    let text = ProfileLoaderTests.good.replacing("id: test.cuff", with: "id: test.cuff\nbased-on: test.cuff")
    let profile = try ProfileLoader.load(text, file: "a.yaml")
    let error = try #require(throws: DocumentError.self) { _ = try ProfileCatalog([profile]) }
    #expect(error.message == "'test.cuff' is itself based on this one; leave 'based-on' out of one of them")
  }

  @Test func uuidsHaveTwoForms() {
    #expect(BluetoothUUID.full("2A37") == "00002a37-0000-1000-8000-00805f9b34fb")
    #expect(BluetoothUUID.full("12345678") == "12345678-0000-1000-8000-00805f9b34fb")
    #expect(BluetoothUUID.short("00002A37-0000-1000-8000-00805F9B34FB") == "2A37")
    #expect(BluetoothUUID.short("2a37") == "2A37")
    #expect(BluetoothUUID.short("12345678") == "12345678-0000-1000-8000-00805f9b34fb")
    let vendor = "cdeacb80-5235-4c07-8846-93a37ee6b86d"
    #expect(BluetoothUUID.short(vendor.uppercased()) == vendor)
    #expect(BluetoothUUID.full(vendor.uppercased()) == vendor)
    for text in ["", "2A3", "2A37-", "+A37", "zzzz", "00002a37_0000-1000-8000-00805f9b34fb"] {
      #expect(BluetoothUUID.full(text) == nil)
    }
  }
}
