// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import Testing

@testable import BlueZ

@Suite struct ObjectTreeTests {
  private let hci0 = "/org/bluez/hci0"

  private func address(_ number: Int) -> String {
    let digits = String(0xC000_0000_0000 + number, radix: 16, uppercase: true)
    return stride(from: 0, to: 12, by: 2).map { String(digits.dropFirst($0).prefix(2)) }.joined(separator: ":")
  }

  private func path(_ number: Int) -> String { "\(hci0)/dev_\(address(number).replacing(":", with: "_"))" }

  private func interfaces(_ name: String, _ properties: [(String, BusValue)]) -> BusValue {
    .dictionary("sa{sv}", [(.string(name), .properties(properties))])
  }

  private func stranger(_ number: Int) -> BusValue {
    interfaces(Interface.device, [("Address", .string(address(number))), ("RSSI", .int16(-70))])
  }

  /// A day in a street: bluetoothd forgets each half a minute later, and so does the box.
  @Test func strangersLeaveNothingBehind() {
    var tree = ObjectTree()
    let near = 40
    for number in 0..<100_000 {
      tree.add(path(number), stranger(number))
      tree.add(
        "\(path(number))/service000a/char000b",
        interfaces(Interface.characteristic, [("UUID", .string("00002A37-0000-1000-8000-00805F9B34FB"))]))
      guard number >= near else { continue }
      let gone = number - near
      tree.remove("\(path(gone))/service000a/char000b", interfaces: [Interface.characteristic])
      tree.remove(path(gone), interfaces: [Interface.device])
    }
    #expect(tree.devices(adapter: hci0).map(\.address) == (100_000 - near..<100_000).map(address))
    #expect(tree.device(address: address(0), adapter: hci0) == nil && tree.characteristics(of: path(0)).isEmpty)
    #expect(tree.characteristics(of: path(99_999)).map(\.uuid) == ["00002a37-0000-1000-8000-00805f9b34fb"])
  }

  @Test func aDeviceIsFoundByTheAddressThatItTurnsOutToHave() {
    var tree = ObjectTree()
    tree.add(path(1), stranger(1))
    tree.update(
      path(1), Interface.device, changed: .properties([("Address", .string(address(2)))]), invalidated: [])
    #expect(tree.device(address: address(1), adapter: hci0) == nil)
    #expect(tree.device(address: address(2), adapter: hci0)?.path == path(1))
  }

  /// What was read once is not read again, until it changes.
  @Test func whatWasAskedForIsNeverOutOfDate() {
    var tree = ObjectTree()
    let characteristic = "\(path(1))/service000a/char000b"
    #expect(tree.device(path: path(1)) == nil && tree.characteristics(of: path(1)).isEmpty)
    tree.add(path(1), stranger(1))
    #expect(tree.device(path: path(1))?.rssi == -70 && tree.characteristics(of: path(1)).isEmpty)
    tree.update(
      path(1), Interface.device, changed: .properties([("Connected", .bool(true))]), invalidated: ["RSSI"])
    #expect(tree.device(path: path(1))?.isConnected == true && tree.device(path: path(1))?.rssi == nil)
    tree.add(path(1), interfaces(Interface.battery, [("Percentage", .byte(75))]))
    #expect(tree.device(path: path(1))?.battery == 75)
    tree.update(path(1), Interface.battery, changed: .properties([("Percentage", .byte(74))]), invalidated: [])
    #expect(tree.device(path: path(1))?.battery == 74)
    tree.remove(path(1), interfaces: [Interface.battery])
    #expect(tree.device(path: path(1))?.battery == nil)
    tree.add(characteristic, interfaces(Interface.characteristic, [("UUID", .string("2a37"))]))
    #expect(tree.characteristics(of: path(1)).map(\.flags) == [[]])
    tree.update(
      characteristic, Interface.characteristic, changed: .properties([("UUID", .string("2A38"))]), invalidated: [])
    #expect(tree.characteristics(of: path(1)).map(\.uuid) == ["2a38"])
    tree.remove(characteristic, interfaces: [Interface.characteristic])
    #expect(tree.characteristics(of: path(1)).isEmpty)
    tree.remove(path(1), interfaces: [Interface.device])
    #expect(tree.device(path: path(1)) == nil && tree.device(address: address(1), adapter: hci0) == nil)
  }

  @Test func controllersAreToldApart() {
    var tree = ObjectTree()
    tree.add(hci0, interfaces(Interface.adapter, [("Address", .string("00:AA:01:00:00:00"))]))
    tree.add("/org/bluez/hci1", interfaces(Interface.adapter, [("Address", .string("00:AA:01:00:00:01"))]))
    tree.add(path(1), stranger(1))
    #expect(tree.adapters.map(\.address) == ["00:AA:01:00:00:00", "00:AA:01:00:00:01"])
    #expect(tree.device(address: address(1), adapter: "/org/bluez/hci1") == nil)
    tree.update(hci0, Interface.adapter, changed: .properties([("Powered", .bool(true))]), invalidated: [])
    #expect(tree.adapters.map(\.isPowered) == [true, false])
    tree.remove(hci0, interfaces: [Interface.adapter])
    #expect(tree.adapters.map(\.path) == ["/org/bluez/hci1"])
  }
}
