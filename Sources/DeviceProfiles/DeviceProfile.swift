// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Texts

/// What is known about a class of devices: how to recognise one, how to read what it says, and what may be said to it.
package final class DeviceProfile: Sendable {
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
  package let title: Text
  package let evidence: Evidence
  /// Where the layout comes from.
  package let sources: [String]
  package let match: DeviceMatch
  /// The profile that this one changes; ``ProfileCatalog`` has added what it takes over.
  package let basedOn: String?
  package let characteristics: [CharacteristicProfile]
  /// What is read from its advertisements, without a connection.
  package let advertisements: [CharacteristicProfile]
  /// By name. Nothing else is ever written by this profile.
  package let commands: [String: Command]
  package let session: SessionProfile
  /// What is odd about the device, for engineers.
  package let quirks: [String]
  /// How a technician makes it ready to be paired.
  package let hint: Text?
  /// The file that it was read from and where its id stands there.
  package let file: String
  package let idMark: Mark
  /// The whole file, for ``ProfileLoader`` to build upon.
  let document: Node

  init(
    id: String, title: Text, evidence: Evidence, sources: [String], match: DeviceMatch, basedOn: String?,
    characteristics: [CharacteristicProfile], advertisements: [CharacteristicProfile], commands: [String: Command],
    session: SessionProfile, quirks: [String], hint: Text?, file: String, idMark: Mark, document: Node
  ) {
    self.id = id
    self.title = title
    self.evidence = evidence
    self.sources = sources
    self.match = match
    self.basedOn = basedOn
    self.characteristics = characteristics
    self.advertisements = advertisements
    self.commands = commands
    self.session = session
    self.quirks = quirks
    self.hint = hint
    self.file = file
    self.idMark = idMark
    self.document = document
  }

  /// Characteristics and advertisements.
  package var readings: [CharacteristicProfile] { characteristics + advertisements }

  /// Whether the box never connects to such a device.
  package var isAdvertisedOnly: Bool { characteristics.isEmpty && !advertisements.isEmpty }
}
