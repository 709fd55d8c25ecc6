// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Readings for tests, with every part that a test does not care about filled in.
package enum Samples {
  package static let bootID = "11111111-2222-3333-4444-555555555555"
  /// 2026-03-14T08:00:00+08:00
  package static let wallMs: Int64 = 1_773_446_400_000

  package static func moment(_ monotonicMs: Int64, wall: Bool = true) -> Moment {
    Moment(
      bootID: bootID, monotonicMs: monotonicMs, wallMs: wall ? wallMs + monotonicMs : nil, synchronized: wall)
  }

  package static func observation(
    at monotonicMs: Int64, _ values: [Quantity], stream: Bool = true, characteristic: String = "2A37",
    device: String = "d-1", resident: String = "r-31k7", deviceTime: CivilTime? = nil, quality: Quality = .valid
  ) throws -> Observation {
    guard let address = DeviceAddress("F5:F1:F2:F3:F4:01"), let resident = ResidentID(resident) else {
      throw TestKitError("a sample is wrong")
    }
    let received = moment(monotonicMs)
    return Observation(
      reading: ReadingIdentity.id(
        device: device, characteristic: characteristic, user: nil, values: values, deviceTime: deviceTime,
        received: received),
      device: DeviceReference(id: device, model: "HR strap", address: address), profile: "bluetooth.heart-rate",
      characteristic: characteristic, link: .encrypted, resident: resident, purpose: .care, user: nil,
      received: received, observedWallMs: received.wallMs,
      clock: ClockEvidence(source: .receipt, deviceTime: deviceTime),
      age: stream ? .fresh : .unknown, quality: quality, status: [], values: values, isStream: stream)
  }

  package static func quantity(_ kind: ObservationKind, _ value: Int) -> Quantity {
    Quantity(kind, .number(ExactDecimal(value)))
  }
}
