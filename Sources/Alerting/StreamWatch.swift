// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Whether streams come that are due (ND-2): by the plan, or because an alert is open about what they measure. A sensor that
/// was taken off otherwise is nobody's alert.
struct StreamWatch: Sendable, Equatable {
  /// Why a stream is due.
  private enum Reason: Sendable, Hashable {
    case plan([ObservationKind])
    case episode(ObservationKind)

    var kinds: [ObservationKind] {
      switch self {
      case .plan(let kinds): kinds
      case .episode(let kind): [kind]
      }
    }
  }

  /// Who is watched, with what.
  struct Subject {
    let resident: ResidentID
    let devices: [DeviceReference]
    let plan: [PersonSettings.PlanItem]
    /// Of what kinds alerts are open.
    let monitored: Set<ObservationKind>
  }

  /// When the last of each kind came, by device.
  private var latest: [String: [ObservationKind: Int64]] = [:]
  /// Since when each is due.
  private var due: [ResidentID: [Reason: Int64]] = [:]

  mutating func keep(_ devices: Set<String>) { latest = latest.filter { devices.contains($0.key) } }

  mutating func keep(residents: Set<ResidentID>) { due = due.filter { residents.contains($0.key) } }

  mutating func take(_ measured: Measured, of device: String) {
    for kind in measured.kinds {
      let before = latest[device]?[kind] ?? measured.elapsedMs
      latest[device, default: [:]][kind] = max(before, measured.elapsedMs)
    }
  }

  mutating func judge(
    _ subject: Subject, at occasion: Occasion, limit: Int64
  ) -> [(condition: TechnicalCondition, holds: Bool)] {
    let now = occasion.elapsedMs
    let before = due[subject.resident] ?? [:]
    var reasons: [Reason: Int64] = [:]
    var silent: Set<String> = []
    var isSourceUnknown = false
    for reason in Self.reasons(of: subject, at: occasion.local) {
      // Any of the kinds will do, and any device: the last that gave it is the one that is missed.
      guard let source = source(of: reason.kinds, among: subject.devices) else {
        isSourceUnknown = true
        if let since = before[reason] { reasons[reason] = since }
        continue
      }
      if case .episode = reason, before[reason] == nil, now &- source.at >= limit {
        // It was taken off before the alert began.
        continue
      }
      let since = before[reason] ?? now
      reasons[reason] = since
      if now &- max(since, source.at) >= limit { silent.insert(source.device) }
    }
    due[subject.resident] = reasons
    let isCalendarMissing = occasion.local == nil && subject.plan.contains(where: Self.needsCalendar)
    return subject.devices.compactMap { device in
      let condition = TechnicalCondition.streamSilent(device, subject.resident)
      if silent.contains(device.id) { return (condition, true) }
      if let newest = latest[device.id]?.values.max() {
        return now &- newest < limit || !isCalendarMissing ? (condition, false) : nil
      }
      return isSourceUnknown || isCalendarMissing ? nil : (condition, false)
    }
  }

  /// In no order.
  private static func reasons(of subject: Subject, at local: LocalTime?) -> Set<Reason> {
    var reasons = Set(subject.monitored.map(Reason.episode))
    for item in subject.plan {
      guard case .continuous(let from, let to) = item.when, isWithin(from, to, at: local) else { continue }
      reasons.insert(.plan(item.kinds))
    }
    return reasons
  }

  private static func isWithin(_ from: Int, _ to: Int, at local: LocalTime?) -> Bool {
    if from == to { return true }
    guard let minute = local?.minute else { return false }
    return from < to ? (from..<to).contains(minute) : minute >= from || minute < to
  }

  private static func needsCalendar(_ item: PersonSettings.PlanItem) -> Bool {
    if case .continuous(let from, let to) = item.when { from != to } else { false }
  }

  private func source(of kinds: [ObservationKind], among devices: [DeviceReference]) -> (device: String, at: Int64)? {
    devices.compactMap { device in
      kinds.compactMap { latest[device.id]?[$0] }.max().map { (device: device.id, at: $0) }
    }.max { $0.at < $1.at }
  }
}
