// SPDX-License-Identifier: GPL-3.0-or-later
import DBus

/// The interfaces of bluetoothd that we use (BlueZ 5.66, doc/*-api.txt).
enum Interface {
  static let adapter = "org.bluez.Adapter1"
  static let device = "org.bluez.Device1"
  static let characteristic = "org.bluez.GattCharacteristic1"
  static let battery = "org.bluez.Battery1"
  static let agent = "org.bluez.Agent1"
  static let agentManager = "org.bluez.AgentManager1"
  static let properties = "org.freedesktop.DBus.Properties"
  static let objectManager = "org.freedesktop.DBus.ObjectManager"
}

/// A controller as bluetoothd shows it.
package struct Adapter: Sendable, Equatable {
  package let path: String
  package let address: String
  package let isPowered: Bool
  package let isDiscovering: Bool
  package let isPairable: Bool
  /// bluetoothd's version, `5.66`; nil where its configuration gives the box another DeviceID.
  package let daemonVersion: String?

  /// BlueZ says its version as the device version of the Linux Foundation's id, unless main.conf sets another
  /// (src/main.c, DeviceID): `usb:v1D6Bp0246d0542` is 5.66.
  static func daemonVersion(modalias: String) -> String? {
    let prefix = "usb:v1D6Bp0246d"
    guard modalias.hasPrefix(prefix), let version = UInt16(modalias.dropFirst(prefix.count), radix: 16) else {
      return nil
    }
    let (major, minor) = version.quotientAndRemainder(dividingBy: 256)
    return "\(major).\(minor)"
  }
}

/// A remote device as bluetoothd shows it.
package struct Device: Sendable, Equatable {
  package let path: String
  /// `F5:F1:F2:F3:F4:01`
  package let address: String
  package let name: String
  package let isPaired: Bool
  package let isBonded: Bool
  package let isConnected: Bool
  package let servicesResolved: Bool
  /// 128-bit lower-case UUIDs of its services, advertised or resolved.
  package let services: [String]
  /// dBm, nil while it is not in discovery's sight.
  package let rssi: Int?
  /// Percent, where the device has a Battery Service.
  package let battery: Int?
  /// The Flags of its advertisement (Core Specification Supplement, Part A, 1.3). bluetoothd 5.66 shows them with
  /// `--experimental` only.
  package let advertisingFlags: UInt8?

  /// Company ids of the manufacturer data in its advertisement, in order.
  package var manufacturers: [UInt16] = []

  /// bluetoothd shows the address where it knows no name.
  package var hasName: Bool { name.map { $0 == "-" ? ":" : $0 } != Array(address) }
}

/// A GATT characteristic of a device. bluetoothd keeps it over a disconnection for a device that it knows.
package struct Characteristic: Sendable, Equatable {
  package let path: String
  /// 128-bit, lower case.
  package let uuid: String
  package let flags: [String]

  package var canNotify: Bool { flags.contains("notify") || flags.contains("indicate") }
  package var canRead: Bool { flags.contains("read") }
  package var canWrite: Bool { flags.contains("write") }
  package var canWriteWithoutResponse: Bool { flags.contains("write-without-response") }
}

/// What bluetoothd exports, kept up to date from its signals.
struct ObjectTree {
  typealias Properties = [String: BusValue]
  private var objects: [String: [String: Properties]] = [:]
  /// The paths of controllers, of devices by their address, and of what lies under a device: a street full of strangers
  /// must not be searched for each advertisement.
  private var adapterPaths: Set<String> = []
  private var devicePaths: [String: Set<String>] = [:]
  private var below: [String: Set<String>] = [:]
  /// In the order of their paths. Kept, because everybody who waits asks for them at each signal.
  private(set) var adapters: [Adapter] = []
  /// What was asked for since it changed last, by the device's path: the same is asked for at each signal.
  private var readDevices: [String: Device] = [:]
  private var readCharacteristics: [String: [Characteristic]] = [:]

  mutating func replace(with managed: BusValue) {
    removeAll()
    for (path, interfaces) in managed.entries ?? [] { add(path, interfaces) }
  }

  mutating func removeAll() { self = ObjectTree() }

  mutating func add(_ path: String, _ interfaces: BusValue) {
    unlist(path)
    for (interface, properties) in interfaces.entries ?? [] {
      objects[path, default: [:]][interface] = Dictionary(properties.entries ?? [], uniquingKeysWith: { $1 })
    }
    list(path)
  }

  mutating func remove(_ path: String, interfaces: [String]) {
    unlist(path)
    for interface in interfaces { objects[path]?[interface] = nil }
    if objects[path]?.isEmpty == true { objects[path] = nil }
    list(path)
  }

  mutating func update(_ path: String, _ interface: String, changed: BusValue, invalidated: [String]) {
    guard objects[path]?[interface] != nil else { return }
    // A device with a changing address shows its own once it is known.
    let isListedAnew = interface == Interface.device && changed["Address"] != nil
    if isListedAnew { unlist(path) }
    forgetViews(of: path, isCharacteristic: interface == Interface.characteristic)
    for (name, value) in changed.entries ?? [] { objects[path]?[interface]?[name] = value }
    for name in invalidated { objects[path]?[interface]?[name] = nil }
    if interface == Interface.adapter { readAdapters() }
    if isListedAnew { list(path) }
  }

  private mutating func list(_ path: String) {
    guard let interfaces = objects[path] else { return }
    forgetViews(of: path, isCharacteristic: interfaces[Interface.characteristic] != nil)
    if interfaces[Interface.adapter] != nil {
      adapterPaths.insert(path)
      readAdapters()
    }
    if let address = interfaces[Interface.device]?["Address"]?.string {
      devicePaths[address, default: []].insert(path)
    }
    if interfaces[Interface.characteristic] != nil { below[devicePath(above: path), default: []].insert(path) }
  }

  private mutating func unlist(_ path: String) {
    guard let interfaces = objects[path] else { return }
    forgetViews(of: path, isCharacteristic: interfaces[Interface.characteristic] != nil)
    if adapterPaths.remove(path) != nil { readAdapters() }
    if let address = interfaces[Interface.device]?["Address"]?.string { Self.take(path, from: &devicePaths, address) }
    if interfaces[Interface.characteristic] != nil { Self.take(path, from: &below, devicePath(above: path)) }
  }

  private mutating func forgetViews(of path: String, isCharacteristic: Bool) {
    readDevices[path] = nil
    if isCharacteristic { readCharacteristics[devicePath(above: path)] = nil }
  }

  private static func take(_ path: String, from index: inout [String: Set<String>], _ key: String) {
    index[key]?.remove(path)
    if index[key]?.isEmpty == true { index[key] = nil }
  }

  private mutating func readAdapters() { adapters = adapterPaths.sorted().compactMap { adapter(path: $0) } }

  // MARK: typed views

  private func adapter(path: String) -> Adapter? {
    guard let properties = objects[path]?[Interface.adapter] else { return nil }
    return Adapter(
      path: path, address: properties["Address"]?.string ?? "", isPowered: properties["Powered"]?.bool ?? false,
      isDiscovering: properties["Discovering"]?.bool ?? false, isPairable: properties["Pairable"]?.bool ?? false,
      daemonVersion: properties["Modalias"]?.string.flatMap(Adapter.daemonVersion))
  }

  /// - Parameter adapter: its path.
  mutating func device(address: String, adapter: String) -> Device? {
    guard let path = devicePaths[address]?.lazy.filter({ $0.hasPrefix(adapter + "/") }).min() else { return nil }
    return device(path: path)
  }

  /// - Parameter adapter: its path.
  mutating func devices(adapter: String) -> [Device] {
    devicePaths.values.joined().filter { $0.hasPrefix(adapter + "/") }.sorted().compactMap { device(path: $0) }
  }

  /// Whether any device is connected.
  var hasLink: Bool {
    devicePaths.values.joined().contains { objects[$0]?[Interface.device]?["Connected"]?.bool == true }
  }

  mutating func device(path: String) -> Device? {
    if let read = readDevices[path] { return read }
    readDevices[path] = readDevice(path)
    return readDevices[path]
  }

  /// Of a device; nil where there is none.
  func address(path: String) -> String? { objects[path]?[Interface.device]?["Address"]?.string }

  private func readDevice(_ path: String) -> Device? {
    guard let interfaces = objects[path], let properties = interfaces[Interface.device] else { return nil }
    let address = properties["Address"]?.string ?? ""
    let name = Self.printable(properties["Name"]?.string ?? properties["Alias"]?.string ?? "")
    return Device(
      path: path, address: address, name: name.allSatisfy(\.isWhitespace) ? address : name,
      isPaired: properties["Paired"]?.bool ?? false, isBonded: properties["Bonded"]?.bool ?? false,
      isConnected: properties["Connected"]?.bool ?? false,
      servicesResolved: properties["ServicesResolved"]?.bool ?? false,
      services: (properties["UUIDs"]?.elements ?? []).compactMap(\.string),
      rssi: properties["RSSI"]?.integer,
      battery: interfaces[Interface.battery]?["Percentage"]?.integer,
      advertisingFlags: properties["AdvertisingFlags"]?.bytes?.first,
      manufacturers: Advertisement.companies(in: properties["ManufacturerData"]))
  }

  /// A text comes from the air: nothing in it may move a terminal's cursor or end a line of a log.
  static func printable(_ text: String) -> String {
    // Marks without a width of their own would pile up over other lines.
    var marks = 0
    let kept = text.unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: return false
      case .nonspacingMark, .enclosingMark:
        marks += 1
        return marks <= 2
      default:
        marks = 0
        return true
      }
    }
    return String(String(String.UnicodeScalarView(kept)).prefix(64))
  }

  mutating func characteristics(of device: String) -> [Characteristic] {
    if let read = readCharacteristics[device] { return read }
    guard let paths = below[device] else { return [] }
    let read = paths.sorted().compactMap { characteristic(path: $0) }
    readCharacteristics[device] = read
    return read
  }

  func characteristic(path: String) -> Characteristic? {
    guard let properties = objects[path]?[Interface.characteristic], let uuid = properties["UUID"]?.string else {
      return nil
    }
    return Characteristic(
      path: path, uuid: uuid.lowercased(), flags: (properties["Flags"]?.elements ?? []).compactMap(\.string))
  }

  /// The device object that a GATT object's path lies under: `/org/bluez/hci0/dev_XX` of `…/service000a/char000b`.
  func devicePath(above path: String) -> String {
    path.split(separator: "/").prefix(4).map { "/" + $0 }.joined()
  }
}
