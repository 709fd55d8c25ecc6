// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles

/// Something that takes any octets: it must neither trap nor break a promise.
struct FuzzTarget: Sendable {
  let name: String
  /// Inputs that are known to reach something; tools/fuzz adds them to the corpus.
  let seeds: [[UInt8]]
  let run: @Sendable ([UInt8]) -> Void

  static func all() throws -> [FuzzTarget] {
    try decoders(ProfileFolder.texts()) + [CommandTarget.target, NumberTarget.target, ProfileTarget.target(), trap]
  }

  /// Loads only what that one target needs: a short run starts many processes.
  static func named(_ name: String) throws -> FuzzTarget? {
    let others = try name == "profile" ? [ProfileTarget.target()] : [CommandTarget.target, NumberTarget.target, trap]
    if let found = others.first(where: { $0.name == name }) { return found }
    let texts = try ProfileFolder.texts()
    let its = texts.filter { text in
      guard let id = text.word("id") else { return false }
      return name.hasPrefix("decode.\(id).") || name.hasPrefix("stream.\(id).")
    }
    let bases = texts.filter { text in its.contains { $0.word("based-on") == text.word("id") && $0.name != text.name } }
    return try decoders(its + bases).first { $0.name == name }
  }

  /// What a profile takes over unchanged has no vectors of its own and is fuzzed where it stands.
  private static func decoders(_ texts: [ProfileFolder.File]) throws -> [FuzzTarget] {
    var targets: [FuzzTarget] = []
    for profile in try ProfileFolder.load(texts) {
      for characteristic in profile.readings where !characteristic.vectors.isEmpty {
        targets.append(DecodeTarget(characteristic: characteristic, profile: profile).target)
        if StreamTarget.isStream(characteristic) {
          targets.append(StreamTarget(characteristic: characteristic, profile: profile).target)
        }
      }
    }
    return targets
  }

  /// Also the name of a file: `decode.bluetooth.heart-rate.2A37`.
  static func name(_ prefix: String, _ profile: DeviceProfile, _ characteristic: CharacteristicProfile) -> String {
    let source = characteristic.uuid.map { $0 == ":" ? "-" : String($0) }.joined()
    return "\(prefix).\(profile.id).\(source)"
  }

  /// Proves in a test that a trap is found, kept and reported; tools/fuzz runs it only when it is named.
  private static let trap = FuzzTarget(name: "selftest.trap", seeds: [[0x74, 0x72]]) { bytes in
    hold(bytes != [0x74, 0x72, 0x61], "the input is not what the self-test looks for")
  }
}
