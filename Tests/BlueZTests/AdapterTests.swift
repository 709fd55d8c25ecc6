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

  private func adapter(_ name: String, _ address: String) -> Adapter {
    Adapter(
      path: "/org/bluez/\(name)", address: address, isPowered: true, isDiscovering: false, isPairable: false,
      daemonVersion: nil)
  }

  @Test func theBoxsOwnControllerIsUsedUntilTheWantedOneIsThere() {
    var choice = AdapterChoice(wanted: "hci1")
    let (own, plugged) = (adapter("hci0", "A"), adapter("hci1", "B"))
    #expect(choice.of([]) == nil && choice.of([own]) == own)
    choice.isUsed(own)
    #expect(choice.of([own, plugged]) == plugged)
    choice.isUsed(plugged)
    // They have changed their names.
    let (renamed, other) = (adapter("hci0", "B"), adapter("hci1", "A"))
    #expect(choice.of([renamed, other]) == renamed)
  }

  @Test func theControllerThatWasInUseIsTakenAgainWhateverHadItsNameMeanwhile() {
    var choice = AdapterChoice(wanted: "hci0")
    choice.isUsed(adapter("hci0", "A"))
    let another = adapter("hci0", "B")
    #expect(choice.of([another]) == another)
    choice.isUsed(another)
    let back = adapter("hci1", "A")
    #expect(choice.of([another, back]) == back)
  }

  @Test func oneThatIsUsedForWantOfAnotherIsKept() {
    var choice = AdapterChoice(wanted: "hci0")
    let (first, second) = (adapter("hci1", "A"), adapter("hci2", "B"))
    #expect(choice.of([first, second]) == nil, "nobody can know which")
    choice.isUsed(first)
    #expect(choice.of([first, second]) == first)
  }

  @Test func aFailureHasANameAndTheWordsThatCame() {
    let ofBluetoothd = LinkFailure(BusError(name: "org.bluez.Error.Failed", message: "le-connection-abort-by-local"))
    #expect(ofBluetoothd.name == "org.bluez.Error.Failed" && ofBluetoothd.message == "le-connection-abort-by-local")
    #expect(LinkFailure(BlueZError.hungUp("F5")).name == "org.vigil.Error.HungUp")
    #expect(LinkFailure(BlueZError.timedOut("x")).name == "org.vigil.Error.ServicesTimedOut")
    #expect(LinkFailure(CancellationError()).name == "org.vigil.Error.Failed")
  }
}
