// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles

/// Something that takes any octets: it must neither trap nor break a promise.
struct FuzzTarget: Sendable {
  let name: String
  /// Inputs that are known to reach something; tools/fuzz adds them to the corpus.
  let seeds: [[UInt8]]
  let run: @Sendable ([UInt8]) -> Void

  static func all() throws -> [FuzzTarget] {
    let profiles = try ProfileFolder.load()
    var targets = profiles.flatMap { profile in
      profile.characteristics.map { DecodeTarget(characteristic: $0, profile: profile).target }
    }
    targets.append(NumberTarget.target)
    targets.append(try ProfileTarget.target())
    targets.append(trap)
    return targets
  }

  /// Proves in a test that a trap is found, kept and reported; tools/fuzz runs it only when it is named.
  private static let trap = FuzzTarget(name: "selftest.trap", seeds: [[0x74, 0x72]]) { bytes in
    hold(bytes != [0x74, 0x72, 0x61], "the input is not what the self-test looks for")
  }
}
