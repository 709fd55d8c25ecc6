// SPDX-License-Identifier: GPL-3.0-or-later
import FoundationEssentials

/// A command on its way to a gateway: contract.md's `vigil.command/1`, as a clinic writes it.
package struct CommandDraft<Body: Encodable & Sendable>: Sendable, Encodable {
  private struct Author: Encodable {
    let id: String
    let role: String
  }

  package let schema = "vigil.command/1"
  /// A new UUID in lower case; the same command sent again keeps it.
  package let request: String
  package let gateway: String
  package let name: CommandName
  package let by: String
  package let role: Role
  /// RFC 3339.
  package let issuedAt: String
  package let expiresAt: String
  /// Of what is to be changed, as its author saw it; nil where that does not matter.
  package let expectedVersion: Int64?
  package let body: Body

  package init(
    _ name: CommandName, request: String, to gateway: String, by: String, role: Role, issuedAt: String,
    expiresAt: String, expectedVersion: Int64? = nil, body: Body
  ) {
    self.request = request
    self.gateway = gateway
    self.name = name
    self.by = by
    self.role = role
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
    self.expectedVersion = expectedVersion
    self.body = body
  }

  private enum Key: String, CodingKey {
    case schema, request, gateway, name, by, issuedAt, expiresAt, expectedVersion, body
  }

  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(schema, forKey: .schema)
    try fields.encode(request, forKey: .request)
    try fields.encode(gateway, forKey: .gateway)
    try fields.encode(name.rawValue, forKey: .name)
    try fields.encode(Author(id: by, role: role.rawValue), forKey: .by)
    try fields.encode(issuedAt, forKey: .issuedAt)
    try fields.encode(expiresAt, forKey: .expiresAt)
    try fields.encodeIfPresent(expectedVersion, forKey: .expectedVersion)
    try fields.encode(body, forKey: .body)
  }

  /// What is published: a JWS in its compact form. nil only where libcrypto fails.
  package func signed(by key: Ed25519PrivateKey, id: String) -> [UInt8]? {
    guard let payload = try? JSONEncoder().encode(self) else { return nil }
    return JWS.sign(Array(payload), by: key, id: id)
  }
}

/// The body of `acknowledge`.
package struct AcknowledgeBody: Sendable, Codable {
  package let alert: String

  package init(alert: String) { self.alert = alert }
}
