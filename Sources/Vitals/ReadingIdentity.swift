// SPDX-License-Identifier: GPL-3.0-or-later

/// What identifies a measurement (contract.md, `reading`): device, characteristic, user slot, values, and the device's
/// own sequence number and valid time; without either, the boot and the moment of receipt. Never the resident or status bits.
///
/// The rule is for good: clinics know readings by it. So a cuff that sends its whole memory at every connection gives each
/// measurement once, and two equal values of a stream, or of a device that says neither number nor time, are two. What is
/// found out later (a clock that was read, a time that was amended) does not change it. A device whose clock is set
/// between two transmissions sends its records with the stamps that they have, so they stay the same.
package enum ReadingIdentity {
  /// Values count by what they are, not by how they are written: 36.5 and 36.50 are one reading.
  ///
  /// - Parameter sequence: the device's own number of the measurement. It may begin again with a new battery, so the time
  ///   counts beside it.
  /// - Parameter deviceTime: nil where the device said none, where its clock is not set (such a clock may show the same
  ///   moment twice), and for streams, which no device sends again.
  /// - Parameter place: which of the measurements it is that came in one value, from 0: they have one moment of receipt.
  package static func id(
    device: String, characteristic: String, user: Int?, values: [Quantity], sequence: Int? = nil,
    deviceTime: CivilTime?, received: Moment, place: Int = 0
  ) -> StableID {
    var parts = [device, characteristic, user.map(String.init) ?? "none"]
    for value in values {
      switch value.content {
      case .number(let number): parts.append("\(value.kind.rawValue)=\(canonical(number))")
      case .absent(let reason): parts.append("\(value.kind.rawValue)=\(reason.rawValue)")
      }
    }
    if let sequence { parts.append("sequence \(sequence)") }
    if let deviceTime { parts.append("device \(deviceTime)") }
    if sequence == nil, deviceTime == nil {
      parts += ["receipt \(received.bootID)", String(received.monotonicMs)]
      if place > 0 { parts.append("place \(place)") }
    }
    return StableID(hashing: parts)
  }

  /// `mantissa e exponent` with no zero at the mantissa's end.
  private static func canonical(_ number: ExactDecimal) -> String {
    guard !number.isZero else { return "0" }
    var (mantissa, exponent) = (number.mantissa, number.exponent)
    while mantissa % 10 == 0 {
      mantissa /= 10
      exponent += 1
    }
    return "\(mantissa)e\(exponent)"
  }
}
