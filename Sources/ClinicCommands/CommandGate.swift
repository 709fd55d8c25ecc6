// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The way in for commands, pure: from octets of the broker to a command that somebody known may give now. What it lets
/// through still has to be new; the memory of requests is the journal's.
package struct CommandGate: Sendable {
  /// A command with its topic, as it came.
  package struct Arrival: Sendable {
    /// The topic's last level.
    package let name: String
    package let payload: [UInt8]
    package let isRetained: Bool

    package init(name: String, payload: [UInt8], isRetained: Bool) {
      self.name = name
      self.payload = payload
      self.isRetained = isRetained
    }
  }

  /// A command whose sender is proven, by the signature or, as configured, by the broker's word.
  package struct Proven: Sendable {
    package let command: ClinicCommand
    /// nil where it came by the broker's word.
    package let keyID: String?
    package let role: Role

    package init(command: ClinicCommand, keyID: String?, role: Role) {
      self.command = command
      self.keyID = keyID
      self.role = role
    }
  }

  /// It does not count as anybody's: nothing is remembered under its request.
  package struct TurnedAway: Error, Sendable {
    package let refusal: CommandRefusal
    /// What an answer can name, unproven.
    package let request: String?
  }

  package static let largest = 64 * 1024
  /// Longer than a broker keeps a session, and far shorter than requests are remembered: a command that outlived the memory
  /// of it could be done twice.
  private static let longestValidityMs: Int64 = 31 * 86_400_000

  private let gateway: String
  private let policy: CommandPolicy

  package init(gateway: String, policy: CommandPolicy) {
    self.gateway = gateway
    self.policy = policy
  }

  /// Who has sent it, and is it for this gateway?
  package func prove(_ arrival: Arrival) throws(TurnedAway) -> Proven {
    guard arrival.payload.count <= Self.largest else { throw TurnedAway(refusal: .tooLarge, request: nil) }
    let (json, key) = try unwrap(arrival)
    guard let command = ClinicCommand(json: json) else {
      throw TurnedAway(refusal: .malformed, request: ClinicCommand.request(in: json))
    }
    guard command.gateway == gateway else { throw TurnedAway(refusal: .wrongGateway, request: command.request) }
    guard command.name == arrival.name else { throw TurnedAway(refusal: .wrongTopic, request: command.request) }
    return Proven(command: command, keyID: key?.id, role: key?.role ?? command.by.role)
  }

  /// The JSON, and the key that signed it.
  private func unwrap(_ arrival: Arrival) throws(TurnedAway) -> (json: [UInt8], key: CommandKey?) {
    guard case .signed(let keys) = policy else {
      if arrival.isRetained {
        throw TurnedAway(refusal: .retained, request: ClinicCommand.request(in: arrival.payload))
      }
      return (arrival.payload, nil)
    }
    let jws = JWS(compact: arrival.payload)
    let request = ClinicCommand.request(in: jws?.payload ?? arrival.payload)
    if arrival.isRetained { throw TurnedAway(refusal: .retained, request: request) }
    guard let jws else { throw TurnedAway(refusal: request == nil ? .malformed : .unsigned, request: request) }
    guard !keys.isEmpty else { throw TurnedAway(refusal: .noKeys, request: request) }
    guard let key = keys.first(where: { $0.id == jws.keyID }) else {
      throw TurnedAway(refusal: .unknownKey, request: request)
    }
    guard jws.isSigned(by: key.key) else { throw TurnedAway(refusal: .badSignature, request: request) }
    return (jws.payload, key)
  }

  /// May it be done now? Only for a request that is not known yet: a known one has its answer already.
  package func admit(_ proven: Proven, at now: Moment) throws(CommandRefusal) -> CommandName {
    let command = proven.command
    guard let name = CommandName(rawValue: command.name) else { throw .unknownCommand }
    if let wall = now.wallMs, now.synchronized {
      guard command.expiresMs > wall else { throw .expired }
      guard command.expiresMs - wall <= Self.longestValidityMs else { throw .expiryTooFar }
    } else {
      guard name.isTakenWithoutClock else { throw .unsynchronized }
    }
    guard proven.role == command.by.role, name.roles.contains(proven.role) else { throw .wrongRole }
    guard proven.keyID != nil || !name.needsSignature else { throw .needsSignature }
    return name
  }
}
