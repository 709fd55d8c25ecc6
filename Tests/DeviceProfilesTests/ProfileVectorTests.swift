// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Testing

@Suite struct ProfileVectorTests {
  @Test func everyVectorOfEveryProfileHolds() throws {
    let profiles = try ShippedProfiles.catalog().profiles
    var count = 0
    for profile in profiles {
      for characteristic in profile.readings {
        for vector in characteristic.vectors {
          let mismatch = vector.mismatch(as: characteristic, of: profile)
          #expect(mismatch == nil, "\(profile.file):\(vector.mark): \(characteristic.uuid) \(vector.about)")
          count += 1
        }
      }
    }
    #expect(count > 200)
  }

  @Test func everyNameInAQualityTableHasAVectorThatShowsIt() throws {
    for profile in try ShippedProfiles.load() {
      for characteristic in profile.readings {
        var shown: Set<String> = []
        for case .measurements(let expected) in characteristic.vectors.map(\.outcome) {
          shown.formUnion(expected.flatMap(\.status))
        }
        #expect(Set(characteristic.quality.keys).subtracting(shown).isEmpty, "\(characteristic.uuid)")
      }
    }
  }

  @Test func aWrongVectorSaysWhatWasFound() throws {
    let profile = try DecoderTests.profile(
      fields: #"- {name: v, type: uint8, kind: battery, unit: "%"}"#, vector: "{hex: 4B, error: truncated, offset: 1}")
    let characteristic = try #require(profile.characteristics.first)
    let mismatch = characteristic.vectors.first?.mismatch(as: characteristic, of: profile)
    #expect(try #require(mismatch).contains("battery 75"))
  }
}
