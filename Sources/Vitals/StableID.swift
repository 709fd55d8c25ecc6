// SPDX-License-Identifier: GPL-3.0-or-later
import CCrypto

/// A 16-byte identifier made by hashing what it identifies, so that the same thing always gets the same id.
package struct StableID: Sendable, Hashable, CustomStringConvertible {
  package static let length = 16
  package let bytes: [UInt8]

  /// - Returns: nil unless there are 16 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  /// The first 16 bytes of SHA-256 over the parts. Each part is preceded by its length, so that no two lists of parts
  /// run together to the same input.
  package init(hashing parts: [String]) {
    var input: [UInt8] = []
    for part in parts {
      let utf8 = Array(part.utf8)
      withUnsafeBytes(of: UInt32(clamping: utf8.count).littleEndian) { input.append(contentsOf: $0) }
      input.append(contentsOf: utf8)
    }
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    _ = SHA256(input, input.count, &digest)
    bytes = Array(digest.prefix(Self.length))
  }

  /// 32 lower-case hexadecimal digits.
  package var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The same 16 bytes in the form of a UUID (version 8, RFC 9562: made by the application).
  package var uuid: String {
    var b = bytes
    b[6] = (b[6] & 0x0f) | 0x80
    b[8] = (b[8] & 0x3f) | 0x80
    let hex = StableID(bytes: b)?.description ?? description
    var out = ""
    for (index, character) in hex.enumerated() {
      if index == 8 || index == 12 || index == 16 || index == 20 { out += "-" }
      out.append(character)
    }
    return out
  }
}

extension StableID {
  /// Reads what ``description`` writes.
  package init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count == 2 * Self.length else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      let pair = String(decoding: digits[index...index + 1], as: UTF8.self)
      guard !pair.hasPrefix("+"), !pair.hasPrefix("-"), let byte = UInt8(pair, radix: 16) else { return nil }
      bytes.append(byte)
    }
    self.init(bytes: bytes)
  }
}
