// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Turns the bytes of one value into a ``Measurement``, as its profile says.
package enum Decoder {
  /// - Parameter feature: the value of the profile's feature characteristic; nil where it was not read. A status bit
  ///   that the device does not support is ignored then; without it, or where it cannot be read, all of them count.
  /// - Throws: ``DecodeError/Reason/truncated`` where the value ends before a field that must be there.
  package static func decode(
    _ bytes: [UInt8], as characteristic: CharacteristicProfile, of profile: DeviceProfile, feature: [UInt8]? = nil
  ) throws(DecodeError) -> Measurement {
    var reading = FieldReading(bytes, expected: characteristic.quality)
    if let feature, let layout = characteristic.feature { reading.readFeature(feature, as: layout) }
    try reading.read(characteristic.fields)
    reading.noteTrailingBytes()
    reading.check(descending: characteristic.descending)
    return Measurement(
      profile: profile.id, characteristic: characteristic.uuid, user: reading.user, deviceTime: reading.time,
      isDeviceClockSet: characteristic.clockNotSet.isDisjoint(with: reading.status), quality: reading.quality,
      status: reading.status, values: reading.values, notes: reading.notes)
  }
}

/// A value while it is being read, field by field.
private struct FieldReading {
  private var reader: ByteReader
  private let expected: [String: Quality]
  /// The integer fields read so far, by name.
  private var raw: [String: UInt64] = [:]
  /// The feature characteristic's integer fields; empty: not known.
  private var feature: [String: UInt64] = [:]
  private var essentials = (present: 0, absent: 0)

  private(set) var user: Int?
  private(set) var time: CivilTime?
  private(set) var quality = Quality.valid
  private(set) var status: [String] = []
  private(set) var values: [Quantity] = []
  private(set) var notes: [String] = []

  init(_ bytes: [UInt8], expected: [String: Quality]) {
    reader = ByteReader(bytes)
    self.expected = expected
  }

  mutating func readFeature(_ bytes: [UInt8], as layout: FeatureProfile) {
    var reading = FieldReading(bytes, expected: [:])
    do {
      try reading.read(layout.fields)
      feature = reading.raw
    } catch {
      notes.append("feature \(layout.uuid) ignored: \(error)")
    }
  }

  mutating func read(_ fields: [FieldProfile]) throws(DecodeError) {
    for field in fields where field.condition?.holds(in: raw) ?? true {
      repeat {
        if field.repeats, reader.remaining < field.type.width { break }
        try read(field)
      } while field.repeats
    }
  }

  mutating func noteTrailingBytes() {
    guard reader.remaining > 0 else { return }
    notes.append(
      "\(reader.remaining) trailing byte\(reader.remaining == 1 ? "" : "s") ignored at offset \(reader.offset)")
  }

  /// The checks that need more than one field.
  mutating func check(descending: [ObservationKind]) {
    if essentials.absent > 0 { lower(to: essentials.present == 0 ? .invalid : .questionable) }
    let numbers = descending.compactMap { kind in values.first { $0.kind == kind }?.number }
    if zip(numbers, numbers.dropFirst()).contains(where: { $0 <= $1 }) { lower(to: .invalid) }
  }

  private mutating func read(_ field: FieldProfile) throws(DecodeError) {
    if field.type == .datetime { return try readTime(field) }
    let bits = try reader.unsigned(field.type.width, for: field.name)
    if field.type.isUnsigned { raw[field.name] = bits }
    switch field.content {
    case .bits(let layout): readStatus(bits, layout, of: field)
    case .value(let rule): add(content(of: bits, type: field.type, rule), rule)
    case .user(let unknown): user = bits == unknown ? nil : Int(exactly: bits)
    case .time, .unused: break
    }
  }

  // MARK: values

  private func content(of bits: UInt64, type: FieldType, _ rule: ValueField) -> Quantity.Content {
    let sent: Quantity.Content
    switch type {
    case .sfloat: sent = MedicalFloat.sfloat(UInt16(truncatingIfNeeded: bits))
    case .float: sent = MedicalFloat.float(UInt32(truncatingIfNeeded: bits))
    default:
      let integer = Int(truncatingIfNeeded: type.isUnsigned ? bits : signExtended(bits, width: type.width))
      sent = rule.reserved?.contains(integer) == true ? .absent(.reserved) : .number(ExactDecimal(integer))
    }
    guard case .number(var number) = sent else { return sent }
    // A number that its unit cannot express is what NRes stands for.
    if let scale = rule.scale {
      guard let scaled = number.multiplied(by: scale) else { return .absent(.nres) }
      number = scaled
    }
    let unit = rule.unit.condition?.holds(in: raw) == true ? rule.unit.then : rule.unit.otherwise
    guard let unit else { return .number(number) }
    return unit.converted(number).map { .number($0) } ?? .absent(.nres)
  }

  private func signExtended(_ bits: UInt64, width: Int) -> UInt64 {
    let unused = UInt64.bitWidth - width * 8
    return UInt64(bitPattern: Int64(bitPattern: bits << UInt64(unused)) >> Int64(unused))
  }

  private mutating func add(_ content: Quantity.Content, _ rule: ValueField) {
    values.append(Quantity(rule.kind, content))
    guard case .number(let number) = content else {
      if rule.isEssential { essentials.absent += 1 }
      return
    }
    if rule.isEssential { essentials.present += 1 }
    if let possible = rule.possible, !possible.contains(number) { lower(to: .invalid) }
    if let plausible = rule.plausible, !plausible.contains(number) { lower(to: .questionable) }
  }

  private mutating func lower(to other: Quality) {
    if other == .invalid || quality == .valid { quality = other }
  }

  // MARK: status and time

  private mutating func readStatus(_ bits: UInt64, _ layout: BitField, of field: FieldProfile) {
    let support = layout.supportField.flatMap { feature[$0] }
    var reserved = bits & ~layout.declared
    for entry in layout.status {
      let mask = (UInt64(1) << UInt64(entry.width & 63)) - 1
      let value = (bits >> UInt64(entry.lowest & 63)) & mask
      guard let name = entry.names[value] else {
        // A bit that is off has no name and means nothing; a value of an enumeration that has none is reserved.
        if value != 0 { reserved |= mask << UInt64(entry.lowest & 63) }
        continue
      }
      guard let name else { continue }
      if let support, let bit = entry.support, (support >> UInt64(bit & 63)) & 1 == 0 {
        notes.append("\(name) ignored: the device's features do not include it")
        continue
      }
      status.append(name)
      if let quality = expected[name] { lower(to: quality) }
    }
    if reserved != 0 {
      let list = (0..<field.type.width * 8).filter { (reserved >> UInt64($0)) & 1 == 1 }.map(String.init)
      notes.append("reserved bit\(list.count == 1 ? "" : "s") \(list.joined(separator: ", ")) of \(field.name) ignored")
    }
  }

  /// GSS 3.70: a year, month or day of 0 is unknown; then the rest is no time either.
  private mutating func readTime(_ field: FieldProfile) throws(DecodeError) {
    var parts = ByteReader(Array(try reader.bytes(field.type.width, for: field.name)))
    let year = Int(truncatingIfNeeded: try parts.unsigned(2, for: field.name))
    var rest: [Int] = []
    for _ in 0..<5 { rest.append(Int(truncatingIfNeeded: try parts.unsigned(1, for: field.name))) }
    time = CivilTime(year: year, month: rest[0], day: rest[1], hour: rest[2], minute: rest[3], second: rest[4])
    if time == nil {
      let isUnset = year == 0 || rest[0] == 0 || rest[1] == 0
      notes.append("\(field.name) ignored: \(isUnset ? "it is not set" : "no valid date and time")")
    }
  }
}
