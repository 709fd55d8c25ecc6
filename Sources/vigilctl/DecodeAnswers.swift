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
    // When a value came is not known, so none comes after a pause.
    return DecodeReport.json(reader.read(bytes, at: 0), as: reader.characteristic, of: reader.profile)
  }
}
