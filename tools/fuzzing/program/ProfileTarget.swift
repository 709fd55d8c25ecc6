// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Vitals

/// Any text as a profile; one that loads must then stand any octets.
///
/// The text ends at the first NUL; what follows is decoded by each characteristic of the profile.
enum ProfileTarget {
  static func target() throws -> FuzzTarget {
    let texts = try ProfileFolder.texts()
    let bases = try texts.map { try ProfileLoader.load($0.text, file: $0.name) }.filter { $0.basedOn == nil }
    let seeds = try ProfileSeeds.all(texts)
    return FuzzTarget(name: "profile", seeds: seeds.map { Array($0.utf8) }) { run($0, bases: bases) }
  }

  private static func run(_ input: [UInt8], bases: [DeviceProfile]) {
    let text = String(decoding: input.prefix { $0 != 0 }, as: UTF8.self)
    let bytes = Array(input.drop { $0 != 0 }.dropFirst())
    do {
      let profile = try ProfileLoader.load(text, file: "fuzz.yaml")
      let base = bases.filter { $0.id == profile.basedOn && $0.id != profile.id }
      let catalog = try ProfileCatalog([profile] + base)
      let name = String(decoding: bytes, as: UTF8.self)
      let found = catalog.profiles(for: DeviceFacts(services: ["180D", "1810"], name: name, model: name))
      hold(found.count <= catalog.profiles.count, "a device has each profile once")
      guard let whole = catalog.profile(id: profile.id) else { return hold(false, "a catalog has what it was given") }
      for reading in whole.readings {
        // A vector that does not hold is no fault of the loader.
        for vector in reading.vectors { _ = vector.mismatch(as: reading, of: whole) }
        decode(bytes, reading, whole)
      }
    } catch {
      hold(error.mark.line >= 1 && error.mark.column >= 1, "an error has a place: \(error)")
      hold(!error.message.isEmpty, "an error says something")
    }
  }

  private static func decode(_ bytes: [UInt8], _ reading: CharacteristicProfile, _ profile: DeviceProfile) {
    var reader = ValueReader(characteristic: reading, profile: profile, isSampling: false)
    reader.feature = reading.feature == nil ? nil : bytes
    let outcomes = reader.read(bytes, at: 0)
    let measurements = outcomes.compactMap { if case .measurement(let found, _) = $0 { found } else { nil } }
    guard measurements.isEmpty, case .error(let error, _) = outcomes.first else {
      return ReportPromises.check(DecodeReport.json(outcomes, as: reading, of: profile), measurements)
    }
    ReportPromises.check(DecodeReport.json(outcomes, as: reading, of: profile), error: error)
  }
}
