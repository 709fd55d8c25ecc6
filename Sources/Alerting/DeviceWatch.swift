// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// One device: whether it gives a sign of life (ND-3), and what it says of itself (DV-1).
struct DeviceWatch: Sendable, Equatable {
  var device: DeviceReference
  var resident: ResidentID
  /// On this boot's monotonic line.
  private(set) var heard: Int64?
  /// The same in milliseconds since 1970; nil while the wall clock is unknown.
  private(set) var seenWallMs: Int64?
  /// Since when this run knows the device.
  private var known: Int64?
  private var battery = BatteryWatch()
  private var faults = FaultWatch()

  init(_ device: DeviceReference, _ resident: ResidentID) {
    self.device = device
    self.resident = resident
  }

  mutating func isHeard(at elapsed: Int64, wallMs: Int64?) {
    if let heard, elapsed < heard { return }
    heard = elapsed
    seenWallMs = wallMs
  }

  mutating func take(_ observation: Observation, at elapsed: Int64) {
    battery.take(observation)
    faults.take(observation, at: elapsed)
  }

  /// - Parameter isSettled: the box has run long enough to have heard it if it is there.
  mutating func judge(
    at occasion: Occasion, limits: TechnicalLimits, isSettled: Bool
  ) -> [(condition: TechnicalCondition, holds: Bool)] {
    let now = occasion.elapsedMs
    known = known ?? now
    // One that was heard while the wall clock was unknown.
    if let heard, seenWallMs == nil, let wall = occasion.now.wallMs { seenWallMs = wall &- (now &- heard) }
    return isSeen(at: now, limit: limits.deviceUnseen, isSettled: isSettled)
      + battery.judge(of: device, resident, limits: limits)
      + faults.judge(of: device, resident, at: now, limits: limits)
  }

  private func isSeen(
    at now: Int64, limit: Int64, isSettled: Bool
  ) -> [(condition: TechnicalCondition, holds: Bool)] {
    let condition = TechnicalCondition.deviceUnseen(device, resident)
    if now &- (heard ?? known ?? now) >= limit { return isSettled ? [(condition, true)] : [] }
    return heard == nil ? [] : [(condition, false)]
  }
}
