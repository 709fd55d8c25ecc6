// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

@testable import Alerting

/// A box that looks once a minute, told hour by hour; times are hours since it started, at 06:00 of a day.
struct WatchStory {
  static let person = ResidentID("r-31k7") ?? .unassigned
  static let other = ResidentID("r-77aa") ?? .unassigned
  static let address: DeviceAddress = {
    guard let address = DeviceAddress("F5:F1:F2:F3:F4:01") else { fatalError("not an address") }
    return address
  }()
  static let cuff = DeviceReference(id: "d-1", model: "BP cuff", address: address)
  static let oximeter = DeviceReference(id: "d-2", model: "oximeter", address: address)
  static let strap = DeviceReference(id: "d-3", model: "HR strap", address: address)

  static let limits = TechnicalLimits(
    missedMeasurements: 3, nothingMeasured: hours(36), nothingMeasuredLong: hours(72), streamSilent: hours(0.25),
    deviceUnseen: hours(168), batteryLow: 20, batteryEmpty: 5, failedMeasurements: 3)

  static func hours(_ hours: Double) -> Int64 { Int64(hours * 3_600_000) }

  var watch = MissingData()
  var limits = Self.limits
  var monitored: [ResidentID: Set<ObservationKind>] = [:]
  /// What the wall clock says too much; nil while it is unknown.
  var clockError: Double? = 0
  /// What was judged last of each condition.
  private(set) var holds: [TechnicalCondition: Bool] = [:]
  /// When each began to hold or ceased to, in hours.
  private(set) var changes: [Change] = []
  private var readings = 0
  private(set) var hour: Double
  private var isLooking = false

  struct Change: Equatable, CustomStringConvertible {
    let rule: String
    let holds: Bool
    let hour: Double
    var description: String { "\(rule) \(holds ? "on" : "off") \(hour)" }
  }

  init(from hour: Double = 0) { self.hour = hour }

  func occasion(_ hour: Double) -> Occasion {
    // 2026-03-14 06:00 in China.
    let wall = clockError.map { 1_773_439_200_000 + Self.hours(hour + $0) }
    return Occasion(
      now: Moment(bootID: "boot", monotonicMs: Self.hours(hour), wallMs: wall, synchronized: wall != nil),
      calendar: Occasion.fixedCalendar(offsetMinutes: 480))
  }

  /// Looks each minute until then.
  mutating func run(until end: Double) {
    if !isLooking { look() }
    while hour < end - 1e-9 {
      hour = min(end, ((hour * 60).rounded() + 1) / 60)
      look()
    }
  }

  /// Looks every 24 minutes until then.
  mutating func stroll(until end: Double) {
    while hour < end {
      hour = min(end, hour + 0.4)
      look()
    }
  }

  /// The box is off until then.
  mutating func skip(to hour: Double) { self.hour = hour }

  @discardableResult
  mutating func look() -> [(condition: TechnicalCondition, holds: Bool)] {
    isLooking = true
    let judged = watch.judge(at: occasion(hour), limits: limits, monitored: monitored)
    for (condition, holds) in judged where self.holds[condition, default: false] != holds {
      self.holds[condition] = holds
      changes.append(Change(rule: condition.rule, holds: holds, hour: (hour * 100).rounded() / 100))
    }
    return judged
  }

  func isOn(_ condition: TechnicalCondition) -> Bool { holds[condition] == true }

  /// - Parameter hoursAgo: how long the device had it stored.
  mutating func take(
    _ values: [(ObservationKind, String?)], from device: DeviceReference = cuff, of resident: ResidentID = person,
    at hour: Double? = nil, hoursAgo: Double = 0, stream: Bool = false, quality: Quality = .valid,
    purpose: Purpose = .care, status: [String] = [], reading: String? = nil
  ) {
    readings += 1
    let occasion = occasion(hour ?? self.hour)
    let observation = Observation(
      reading: StableID(hashing: [reading ?? "reading \(readings)"]), device: device, profile: "test",
      characteristic: stream ? "2A5F" : "2A5E", link: .encrypted, resident: resident, purpose: purpose, user: nil,
      received: occasion.now, observedWallMs: occasion.now.wallMs.map { $0 - Self.hours(hoursAgo) },
      clock: ClockEvidence(source: .receipt, deviceTime: nil), age: hoursAgo > 0.25 ? .late : .fresh, quality: quality,
      status: status,
      values: values.map { kind, text in
        Quantity(kind, text.flatMap { ExactDecimal($0) }.map(Quantity.Content.number) ?? .absent(.nan))
      }, isStream: stream)
    watch.take(observation, at: occasion)
  }

  /// A sample each minute until then, with the looks.
  mutating func stream(
    _ values: [(ObservationKind, String?)], until end: Double, from device: DeviceReference = oximeter,
    of resident: ResidentID = person, quality: Quality = .valid, status: [String] = []
  ) {
    while hour < end - 1e-9 {
      run(until: min(end, ((hour * 60).rounded() + 1) / 60))
      take(values, from: device, of: resident, stream: true, quality: quality, status: status)
    }
  }

  static func twiceDaily(_ kinds: [ObservationKind] = [.systolic]) -> PersonSettings.PlanItem {
    PersonSettings.PlanItem(kinds: kinds, when: .times([420, 1140], tolerance: 120))
  }

  /// From 22:00 to 06:00.
  static func nightly(_ kinds: [ObservationKind] = [.spo2]) -> PersonSettings.PlanItem {
    PersonSettings.PlanItem(kinds: kinds, when: .continuous(from: 1320, to: 360))
  }
}
