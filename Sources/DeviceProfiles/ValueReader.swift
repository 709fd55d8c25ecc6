// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads the values of one characteristic of one device as they arrive: puts frames together, decodes them, and thins out
/// a stream that is faster than anybody needs.
package struct ValueReader: Sendable {
  package enum Outcome: Sendable {
    /// With the bytes of its message.
    case measurement(Measurement, bytes: [UInt8])
    case error(DecodeError, bytes: [UInt8])
  }

  package let characteristic: CharacteristicProfile
  package let profile: DeviceProfile
  /// The feature characteristic's value, nil while it is not known.
  package var feature: [UInt8]?

  private let isSampling: Bool
  private var frames: FrameAssembler?
  private var segments = RecordSegments()
  /// Octets that belonged to no frame, since the last measurement.
  private var skipped = 0
  /// When the last measurement that was kept arrived.
  private var keptMs: Int64?

  /// - Parameter isSampling: false: every measurement counts, as for an example's.
  package init(characteristic: CharacteristicProfile, profile: DeviceProfile, isSampling: Bool = true) {
    self.characteristic = characteristic
    self.profile = profile
    self.isSampling = isSampling && characteristic.samplePeriodMs != nil
    frames = characteristic.frames.map(FrameAssembler.init)
  }

  /// - Parameter monotonicMs: when the value arrived.
  /// - Returns: nothing where a frame is not complete yet, or the value says nothing of use.
  package mutating func read(_ bytes: [UInt8], at monotonicMs: Int64) -> [Outcome] {
    guard frames != nil else { return decode(bytes, at: monotonicMs) }
    var outcomes: [Outcome] = []
    for event in frames?.add(bytes, at: monotonicMs) ?? [] {
      switch event {
      case .frame(let frame): outcomes += decode(frame, at: monotonicMs)
      case .rejected(let frame, let error): outcomes.append(.error(error, bytes: frame))
      case .skipped(let count): skipped += count
      }
    }
    return outcomes
  }

  private mutating func decode(_ bytes: [UInt8], at monotonicMs: Int64) -> [Outcome] {
    do {
      let found: [Measurement]
      if case .named(.bloodPressureRecord) = characteristic.layout {
        found = try segments.add(bytes, at: monotonicMs, as: characteristic, of: profile, feature: feature)
      } else {
        found = try Decoder.decode(bytes, as: characteristic, of: profile, feature: feature)
      }
      return found.compactMap { measurement in
        keeps(at: monotonicMs) ? .measurement(noted(measurement), bytes: bytes) : nil
      }
    } catch {
      return [.error(error, bytes: bytes)]
    }
  }

  private mutating func noted(_ measurement: Measurement) -> Measurement {
    guard skipped > 0 else { return measurement }
    var measurement = measurement
    measurement.notes.append("\(skipped) byte\(skipped == 1 ? "" : "s") skipped")
    skipped = 0
    return measurement
  }

  private mutating func keeps(at monotonicMs: Int64) -> Bool {
    guard isSampling, let period = characteristic.samplePeriodMs else { return true }
    if let keptMs, monotonicMs &- keptMs < period, monotonicMs >= keptMs { return false }
    keptMs = monotonicMs
    return true
  }
}
