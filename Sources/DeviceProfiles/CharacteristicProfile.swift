// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// How the values of one characteristic are read.
package struct CharacteristicProfile: Sendable {
  /// The short form in upper case (`2A37`) for one of the Bluetooth SIG, else the 128-bit form in lower case.
  package let uuid: String
  package let title: String
  /// Live only, never stored by the device (2A37, 2A5F); otherwise each value is a measurement of its own.
  package let isStream: Bool
  /// The characteristic that says what the device can tell.
  package let feature: FeatureProfile?
  package let fields: [FieldProfile]
  /// What a status makes of the measurement; one that is not here leaves it valid.
  package let quality: [String: Quality]
  /// Kinds whose values must fall from one to the next, or the measurement is invalid.
  package let descending: [ObservationKind]
  /// Statuses by which the device says that its clock is not set.
  package let clockNotSet: Set<String>
  package let vectors: [DecodeVector]
}

/// The layout of a feature characteristic, read to know which status bits count.
package struct FeatureProfile: Sendable {
  package let uuid: String
  package let fields: [FieldProfile]
}
