// SPDX-License-Identifier: GPL-3.0-or-later
import CCrypto

/// A public key of Ed25519 (RFC 8032), by libcrypto.
package struct Ed25519Key: Sendable, Equatable {
  package static let length = 32
  package let bytes: [UInt8]

  /// - Returns: nil unless there are 32 octets; and for the points of small order, zero among them, under which anybody can
  ///   sign.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.length, let last = bytes.last else { return nil }
    guard !Self.smallOrder.contains(bytes.dropLast() + [last & 0x7F]) else { return nil }
    self.bytes = bytes
  }

  /// Of a file with `-----BEGIN PUBLIC KEY-----`; nil for anything else, another algorithm's key too.
  package init?(pem: String) {
    guard let bytes = Array(pem.utf8).withUnsafeBytes(Self.octets(inPEM:)) else { return nil }
    self.init(bytes: bytes)
  }

  private static func octets(inPEM text: UnsafeRawBufferPointer) -> [UInt8]? {
    defer { ERR_clear_error() }
    // It reads from where the text is, so that has to stay there.
    guard let count = Int32(exactly: text.count), let file = BIO_new_mem_buf(text.baseAddress, count) else {
      return nil
    }
    defer { BIO_free(file) }
    // Without the callback libcrypto would ask the terminal for the password of an encrypted file.
    guard let key = PEM_read_bio_PUBKEY(file, nil, { _, _, _, _ in -1 }, nil) else { return nil }
    defer { EVP_PKEY_free(key) }
    guard EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 else { return nil }
    var bytes = [UInt8](repeating: 0, count: length)
    var size = bytes.count
    guard EVP_PKEY_get_raw_public_key(key, &bytes, &size) == 1, size == length else { return nil }
    return bytes
  }

  package func hasSigned(_ message: [UInt8], _ signature: [UInt8]) -> Bool {
    // What is left in the thread's list of errors would be taken for the next TLS connection's.
    defer { ERR_clear_error() }
    guard let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count) else { return false }
    defer { EVP_PKEY_free(key) }
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
      && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }

  /// The eight points whose order divides 8, in all their encodings without the sign: y is 0, 1, -1 (the first two also
  /// with p added), or one of the two of order 8.
  private static let smallOrder: Set<[UInt8]> = [
    [UInt8](repeating: 0, count: 32),
    [1] + [UInt8](repeating: 0, count: 31),
    [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
    [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
    [0xEE] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
    [
      0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
      0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
    ],
    [
      0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
      0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
    ],
  ]
}
