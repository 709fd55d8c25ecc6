// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Finds out what should have come and has not: planned measurements, streams, signs of life of devices; and what devices say
/// of themselves. A technical fault must never look like a healthy person.
///
/// At a start it is told the devices and the plans first, then what came before (``take(_:at:)`` of the recent readings, and
/// ``restore(seen:)``), and is asked after that.
package struct MissingData: Sendable, Equatable {
  private var plans: [ResidentID: [PersonSettings.PlanItem]] = [:]
  private var planned: [ResidentID: [PlanWatch]] = [:]
  private var streams = StreamWatch()
  /// In the order that they were given in.
  private var devices: [DeviceWatch] = []
  private var indices: [String: Int] = [:]
  /// What no plan asks for any more.
  private var dropped: [TechnicalCondition] = []
  private var run: Run?

  /// How long the box has been looking.
  private struct Run: Sendable, Equatable {
    let started: Int64
    /// The last time.
    var judged: Int64
    /// Since when without a break.
    var unbroken: Int64
  }

  /// A longer break between two looks is a box that was off.
  private static let longestBreak: Int64 = 30 * 60_000
  /// After a start devices first hand over what they have stored.
  private static let settling: Int64 = 15 * 60_000

  package init() {}

  // MARK: what there is

  package mutating func plansAre(_ plans: [ResidentID: [PersonSettings.PlanItem]]) {
    self.plans = plans
    let before = planned
    planned = [:]
    for (resident, items) in plans {
      var watches: [PlanWatch] = []
      for item in items {
        let slots: [PlanWatch.Slot] =
          switch item.when {
          case .times(let times, let tolerance): times.map { PlanWatch.Slot(minute: $0, tolerance: tolerance) }
          // A sensor that was never put on has no stream that falls silent (``StreamWatch``), and must be missed all the same.
          case .continuous: []
          }
        if let index = watches.firstIndex(where: { $0.kinds == item.kinds }) {
          watches[index].slots.formUnion(slots)
        } else {
          var watch =
            before[resident]?.first { $0.kinds == item.kinds } ?? PlanWatch(item.kinds, made: run?.judged)
          watch.slots = Set(slots)
          watches.append(watch)
        }
      }
      planned[resident] = watches
    }
    for (resident, watches) in before {
      for watch in watches where planned[resident]?.contains(where: { $0.kinds == watch.kinds }) != true {
        dropped += [false, true].map { .nothingMeasured(resident, watch.kinds, isLong: $0) }
      }
    }
  }

  package mutating func devicesAre(_ devices: [(device: DeviceReference, resident: ResidentID)]) {
    let before = self.devices
    self.devices = devices.map { device, resident in
      var watch = indices[device.id].map { before[$0] } ?? DeviceWatch(device, resident)
      (watch.device, watch.resident) = (device, resident)
      return watch
    }
    indices = Dictionary(self.devices.enumerated().map { ($1.device.id, $0) }, uniquingKeysWith: { first, _ in first })
    streams.keep(Set(indices.keys))
  }

  /// When the last run heard each device, on this boot's monotonic line.
  package mutating func restore(seen: [String: Int64]) {
    for (device, elapsed) in seen {
      if let index = indices[device] { devices[index].isHeard(at: elapsed, wallMs: nil) }
    }
  }

  /// When each device was last heard, in milliseconds since 1970: what ``restore(seen:)`` needs after a restart. One that was
  /// heard while the wall clock was unknown is there once it is known.
  package var seen: [String: Int64] {
    Dictionary(devices.compactMap { watch in watch.seenWallMs.map { (watch.device.id, $0) } }, uniquingKeysWith: { $1 })
  }

  /// On this boot's monotonic line; nil while this run and the last one know of nothing.
  package func lastHeard(_ device: String) -> Int64? { indices[device].flatMap { devices[$0].heard } }

  // MARK: what comes

  package mutating func take(_ observation: Observation, at occasion: Occasion) {
    guard observation.purpose == .care, observation.state != .enteredInError else { return }
    let measured = Measured(observation, at: occasion)
    if let index = indices[observation.device.id] {
      devices[index].isHeard(at: occasion.elapsedMs, wallMs: occasion.now.wallMs)
      devices[index].take(observation, at: occasion.elapsedMs)
      if observation.isStream, let measured { streams.take(measured, of: observation.device.id) }
    }
    guard let measured, var watches = planned.removeValue(forKey: observation.resident) else { return }
    for index in watches.indices { watches[index].take(measured, isRunning: run != nil) }
    planned[observation.resident] = watches
  }

  /// Something was heard of the device: an advertisement, a connection, a value.
  package mutating func heard(_ device: String, at occasion: Occasion) {
    guard let index = indices[device] else { return }
    devices[index].isHeard(at: occasion.elapsedMs, wallMs: occasion.now.wallMs)
  }

  // MARK: what is missing

  /// Which conditions hold and which do not; those left out are not to be judged now.
  ///
  /// - Parameter monitored: of what kinds alerts are open, by person.
  package mutating func judge(
    at occasion: Occasion, limits: TechnicalLimits, monitored: [ResidentID: Set<ObservationKind>]
  ) -> [(condition: TechnicalCondition, holds: Bool)] {
    let now = occasion.elapsedMs
    let run = renewRun(at: now)
    func isSettled(_ limit: Int64) -> Bool { now &- run.started >= min(Self.settling, limit / 10) }
    var judged = dropped.map { (condition: $0, holds: false) }
    dropped = []
    for resident in planned.keys.sorted(by: { $0.description < $1.description }) {
      guard var watches = planned.removeValue(forKey: resident) else { continue }
      for index in watches.indices {
        watches[index].countSlots(at: occasion, after: run.judged, watched: run.unbroken)
        judged += watches[index].judge(
          at: now, of: resident, limits: limits, isSettled: isSettled(limits.nothingMeasured))
      }
      planned[resident] = watches
    }
    for subject in subjects(monitored) {
      judged += streams.judge(subject, at: occasion, limit: limits.streamSilent)
    }
    for index in devices.indices {
      judged += devices[index].judge(at: occasion, limits: limits, isSettled: isSettled(limits.deviceUnseen))
    }
    return judged
  }

  /// - Returns: the run as it was before this look, but for a break in it.
  private mutating func renewRun(at now: Int64) -> Run {
    var run = run ?? Run(started: now, judged: now, unbroken: now)
    if now &- run.judged > Self.longestBreak { (run.judged, run.unbroken) = (now, now) }
    let before = run
    run.judged = max(run.judged, now)
    self.run = run
    return before
  }

  private mutating func subjects(_ monitored: [ResidentID: Set<ObservationKind>]) -> [StreamWatch.Subject] {
    let byResident = Dictionary(grouping: devices, by: \.resident)
    streams.keep(residents: Set(byResident.keys))
    return byResident.keys.sorted { $0.description < $1.description }.map { resident in
      StreamWatch.Subject(
        resident: resident, devices: byResident[resident]?.map(\.device) ?? [], plan: plans[resident] ?? [],
        monitored: monitored[resident] ?? [])
    }
  }
}
