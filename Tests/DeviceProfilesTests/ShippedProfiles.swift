// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import FoundationEssentials
import Testing

/// The profiles in `device-profiles/`, read from the source tree.
enum ShippedProfiles {
  static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

  /// Read once: there are many of them, and many tests.
  private static let loaded = Result { try read() }
  private static let resolved = Result { try ProfileCatalog(load()) }

  static func load() throws -> [DeviceProfile] { try loaded.get() }
  static func catalog() throws -> ProfileCatalog { try resolved.get() }

  private static func read() throws -> [DeviceProfile] {
    let folder = root + "/device-profiles"
    var profiles: [DeviceProfile] = []
    // Beside the folders stand the page and the schema.
    for maker in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where !maker.contains(".") {
      for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(maker)").sorted()
      where name.hasSuffix(".yaml") {
        let text = try String(contentsOfFile: "\(folder)/\(maker)/\(name)", encoding: .utf8)
        profiles.append(try ProfileLoader.load(text, file: "\(maker)/\(name)"))
      }
    }
    return profiles
  }

  /// The way a shipped profile reads a characteristic.
  static func find(_ uuid: String) throws -> (profile: DeviceProfile, characteristic: CharacteristicProfile) {
    try #require(try catalog().find(characteristic: uuid, among: nil))
  }

  /// The one measurement of a value.
  static func decode(_ bytes: [UInt8], as uuid: String, feature: [UInt8]? = nil) throws -> Measurement {
    let found = try find(uuid)
    let all = try Decoder.decode(bytes, as: found.characteristic, of: found.profile, feature: feature)
    return try #require(all.first)
  }
}
