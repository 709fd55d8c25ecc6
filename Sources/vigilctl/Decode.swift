// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DeviceProfiles
import Gateway
import Texts

struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decodes values of a characteristic, without a daemon.",
    discussion: "Values are hexadecimal, as arguments or as lines of standard input. One JSON object a line.")

  @Option(help: "The characteristic: 2A35, or a 128-bit UUID.") var characteristic: String
  @Option(help: "The profile's id; without it, the one that has this characteristic.") var profile: String?
  @Option(help: "The value of the service's feature characteristic, hexadecimal.") var feature: String?
  @Option(help: "Directories of profiles.") var profiles: [String] = [
    "/usr/share/vigil/device-profiles", "/etc/vigil/device-profiles",
  ]
  @OptionGroup var common: CommonOptions
  @Argument(help: "Values in hexadecimal.") var values: [String] = []

  func run() throws {
    do {
      let catalog = try Daemon.catalog(in: profiles)
      guard let found = catalog.find(characteristic: characteristic, among: profile.map { [$0] }) else {
        throw Failure(
          Text(
            zh: "No profile has the characteristic \(characteristic).",
            en: "No profile has the characteristic \(characteristic)."))
      }
      let featureBytes = try feature.map { text -> [UInt8] in
        guard let bytes = Self.bytes(text) else {
          throw Failure(Text(zh: "--feature is not hexadecimal.", en: "--feature is not hexadecimal."))
        }
        return bytes
      }
      if values.isEmpty {
        while let line = readLine() { if !line.isEmpty { Terminal.out(answer(line, found, featureBytes)) } }
      } else {
        for value in values { Terminal.out(answer(value, found, featureBytes)) }
      }
    } catch let error as ExitCode {
      throw error
    } catch {
      Terminal.err("vigilctl: \(error)")
      throw ExitCode.failure
    }
  }

  private func answer(
    _ text: String, _ found: (profile: DeviceProfile, characteristic: CharacteristicProfile), _ feature: [UInt8]?
  ) -> String {
    do {
      guard let bytes = Self.bytes(text) else {
        throw DecodeError(.malformed, offset: 0, detail: "not hexadecimal octets")
      }
      return DecodeReport.json(
        try Decoder.decode(bytes, as: found.characteristic, of: found.profile, feature: feature))
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
