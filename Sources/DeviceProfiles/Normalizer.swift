// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Makes an ``Observation`` of a ``Measurement``: whose, from which device, over which link, and when.
package enum Normalizer {
  /// What is known around a measurement.
  package struct Context: Sendable {
    package let device: DeviceReference
    package let link: LinkSecurity
    package let resident: ResidentID
    package let purpose: Purpose
    package let received: Moment
    /// Which of the measurements it is that came in one value, from 0.
    package let place: Int
    /// The device's own clock on this link.
    package let clock: DeviceClock.Knowledge
    /// The instant of a civil time in the site's zone, in milliseconds since 1970; nil where there is none.
    package let instantOf: @Sendable (CivilTime) -> Int64?

    package init(
      device: DeviceReference, link: LinkSecurity, resident: ResidentID, purpose: Purpose, received: Moment,
      place: Int = 0, clock: DeviceClock.Knowledge = .none,
      instantOf: @escaping @Sendable (CivilTime) -> Int64?
    ) {
      self.device = device
      self.link = link
      self.resident = resident
      self.purpose = purpose
      self.received = received
      self.place = place
      self.clock = clock
      self.instantOf = instantOf
    }
  }

  /// How long before and after its receipt a device's own time is believed, in milliseconds.
  private static let believedBefore: Int64 = 31 * 24 * 3600 * 1000
  private static let believedAfter: Int64 = 2 * 60 * 1000

  package static func observation(
    _ measurement: Measurement, characteristic: CharacteristicProfile, context: Context
  ) -> Observation {
    let time = time(of: measurement, isStream: characteristic.isStream, context)
    return Observation(
      reading: ReadingIdentity.id(
        device: context.device.id, characteristic: measurement.characteristic, user: measurement.user,
        values: measurement.values,
        // A stream's counter begins anew all the time, and the journal does not keep it: its moment counts alone.
        sequence: characteristic.isStream ? nil : measurement.sequence,
        deviceTime: characteristic.isStream || !measurement.isDeviceClockSet ? nil : measurement.deviceTime,
        received: context.received, place: characteristic.isStream ? 0 : context.place),
      device: context.device, profile: measurement.profile,
      characteristic: measurement.characteristic, link: context.link, resident: context.resident,
      purpose: context.purpose, user: measurement.user, received: context.received,
      observedWallMs: time.observedWallMs, clock: time.evidence, age: time.age,
      quality: measurement.quality, status: measurement.status, values: measurement.values,
      isStream: characteristic.isStream)
  }

  private struct Time {
    let observedWallMs: Int64?
    let evidence: ClockEvidence
    let age: Age
  }

  /// When it was measured. The device's clock against itself proves it; against the box's alone it never proves an age.
  private static func time(of measurement: Measurement, isStream: Bool, _ context: Context) -> Time {
    let (received, stamp) = (context.received, measurement.deviceTime)
    func by(_ source: ClockEvidence.Source, _ observed: Int64?, _ proof: DeviceClock.Proof = .nothing) -> Time {
      Time(
        observedWallMs: observed,
        evidence: ClockEvidence(
          source: source, deviceTime: stamp, elapsedMs: proof.elapsedMs, offsetMs: proof.offsetMs),
        // A stream is live by its nature. A spot value may have been stored.
        age: isStream ? .fresh : proof.age)
    }
    switch context.clock {
    case .read(let clock):
      guard !isStream, measurement.isDeviceClockSet, let stamp else { return by(.receipt, received.wallMs) }
      let proof = clock.proof(of: stamp, received: received)
      if let elapsed = proof.elapsedMs { return by(.device, received.wallMs.map { $0 &- elapsed }, proof) }
      // Long ago, and nobody knows when.
      return by(.receipt, proof.age == .late ? nil : received.wallMs, proof)
    case .notSet: return by(.receipt, received.wallMs)
    case .none:
      let instant = believedInstant(of: measurement, context)
      return by(instant == nil ? .receipt : .device, instant ?? received.wallMs)
    }
  }

  /// The device's time as an instant, where nothing speaks against it: its clock is set, ours is synchronized, and the
  /// two are not too far apart.
  private static func believedInstant(of measurement: Measurement, _ context: Context) -> Int64? {
    guard measurement.isDeviceClockSet, context.received.synchronized, let received = context.received.wallMs,
      let time = measurement.deviceTime, let instant = context.instantOf(time)
    else { return nil }
    let (age, overflow) = received.subtractingReportingOverflow(instant)
    return !overflow && (-believedAfter...believedBefore).contains(age) ? instant : nil
  }
}
