// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// All device profiles of a box.
package struct ProfileCatalog: Sendable {
  /// Sorted by id.
  package let profiles: [DeviceProfile]

  /// - Throws: where two have the same id, an error at the second that names the first one's file.
  package init(_ profiles: [DeviceProfile]) throws(DocumentError) {
    var files: [String: String] = [:]
    for profile in profiles {
      if let first = files.updateValue(profile.file, forKey: profile.id) {
        throw DocumentError(
          file: profile.file, mark: profile.idMark, path: "id",
          message: "'\(profile.id)' is already the id of the profile in \(first)")
      }
    }
    self.profiles = profiles.sorted { $0.id < $1.id }
  }

  /// The profiles that a device with these services has.
  /// - Parameter uuids: advertised or resolved, short or 128-bit, in any case.
  package func profiles(forServices uuids: [String]) -> [DeviceProfile] {
    let offered = Set(uuids.compactMap(BluetoothUUID.full))
    return profiles.filter { !offered.isDisjoint(with: $0.services) }
  }

  package func profile(id: String) -> DeviceProfile? {
    profiles.first { $0.id == id }
  }

  /// The way to read a characteristic.
  /// - Parameters:
  ///   - characteristic: short or 128-bit, in any case.
  ///   - ids: the device's profiles, the first that has it wins; nil: all.
  package func find(
    characteristic: String, among ids: [String]?
  ) -> (profile: DeviceProfile, characteristic: CharacteristicProfile)? {
    let uuid = BluetoothUUID.short(characteristic)
    let candidates = ids.map { $0.compactMap { profile(id: $0) } } ?? profiles
    for profile in candidates {
      if let found = profile.characteristics.first(where: { $0.uuid == uuid }) { return (profile, found) }
    }
    return nil
  }
}
