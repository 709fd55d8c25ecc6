// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles

/// Something that takes any octets: it must neither trap nor break a promise.
struct FuzzTarget: Sendable {
  let name: String
  /// Inputs that are known to reach something; tools/fuzz adds them to the corpus.
  let seeds: [[UInt8]]
  let run: @Sendable ([UInt8]) -> Void

  /// What a profile takes over unchanged has no vectors of its own and is fuzzed where it stands.
  static func all() throws -> [FuzzTarget] {
    var targets: [FuzzTarget] = []
    for profile in try ProfileFolder.load() {
      for characteristic in profile.readings where !characteristic.vectors.isEmpty {
        targets.append(DecodeTarget(characteristic: characteristic, profile: profile).target)
        if StreamTarget.isStream(characteristic) {
          targets.append(StreamTarget(characteristic: characteristic, profile: profile).target)
        }
      }
    }
    targets.append(NumberTarget.target)
    targets.append(try ProfileTarget.target())
    targets.append(trap)
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
