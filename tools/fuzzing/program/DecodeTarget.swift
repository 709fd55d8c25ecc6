// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import FoundationEssentials
import Vitals

/// Any octets as one value of a characteristic.
///
/// Where the profile knows a feature characteristic, the first octet says how much of the rest is its value: 0 none,
/// n: n - 1 octets, 16 at most.
struct DecodeTarget: Sendable {
  let characteristic: CharacteristicProfile
  let profile: DeviceProfile

  private static let address = DeviceAddress("F5:F1:F2:F3:F4:02")

  var target: FuzzTarget {
    FuzzTarget(
      name: "decode.\(profile.id).\(characteristic.uuid)",
      seeds: characteristic.vectors.map { input($0.bytes, feature: $0.feature) }, run: run)
  }

  private func input(_ bytes: [UInt8], feature: [UInt8]?) -> [UInt8] {
    guard characteristic.feature != nil else { return bytes }
    guard let feature else { return [0] + bytes }
    return [UInt8(truncatingIfNeeded: feature.count + 1)] + feature + bytes
  }

  private func split(_ input: [UInt8]) -> (feature: [UInt8]?, bytes: [UInt8]) {
    guard characteristic.feature != nil, let first = input.first else { return (nil, input) }
    guard first % 17 > 0 else { return (nil, Array(input.dropFirst())) }
    let length = Int(first % 17) - 1
    return (Array(input.dropFirst().prefix(length)), Array(input.dropFirst(1 + length)))
  }

  @Sendable private func run(_ input: [UInt8]) {
    let (feature, bytes) = split(input)
    // Writing and reading JSON takes ten times as long as all else, so a part of the inputs has to do.
    let sum = bytes.reduce(0, &+)
    let outcome = decode(bytes, feature)
    hold(outcome == decode(bytes, feature), "decoding twice gives the same")
    switch outcome {
    case .failure(let error):
      hold((0...bytes.count).contains(error.offset), "an error's offset is inside the value")
      guard sum % 8 == 0 else { return }
      ReportPromises.check(DecodeReport.json(error, characteristic: characteristic.uuid), error: error)
    case .success(let measurement):
      if sum % 8 == 0 { ReportPromises.check(DecodeReport.json(measurement), measurement) }
      normalize(measurement)
      let cut = Array(bytes.prefix(bytes.isEmpty ? 0 : Int(sum) % bytes.count))
      if case .success(let less) = decode(cut, feature) {
        hold(less.values.count <= measurement.values.count, "a truncated value never gives more values than the whole")
      }
    }
  }

  private func decode(_ bytes: [UInt8], _ feature: [UInt8]?) -> Result<Measurement, DecodeError> {
    do {
      return .success(try Decoder.decode(bytes, as: characteristic, of: profile, feature: feature))
    } catch {
      return .failure(error)
    }
  }

  private func normalize(_ measurement: Measurement) {
    guard let address = Self.address else { return hold(false, "the address of the test is one") }
    let context = Normalizer.Context(
      device: DeviceReference(id: "d-1", model: "fuzz", address: address), link: .open, resident: .unassigned,
      purpose: .care, received: Moment(bootID: "boot", monotonicMs: 1, wallMs: 1_770_000_000_000, synchronized: true),
      instantOf: { Int64($0.year) * 31_557_600_000 })
    let observation = Normalizer.observation(measurement, characteristic: characteristic, context: context)
    hold(observation.values == measurement.values, "an observation has the measurement's values")
  }
}
