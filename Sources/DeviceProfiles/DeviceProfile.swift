// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// What is known about a class of devices: how to recognise one and how to read what it says.
package struct DeviceProfile: Sendable {
  /// What a profile rests on.
  package enum Evidence: String, Sendable, CaseIterable {
    /// The specification and devices made from it.
    case simulated
    /// Bytes recorded from a real device.
    case captureBacked = "capture-backed"
    /// A real device in our hands.
    case hardwareVerified = "hardware-verified"
  }

  /// `bluetooth.heart-rate`
  package let id: String
  package let title: String
  package let evidence: Evidence
  /// Where the layout comes from.
  package let sources: [String]
  /// 128-bit, lower case. A device with one of them is one of these.
  package let services: [String]
  package let characteristics: [CharacteristicProfile]
  /// The file that it was read from and where its id stands there.
  package let file: String
  package let idMark: Mark
}
