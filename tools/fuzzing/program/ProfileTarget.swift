// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import Vitals

/// Any text as a profile; one that loads must then stand any octets.
///
/// The text ends at the first NUL; what follows is decoded by each characteristic of the profile.
enum ProfileTarget {
  static func target() throws -> FuzzTarget {
    let seeds = try ProfileSeeds.all(ProfileFolder.texts())
    return FuzzTarget(name: "profile", seeds: seeds.map { Array($0.utf8) }, run: run)
  }

  @Sendable private static func run(_ input: [UInt8]) {
    let text = String(decoding: input.prefix { $0 != 0 }, as: UTF8.self)
    let bytes = Array(input.drop { $0 != 0 }.dropFirst())
    do {
      let profile = try ProfileLoader.load(text, file: "fuzz.yaml")
      let catalog = try ProfileCatalog([profile])
      for profile in catalog.profiles {
        for characteristic in profile.characteristics {
          // A vector that does not hold is no fault of the loader.
          for vector in characteristic.vectors { _ = vector.mismatch(as: characteristic, of: profile) }
          decode(bytes, characteristic, profile)
        }
      }
    } catch {
      hold(error.mark.line >= 1 && error.mark.column >= 1, "an error has a place: \(error)")
      hold(!error.message.isEmpty, "an error says something")
    }
  }

  private static func decode(_ bytes: [UInt8], _ characteristic: CharacteristicProfile, _ profile: DeviceProfile) {
    let feature = characteristic.feature == nil ? nil : bytes
    do {
      let measurement = try Decoder.decode(bytes, as: characteristic, of: profile, feature: feature)
      ReportPromises.check(DecodeReport.json(measurement), measurement)
    } catch {
      hold((0...bytes.count).contains(error.offset), "an error's offset is inside the value")
    }
  }
}
