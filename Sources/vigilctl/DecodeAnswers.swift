// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Texts

/// A line of JSON for each value of a characteristic, in the order in which they came from one device: what belongs
/// together in several values is put together. For programs, so the same in every language.
struct DecodeAnswers {
  private var reader: ValueReader

  init(characteristic: CharacteristicProfile, profile: DeviceProfile, feature: [UInt8]?) {
    reader = ValueReader(characteristic: characteristic, profile: profile, isSampling: false)
    reader.feature = feature
  }

  /// - Parameter text: a value in hexadecimal.
  mutating func line(for text: String) -> String {
    guard let bytes = Octets.parse(text) else {
      return DecodeReport.json(
        DecodeError(.malformed, offset: 0, detail: DecodeTexts.notHexadecimal.en),
        characteristic: reader.characteristic.uuid)
    }
    let skippedBefore = reader.skipped
    var measurements: [Measurement] = []
    var errors: [DecodeError] = []
    // When a value came is not known, so none comes after a pause.
    for outcome in reader.read(bytes, at: 0) {
      switch outcome {
      case .measurement(let measurement, _): measurements.append(measurement)
      case .error(let error, _): errors.append(error)
      }
    }
    let skipped = reader.skipped - skippedBefore
    if measurements.isEmpty, let error = errors.first {
      return DecodeReport.json(error, characteristic: reader.characteristic.uuid)
    }
    var notes = errors.map { DecodeTexts.dropped("\($0)").en }
    if skipped > 0 { notes.append(DecodeTexts.skipped(skipped).en) }
    if measurements.isEmpty, notes.isEmpty {
      notes.append((reader.characteristic.frames == nil ? DecodeTexts.nothing : DecodeTexts.nothingYet).en)
    }
    return DecodeReport.json(
      measurements, profile: reader.profile.id, characteristic: reader.characteristic.uuid, notes: notes)
  }
}
