// SPDX-License-Identifier: GPL-3.0-or-later
import CCrypto

/// The private half of a clinic's key (RFC 8032), by libcrypto. It shows itself nowhere: no description, no mirror.
package struct Ed25519PrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
  private let seed: [UInt8]
  package let publicKey: Ed25519Key

  /// - Returns: nil unless there are 32 octets.
  package init?(seed: [UInt8]) {
    guard seed.count == Ed25519Key.length else { return nil }
    defer { ERR_clear_error() }
    guard let pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else { return nil }
    defer { EVP_PKEY_free(pair) }
    self.init(pair: pair)
  }

  /// Of a file with `-----BEGIN PRIVATE KEY-----`; nil for anything else: another algorithm's key, or one behind a password.
  package init?(pem: String) {
    defer { ERR_clear_error() }
    let pair = Array(pem.utf8).withUnsafeBytes { text -> OpaquePointer? in
      guard let count = Int32(exactly: text.count), let file = BIO_new_mem_buf(text.baseAddress, count) else {
        return nil
      }
      defer { BIO_free(file) }
      // Without the callback libcrypto would ask the terminal for the password.
      return PEM_read_bio_PrivateKey(file, nil, { _, _, _, _ in -1 }, nil)
    }
    guard let pair else { return nil }
    defer { EVP_PKEY_free(pair) }
    self.init(pair: pair)
  }

  private init?(pair: OpaquePointer) {
    guard EVP_PKEY_get_base_id(pair) == EVP_PKEY_ED25519 else { return nil }
    var seed = [UInt8](repeating: 0, count: Ed25519Key.length)
    var bytes = seed
    var (seedSize, size) = (seed.count, bytes.count)
    guard EVP_PKEY_get_raw_private_key(pair, &seed, &seedSize) == 1, seedSize == seed.count,
      EVP_PKEY_get_raw_public_key(pair, &bytes, &size) == 1, size == bytes.count, let key = Ed25519Key(bytes: bytes)
    else { return nil }
    self.seed = seed
    publicKey = key
  }

  /// - Returns: 64 octets; nil only where libcrypto fails.
  package func sign(_ message: [UInt8]) -> [UInt8]? {
    defer { ERR_clear_error() }
    guard let pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else { return nil }
    defer { EVP_PKEY_free(pair) }
    guard let context = EVP_MD_CTX_new() else { return nil }
    defer { EVP_MD_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: JWS.signatureLength)
    var size = signature.count
    guard EVP_DigestSignInit(context, nil, nil, nil, pair) == 1,
      EVP_DigestSign(context, &signature, &size, message, message.count) == 1, size == signature.count
    else { return nil }
    return signature
  }

  package var description: String { "the private key of \(Base64URL.text(publicKey.bytes))" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
