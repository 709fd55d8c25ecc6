// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DeviceProfiles
import Gateway
import Texts

struct Profiles: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: ProfileTexts.abstract.here,
      subcommands: [ProfilesList.self, ProfilesShow.self, ProfilesCheck.self])
  }

  /// Where a gateway's profiles are: those that come with Vigil, and the site's own.
  static let directories = ["/usr/share/vigil/device-profiles", "/etc/vigil/device-profiles"]

  @OptionGroup var language: LanguageOption
}

struct ProfilesList: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "list", abstract: ProfileTexts.listAbstract.here)
  }

  @Option(help: ProfileTexts.directoriesOption.help) var profiles: [String] = Profiles.directories
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await Failure.reported {
      let found = try Daemon.catalog(in: profiles).profiles
      if common.json {
        for profile in found {
          Terminal.out(String(decoding: try JSONText.encode(ProfileSummary(profile)), as: UTF8.self))
        }
      } else {
        for line in Self.table(found, in: .current, columns: Terminal.size.columns) { Terminal.out(line) }
      }
    }
  }

  static func table(_ profiles: [DeviceProfile], in language: Language, columns: Int) -> [String] {
    let rows =
      [ProfileTexts.columns.map { $0(in: language) }]
      + profiles.map { profile in
        [
          profile.id, cell(profile.title(in: language)), cell(recognition(of: profile.match)),
          ProfileTexts.evidence(profile.evidence.rawValue)(in: language), String(profile.vectorCount),
        ]
      }
    return Layout.table(rows, within: columns, shrinking: [2, 1, 0], minimum: 12)
  }

  /// What a file says, in one line of a terminal.
  private static func cell(_ text: String) -> String {
    Layout.plain(text).split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// `1810 + UA-651BLE*`: groups that must hold together, each with what is enough for it.
  private static func recognition(of match: DeviceMatch) -> String {
    let groups = [
      (match.names + match.models).map(\.text), match.manufacturers.map(\.hexadecimal), match.services.map(shortened),
    ]
    let shown = groups.filter { !$0.isEmpty }.map { $0.joined(separator: " ") }
    return shown.isEmpty ? "-" : shown.joined(separator: " + ")
  }

  /// The beginning of a long UUID tells it from others.
  private static func shortened(_ uuid: String) -> String {
    let short = BluetoothUUID.short(uuid)
    return short.utf8.count <= 4 ? short : short.prefix(8) + "…"
  }
}

struct ProfilesShow: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "show", abstract: ProfileTexts.showAbstract.here)
  }

  @Argument(help: ProfileTexts.idOption.help) var id: String
  @Option(help: ProfileTexts.directoriesOption.help) var profiles: [String] = Profiles.directories
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await Failure.reported {
      let catalog = try Daemon.catalog(in: profiles)
      guard let profile = catalog.profile(id: id) else {
        throw Failure(ProfileTexts.noProfile(id, similar: Self.similar(to: id, among: catalog.profiles.map(\.id))))
      }
      if common.json {
        Terminal.out(String(decoding: try JSONText.encode(ProfileDetails(profile)), as: UTF8.self))
      } else {
        let screen = ProfileScreen(profile: profile, language: .current, columns: Terminal.readableColumns)
        for line in screen.lines { Terminal.out(line) }
      }
    }
  }

  /// The one that has these letters in it, if there is only one.
  static func similar(to id: String, among ids: [String]) -> String? {
    let lower = id.lowercased()
    let found = ids.filter { $0.contains(lower) || lower.contains($0.drop { $0 != "." }.dropFirst()) }
    return found.count == 1 && !lower.isEmpty ? found.first : nil
  }
}

extension UInt16 {
  /// `0x006B`, as company ids are written.
  var hexadecimal: String {
    let digits = String(self, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension DeviceProfile {
  var vectorCount: Int { readings.reduce(0) { $0 + $1.vectors.count } }
}
