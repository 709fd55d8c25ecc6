// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Vitals

/// Any octets as one message of a characteristic, behind its feature.
struct DecodeTarget: Sendable {
  let characteristic: CharacteristicProfile
  let profile: DeviceProfile

  private static let address = DeviceAddress("F5:F1:F2:F3:F4:02")

  var target: FuzzTarget {
    let prefix = FeaturePrefix(characteristic)
    return FuzzTarget(
      name: FuzzTarget.name("decode", profile, characteristic),
      seeds: characteristic.vectors.flatMap { vector in
        vector.values.map { prefix.input($0, feature: vector.feature) }
      }, run: run)
  }

  @Sendable private func run(_ input: [UInt8]) {
    let (feature, bytes) = FeaturePrefix(characteristic).split(input)
    // Writing and reading JSON takes ten times as long as all else, so a part of the inputs has to do.
    let sum = bytes.reduce(0, &+)
    let outcome = decode(bytes, feature)
    hold(outcome == decode(bytes, feature), "decoding twice gives the same")
    switch outcome {
    case .failure(let error):
      hold((0...bytes.count).contains(error.offset), "an error's offset is inside the value")
      guard sum % 8 == 0 else { return }
      ReportPromises.check(DecodeReport.json(error, characteristic: characteristic.uuid), error: error)
    case .success(let measurements):
      if sum % 8 == 0 {
        let outcomes = measurements.map { ValueReader.Outcome.measurement($0, bytes: bytes) }
        ReportPromises.check(DecodeReport.json(outcomes, as: characteristic, of: profile), measurements)
      }
      for measurement in measurements { normalize(measurement) }
      let cut = Array(bytes.prefix(bytes.isEmpty ? 0 : Int(sum) % bytes.count))
      if case .success(let less) = decode(cut, feature), isSameMessage(less, measurements) {
        hold(count(less) <= count(measurements), "a truncated value never gives more values than the whole")
      }
    }
  }

  private func decode(_ bytes: [UInt8], _ feature: [UInt8]?) -> Result<[Measurement], DecodeError> {
    do {
      return .success(try Decoder.decode(bytes, as: characteristic, of: profile, feature: feature))
    } catch {
      return .failure(error)
    }
  }

  private func count(_ measurements: [Measurement]) -> Int { measurements.reduce(0) { $0 + $1.values.count } }

  /// A shorter value may be another message, which has its own values; one that gives nothing does not say which it is.
  private func isSameMessage(_ a: [Measurement], _ b: [Measurement]) -> Bool {
    guard let a = a.first, let b = b.first else { return false }
    guard case .messages(let messages, _) = characteristic.layout else { return true }
    return messages.count == 1 || (a.message == b.message && a.message != nil)
  }

  private func normalize(_ measurement: Measurement) {
    guard let address = Self.address else { return hold(false, "the address of the test is one") }
    let context = Normalizer.Context(
      device: DeviceReference(id: "d-1", model: "fuzz", address: address), link: .open, resident: .unassigned,
      purpose: .care,
      received: Moment(bootID: "boot", monotonicMs: 1, wallMs: 1_770_000_000_000, synchronized: true),
      instantOf: { Int64($0.year - 1970) * 31_557_600_000 })
    let observation = Normalizer.observation(measurement, characteristic: characteristic, context: context)
    hold(observation.values == measurement.values, "an observation has the measurement's values")
  }
}
