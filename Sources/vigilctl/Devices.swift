// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import FoundationEssentials
import Gateway
import Texts

struct Devices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: DeviceTexts.about.here)

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await DaemonClient.use { daemon in
      let text = try await daemon.call("Devices").string ?? "[]"
      let devices = try JSONDecoder().decode([Health.Device].self, from: Data(text.utf8))
      if common.json {
        for device in devices { Terminal.out(String(decoding: try JSONText.encode(device), as: UTF8.self)) }
      } else if devices.isEmpty {
        Terminal.out(DeviceTexts.none)
      } else {
        let columns = Terminal.size.columns
        for line in Self.table(devices, in: .current, columns: columns)
          + Self.users(devices, in: .current, columns: columns)
        {
          Terminal.out(line)
        }
      }
    }
  }

  static func table(_ devices: [Health.Device], in language: Language, columns: Int) -> [String] {
    let rows =
      [DeviceTexts.headings.map { $0(in: language) }]
      + devices.map { device in
        [
          device.id, device.address, device.label, device.whose(in: language),
          (device.purpose == "care" ? DeviceTexts.word(state: device.state) : DeviceTexts.inPairing)(in: language),
          device.batteryPercent.map { "\($0)%" } ?? "-",
          device.lastReadingSecondsAgo.map { StatusTexts.ago($0)(in: language) } ?? "-",
        ]
      }
    // A name from the air may be long, and an id of 32 characters is allowed.
    return Layout.table(rows, within: columns, shrinking: [2, 3])
  }

  /// For each shared device whose the readings of its users are, and which of them it refuses.
  static func users(_ devices: [Health.Device], in language: Language, columns: Int) -> [String] {
    devices.flatMap { device in
      ((device.usersText.map { [$0] } ?? []) + device.consentTroubles).flatMap {
        Layout.wrapped("\(device.id): \($0(in: language))", to: columns)
      }
    }
  }
}

extension Health.Device {
  /// Whether what it says is heard.
  var isUp: Bool { ["connected", "listening"].contains(state) }

  /// The resident's id; of a shared device that there are several.
  func whose(in language: Language) -> String { users == nil ? resident : AssignTexts.byUser(in: language) }

  /// Whose the readings of a shared device are.
  var usersText: Text? {
    users.map { AssignTexts.users($0.map { (user: $0.user, resident: $0.resident, hasConsent: $0.consent != nil) }) }
  }

  /// What is the matter with the consent of its users.
  var consentTroubles: [Text] {
    (users ?? []).compactMap { user in
      switch user.consent {
      case "refused": AssignTexts.consentRefused(device: id, user: user.user, resident: user.resident)
      case "unanswered": AssignTexts.consentUnanswered(user: user.user)
      default: nil
      }
    }
  }

  /// Its name, and its serial number, which tells two of a kind apart: `BP cuff (0042)`.
  var label: String { serial.map { "\(model) (\($0))" } ?? model }
}
