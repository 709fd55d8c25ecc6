// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Something that a device says beside its values: where a sensor sits, what a control point answered.
package struct Fact: Sendable, Hashable {
  package enum Value: Sendable, Hashable {
    case text(String)
    case number(ExactDecimal)
    case list([String])
  }

  /// Stable, of a-z, 0-9 and hyphens.
  package let key: String
  package let value: Value

  package init(_ key: String, _ value: Value) {
    self.key = key
    self.value = value
  }
}

/// What a device said in one message: its numbers in the contract's units, its clock, its status.
/// Whose it is and when it really was is not known yet; ``Normalizer`` adds that.
package struct Measurement: Sendable, Equatable {
  /// The id of the profile that read it.
  package let profile: String
  /// The short form where there is one: `2A35`.
  package let characteristic: String
  /// The name of the message, where a characteristic has several kinds of them.
  package let message: String?
  /// The device's own slot for a person; nil for none or unknown.
  package let user: Int?
  /// The device's own number of the measurement.
  package let sequence: Int?
  /// What the device's clock showed; nil where it said none or an invalid date.
  package let deviceTime: CivilTime?
  /// False where the device itself says that its clock is not set; then ``deviceTime`` proves nothing.
  package let isDeviceClockSet: Bool
  package let quality: Quality
  /// Stable names of the conditions that the device reports, in the profile's order.
  package let status: [String]
  /// In the device's order; a kind may repeat (RR intervals, oldest first).
  package let values: [Quantity]
  /// In the device's order.
  package let facts: [Fact]
  /// What was ignored: trailing bytes, reserved bits, an impossible date.
  package internal(set) var notes: [String]

  package init(
    profile: String, characteristic: String, message: String? = nil, user: Int?, sequence: Int? = nil,
    deviceTime: CivilTime?, isDeviceClockSet: Bool = true, quality: Quality, status: [String], values: [Quantity],
    facts: [Fact] = [], notes: [String]
  ) {
    self.profile = profile
    self.characteristic = characteristic
    self.message = message
    self.user = user
    self.sequence = sequence
    self.deviceTime = deviceTime
    self.isDeviceClockSet = isDeviceClockSet
    self.quality = quality
    self.status = status
    self.values = values
    self.facts = facts
    self.notes = notes
  }
}
