// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import Glibc
import Testing
import Vitals

@testable import Gateway

/// Bodies that nobody thought of, from people with every role: nothing traps, and nobody does what is not theirs to do.
/// `VIGIL_COMMANDS=1000000` sends so many.
extension IngestTests {
  @Test func whateverIsSentNobodyDoesWhatIsNotTheirs() async throws {
    let box = try await open(enrolling: true)
    let (desk, alert, rules) = (try desk(box), try await raised(box), try rules())
    var bodies = RandomBodies(alert: alert.alert.description)
    let count = getenv("VIGIL_COMMANDS").flatMap { Int(String(cString: $0)) } ?? 1500
    var done: [String: Int] = [:]
    for number in 0..<count {
      let before = await box.ingest.clinicsWord
      let (name, payload) = bodies.next(number, version: before.settings.values.map(\.version).max() ?? 0)
      let (role, key) = (bodies.role, bodies.isSigned ? "k1" : nil)
      let code = try await desk.send(payload, role: role, key: key)?.code
      let after = await box.ingest.clinicsWord
      if code == "done" { done[name, default: 0] += 1 }
      guard before != after else { continue }
      #expect(code == "done")
      #expect(role == .nurse || role == .doctor || name == "acknowledge" && role == .county)
      if before.pauses != after.pauses { #expect(name == "pause" && key != nil) }
      for pause in after.pauses where !before.pauses.contains(pause) {
        if let length = pause.milliseconds {
          #expect((1...86_400_000).contains(length))
        } else {
          #expect(role == .doctor)
        }
      }
      for (resident, settings) in after.settings where settings != before.settings[resident] {
        #expect(settings.version == (before.settings[resident]?.version ?? 0) + 1)
        for limit in settings.limits where before.settings[resident]?.limits.contains(limit) != true {
          let weight = try rules.judge([limit], nowWallMs: hand.clock().wallMs)
          #expect(weight != .looser || key != nil && limit.why != nil && limit.untilWallMs != nil)
        }
      }
    }
    for name in ["acknowledge", "pause", "set-limits", "set-plan", "diagnose"] {
      #expect(done[name, default: 0] > 0, "no \(name) was ever done")
    }
  }
}

/// What a clinic can change.
private struct ClinicsWord: Equatable, Sendable {
  let settings: [ResidentID: PersonSettings]
  let pauses: [Pause]
  let acknowledged: Set<StableID>
}

extension Ingest {
  fileprivate var clinicsWord: ClinicsWord {
    let open = persons.values.flatMap(\.episodes)
    return ClinicsWord(
      settings: persons.mapValues(\.settings).filter { $0.value.version > 0 },
      pauses: persons.values.flatMap(\.book.pauses).sorted { $0.id.description < $1.id.description },
      acknowledged: Set(open.filter { $0.latest.course.acknowledgement != nil }.map(\.alert)))
  }
}

/// Commands with a word or two of their bodies exchanged; the same in every run.
private struct RandomBodies: RandomNumberGenerator {
  let alert: String
  private var state: UInt64 = 1
  private(set) var role = Role.nurse
  private(set) var isSigned = true

  init(alert: String) { self.alert = alert }

  /// SplitMix64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  private var good: [(name: String, body: String)] {
    [
      ("acknowledge", #"{"alert":"\#(alert)"}"#), ("diagnose", "{}"),
      ("pause", #"{"resident":"r-31k7","scope":"rule","rule":"OX-1","reason":"x","minutes":5}"#),
      ("pause", #"{"resident":"r-31k7","scope":"resident","reason":"x","minutes":5}"#),
      ("pause", #"{"resident":"r-31k7","scope":"alert","alert":"\#(alert)","reason":"x","minutes":0}"#),
      (
        "set-limits",
        #"{"resident":"r-31k7","born":1948,"conditions":["oxygen"],"limits":[{"rule":"OX-1","kind":"spo2","op":"<","value":88,"why":"x","until":"2026-05-01T00:00:00+08:00"}]}"#
      ),
      ("set-limits", #"{"resident":"r-31k7","limits":[{"rule":"HR-1","kind":"heart-rate","op":"<=","value":45}]}"#),
      ("set-plan", #"{"resident":"r-31k7","plan":[{"kinds":["systolic"],"times":["07:00"],"toleranceMinutes":60}]}"#),
      ("set-plan", #"{"resident":"r-31k7","plan":[{"kinds":["spo2"],"continuous":{"from":"22:00","to":"06:00"}}]}"#),
    ]
  }

  private static let words = [
    "null", "0", "-1", "1", "1440", "100000", "9223372036854775807", "9223372036854775808", "1e308", "-1e-308", "0.5",
    "\"\"",
    "[]", "{}", "true", "\"r-31k7\"", "\"r-2\"", "\"_gateway\"", "\"resident\"", "\"rule\"", "\"alert\"", "\"OX-1\"",
    "\"BP-1\"",
    "\"UD-1\"", "\"spo2\"", "\"<\"", "\">=\"", "\"24:00\"", "\"00:00\"", "\"9999-12-31T23:59:59Z\"",
    "\"1970-01-01T00:00:00Z\"",
    "[[[[]]]]", "\"\u{301}\"", "99", "80", "[\"scale-2\"]", "1900",
  ]

  /// - Parameter version: of the settings that a command may change.
  mutating func next(_ number: Int, version: Int) -> (name: String, payload: [UInt8]) {
    let (name, good) = good[Int.random(in: 0..<self.good.count, using: &self)]
    role = Role.allCases.randomElement(using: &self) ?? .nurse
    isSigned = Int.random(in: 0..<4, using: &self) > 0
    var body = good
    for _ in 0..<Int.random(in: 0...2, using: &self) { body = exchange(in: body) }
    let isSeen = Int.random(in: 0..<4, using: &self) > 0
    let seen = name == "acknowledge" || !isSeen ? "" : #","expectedVersion":\#(version)"#
    let payload = """
      {"schema":"vigil.command/1","request":"0b0c8a4e-1111-4222-8333-\(100_000_000_000 + number)","gateway":"gw-1",\
      "name":"\(name)","by":{"id":"u-12","role":"\(role.rawValue)"},"issuedAt":"2026-03-14T07:59:00+08:00",\
      "expiresAt":"2026-04-01T09:00:00+08:00"\(seen),"body":\(body)}
      """
    var octets = Array(payload.utf8)
    if Int.random(in: 0..<10, using: &self) == 0 {
      octets[Int.random(in: 0..<octets.count, using: &self)] = UInt8.random(in: 0...255, using: &self)
    }
    return (name, octets)
  }

  /// Another word in the place of one.
  private mutating func exchange(in body: String) -> String {
    let parts = body.split(
      separator: ":", maxSplits: Int.random(in: 1...6, using: &self), omittingEmptySubsequences: false)
    guard parts.count > 1, let tail = parts.last else { return body }
    let rest = tail.drop { !",}]".contains($0) }
    return parts.dropLast().joined(separator: ":") + ":" + (Self.words.randomElement(using: &self) ?? "0") + rest
  }
}
