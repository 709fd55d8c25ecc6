// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// How the values of one characteristic, or of one kind of advertisement, are read.
package final class CharacteristicProfile: Sendable {
  package enum Use: String, Sendable, CaseIterable {
    /// Readings of a person or of the device's battery: subscribed to and stored.
    case reading
    /// Never a reading: features, control points, a pressure while the cuff inflates. The box may ask for it by itself.
    case information
  }

  package enum Layout: Sendable {
    /// The first that fits counts. `isStrict`: a value that fits none cannot be decoded; otherwise it says nothing.
    case messages([MessageProfile], isStrict: Bool)
    /// What the language cannot say.
    case named(NamedDecoder)
  }

  /// The short form in upper case (`2A37`) for one of the Bluetooth SIG, else the 128-bit form in lower case. For an
  /// advertisement `manufacturer:0157` or `service-data:181D`.
  package let uuid: String
  package let title: String
  package let use: Use
  /// Live only, never stored by the device (2A37, 2A5F); otherwise each value is a measurement of its own.
  package let isStream: Bool
  /// Of a faster stream one measurement in this many milliseconds is kept.
  package let samplePeriodMs: Int64?
  /// Characteristics whose values belong to the same stream of octets.
  package let also: [String]
  /// The characteristic that says what the device can tell.
  package let feature: FeatureProfile?
  /// nil: each value is a message.
  package let frames: FrameProfile?
  package let layout: Layout
  /// What a status makes of the measurement; one that is not here leaves it valid.
  package let quality: [String: Quality]
  /// Kinds whose values must fall from one to the next, or the measurement is invalid.
  package let descending: [ObservationKind]
  /// Statuses by which the device says that its clock is not set.
  package let clockNotSet: Set<String>
  package let vectors: [DecodeVector]

  package init(
    uuid: String, title: String, use: Use, isStream: Bool, samplePeriodMs: Int64?, also: [String],
    feature: FeatureProfile?, frames: FrameProfile?, layout: Layout, quality: [String: Quality],
    descending: [ObservationKind], clockNotSet: Set<String>, vectors: [DecodeVector]
  ) {
    self.uuid = uuid
    self.title = title
    self.use = use
    self.isStream = isStream
    self.samplePeriodMs = samplePeriodMs
    self.also = also
    self.feature = feature
    self.frames = frames
    self.layout = layout
    self.quality = quality
    self.descending = descending
    self.clockNotSet = clockNotSet
    self.vectors = vectors
  }

  /// All fields of all messages, for those who list what a profile can say.
  package var fields: [FieldProfile] {
    guard case .messages(let messages, _) = layout else { return [] }
    return messages.flatMap { $0.fields + ($0.records?.fields ?? []) }
  }
}

/// One kind of message of a characteristic.
package final class MessageProfile: Sendable {
  package let name: String?
  package let pattern: OctetPattern
  /// In octets; nil: any.
  package let length: ClosedRange<Int>?
  /// It carries nothing of use.
  package let isIgnored: Bool
  package let fields: [FieldProfile]
  package let records: RecordProfile?
  /// Octets behind the last field are worth a note.
  package let notesTrailing: Bool

  package init(
    name: String?, pattern: OctetPattern, length: ClosedRange<Int>?, isIgnored: Bool, fields: [FieldProfile],
    records: RecordProfile?, notesTrailing: Bool
  ) {
    self.name = name
    self.pattern = pattern
    self.length = length
    self.isIgnored = isIgnored
    self.fields = fields
    self.records = records
    self.notesTrailing = notesTrailing
  }

  package func fits(_ bytes: ArraySlice<UInt8>) -> Bool {
    (length?.contains(bytes.count) ?? true) && pattern.matches(bytes)
  }
}

/// A table of measurements inside a message.
package struct RecordProfile: Sendable {
  /// Where it begins.
  package let offset: Int
  /// Of one record.
  package let length: Int
  /// Octets behind the last record.
  package let until: Int
  /// Records that are empty slots.
  package let empty: [OctetPattern]
  /// Octets that an empty slot may consist of.
  package let fill: Set<UInt8>
  package let fields: [FieldProfile]

  func isEmpty(_ record: ArraySlice<UInt8>) -> Bool {
    if let first = record.first, fill.contains(first), record.allSatisfy({ $0 == first }) { return true }
    return empty.contains { $0.matches(record) }
  }
}

/// Octets that a message must have at some places.
package struct OctetPattern: Sendable, Hashable {
  package struct Octet: Sendable, Hashable {
    package let offset: Int
    package let value: UInt8
    package let mask: UInt8
  }

  package let octets: [Octet]

  package func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
    octets.allSatisfy { octet in
      bytes.count > octet.offset && bytes[bytes.startIndex + octet.offset] & octet.mask == octet.value & octet.mask
    }
  }
}

/// The layout of a feature characteristic, read to know which status bits count.
package struct FeatureProfile: Sendable {
  package let uuid: String
  package let fields: [FieldProfile]
}
