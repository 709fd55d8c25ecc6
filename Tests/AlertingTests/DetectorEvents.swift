// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// SplitMix64: the same events on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Chance's days of a person: stretches of one second's samples at a level, broken by spots, silence, bad quality, worse links
/// and stored readings.
enum DetectorEvents {
  enum Event {
    case observation(Observation, Double)
    case tick(Double)

    func play(_ story: inout DetectorStory) {
      switch self {
      case .observation(let observation, let second): story.take(observation, at: second)
      case .tick(let second): story.tick(at: second)
      }
    }
  }

  private static let levels: [(ObservationKind, [String])] = [
    (.spo2, ["80", "84", "86", "89", "90", "91", "92.4", "93", "94", "97", "nan"]),
    (.heartRate, ["38", "40", "41", "45", "50", "70", "105", "111", "125", "130", "131", "150"]),
    (.pulseRate, ["38", "44", "70", "102", "112", "140"]), (.bodyTemperature, ["34.9", "36.5", "38.1", "39.1"]),
    (.glucose, ["2.9", "3.5", "5", "17", "ninf", "pinf"]), (.bodyWeight, ["70", "71", "73"]),
  ]
  private static let pressures: [(String, String)] = [
    ("85", "50"), ("88", "50"), ("99", "60"), ("120", "80"), ("150", "90"), ("140", "88"), ("165", "95"),
    ("150", "112"), ("185", "100"), ("120", "110"), ("nan", "80"),
  ]

  static func make(seed: UInt64, count: Int) -> [Event] {
    var random = SplitMix(state: seed)
    func one(of all: [String]) -> String { all.randomElement(using: &random) ?? "" }
    func seldom<T>(_ all: [T], else usual: T) -> T {
      Int.random(in: 0..<8, using: &random) == 0 ? all.randomElement(using: &random) ?? usual : usual
    }
    let story = DetectorStory()
    var events: [Event] = []
    var second = 0.0
    while events.count < count {
      let isStream = Int.random(in: 0..<10, using: &random) < 4
      let level = levels[Int.random(in: 0..<levels.count, using: &random)]
      let value = one(of: level.1)
      let quality = seldom(Quality.allCases, else: .valid)
      let link = seldom(LinkSecurity.allCases, else: .authenticated)
      let age = seldom(Age.allCases, else: .fresh)
      let device = one(of: ["d-1", "d-2"])
      let longest = !isStream ? 6 : Int.random(in: 0..<8, using: &random) == 0 ? 1000 : 60
      for _ in 0..<Int.random(in: 1...longest, using: &random) {
        let pressure = pressures.randomElement(using: &random) ?? ("120", "80")
        let isPressure = !isStream && Int.random(in: 0..<2, using: &random) == 0
        events.append(
          .observation(
            story.observation(
              isPressure ? [(.systolic, pressure.0), (.diastolic, pressure.1)] : [(level.0, value)], at: second,
              measured: age == .late ? second - 5000 : nil, stream: isStream, device: device, link: link,
              quality: quality, age: age, status: isPressure && value == "70" ? ["irregular-pulse"] : [],
              reading: Int.random(in: 0..<20, using: &random) == 0 ? "again" : "\(seed) \(events.count)"), second))
        second += isStream ? 1 : Double(Int.random(in: 1...200, using: &random))
      }
      if Int.random(in: 0..<4, using: &random) == 0 {
        second += Double(
          Int.random(in: 1...(Int.random(in: 0..<6, using: &random) == 0 ? 100_000 : 1000), using: &random))
        events.append(.tick(second))
      }
    }
    return events
  }

  /// No rule begins that is on but to become graver, and none ends that is not; a family never has a lesser one beside a more serious one.
  static func check(_ findings: [Finding], on: inout Set<String>) {
    for finding in findings {
      switch finding.change {
      case .began(let onset):
        let isNew = on.insert(finding.rule.id).inserted
        #expect(isNew || (onset.priority == .high && onset.aggravation != nil))
        for lesser in onset.superseded {
          #expect(finding.rule.supersedes.contains(lesser))
          #expect(on.remove(lesser) != nil)
        }
        #expect((1...8).contains(onset.evidence.count))
        #expect(
          Set(onset.evidence.prefix(2).map(\.reading)).count == min(2, onset.evidence.count) || onset.aggravation != nil
        )
        #expect(on.isDisjoint(with: finding.rule.supersedes))
      case .ended: #expect(on.remove(finding.rule.id) != nil)
      case .late(let onset):
        #expect((1...8).contains(onset.evidence.count))
        #expect(finding.rule.priority != .low)
      }
    }
  }
}
