// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
import Vitals

/// Any octets as a command of the clinic. The first octet says by whose word and whether the clock is synchronized.
enum CommandTarget {
  /// The key of RFC 8037, appendix A, and what was signed with it.
  private static let key = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
  private static let header = "eyJhbGciOiJFZERTQSIsImtpZCI6ImsxIn0"
  private static let payload =
    "eyJzY2hlbWEiOiJ2aWdpbC5jb21tYW5kLzEiLCJyZXF1ZXN0IjoiMGIwYzhhNGUtMTExMS00MjIyLTgzMzMtNDQ0NDU1NTU2NjY2IiwiZ2F0"
    + "ZXdheSI6Imd3LTEiLCJuYW1lIjoic2VuZC1oaXN0b3J5IiwiYnkiOnsiaWQiOiJhcmNoaXZlIiwicm9sZSI6InRlY2huaWNpYW4ifSwiaXNz"
    + "dWVkQXQiOiIyMDI2LTAzLTE0VDAwOjAwOjAwKzAwOjAwIiwiZXhwaXJlc0F0IjoiMjAyNi0wMy0xNFQwMDoxMDowMCswMDowMCIsImJvZHki"
    + "OnsiZXBvY2giOiJlIiwibGFuZSI6InJlYWRpbmciLCJmcm9tU2VxIjoxLCJ0b1NlcSI6OX19"
  private static let signature =
    "WZ9FaCKuSDi6PCVAs3Ms9CCqdOMI4EwTTl2DBV-NFYxFsqXVd2-AFngUExM_mo8b0UtGPodAIyPeDXBCVBsXDw"
  private static let signed = Array("\(header).\(payload).\(signature)".utf8)
  private static let plain = Base64URL.octets(payload.utf8) ?? []

  static let target = FuzzTarget(
    name: "command",
    seeds: [
      [0] + signed, [1] + signed, [2] + plain, [3] + plain, [0] + plain, [2] + Array("{}".utf8),
      [0] + Array("\(header).\(payload).".utf8), [0] + Array("eyJhbGciOiJub25lIn0.\(payload).".utf8),
      [2] + Array(plain.dropLast()) + Array(#","expectedVersion":4}"#.utf8),
    ], run: run)

  @Sendable private static func run(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let bytes = Array(input.dropFirst())
    let isSigned = first & 2 == 0
    guard let gate = gate(isSigned: isSigned) else { return hold(false, "the key of the test is one") }
    let arrival = CommandGate.Arrival(name: "send-history", payload: bytes, isRetained: first & 4 != 0)
    // Between the issue and the expiry of what was signed; and where the clock is not synchronized.
    let now = Moment(bootID: "b", monotonicMs: 1, wallMs: 1_773_446_700_000, synchronized: first & 1 == 0)
    do {
      let proven = try gate.prove(arrival)
      let command = proven.command
      hold(!isSigned || bytes == signed, "only what was signed gets in")
      hold(!arrival.isRetained, "nothing retained gets in")
      hold(command.gateway == "gw-1" && command.name == "send-history", "a command is for this gateway and topic")
      hold(command.request.utf8.count == 36 && command.request == command.request.lowercased(), "a request is a UUID")
      hold(command.issuedMs <= command.expiresMs, "a command ends after it begins")
      if (try? gate.admit(proven, at: now)) != nil {
        hold(proven.role.rawValue != "county", "a command is given by who may")
        hold(!now.synchronized || command.expiresMs > 1_773_446_700_000, "what has expired is not admitted")
      }
      _ = command.body([String: Int64].self)
    } catch {
      hold(error.request.map { $0.utf8.count == 36 } ?? true, "what is named in an answer is a UUID")
    }
  }

  private static func gate(isSigned: Bool) -> CommandGate? {
    guard isSigned else { return CommandGate(gateway: "gw-1", policy: .broker) }
    guard let key = Base64URL.octets(key.utf8).flatMap({ Ed25519Key(bytes: $0) }) else { return nil }
    return CommandGate(gateway: "gw-1", policy: .signed([CommandKey(id: "k1", role: .technician, key: key)]))
  }
}
