// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What a clinic tells a gateway to do (contract.md, `vigil.command/1`), read and in form. Whether it may is another matter.
package struct ClinicCommand: Sendable {
  /// In lower case: the same request is the same one however its letters are written.
  package let request: String
  package let gateway: String
  /// As it stands there, known or not.
  package let name: String
  package let by: Author
  /// Milliseconds since 1970.
  package let issuedMs: Int64
  package let expiresMs: Int64
  package let expectedVersion: Int64?
  private let payload: [UInt8]

  package struct Author: Sendable, Equatable {
    package let id: String
    package let role: Role
  }

  private static let schema = "vigil.command/1"

  /// - Returns: nil where something is missing or not what it has to be. Unknown fields are passed over.
  package init?(json: [UInt8]) {
    guard let fields = StrictJSON.decode(Form.self, from: json), fields.schema == Self.schema,
      let request = Self.request(fields.request), Self.isWord(fields.gateway), Self.isWord(fields.name),
      Self.isWord(fields.by.id), let role = Role(rawValue: fields.by.role),
      let issued = RFC3339.milliseconds(fields.issuedAt), let expires = RFC3339.milliseconds(fields.expiresAt),
      issued <= expires, fields.expectedVersion.map({ $0 >= 0 }) ?? true
    else { return nil }
    self.request = request
    gateway = fields.gateway
    name = fields.name
    by = Author(id: fields.by.id, role: role)
    issuedMs = issued
    expiresMs = expires
    expectedVersion = fields.expectedVersion
    payload = json
  }

  /// What stands in `body`, nil where that is not of this form.
  package func body<Body: Decodable>(_ type: Body.Type) -> Body? {
    StrictJSON.decode(Envelope<Body>.self, from: payload)?.body
  }

  /// The request that an answer to unusable JSON can name, nil where there is none.
  static func request(in json: [UInt8]) -> String? {
    StrictJSON.decode(Mention.self, from: json).flatMap { request($0.request) }
  }

  private struct Form: Decodable {
    struct Author: Decodable {
      let id: String
      let role: String
    }

    let schema: String
    let request: String
    let gateway: String
    let name: String
    let by: Author
    let issuedAt: String
    let expiresAt: String
    let expectedVersion: Int64?
  }

  private struct Mention: Decodable { let request: String }

  private struct Envelope<Body: Decodable>: Decodable { let body: Body }

  /// A UUID in its usual form.
  private static func request(_ text: String) -> String? {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count == 36, groups.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return nil }
    let isHex = groups.allSatisfy { $0.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit } }
    return isHex ? text.lowercased() : nil
  }

  /// 1 to 64 printable ASCII characters without a space: it goes to logs and into the database.
  private static func isWord(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
