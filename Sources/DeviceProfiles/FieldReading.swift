// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What a device says that it can tell, read from its feature characteristic.
struct FeatureBits {
  /// The integer fields, by their place; nil: not known.
  private(set) var slots: [UInt64]?
  var notes: [String] = []

  private init() {}

  /// - Parameter feature: the feature characteristic's value, nil where it is not known.
  init(_ feature: [UInt8]?, of characteristic: CharacteristicProfile) {
    guard let feature, let layout = characteristic.feature else { return }
    var reading = FieldReading(FeatureBits())
    do {
      try reading.read(feature[...], layout.fields)
      // A list that the features do not have lets every bit count.
      slots = reading.raw.enumerated().map { reading.isThere >> UInt64($0 & 63) & 1 == 1 ? $1 : .max }
    } catch {
      notes.append("feature \(layout.uuid) ignored: \(error)")
    }
  }
}

/// A message while it is being read, field by field.
struct FieldReading {
  private var reader = ByteReader([])
  /// The integer fields read so far, by their place; 0 where a field is not there.
  private(set) var raw: [UInt64] = []
  /// A bit for each of them.
  private(set) var isThere: UInt64 = 0
  /// The feature characteristic's integer fields; nil: not known.
  private var features: [UInt64]?
  private var essentials = (present: 0, absent: 0)
  private var parts: [FieldProfile.TimePart: Int] = [:]
  private var time: CivilTime?
  private var offsetMinutes: Int?
  private var hasUnknownOffset = false

  private(set) var user: Int?
  private(set) var sequence: Int?
  private(set) var quality = Quality.valid
  private(set) var status: [String] = []
  private(set) var values: [Quantity] = []
  private(set) var facts: [Fact] = []
  var notes: [String] = []

  init(_ features: FeatureBits) {
    self.features = features.slots
    notes = features.notes
  }

  mutating func read(_ bytes: ArraySlice<UInt8>, _ fields: [FieldProfile]) throws(DecodeError) {
    reader = ByteReader(bytes)
    raw = [UInt64](repeating: 0, count: fields.count)
    isThere = 0
    for (slot, field) in fields.enumerated() where field.condition?.holds(in: raw) ?? true {
      switch field.source {
      case .bits(let ranges):
        guard ranges.allSatisfy({ isThere >> UInt64($0.slot & 63) & 1 == 1 }) else { continue }
        readInteger(joined(ranges), slot, field, isSigned: false)
      case .wire(let type, let place, let length):
        if let place { reader.move(to: place) }
        if field.isOptional, reader.remaining == 0 { continue }
        repeat {
          if field.repeats, reader.remaining < type.width { break }
          try readWire(type, length, slot, field)
        } while field.repeats
      }
    }
  }

  /// The bits, the lowest first.
  private func joined(_ ranges: [BitRange]) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    for range in ranges {
      value |= ((raw[range.slot] >> UInt64(range.lowest & 63)) & Self.mask(range.width)) << (shift & 63)
      shift += UInt64(range.width)
    }
    return value
  }

  private static func mask(_ width: Int) -> UInt64 { width >= 64 ? .max : (1 << UInt64(width)) - 1 }

  private mutating func readWire(
    _ type: FieldType, _ length: Int?, _ slot: Int, _ field: FieldProfile
  ) throws(DecodeError) {
    switch type {
    case .utf8, .bytes:
      let run = try reader.bytes(length ?? reader.remaining, for: field.name)
      if case .fact(let fact) = field.meaning { facts.append(Fact(fact.key, Self.content(of: run, fact.form))) }
    case .datetime: try readTime(type, field)
    case .sfloat, .float, .sfloatbe, .floatbe:
      let bits = try unsigned(type, field)
      let sent =
        type.width == 2
        ? MedicalFloat.sfloat(UInt16(truncatingIfNeeded: bits)) : MedicalFloat.float(UInt32(truncatingIfNeeded: bits))
      means(sent, code: nil, field)
    default:
      let bits = try unsigned(type, field)
      let unused = UInt64(UInt64.bitWidth - type.width * 8)
      let value = type.isUnsigned ? bits : UInt64(bitPattern: Int64(bitPattern: bits << unused) >> Int64(unused))
      readInteger(value, slot, field, isSigned: !type.isUnsigned)
    }
  }

  private mutating func unsigned(_ type: FieldType, _ field: FieldProfile) throws(DecodeError) -> UInt64 {
    type.isBigEndian
      ? try reader.unsignedBigEndian(type.width, for: field.name) : try reader.unsigned(type.width, for: field.name)
  }

  private mutating func readInteger(_ value: UInt64, _ slot: Int, _ field: FieldProfile, isSigned: Bool) {
    raw[slot] = value
    isThere |= 1 << UInt64(slot & 63)
    if let bits = field.bits { readStatus(value, bits, of: field) }
    if let codes = field.codes { say(codes.meaning(of: value)) }
    guard let code = isSigned ? Int(truncatingIfNeeded: value) : Int(exactly: value) else {
      return means(.absent(.nres), code: nil, field)
    }
    means(.number(ExactDecimal(code)), code: code, field)
  }

  // MARK: what a field means

  /// - Parameter code: the number on the wire, where it is a whole one.
  private mutating func means(_ sent: Quantity.Content, code: Int?, _ field: FieldProfile) {
    switch field.meaning {
    case .unused: break
    case .value(let rule): add(content(sent, code: code, rule, field.number), rule)
    case .fact(let fact): if let value = factValue(sent, code, fact, field) { facts.append(Fact(fact.key, value)) }
    case .role(let role): if let code { play(role, code, field) }
    }
  }

  private mutating func play(_ role: FieldProfile.Role, _ code: Int, _ field: FieldProfile) {
    switch role {
    case .user(let unknown): user = UInt64(exactly: code) == unknown ? nil : code
    case .sequence: sequence = code
    case .time: break
    case .seconds(let year):
      let year = year.pick(raw)
      time = Int64(exactly: code).flatMap { CivilTime(seconds: $0, sinceYear: year) }
      if code == 0 { time = nil }
      if time == nil {
        notes.append("\(field.name) ignored: \(code == 0 ? "it is not set" : "no valid date and time")")
      }
    case .timePart(let part, let highest):
      guard let number = field.number.apply(to: ExactDecimal(code), raw)?.rounded(toFractionDigits: 0),
        number.exponent == 0, let value = Int(exactly: number.mantissa)
      else { return }
      parts[part] = highest.map { min($0, value) } ?? value
    case .timeOffset(let codes):
      if let word = codes[code] {
        hasUnknownOffset = true
        notes.append("the time is not known: \(field.name) is \(word)")
      } else {
        offsetMinutes = code
      }
    }
  }

  private func content(
    _ sent: Quantity.Content, code: Int?, _ rule: ValueField, _ scaling: NumberRule
  ) -> Quantity.Content {
    if let code {
      if let reason = rule.absent[code] { return .absent(reason) }
      if rule.reserved?.contains(code) == true { return .absent(.reserved) }
    }
    guard case .number(let number) = sent else { return sent }
    // A number that its unit cannot express is what NRes stands for.
    guard let scaled = scaling.apply(to: number, raw) else { return .absent(.nres) }
    guard let unit = rule.unit.pick(raw) else { return .number(scaled) }
    return unit.converted(scaled).map { .number($0) } ?? .absent(.nres)
  }

  private mutating func add(_ content: Quantity.Content, _ rule: ValueField) {
    values.append(Quantity(rule.kind, content))
    switch content {
    case .absent(.pinf), .absent(.ninf):
      // Beyond what the device can measure: a result, and for glucose the gravest one, though it has no number.
      if rule.isEssential { lower(to: .questionable) }
    case .absent: if rule.isEssential { essentials.absent += 1 }
    case .number(let number):
      if rule.isEssential { essentials.present += 1 }
      if let possible = rule.possible, !possible.contains(number) { lower(to: .invalid) }
      if let plausible = rule.plausible, !plausible.contains(number) { lower(to: .questionable) }
    }
  }

  private mutating func lower(to other: Quality) {
    if other == .invalid || quality == .valid { quality = other }
  }

  private mutating func factValue(
    _ sent: Quantity.Content, _ code: Int?, _ fact: FactField, _ field: FieldProfile
  ) -> Fact.Value? {
    guard let code else {
      switch sent {
      case .number(let number): return field.number.apply(to: number, raw).map { .number($0) }
      case .absent(let reason): return .text(reason.rawValue)
      }
    }
    switch fact.form {
    case .number(let codes):
      if let word = codes[code] { return .text(word) }
      return field.number.apply(to: ExactDecimal(code), raw).map { .number($0) }
    case .names(let names):
      if let name = names[code] { return .text(name) }
      notes.append("reserved value \(code) of \(fact.key)")
      return .number(ExactDecimal(code))
    case .flags(let flags):
      let bits = UInt64(bitPattern: Int64(code))
      // With `bits` beside them, readStatus has said it.
      if field.bits == nil { noteReserved(bits & ~Self.mask(of: flags), of: field.name) }
      return .list(flags.sorted { $0.key < $1.key }.filter { (bits >> UInt64($0.key & 63)) & 1 == 1 }.map(\.value))
    case .seconds(let year):
      let time = Int64(exactly: code).flatMap { CivilTime(seconds: $0, sinceYear: year.pick(raw)) }
      return .text(time?.description ?? AbsentReason.nres.rawValue)
    case .time, .text, .octets: return nil
    }
  }

  private static func content(of run: ArraySlice<UInt8>, _ form: FactField.Form) -> Fact.Value {
    switch form {
    case .octets(let isReversed):
      return .text(Octets.text(isReversed ? Array(run.reversed()) : Array(run), separator: "-"))
    default:
      // Some devices end or fill their texts with NUL, and no text of a device may move a terminal's cursor.
      var text = String.UnicodeScalarView()
      text.append(
        contentsOf: String(decoding: run, as: UTF8.self).unicodeScalars.filter {
          switch $0.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: false
          default: true
          }
        })
      return .text(String(text))
    }
  }

  // MARK: status

  private mutating func say(_ meaning: StatusMeaning) {
    // A sample's type and its site may both say "control solution".
    guard case .named(let name, let effect) = meaning, !status.contains(name) else { return }
    status.append(name)
    if let effect { lower(to: effect) }
  }

  private mutating func readStatus(_ bits: UInt64, _ layout: BitField, of field: FieldProfile) {
    let support = layout.supportSlot.flatMap { slot in features.flatMap { $0.indices.contains(slot) ? $0[slot] : nil } }
    var reserved = bits & ~layout.declared
    for entry in layout.status {
      let value = (bits >> UInt64(entry.lowest & 63)) & Self.mask(entry.width)
      guard
        let meaning = entry.meanings.indices.contains(Int(truncatingIfNeeded: value))
          ? entry.meanings[Int(truncatingIfNeeded: value)] : nil
      else {
        // A bit that is off has no name and means nothing; a value of an enumeration that has none is reserved.
        if value != 0 { reserved |= Self.mask(entry.width) << UInt64(entry.lowest & 63) }
        continue
      }
      guard case .named(let name, _) = meaning else { continue }
      if let support, let bit = entry.support, (support >> UInt64(bit & 63)) & 1 == 0 {
        notes.append("\(name) ignored: the device's features do not include it")
        continue
      }
      say(meaning)
    }
    if case .fact(let fact) = field.meaning, case .flags(let flags) = fact.form { reserved &= ~Self.mask(of: flags) }
    noteReserved(reserved, of: field.name)
  }

  private static func mask(of flags: [Int: String]) -> UInt64 {
    flags.keys.reduce(0) { $0 | 1 << UInt64($1 & 63) }
  }

  private mutating func noteReserved(_ bits: UInt64, of name: String) {
    guard bits != 0 else { return }
    let list = (0..<64).filter { (bits >> UInt64($0)) & 1 == 1 }.map(String.init)
    notes.append("reserved bit\(list.count == 1 ? "" : "s") \(list.joined(separator: ", ")) of \(name) ignored")
  }

  // MARK: time

  /// GSS 3.70: a year, month or day of 0 is unknown; then the rest is no time either.
  private mutating func readTime(_ type: FieldType, _ field: FieldProfile) throws(DecodeError) {
    var reader = ByteReader(try self.reader.bytes(type.width, for: field.name))
    let year = Int(truncatingIfNeeded: try reader.unsigned(2, for: field.name))
    var rest: [Int] = []
    for _ in 0..<5 { rest.append(Int(truncatingIfNeeded: try reader.unsigned(1, for: field.name))) }
    let found = civilTime(year, rest, field.name)
    if case .fact(let fact) = field.meaning {
      if let found { facts.append(Fact(fact.key, .text(found.description))) }
    } else {
      time = found
    }
  }

  private mutating func civilTime(_ year: Int, _ rest: [Int], _ name: String) -> CivilTime? {
    if let time = CivilTime(year: year, month: rest[0], day: rest[1], hour: rest[2], minute: rest[3], second: rest[4]) {
      return time
    }
    let isUnset = year == 0 || rest[0] == 0 || rest[1] == 0
    notes.append("\(name) ignored: \(isUnset ? "it is not set" : "no valid date and time")")
    func padded(_ number: Int, _ width: Int = 2) -> String {
      String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
    }
    facts.append(
      Fact(
        "sent-time",
        .text(
          "\(padded(year, 4))-\(padded(rest[0]))-\(padded(rest[1]))T\(padded(rest[2])):\(padded(rest[3])):\(padded(rest[4]))"
        )))
    return nil
  }

  /// What the device's clock showed when it measured.
  mutating func deviceTime() -> CivilTime? {
    if !parts.isEmpty {
      time = civilTime(
        parts[.year] ?? 0,
        [parts[.month] ?? 0, parts[.day] ?? 0, parts[.hour] ?? 0, parts[.minute] ?? 0, parts[.second] ?? 0],
        "time stamp")
    }
    guard !hasUnknownOffset else { return nil }
    guard let offsetMinutes else { return time }
    return time?.adding(minutes: offsetMinutes)
  }

  // MARK: the whole

  mutating func noteTrailingBytes() {
    guard reader.remaining > 0 else { return }
    notes.append(
      "\(reader.remaining) trailing byte\(reader.remaining == 1 ? "" : "s") ignored at offset \(reader.offset)")
  }

  /// The checks that need more than one field.
  mutating func check(descending: [ObservationKind]) {
    if essentials.absent > 0 { lower(to: essentials.present == 0 ? .invalid : .questionable) }
    guard !descending.isEmpty else { return }
    let numbers = descending.compactMap { kind in values.first { $0.kind == kind }?.number }
    if zip(numbers, numbers.dropFirst()).contains(where: { $0 <= $1 }) { lower(to: .invalid) }
  }
}
