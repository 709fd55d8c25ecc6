// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

@testable import Alerting

/// One person's events, played to the evaluator; times are seconds.
struct Story {
  static let person = ResidentID("r-31k7") ?? .unassigned

  var rules: RuleSet
  var state = PersonState(resident: Story.person)
  var alerts: [Alert] = []
  private var readings = 0

  init(_ rules: RuleSet = Story.unsettled) { self.rules = rules }

  /// The defaults without the pause at sensor-on, which has tests of its own.
  static let unsettled = rules("settle-seconds: 0")

  static func now(_ second: Double) -> Moment {
    Moment(
      bootID: "boot", monotonicMs: Int64(second * 1000), wallMs: 1_773_446_400_000 + Int64(second * 1000),
      synchronized: true)
  }

  func observation(
    _ values: [(ObservationKind, String)], at second: Double, stream: Bool, device: String = "d-1",
    link: LinkSecurity = .authenticated, quality: Quality = .valid, age: Age = .fresh, purpose: Purpose = .care,
    resident: ResidentID = Story.person, status: [String] = [], reading: String
  ) -> Observation {
    Observation(
      reading: StableID(hashing: [reading]),
      device: DeviceReference(id: device, model: "test", address: Self.address), profile: "test",
      characteristic: stream ? "2A5F" : "2A5E", link: link, resident: resident, purpose: purpose, user: nil,
      received: Self.now(second), observedWallMs: Self.now(second).wallMs,
      clock: ClockEvidence(source: .receipt, deviceTime: nil, offsetSeconds: nil, uncertaintySeconds: nil), age: age,
      quality: quality, status: status,
      values: values.map { Quantity($0.0, ExactDecimal($0.1).map(Quantity.Content.number) ?? .absent(.nan)) },
      isStream: stream)
  }

  @discardableResult
  mutating func play(_ event: Evaluator.Event, at second: Double) -> [Alert] {
    let new = Evaluator.evaluate(
      event, elapsedMs: Int64(second * 1000), now: Self.now(second), state: &state, rules: rules)
    alerts += new
    return new
  }

  @discardableResult
  mutating func spot(
    _ values: (ObservationKind, String)..., at second: Double, device: String = "d-1",
    link: LinkSecurity = .authenticated, quality: Quality = .valid, age: Age = .fresh, purpose: Purpose = .care,
    resident: ResidentID = Story.person, status: [String] = [], reading: String? = nil
  ) -> [Alert] {
    readings += 1
    return play(
      .observation(
        observation(
          values, at: second, stream: false, device: device, link: link, quality: quality, age: age, purpose: purpose,
          resident: resident, status: status, reading: reading ?? "spot \(readings)")), at: second)
  }

  /// One sample each second of `seconds`.
  @discardableResult
  mutating func stream(
    _ kind: ObservationKind, _ value: String, _ seconds: ClosedRange<Int>, device: String = "d-1",
    link: LinkSecurity = .authenticated, quality: Quality = .valid, age: Age = .fresh
  ) -> [Alert] {
    var new: [Alert] = []
    for second in seconds {
      readings += 1
      new += play(
        .observation(
          observation(
            [(kind, value)], at: Double(second), stream: true, device: device, link: link, quality: quality, age: age,
            reading: "sample \(readings)")), at: Double(second))
    }
    return new
  }

  private static let address: DeviceAddress = {
    guard let address = DeviceAddress("F5:F1:F2:F3:F4:01") else { fatalError("not an address") }
    return address
  }()
}

extension [Alert] {
  /// `OX-1 start active`
  var brief: [String] { map { "\($0.rule) \($0.phase.rawValue) \($0.state.rawValue)" } }
}
