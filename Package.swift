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
    .target(name: "ClinicDesk", dependencies: ["Texts", "Vitals"]),
    .target(name: "ClinicCommands", dependencies: ["CCrypto", "Texts", "Vitals"]),
    .target(name: "Document", dependencies: ["CYAML"]),
    .target(name: "DeviceProfiles", dependencies: ["Vitals", "Document", "Texts"]),
    // The editions of the rules are part of the program: a file that is away must not silence it.
    .target(
      name: "Alerting", dependencies: ["Vitals", "Document", "Texts"],
      resources: [.embedInCode("Rules/cn.yaml"), .embedInCode("Rules/intl.yaml")]),
    .target(name: "Replay", dependencies: ["Alerting", "Texts", "Vitals"]),
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
        "Vitals", "Document", "DeviceProfiles", "Alerting", "ClinicCommands", "EventLoop", "DBus", "BlueZ", "Journal",
        "MQTT", "Texts", "CSystemd",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], exclude: ["Schemas"]),
    .executableTarget(
      name: "vigild",
      dependencies: ["Gateway", "EventLoop", .product(name: "Logging", package: "swift-log")]),
    .executableTarget(
      name: "vigilctl",
      dependencies: [
        "Gateway", "DBus", "EventLoop", "Alerting", "DeviceProfiles", "Document", "MQTT", "ClinicCommands",
        "ClinicDesk",
        "Replay", "Texts", "Vitals",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(name: "VitalsTests", dependencies: ["Vitals", "GatewayTestKit"]),
    .testTarget(name: "EventLoopTests", dependencies: ["EventLoop"]),
    .testTarget(name: "DocumentTests", dependencies: ["Document"]),
    .testTarget(name: "DeviceProfilesTests", dependencies: ["DeviceProfiles", "Vitals", "Document"]),
    .testTarget(name: "AlertingTests", dependencies: ["Alerting", "Vitals", "Document", "Texts"]),
    .testTarget(name: "ReplayTests", dependencies: ["Alerting", "Replay", "Texts", "Vitals"]),
    .testTarget(name: "TextsTests", dependencies: ["Texts", "Vitals"]),
    .testTarget(name: "ClinicDeskTests", dependencies: ["ClinicDesk", "Texts"]),
    .testTarget(name: "ClinicCommandsTests", dependencies: ["ClinicCommands", "CCrypto", "Vitals"]),
    .testTarget(
      name: "VigilctlTests",
      dependencies: [
        "vigilctl", "Alerting", "ClinicCommands", "ClinicDesk", "Document", "Gateway", "Texts",
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
        "Gateway", "Alerting", "BlueZ", "ClinicCommands", "DBus", "Document", "Vitals", "Journal", "DeviceProfiles",
        "EventLoop", "MQTT", "Texts", "GatewayTestKit",
        .product(name: "Logging", package: "swift-log"),
      ]),
  ]
)

// tools/fuzz, tools/bench and tools/faults ask for their programs by this; an ordinary build knows nothing of them.
if Context.environment["VIGIL_TOOLS"] != nil {
  package.targets += [
    .executableTarget(
      name: "vigil-fuzz", dependencies: ["ClinicCommands", "DeviceProfiles", "Document", "Vitals"],
      path: "tools/fuzzing/program"),
    .executableTarget(
      name: "vigil-bench", dependencies: ["DeviceProfiles", "Vitals"], path: "tools/benchmarks/program"),
    .executableTarget(
      name: "vigil-simulation",
      dependencies: [
        "Alerting", "EventLoop", "Gateway", "Journal", "MQTT", "Vitals",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], path: "tools/faulting/simulation"),
  ]
}

// Warnings are errors in what is ours; a dependency's are its own affair.
for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}
