// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// A signed message in RFC 7515's compact form, to be verified or made: `header.payload.signature`.
///
/// Only EdDSA (RFC 8037) and only with a key id. Parameters of the header that would name a key themselves (`jwk`, `jku`,
/// `x5c` and so on) are passed over like all unknown ones: the key comes from the configuration or from nowhere.
package struct JWS: Sendable {
  package let keyID: String
  /// Nobody's word before ``isSigned(by:)`` has said yes.
  package let payload: [UInt8]
  private let signed: [UInt8]
  private let signature: [UInt8]

  /// An Ed25519 signature's octets.
  static let signatureLength = 64

  private struct Header: Decodable {
    let algorithm: String
    let keyID: String
    /// Extensions that must be understood, and we understand none (RFC 7515, 4.1.11); an unencoded payload is one.
    let isExtended: Bool

    enum Key: String, CodingKey {
      case alg, kid, crit, b64
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      algorithm = try fields.decode(String.self, forKey: .alg)
      keyID = try fields.decode(String.self, forKey: .kid)
      isExtended = fields.contains(.crit) || fields.contains(.b64)
    }
  }

  /// - Returns: nil for anything but that form.
  package init?(compact: [UInt8]) {
    let parts = compact.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Base64URL.octets(parts[0]), let payload = Base64URL.octets(parts[1]),
      let signature = Base64URL.octets(parts[2]), signature.count == Self.signatureLength,
      let fields = StrictJSON.decode(Header.self, from: header), fields.algorithm == "EdDSA", !fields.isExtended
    else { return nil }
    keyID = fields.keyID
    self.payload = payload
    self.signature = signature
    signed = Array(compact.prefix(parts[0].count + 1 + parts[1].count))
  }

  package func isSigned(by key: Ed25519Key) -> Bool { key.hasSigned(signed, signature) }

  /// - Parameter id: by which the gateway knows the key.
  /// - Returns: the compact form; nil only where libcrypto fails.
  package static func sign(_ payload: [UInt8], by key: Ed25519PrivateKey, id: String) -> [UInt8]? {
    struct Header: Encodable {
      let alg = "EdDSA"
      let kid: String
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let header = try? encoder.encode(Header(kid: id)) else { return nil }
    let signed = Array((Base64URL.text(Array(header)) + "." + Base64URL.text(payload)).utf8)
    return key.sign(signed).map { signed + Array(("." + Base64URL.text($0)).utf8) }
  }
}
