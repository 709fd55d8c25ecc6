// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

@testable import Alerting

/// One person's readings, given to the detector; times are seconds, and second 0 is 08:00 at the site.
struct DetectorStory {
  static let person = ResidentID("r-31k7") ?? .unassigned

  var rules: [Rule]
  var settle: Int64
  var detector = Detector()
  var findings: [Finding] = []
  /// Added to the wall clock; nil where it is unknown.
  var clock: Int64? = 0
  private var readings = 0

  init(_ rules: [Rule] = TestRules.general, settle: Int64 = 0) {
    self.rules = rules
    self.settle = settle
  }

  static let start: Int64 = 1_773_446_400_000

  func moment(_ second: Double) -> Moment {
    Moment(
      bootID: "boot", monotonicMs: Int64(second * 1000), wallMs: clock.map { Self.start + $0 + Int64(second * 1000) },
      synchronized: clock != nil)
  }

  func occasion(_ second: Double) -> Occasion {
    Occasion(now: moment(second), calendar: Occasion.fixedCalendar(offsetMinutes: 480))
  }

  /// - Parameter measured: the second of its measurement; nil for that of its receipt.
  func observation(
    _ values: [(ObservationKind, String)], at second: Double, measured: Double? = nil, stream: Bool,
    device: String = "d-1", link: LinkSecurity = .authenticated, quality: Quality = .valid, age: Age = .fresh,
    status: [String] = [], reading: String
  ) -> Observation {
    Observation(
      reading: StableID(hashing: [reading]),
      device: DeviceReference(id: device, model: "test", address: Self.address), profile: "test",
      characteristic: stream ? "2A5F" : "2A5E", link: link, resident: Self.person, purpose: .care, user: nil,
      received: moment(second), observedWallMs: moment(measured ?? second).wallMs,
      clock: ClockEvidence(source: .receipt, deviceTime: nil), age: age, quality: quality, status: status,
      values: values.map { kind, text in
        Quantity(kind, ExactDecimal(text).map { .number($0) } ?? .absent(AbsentReason(rawValue: text) ?? .nan))
      }, isStream: stream)
  }

  @discardableResult
  mutating func take(_ observation: Observation, at second: Double) -> [Finding] {
    let new = detector.take(observation, at: occasion(second), rules: rules, settle: settle)
    findings += new
    return new
  }

  @discardableResult
  mutating func tick(at second: Double) -> [Finding] {
    let new = detector.tick(at: occasion(second), rules: rules)
    findings += new
    return new
  }

  /// A number, or the word of an absent one (`ninf`).
  @discardableResult
  mutating func spot(
    _ values: (ObservationKind, String)..., at second: Double, measured: Double? = nil, device: String = "d-1",
    link: LinkSecurity = .authenticated, quality: Quality = .valid, age: Age = .fresh, status: [String] = [],
    reading: String? = nil
  ) -> [Finding] {
    readings += 1
    return take(
      observation(
        values, at: second, measured: measured, stream: false, device: device, link: link, quality: quality, age: age,
        status: status, reading: reading ?? "spot \(readings)"), at: second)
  }

  @discardableResult
  mutating func pressure(
    _ systolic: String, _ diastolic: String, at second: Double, quality: Quality = .valid, age: Age = .fresh,
    measured: Double? = nil, link: LinkSecurity = .authenticated, status: [String] = []
  ) -> [Finding] {
    spot(
      (.systolic, systolic), (.diastolic, diastolic), at: second, measured: measured, device: "cuff", link: link,
      quality: quality, age: age, status: status)
  }

  /// One sample each second of `seconds`.
  @discardableResult
  mutating func stream(
    _ kind: ObservationKind, _ value: String, _ seconds: ClosedRange<Int>, device: String = "d-1",
    link: LinkSecurity = .authenticated, quality: Quality = .valid, age: Age = .fresh
  ) -> [Finding] {
    var new: [Finding] = []
    for second in seconds {
      readings += 1
      new += take(
        observation(
          [(kind, value)], at: Double(second), stream: true, device: device, link: link, quality: quality, age: age,
          reading: "sample \(readings)"), at: Double(second))
    }
    return new
  }

  static let address: DeviceAddress = {
    guard let address = DeviceAddress("F5:F1:F2:F3:F4:01") else { fatalError("not an address") }
    return address
  }()
}

extension Finding {
  var onset: Onset? { if case .began(let onset) = change { onset } else { nil } }
  var late: Onset? { if case .late(let onset) = change { onset } else { nil } }
}

extension [Finding] {
  /// `OX-1 began`, `OX-1 ended`, `OX-1 late`; `HR-1 began over HR-2`
  var brief: [String] {
    map { finding in
      switch finding.change {
      case .began(let onset):
        "\(finding.rule.id) began"
          + (onset.superseded.isEmpty ? "" : " over \(onset.superseded.joined(separator: " "))")
      case .ended: "\(finding.rule.id) ended"
      case .late: "\(finding.rule.id) late"
      }
    }
  }
}
