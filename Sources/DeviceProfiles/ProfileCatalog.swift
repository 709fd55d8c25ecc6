// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// All device profiles of a box.
package struct ProfileCatalog: Sendable {
  /// Sorted by id; each with everything of the one that it is based on.
  package let profiles: [DeviceProfile]

  /// - Throws: where two have the same id, an error at the second that names the first one's file; and where one is based
  ///   on a profile that is not there or is itself based on another.
  package init(_ profiles: [DeviceProfile]) throws(DocumentError) {
    var byID: [String: DeviceProfile] = [:]
    for profile in profiles {
      if let first = byID.updateValue(profile, forKey: profile.id) {
        throw DocumentError(
          file: profile.file, mark: profile.idMark, path: "id",
          message: "'\(profile.id)' is already the id of the profile in \(first.file)")
      }
    }
    self.profiles = try profiles.map { (profile) throws(DocumentError) in
      guard let id = profile.basedOn else { return profile }
      guard let base = byID[id] else { throw Self.error(profile, "there is no profile '\(id)' to be based on") }
      guard base.basedOn != profile.id else {
        throw Self.error(profile, "'\(id)' is itself based on this one; leave 'based-on' out of one of them")
      }
      guard base.basedOn == nil else {
        throw Self.error(profile, "'\(id)' is itself based on another; name '\(base.basedOn ?? "")'")
      }
      return try ProfileLoader.derive(profile, from: base)
    }.sorted { $0.id < $1.id }
  }

  private static func error(_ profile: DeviceProfile, _ message: String) -> DocumentError {
    DocumentError(file: profile.file, mark: profile.idMark, path: "based-on", message: message)
  }

  /// The profiles of a device, those that ask for most first. One that another of them is based on is left out, and one
  /// that would read nothing that those before it do not read: its commands are for other devices.
  package func profiles(for device: DeviceFacts) -> [DeviceProfile] {
    let found = profiles.filter { $0.match.holds(for: device) }
    let replaced = Set(found.compactMap(\.basedOn))
    let ordered = found.filter { !replaced.contains($0.id) }
      .sorted { ($1.match.specificity, $0.id) < ($0.match.specificity, $1.id) }
    var taken: Set<String> = []
    return ordered.filter { profile in
      let read = Set(profile.readings.filter { $0.use == .reading }.flatMap { [$0.uuid] + $0.also })
      guard read.isEmpty || !read.isSubset(of: taken) else { return false }
      taken.formUnion(read)
      return true
    }
  }

  package func profile(id: String) -> DeviceProfile? {
    profiles.first { $0.id == id }
  }

  /// The way to read a characteristic or an advertisement.
  /// - Parameters:
  ///   - characteristic: as ``ValueSource`` has it, in any form and case.
  ///   - ids: the device's profiles, the first that has it wins; nil: all, those that are based on another last.
  package func find(
    characteristic: String, among ids: [String]?
  ) -> (profile: DeviceProfile, characteristic: CharacteristicProfile)? {
    guard let source = ValueSource.canonical(characteristic) else { return nil }
    let candidates =
      ids.map { $0.compactMap { profile(id: $0) } }
      ?? profiles.filter { $0.basedOn == nil } + profiles.filter { $0.basedOn != nil }
    for profile in candidates {
      if let found = profile.readings.first(where: { $0.uuid == source || $0.also.contains(source) }) {
        return (profile, found)
      }
    }
    return nil
  }
}
