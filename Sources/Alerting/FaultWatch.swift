// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Whether a device is broken by its own word, or fails to measure again and again (DV-1).
struct FaultWatch: Sendable, Equatable {
  /// The words of the device profiles for it.
  private static let words: Set<String> = [
    "equipment-malfunction", "sensor-malfunction", "sensor-malfunctioning", "general-fault",
  ]
  /// These are no measurements of a person, so they say nothing of the device.
  private static let trials: Set<String> = ["control-solution", "not-a-person", "demo", "test"]
  static let faultsNeeded = 3
  /// A stream's sample is worth one reading in so long.
  private static let streamStep: Int64 = 60_000
  private static let day: Int64 = 86_400_000
  private static let longestFailed = 32

  private var hasFault: Bool?
  private var faults = 0
  private var lastFault: Int64?
  /// Since when a stream has been without such a word.
  private var soundSince: Int64?

  private var isFailing: Bool?
  /// When the measurements failed that no good one followed.
  private var failed: [Int64] = []
  private var lastFailed: StableID?

  mutating func take(_ observation: Observation, at elapsed: Int64) {
    let measures = observation.values.contains { $0.kind != .battery }
    let isFaulty = !Self.words.isDisjoint(with: observation.status)
    guard measures || isFaulty || (observation.values.isEmpty && observation.quality == .invalid) else { return }
    let isGood = observation.quality != .invalid && observation.values.contains { $0.isResult && $0.kind != .battery }
    if isFaulty {
      noteFault(at: elapsed, isStream: observation.isStream)
    } else if isGood {
      noteSound(at: elapsed, isStream: observation.isStream)
    }
    guard !observation.isStream, Self.trials.isDisjoint(with: observation.status) else { return }
    if isGood {
      (isFailing, failed) = (false, [])
    } else if observation.reading != lastFailed {
      lastFailed = observation.reading
      failed.append(elapsed)
      if failed.count > Self.longestFailed { failed.removeFirst() }
    }
  }

  mutating func judge(
    of device: DeviceReference, _ resident: ResidentID, at elapsed: Int64, limits: TechnicalLimits
  ) -> [(condition: TechnicalCondition, holds: Bool)] {
    if !failed.isEmpty {
      let recent = failed.count { elapsed &- $0 < Self.day }
      if recent >= min(limits.failedMeasurements, Self.longestFailed) { isFailing = true }
    }
    return [
      hasFault.map { (.sensorFault(device, resident), $0) },
      isFailing.map { (.measurementsFail(device, resident), $0) },
    ].compactMap { $0 }
  }

  private mutating func noteFault(at elapsed: Int64, isStream: Bool) {
    soundSince = nil
    if isStream, let lastFault, elapsed &- lastFault < Self.streamStep { return }
    lastFault = elapsed
    faults = min(faults + 1, Self.faultsNeeded)
    if faults >= Self.faultsNeeded { hasFault = true }
  }

  private mutating func noteSound(at elapsed: Int64, isStream: Bool) {
    let since = soundSince ?? elapsed
    soundSince = since
    guard !isStream || elapsed &- since >= Self.streamStep else { return }
    (hasFault, faults) = (false, 0)
  }
}
