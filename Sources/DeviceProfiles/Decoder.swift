// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Turns the bytes of one message into ``Measurement``s, as its profile says. A characteristic without frames has one
/// message in each value; ``ValueReader`` does the others.
package enum Decoder {
  /// - Parameter feature: the value of the profile's feature characteristic; nil where it was not read. A status bit
  ///   that the device does not support is ignored then; without it, or where it cannot be read, all of them count.
  /// - Returns: none where the message says nothing of use, several where it holds a table of records.
  /// - Throws: ``DecodeError/Reason/truncated`` where the value ends before a field that must be there,
  ///   ``DecodeError/Reason/unsupported`` where no message of the profile is like this one.
  package static func decode(
    _ bytes: [UInt8], as characteristic: CharacteristicProfile, of profile: DeviceProfile, feature: [UInt8]? = nil
  ) throws(DecodeError) -> [Measurement] {
    switch characteristic.layout {
    case .named(let decoder): return try decoder.decode(bytes, as: characteristic, of: profile, feature: feature)
    case .messages(let messages, let isStrict):
      guard let message = messages.first(where: { $0.fits(bytes[...]) }) else {
        guard isStrict else { return [] }
        throw unlike(bytes, messages)
      }
      guard !message.isIgnored else { return [] }
      return try read(message, bytes, as: characteristic, of: profile, feature: feature)
    }
  }

  private static func read(
    _ message: MessageProfile, _ bytes: [UInt8], as characteristic: CharacteristicProfile, of profile: DeviceProfile,
    feature: [UInt8]?
  ) throws(DecodeError) -> [Measurement] {
    var features = FeatureBits(feature, of: characteristic)
    guard let records = message.records else {
      return [
        try measurement(
          bytes[...], message.fields, features, message, characteristic, profile, notesTrailing: message.notesTrailing)
      ]
    }
    if !message.fields.isEmpty {
      _ = try measurement(bytes[...], message.fields, features, message, characteristic, profile)
      // What is odd about the features is said once.
      features.notes = []
    }
    var found: [Measurement] = []
    var rest = bytes.dropFirst(records.offset).dropLast(records.until)
    while rest.count >= records.length {
      let record = rest.prefix(records.length)
      if !records.isEmpty(record) {
        found.append(try measurement(record, records.fields, features, message, characteristic, profile))
        features.notes = []
      }
      rest = rest.dropFirst(records.length)
    }
    if !rest.isEmpty {
      throw DecodeError(
        .truncated, offset: rest.startIndex, detail: "a record needs \(records.length) bytes, \(rest.count) left")
    }
    return found
  }

  private static func measurement(
    _ bytes: ArraySlice<UInt8>, _ fields: [FieldProfile], _ features: FeatureBits, _ message: MessageProfile,
    _ characteristic: CharacteristicProfile, _ profile: DeviceProfile, notesTrailing: Bool = false
  ) throws(DecodeError) -> Measurement {
    var reading = FieldReading(features)
    try reading.read(bytes, fields)
    if notesTrailing { reading.noteTrailingBytes() }
    reading.check(descending: characteristic.descending)
    return Measurement(
      profile: profile.id, characteristic: characteristic.uuid, message: message.name, user: reading.user,
      sequence: reading.sequence, deviceTime: reading.deviceTime(),
      isDeviceClockSet: reading.status.isEmpty || characteristic.clockNotSet.isDisjoint(with: reading.status),
      quality: reading.quality, status: reading.status, values: reading.values, facts: reading.facts,
      notes: reading.notes)
  }

  private static func unlike(_ bytes: [UInt8], _ messages: [MessageProfile]) -> DecodeError {
    guard !bytes.isEmpty else {
      return DecodeError(.truncated, offset: 0, detail: "the value is empty")
    }
    // One that begins like a message and is too short for it has been cut.
    let isCut = messages.contains { message in
      message.length.map { bytes.count < $0.lowerBound } ?? message.pattern.octets.contains { $0.offset >= bytes.count }
        && message.pattern.octets.allSatisfy {
          $0.offset >= bytes.count || bytes[$0.offset] & $0.mask == $0.value & $0.mask
        }
    }
    return isCut
      ? DecodeError(.truncated, offset: bytes.count, detail: "the message goes on after \(bytes.count) bytes")
      : DecodeError(.unsupported, offset: 0, detail: "no message of the profile is like this one")
  }
}
