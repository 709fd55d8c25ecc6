// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What a device says of its battery (DV-1). A value that wavers about a limit is one condition, not many.
struct BatteryWatch: Sendable, Equatable {
  private var percent: ExactDecimal?
  /// Some devices only have a word for it; here the characteristic that it came in.
  private var saysLow: String?
  /// So many values of that characteristic came without the word.
  private var wordless = 0
  private var isLow: Bool?
  private var isEmpty: Bool?

  private static let word = "battery-low"
  /// So many percent above the limit, or values without the word, and it is over.
  static let band = 5
  private static let clearing = 3

  mutating func take(_ observation: Observation) {
    if observation.quality != .invalid, let number = observation.number(.battery) { percent = number }
    if observation.status.contains(Self.word) {
      (saysLow, wordless) = (observation.characteristic, 0)
      isLow = true
    } else if saysLow == observation.characteristic {
      wordless += 1
      if wordless >= Self.clearing {
        saysLow = nil
        if percent == nil { isLow = false }
      }
    }
  }

  mutating func judge(
    of device: DeviceReference, _ resident: ResidentID, limits: TechnicalLimits
  ) -> [(condition: TechnicalCondition, holds: Bool)] {
    if let percent {
      isEmpty = Self.holds(percent, limit: limits.batteryEmpty, before: isEmpty)
      isLow = saysLow != nil ? true : Self.holds(percent, limit: limits.batteryLow, before: isLow)
    }
    return [
      isEmpty.map { (.batteryEmpty(device, resident), $0) }, isLow.map { (.batteryLow(device, resident), $0) },
    ].compactMap { $0 }
  }

  private static func holds(_ percent: ExactDecimal, limit: Int, before: Bool?) -> Bool? {
    if percent <= ExactDecimal(limit) { return true }
    return percent >= ExactDecimal(limit &+ band) ? false : before
  }
}
