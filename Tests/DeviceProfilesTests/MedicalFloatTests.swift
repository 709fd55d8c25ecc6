// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Testing
import Vitals

@Suite struct MedicalFloatTests {
  static func text(_ content: Quantity.Content) -> String {
    switch content {
    case .number(let number): number.description
    case .absent(let reason): reason.rawValue
    }
  }

  @Test(arguments: [
    (0x0072, "114"), (0xF014, "2.0"), (0xE0C8, "2.00"), (0x1002, "20"), (0x0B2E, "-1234"), (0xF3CC, "97.2"),
    (0xF0A3, "16.3"), (0xB05F, "0.00095"), (0xC035, "0.0053"), (0x07FD, "2045"), (0x0803, "-2045"), (0x07FF, "nan"),
    (0x0800, "nres"), (0x07FE, "pinf"), (0x0802, "ninf"), (0x0801, "reserved"), (0xF7FF, "204.7"), (0x0000, "0"),
    (0xFFFF, "-0.1"), (0x77FF, "20470000000"), (0x8801, "-0.00002047"), (0xF800, "-204.8"),
  ])
  func sfloat(raw: UInt16, expected: String) {
    #expect(Self.text(MedicalFloat.sfloat(raw)) == expected)
  }

  @Test(arguments: [
    (0xFF00_016C, "36.4"), (0xFE00_0E42, "36.50"), (0xFF00_03DA, "98.6"), (0x0200_0002, "200"),
    (0x00FF_FB2E, "-1234"), (0xFFFF_FFFB, "-0.5"), (0x007F_FFFF, "nan"), (0x0080_0000, "nres"),
    (0x007F_FFFE, "pinf"), (0x0080_0002, "ninf"), (0x0080_0001, "reserved"), (0xFF7F_FFFF, "838860.7"),
    (0x007F_FFFD, "8388605"), (0x0080_0003, "-8388605"), (0xFF80_0000, "-838860.8"),
  ])
  func float(raw: UInt32, expected: String) {
    #expect(Self.text(MedicalFloat.float(raw)) == expected)
  }

  @Test func onlyFiveOfAllSfloatsAreNoNumbers() {
    let absent = (UInt16.min...UInt16.max).count { raw in
      if case .absent = MedicalFloat.sfloat(raw) { true } else { false }
    }
    #expect(absent == 5)
  }

  @Test func theExtremesOfFloatAreNumbers() {
    for raw: UInt32 in [0x7F7F_FFFF, 0x7F80_0000, 0x807F_FFFF, 0x8080_0000] {
      guard case .number(let number) = MedicalFloat.float(raw) else {
        Issue.record("\(raw) is a number")
        continue
      }
      #expect(!number.isZero)
    }
  }
}
