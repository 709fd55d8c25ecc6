// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import ClinicCommands

@Suite struct CommandGateTests {
  /// 2026-03-14T08:00:00+08:00
  static let now = Moment(bootID: "b", monotonicMs: 1000, wallMs: 1_773_446_400_000, synchronized: true)
  static let unsynchronized = Moment(bootID: "b", monotonicMs: 1000, wallMs: 1_773_446_400_000, synchronized: false)

  static func json(_ change: [String: String] = [:]) -> String {
    var fields = [
      "schema": #""vigil.command/1""#, "request": #""0b0c8a4e-1111-4222-8333-444455556666""#,
      "gateway": #""gw-0007""#, "name": #""send-history""#, "by": #"{"id":"u-12","role":"nurse"}"#,
      "issuedAt": #""2026-03-14T07:59:00+08:00""#, "expiresAt": #""2026-03-14T08:10:00+08:00""#,
      "body": #"{"epoch":"e"}"#,
    ]
    fields.merge(change) { $1 }
    return "{" + fields.filter { $0.value != "-" }.map { "\"\($0.key)\":\($0.value)" }.sorted().joined(separator: ",")
      + "}"
  }

  func gate(_ role: Role = .nurse) throws -> CommandGate {
    let key = CommandKey(id: "k1", role: role, key: try #require(Signer().key))
    return CommandGate(gateway: "gw-0007", policy: .signed([key]))
  }

  /// The code of the refusal, or `admitted`.
  func outcome(
    _ gate: CommandGate, _ payload: String, name: String = "send-history", retained: Bool = false,
    at now: Moment = Self.now
  ) -> String {
    do {
      let proven = try gate.prove(.init(name: name, payload: Array(payload.utf8), isRetained: retained))
      do { _ = try gate.admit(proven, at: now) } catch { return error.rawValue }
    } catch { return error.refusal.rawValue }
    return "admitted"
  }

  @Test func aCommandInOrderIsAdmitted() throws {
    let gate = try gate()
    #expect(outcome(gate, Signer().jws(Self.json())) == "admitted")
    let proven = try gate.prove(
      .init(name: "send-history", payload: Array(Signer().jws(Self.json()).utf8), isRetained: false))
    #expect(proven.keyID == "k1" && proven.role == .nurse && proven.command.by.id == "u-12")
    #expect(proven.command.expiresMs - proven.command.issuedMs == 660_000)
    struct Body: Decodable { let epoch: String }
    #expect(proven.command.body(Body.self)?.epoch == "e")
    #expect(proven.command.body([String].self) == nil)
  }

  @Test func whoIsNotKnownIsTurnedAway() throws {
    let gate = try gate()
    let good = Signer().jws(Self.json())
    let stranger = Signer(seed: [UInt8](repeating: 7, count: 32))
    #expect(outcome(gate, stranger.jws(Self.json())) == "bad-signature")
    let other = Signer().jws(Self.json(), header: #"{"alg":"EdDSA","kid":"k2"}"#)
    #expect(outcome(gate, other) == "unknown-key")
    #expect(outcome(gate, Self.json()) == "unsigned")
    #expect(outcome(gate, "{}") == "malformed" && outcome(gate, "") == "malformed")
    #expect(outcome(gate, good, retained: true) == "retained")
    #expect(outcome(gate, good, name: "pause") == "wrong-topic")
    #expect(outcome(gate, String(repeating: "x", count: 65_537)) == "too-large")
    #expect(outcome(CommandGate(gateway: "gw-0007", policy: .signed([])), good) == "no-keys")
    #expect(outcome(CommandGate(gateway: "gw-0008", policy: .signed([])), good) == "no-keys")
    // A payload of another signature.
    let parts = good.split(separator: ".")
    let swapped = Signer().jws(Self.json(["name": #""pause""#])).split(separator: ".")
    #expect(outcome(gate, "\(parts[0]).\(swapped[1]).\(parts[2])", name: "pause") == "bad-signature")
  }

  @Test func anAnswerNamesTheRequestWhereThereIsOne() throws {
    let gate = try gate()
    let stranger = Signer(seed: [UInt8](repeating: 7, count: 32))
    #expect(throws: CommandGate.TurnedAway.self) {
      try gate.prove(.init(name: "pause", payload: Array(stranger.jws(Self.json()).utf8), isRetained: false))
    }
    do {
      let upper = Self.json(["request": #""0B0C8A4E-1111-4222-8333-444455556666""#])
      _ = try gate.prove(.init(name: "pause", payload: Array(stranger.jws(upper).utf8), isRetained: false))
    } catch { #expect(error.request == "0b0c8a4e-1111-4222-8333-444455556666") }
  }

  @Test(arguments: [
    ["schema": #""vigil.command/2""#], ["schema": "-"], ["request": #""1""#], ["request": "7"],
    ["request": #""0b0c8a4e_1111-4222-8333-444455556666""#], ["request": #""0b0c8a4e-1111-4222-8333-44445555666é""#],
    ["gateway": #""""#], ["gateway": "null"], ["name": #""a b""#], ["name": "-"], ["by": #"{"id":"u"}"#],
    ["by": #"{"id":"u","role":"king"}"#], ["by": #"{"id":"","role":"nurse"}"#], ["by": "[]"],
    ["issuedAt": #""yesterday""#], ["issuedAt": "1773446400"], ["expiresAt": #""2026-03-14T08:10:00""#],
    ["expiresAt": #""2026-03-14T07:58:00+08:00""#], ["expiresAt": "-"], ["expectedVersion": "-1"],
    ["expectedVersion": "1.5"], ["expectedVersion": "99999999999999999999999"],
    ["body": "[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]"],
  ])
  func whatIsNotInFormIsMalformed(change: [String: String]) throws {
    #expect(outcome(try gate(), Signer().jws(Self.json(change))) == "malformed")
  }

  @Test func anotherGatewaysCommandIsNotOurs() throws {
    #expect(outcome(try gate(), Signer().jws(Self.json(["gateway": #""gw-0008""#]))) == "wrong-gateway")
  }

  @Test func timeAndRoleDecide() throws {
    let gate = try gate()
    func code(_ change: [String: String], name: String = "send-history", at now: Moment = Self.now) -> String {
      outcome(gate, Signer().jws(Self.json(change.merging(["name": "\"\(name)\""]) { $1 })), name: name, at: now)
    }
    let old = ["issuedAt": #""2026-03-14T07:00:00+08:00""#, "expiresAt": #""2026-03-14T08:00:00+08:00""#]
    #expect(code(old) == "expired")
    #expect(code(["expiresAt": #""2026-03-14T08:00:00.001+08:00""#]) == "admitted")
    #expect(code(["expiresAt": #""2026-04-14T08:00:00.000+08:00""#]) == "admitted")
    #expect(code(["expiresAt": #""2026-04-14T08:00:00.001+08:00""#]) == "expiry-too-far")
    let future = ["issuedAt": #""2036-03-14T08:00:00Z""#, "expiresAt": #""2036-03-14T08:10:00Z""#]
    #expect(code(future) == "expiry-too-far")
    // Without a synchronized clock nothing is expired, and little is taken.
    #expect(code(old, at: Self.unsynchronized) == "admitted")
    for name in CommandName.allCases {
      let expected = [.acknowledge, .sendHistory, .diagnose].contains(name) ? "admitted" : "unsynchronized"
      #expect(code([:], name: name.rawValue, at: Self.unsynchronized) == expected, "\(name)")
      #expect(code([:], name: name.rawValue) == "admitted", "\(name)")
    }
    let unset = Moment(bootID: "b", monotonicMs: 1, wallMs: nil, synchronized: true)
    #expect(code([:], name: "pause", at: unset) == "unsynchronized")
    #expect(code([:], name: "dance") == "unknown-command")
    // The role is the key's; one that says another is not believed.
    #expect(code(["by": #"{"id":"u-12","role":"doctor"}"#]) == "wrong-role")
  }

  @Test func eachRoleHasItsCommands() throws {
    for role in Role.allCases {
      let gate = try gate(role)
      let by = #"{"id":"u-12","role":"\#(role.rawValue)"}"#
      for name in CommandName.allCases {
        let payload = Signer().jws(Self.json(["by": by, "name": "\"\(name.rawValue)\""]))
        let expected = name.roles.contains(role) ? "admitted" : "wrong-role"
        #expect(outcome(gate, payload, name: name.rawValue) == expected, "\(role) \(name)")
      }
    }
    #expect(!CommandName.sendHistory.roles.contains(.county) && CommandName.acknowledge.roles.contains(.county))
  }

  @Test func onTheBrokersWordNothingThatMakesSilent() throws {
    let gate = CommandGate(gateway: "gw-0007", policy: .broker)
    #expect(outcome(gate, Self.json()) == "admitted")
    #expect(outcome(gate, Signer().jws(Self.json())) == "malformed")
    #expect(outcome(gate, Self.json(), retained: true) == "retained")
    #expect(outcome(gate, Self.json(["gateway": #""gw-0008""#])) == "wrong-gateway")
    for name in ["pause", "set-plan"] {
      #expect(outcome(gate, Self.json(["name": "\"\(name)\""]), name: name) == "needs-signature")
    }
  }

  /// A signature is the only way in, whatever is sent. The seed is fixed, a failure comes again.
  @Test func noMutationGetsIn() throws {
    let gate = try gate()
    let good = Array(Signer().jws(Self.json()).utf8)
    var random = SplitMix(state: 5)
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0...Int.random(in: 0...3, using: &random) {
        let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1 where place < bytes.count: bytes.remove(at: place)
        case 2: bytes.insert(UInt8(ascii: "."), at: min(place, bytes.count))
        default: bytes = Array(bytes.prefix(place)) + bytes.suffix(Int.random(in: 0...bytes.count, using: &random))
        }
      }
      guard bytes != good else { continue }
      #expect(throws: CommandGate.TurnedAway.self) {
        try gate.prove(.init(name: "send-history", payload: bytes, isRetained: false))
      }
    }
  }
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
