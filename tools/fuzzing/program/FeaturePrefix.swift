// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles

/// How a feature characteristic's value stands before the rest of an input, where the profile knows one: an octet
/// modulo 17 is 0 for no feature, else one more than the octets of it that follow.
struct FeaturePrefix: Sendable {
  let isThere: Bool

  init(_ characteristic: CharacteristicProfile) { isThere = characteristic.feature != nil }

  func input(_ bytes: [UInt8], feature: [UInt8]?) -> [UInt8] {
    guard isThere else { return bytes }
    guard let feature else { return [0] + bytes }
    return [UInt8(truncatingIfNeeded: feature.count + 1)] + feature + bytes
  }

  func split(_ input: [UInt8]) -> (feature: [UInt8]?, bytes: [UInt8]) {
    guard isThere, let first = input.first else { return (nil, input) }
    guard first % 17 > 0 else { return (nil, Array(input.dropFirst())) }
    let length = Int(first % 17) - 1
    return (Array(input.dropFirst().prefix(length)), Array(input.dropFirst(1 + length)))
  }
}
