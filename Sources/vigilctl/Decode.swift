// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DeviceProfiles
import Gateway
import Texts

struct Decode: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(abstract: DecodeTexts.abstract.here, discussion: DecodeTexts.discussion.here)
  }

  @Option(help: DecodeTexts.characteristic.help) var characteristic: String
  @Option(help: DecodeTexts.profile.help) var profile: String?
  @Option(help: DecodeTexts.feature.help) var feature: String?
  @Option(help: DecodeTexts.profiles.help) var profiles: [String] = [
    "/usr/share/vigil/device-profiles", "/etc/vigil/device-profiles",
  ]
  @OptionGroup var common: CommonOptions
  @Argument(help: DecodeTexts.values.help) var values: [String] = []

  func validate() throws {
    guard ValueSource.canonical(characteristic) != nil else {
      throw ValidationError(DecodeTexts.notACharacteristic.here)
    }
    if let feature, Self.bytes(feature) == nil { throw ValidationError(DecodeTexts.featureNotHexadecimal.here) }
  }

  func run() async throws {
    try await Failure.reported {
      let found = try find(in: try Daemon.catalog(in: profiles))
      let featureBytes = feature.flatMap(Self.bytes)
      if values.isEmpty {
        var lines = InputLines()
        while let line = try lines.next() { if !line.isEmpty { Terminal.out(answer(line, found, featureBytes)) } }
      } else {
        for value in values { Terminal.out(answer(value, found, featureBytes)) }
      }
    }
  }

  private typealias Found = (profile: DeviceProfile, characteristic: CharacteristicProfile)

  private func find(in catalog: ProfileCatalog) throws -> Found {
    if let found = catalog.find(characteristic: characteristic, among: profile.map { [$0] }) { return found }
    guard let profile else { throw Failure(DecodeTexts.noneHas(characteristic)) }
    guard catalog.profile(id: profile) != nil else { throw Failure(DecodeTexts.noProfile(profile)) }
    throw Failure(DecodeTexts.profileLacks(characteristic, profile: profile))
  }

  /// One line of JSON, for programs: the same in every language.
  private func answer(_ text: String, _ found: Found, _ feature: [UInt8]?) -> String {
    do {
      guard let bytes = Self.bytes(text) else {
        throw DecodeError(.malformed, offset: 0, detail: DecodeTexts.notHexadecimal.en)
      }
      var reader = ValueReader(characteristic: found.characteristic, profile: found.profile, isSampling: false)
      reader.feature = feature
      return DecodeReport.json(reader.read(bytes, at: 0), as: found.characteristic, of: found.profile)
    } catch {
      return DecodeReport.json(
        error as? DecodeError ?? DecodeError(.malformed, offset: 0, detail: "\(error)"),
        characteristic: found.characteristic.uuid)
    }
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    let digits = Array(
      text.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "-") })
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      let pair = String(decoding: digits[index...index + 1], as: UTF8.self)
      guard !pair.hasPrefix("+"), let byte = UInt8(pair, radix: 16) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
