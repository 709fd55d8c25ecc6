// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// A hash (FNV-1a) over what a row says, with what it says by other rows: whose it is, of which device and boot. A bit
/// that flips on the disk makes the row unreadable, never another value.
///
/// What is hashed, and in which order, stays: a new part is added at the end, and only where it is not nil.
struct Seal {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  private mutating func add(_ text: String?) {
    guard var text else { return mix(0xfe) }
    text.withUTF8 { for byte in $0 { mix(byte) } }
    // In no UTF-8: where this part ends.
    mix(0xff)
  }

  private mutating func add(_ number: Int64?) {
    guard let number else { return mix(0xfe) }
    withUnsafeBytes(of: number.littleEndian) { for byte in $0 { mix(byte) } }
  }

  private mutating func add(_ moment: Moment) {
    add(moment.bootID)
    add(moment.monotonicMs)
    add(moment.wallMs)
    mix(moment.synchronized ? 1 : 0)
  }

  private mutating func add(_ device: DeviceReference) {
    for part in [device.id, device.address.description, device.model] { add(part) }
  }

  private mutating func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }

  /// 32 bits, which take four octets in a row.
  private var value: Int64 { Int64(Int32(truncatingIfNeeded: hash ^ hash >> 32)) }

  /// - Parameters:
  ///   - status: as stored.
  ///   - content: the values as stored.
  static func of(_ observation: Observation, status: String, content: String) -> Int64 {
    var seal = Seal()
    seal.add(observation.device)
    for part in [
      observation.profile, observation.characteristic, observation.link.rawValue, observation.resident.description,
      observation.purpose.rawValue, observation.clock.source.rawValue, observation.age.rawValue,
      observation.quality.rawValue, status, content,
    ] { seal.add(part) }
    seal.add(observation.received)
    seal.add(observation.user.map { Int64($0) })
    seal.add(observation.observedWallMs)
    seal.add(observation.clock.deviceTime?.description)
    seal.add(observation.clock.elapsedMs)
    seal.add(observation.clock.offsetMs)
    // A stream's id is computed from the rest.
    seal.add(observation.isStream ? nil : observation.reading.description)
    return seal.value
  }

  /// - Parameters:
  ///   - limits: as stored.
  ///   - evidence: as stored.
  ///   - course: as stored, nil for a row of before.
  static func of(_ alert: Alert, limits: String, evidence: String, course: String?) -> Int64 {
    var seal = Seal()
    for part in [
      alert.alert.description, alert.resident.description, alert.rule, alert.phase.rawValue, alert.state.rawValue,
      alert.category.rawValue, alert.priority.rawValue, limits, evidence, alert.link.rawValue, alert.text["en"] ?? "",
      alert.text["zh"] ?? "",
    ] { seal.add(part) }
    for number in [alert.version, alert.ruleVersion, alert.level] { seal.add(Int64(number)) }
    seal.add(alert.raised)
    seal.add(alert.supersededBy?.description)
    if let course { seal.add(course) }
    return seal.value
  }

  /// - Parameter settings: as stored.
  static func of(_ resident: String, version: Int64, settings: String) -> Int64 {
    var seal = Seal()
    seal.add(resident)
    seal.add(version)
    seal.add(settings)
    return seal.value
  }

  static func of(_ pause: Pause, about resident: String) -> Int64 {
    var seal = Seal()
    for part in [pause.id.description, resident, StoredForm.text(pause.scope), pause.reason, pause.by] {
      seal.add(part)
    }
    seal.add(pause.from)
    seal.add(pause.milliseconds)
    return seal.value
  }

  static func of(_ hour: Baseline.Hour, of resident: String) -> Int64 {
    var seal = Seal()
    for part in [resident, hour.kind.rawValue, hour.median.description] { seal.add(part) }
    for number in [hour.day, hour.hour, hour.count] { seal.add(Int64(number)) }
    return seal.value
  }

  /// - Parameters:
  ///   - status: as stored.
  ///   - content: the values as stored.
  static func of(_ summary: StreamSummary, status: String, content: String) -> Int64 {
    var seal = Seal()
    seal.add(summary.device)
    for part in [
      summary.profile, summary.characteristic, summary.link.rawValue, summary.resident.description,
      summary.purpose.rawValue, summary.quality.rawValue, status, content,
    ] { seal.add(part) }
    seal.add(summary.from)
    seal.add(summary.to)
    seal.add(Int64(summary.coveredSeconds))
    seal.add(Int64(summary.samples))
    return seal.value
  }
}
