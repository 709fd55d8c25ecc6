// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What the profile language cannot say, each with the reason.
package enum NamedDecoder: String, Sendable, CaseIterable {
  /// A Blood Pressure Record (2B36) is one of the profile's other characteristics in an envelope that names it, cut into
  /// segments: the language has no message whose layout is looked up by a UUID inside it.
  case bloodPressureRecord = "blood-pressure-record"

  /// Decodes a value that is whole.
  func decode(
    _ bytes: [UInt8], as characteristic: CharacteristicProfile, of profile: DeviceProfile, feature: [UInt8]?
  ) throws(DecodeError) -> [Measurement] {
    switch self {
    case .bloodPressureRecord:
      var segments = RecordSegments()
      return try segments.add(bytes, at: 0, as: characteristic, of: profile, feature: feature)
    }
  }
}

/// Puts the segments of a Blood Pressure Record together (GSS, Blood Pressure Record; BLS 1.1):
/// header (bit 0 first, bit 1 last, bits 2–7 rolling counter), sequence number (16 bits), UUID (16 bits) of what it
/// holds, a part of that value, and behind the whole a CRC where the device's features have one.
struct RecordSegments: Sendable {
  private static let headerLength = 5
  /// A record of 19 octets fits into two segments; 512 is the longest value of all.
  private static let longest = 512
  private static let patienceMs: Int64 = 30_000
  /// Blood Pressure Feature, bit 6.
  private static let crcFeature: UInt8 = 0x40

  private struct Pending {
    let sequence: UInt64
    let uuid: UInt64
    var counter: UInt64
    var body: [UInt8]
    var atMs: Int64
  }

  private var pending: Pending?

  /// - Returns: none until the last segment.
  /// - Throws: ``DecodeError/Reason/malformed`` where segments are missing or the CRC is wrong.
  mutating func add(
    _ bytes: [UInt8], at monotonicMs: Int64, as characteristic: CharacteristicProfile, of profile: DeviceProfile,
    feature: [UInt8]?
  ) throws(DecodeError) -> [Measurement] {
    var reader = ByteReader(bytes)
    let header = try reader.unsigned(1, for: "segmentation header")
    let sequence = try reader.unsigned(2, for: "sequence number")
    let uuid = try reader.unsigned(2, for: "UUID")
    let body = bytes.dropFirst(Self.headerLength)
    let (isFirst, isLast, counter) = (header & 1 == 1, header & 2 == 2, header >> 2)
    if isFirst {
      pending = Pending(sequence: sequence, uuid: uuid, counter: counter, body: Array(body), atMs: monotonicMs)
    } else {
      guard var record = pending, record.sequence == sequence, record.uuid == uuid,
        counter == (record.counter + 1) & 0x3F, monotonicMs &- record.atMs <= Self.patienceMs,
        record.body.count + body.count <= Self.longest
      else {
        pending = nil
        throw DecodeError(.malformed, offset: 0, detail: "a segment of the record is missing")
      }
      record.counter = counter
      record.body += body
      record.atMs = monotonicMs
      pending = record
    }
    guard isLast, let record = pending else { return [] }
    pending = nil
    return try decode(record.body, uuid: uuid, sequence: sequence, as: characteristic, of: profile, feature: feature)
  }

  private func decode(
    _ body: [UInt8], uuid: UInt64, sequence: UInt64, as characteristic: CharacteristicProfile,
    of profile: DeviceProfile, feature: [UInt8]?
  ) throws(DecodeError) -> [Measurement] {
    var body = body
    if let features = feature?.first, features & Self.crcFeature != 0 {
      guard body.count >= 2 else {
        throw DecodeError(.truncated, offset: Self.headerLength, detail: "the CRC needs 2 bytes, \(body.count) left")
      }
      let sent = UInt16(body[body.count - 2]) | UInt16(body[body.count - 1]) << 8
      body.removeLast(2)
      guard Self.crc(of: body) == sent else {
        throw DecodeError(.malformed, offset: Self.headerLength + body.count, detail: "the CRC is wrong")
      }
    }
    // The list of the profile has them in this form.
    let short = String(uuid, radix: 16, uppercase: true)
    guard let inner = profile.characteristics.first(where: { $0.uuid == short }), case .messages = inner.layout else {
      throw DecodeError(.unsupported, offset: 3, detail: "a record of \(short)")
    }
    let found: [Measurement]
    do {
      found = try Decoder.decode(body, as: inner, of: profile, feature: feature)
    } catch {
      throw DecodeError(error.reason, offset: error.offset + Self.headerLength, detail: error.detail)
    }
    return found.map { measurement in
      Measurement(
        profile: measurement.profile, characteristic: characteristic.uuid, user: measurement.user,
        sequence: Int(clamping: sequence), deviceTime: measurement.deviceTime,
        isDeviceClockSet: measurement.isDeviceClockSet, quality: measurement.quality, status: measurement.status,
        values: measurement.values, facts: [Fact("record", .text(short))] + measurement.facts,
        notes: measurement.notes)
    }
  }

  /// CRC-16-CCITT with the seed FFFF, as the other medical services have it.
  private static func crc(of body: [UInt8]) -> UInt16 {
    let running = RunningChecksum(Checksum(kind: .crc16CCITT, from: 0, until: 2))
    let state = body.reduce(UInt16(0)) { running.next($0, octet: $1) }
    return running.value(before: 0, after: state, count: body.count)
  }
}
