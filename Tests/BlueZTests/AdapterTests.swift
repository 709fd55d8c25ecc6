// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import Testing

@testable import BlueZ

@Suite struct AdapterTests {
  @Test(arguments: [
    ("usb:v1D6Bp0246d0542", "5.66"), ("usb:v1D6Bp0246d0509", "5.9"), ("usb:v1D6Bp0246d0555", "5.85"),
    // Another DeviceID in main.conf says nothing of the version.
    ("usb:v1D6Bp0247d0542", nil), ("bluetooth:v00E0p1200d1436", nil), ("usb:v1D6Bp0246d", nil),
    ("usb:v1D6Bp0246dFFFFFF", nil), ("", nil),
  ])
  func theVersionStandsInTheModalias(modalias: String, version: String?) {
    #expect(Adapter.daemonVersion(modalias: modalias) == version)
  }

  @Test func aFailureHasANameAndTheWordsThatCame() {
    let ofBluetoothd = LinkFailure(BusError(name: "org.bluez.Error.Failed", message: "le-connection-abort-by-local"))
    #expect(ofBluetoothd.name == "org.bluez.Error.Failed" && ofBluetoothd.message == "le-connection-abort-by-local")
    #expect(LinkFailure(BlueZError.hungUp("F5")).name == "org.vigil.Error.HungUp")
    #expect(LinkFailure(BlueZError.timedOut("x")).name == "org.vigil.Error.ServicesTimedOut")
    #expect(LinkFailure(CancellationError()).name == "org.vigil.Error.Failed")
  }
}
