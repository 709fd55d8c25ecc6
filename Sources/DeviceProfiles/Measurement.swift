// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What a device said in one value of a characteristic: its numbers in the contract's units, its clock, its status.
/// Whose it is and when it really was is not known yet; ``Normalizer`` adds that.
package struct Measurement: Sendable, Equatable {
  /// The id of the profile that read it.
  package let profile: String
  /// The short form where there is one: `2A35`.
  package let characteristic: String
  /// The device's own slot for a person; nil for none or unknown.
  package let user: Int?
  /// What the device's clock showed; nil where it said none or an invalid date.
  package let deviceTime: CivilTime?
  /// False where the device itself says that its clock is not set; then ``deviceTime`` proves nothing.
  package let isDeviceClockSet: Bool
  package let quality: Quality
  /// Stable names of the conditions that the device reports, in the profile's order.
  package let status: [String]
  /// In the device's order; a kind may repeat (RR intervals, oldest first).
  package let values: [Quantity]
  /// What was ignored: trailing bytes, reserved bits, an impossible date.
  package let notes: [String]

  package init(
    profile: String, characteristic: String, user: Int?, deviceTime: CivilTime?, isDeviceClockSet: Bool = true,
    quality: Quality, status: [String], values: [Quantity], notes: [String]
  ) {
    self.profile = profile
    self.characteristic = characteristic
    self.user = user
    self.deviceTime = deviceTime
    self.isDeviceClockSet = isDeviceClockSet
    self.quality = quality
    self.status = status
    self.values = values
    self.notes = notes
  }
}
