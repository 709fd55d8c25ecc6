// swift-tools-version:6.2
// SPDX-License-Identifier: GPL-3.0-or-later
import PackageDescription

let package = Package(
  name: "vigil",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
    .systemLibrary(name: "CBluetooth", pkgConfig: "bluez", providers: [.apt(["libbluetooth-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "Vitals", dependencies: ["CCrypto"]),
    .target(name: "Texts"),
    .target(name: "ClinicDesk", dependencies: ["Texts"]),
    .target(name: "Document", dependencies: ["CYAML"]),
    .target(name: "DeviceProfiles", dependencies: ["Vitals", "Document", "Texts"]),
    .target(name: "Alerting", dependencies: ["Vitals", "Document", "Texts"]),
    .target(
      name: "EventLoop", dependencies: ["CSystemd", .product(name: "Logging", package: "swift-log")]),
    .target(name: "DBus", dependencies: ["EventLoop", "CSystemd"]),
    .target(
      name: "BlueZ",
      dependencies: ["DBus", "EventLoop", "CBluetooth", "CSystemd", .product(name: "Logging", package: "swift-log")]),
    .target(name: "SQLite", dependencies: ["CSQLite"]),
    .target(
      name: "MQTT",
      dependencies: ["EventLoop", "CMosquitto", .product(name: "Logging", package: "swift-log")]),
    .target(name: "Journal", dependencies: ["SQLite", "EventLoop", "Alerting", "Vitals"]),
    .target(
      name: "Gateway",
      dependencies: [
        "Vitals", "Document", "DeviceProfiles", "Alerting", "EventLoop", "DBus", "BlueZ", "Journal", "MQTT", "CSystemd",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], exclude: ["Schemas"]),
    .executableTarget(
      name: "vigild",
      dependencies: ["Gateway", "EventLoop", .product(name: "Logging", package: "swift-log")]),
    .executableTarget(
      name: "vigilctl",
      dependencies: [
        "Gateway", "DBus", "EventLoop", "DeviceProfiles", "Document", "MQTT", "ClinicDesk", "Texts", "Vitals",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(name: "VitalsTests", dependencies: ["Vitals"]),
    .testTarget(name: "EventLoopTests", dependencies: ["EventLoop"]),
    .testTarget(name: "DocumentTests", dependencies: ["Document"]),
    .testTarget(name: "DeviceProfilesTests", dependencies: ["DeviceProfiles", "Vitals", "Document"]),
    .testTarget(name: "AlertingTests", dependencies: ["Alerting", "Vitals", "Document", "Texts"]),
    .testTarget(name: "TextsTests", dependencies: ["Texts", "Vitals"]),
    .testTarget(name: "ClinicDeskTests", dependencies: ["ClinicDesk", "Texts"]),
    .testTarget(
      name: "VigilctlTests",
      dependencies: [
        "vigilctl", "ClinicDesk", "Document", "Gateway", "Texts",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(name: "GatewayTestKit", dependencies: ["Vitals"], path: "Tests/GatewayTestKit"),
    .testTarget(name: "SQLiteTests", dependencies: ["SQLite", "GatewayTestKit"]),
    .testTarget(
      name: "MQTTTests",
      dependencies: ["MQTT", "EventLoop", "GatewayTestKit", .product(name: "Logging", package: "swift-log")]),
    .testTarget(
      name: "BlueZTests",
      dependencies: [
        "BlueZ", "DBus", "EventLoop", "GatewayTestKit", .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "JournalTests", dependencies: ["Journal", "Alerting", "EventLoop", "SQLite", "Vitals", "GatewayTestKit"]),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "Gateway", "Alerting", "BlueZ", "Document", "Vitals", "Journal", "DeviceProfiles", "EventLoop",
        "GatewayTestKit",
        .product(name: "Logging", package: "swift-log"),
      ]),
  ]
)

// tools/fuzz and tools/bench ask for their programs by this; an ordinary build knows nothing of them.
if Context.environment["VIGIL_TOOLS"] != nil {
  package.targets += [
    .executableTarget(
      name: "vigil-fuzz", dependencies: ["DeviceProfiles", "Document", "Vitals"], path: "tools/fuzzing/program"),
    .executableTarget(
      name: "vigil-bench", dependencies: ["DeviceProfiles", "Vitals"], path: "tools/benchmarks/program"),
  ]
}

// Warnings are errors in what is ours; a dependency's are its own affair.
for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}
