// SPDX-License-Identifier: GPL-3.0-or-later
import CCrypto

@testable import ClinicCommands

/// The clinic's side: signs commands with the key of RFC 8037, appendix A, or another.
struct Signer {
  static let seed = Base64URL.octets("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A".utf8) ?? []
  static let publicKey = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"

  var seed = Self.seed

  var key: Ed25519Key? {
    guard let pair = pair() else { return nil }
    defer { EVP_PKEY_free(pair) }
    var bytes = [UInt8](repeating: 0, count: Ed25519Key.length)
    var length = bytes.count
    return EVP_PKEY_get_raw_public_key(pair, &bytes, &length) == 1 ? Ed25519Key(bytes: bytes) : nil
  }

  func sign(_ message: some Collection<UInt8>) -> [UInt8] {
    guard let pair = pair(), let context = EVP_MD_CTX_new() else { return [] }
    defer { EVP_PKEY_free(pair) }
    defer { EVP_MD_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: 64)
    var length = signature.count
    let octets = Array(message)
    guard EVP_DigestSignInit(context, nil, nil, nil, pair) == 1,
      EVP_DigestSign(context, &signature, &length, octets, octets.count) == 1
    else { return [] }
    return signature
  }

  func jws(_ payload: String, header: String = #"{"alg":"EdDSA","kid":"k1"}"#) -> String {
    let input = Self.text(Array(header.utf8)) + "." + Self.text(Array(payload.utf8))
    return input + "." + Self.text(sign(input.utf8))
  }

  /// In base64url without padding.
  static func text(_ octets: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var text = ""
    for start in stride(from: 0, to: octets.count, by: 3) {
      let group = octets[start..<min(start + 3, octets.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0...group.count { text.append(letters[Int(bits >> UInt32(18 - 6 * place) & 63)]) }
    }
    return text
  }

  private func pair() -> OpaquePointer? { EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) }
}
