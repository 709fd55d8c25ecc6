// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import ClinicCommands

@Suite struct JWSTests {
  /// RFC 8037, appendix A.4.
  private static let example = (
    input: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
    signature: "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
  )

  private func key() throws -> Ed25519Key {
    try #require(Base64URL.octets(Signer.publicKey.utf8).flatMap { Ed25519Key(bytes: $0) })
  }

  @Test func theExampleOfTheStandard() throws {
    let key = try key()
    #expect(Signer().key == key)
    let signature = try #require(Base64URL.octets(Self.example.signature.utf8))
    #expect(key.hasSigned(Array(Self.example.input.utf8), signature))
    #expect(Signer().sign(Self.example.input.utf8) == signature)
    for index in signature.indices {
      var other = signature
      other[index] ^= 1
      #expect(!key.hasSigned(Array(Self.example.input.utf8), other))
    }
    #expect(!key.hasSigned(Array(Self.example.input.utf8) + [0], signature))
    #expect(!key.hasSigned([], []))
    // It names no key, and without that nothing is taken.
    #expect(JWS(compact: Array("\(Self.example.input).\(Self.example.signature)".utf8)) == nil)
  }

  /// RFC 8032, 7.1, tests 1 to 3.
  @Test(arguments: [
    (
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
  ])
  func standardSignatures(key: String, message: String, signature: String) throws {
    let key = try #require(Ed25519Key(bytes: hex(key)))
    #expect(key.hasSigned(hex(message), hex(signature)))
    #expect(!key.hasSigned(hex(message) + [1], hex(signature)))
  }

  private func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }

  @Test func onlyTheCompactFormWithAKnownHeader() throws {
    let key = try key()
    let good = Signer().jws("{}")
    let jws = try #require(JWS(compact: Array(good.utf8)))
    #expect(jws.keyID == "k1" && jws.payload == Array("{}".utf8) && jws.isSigned(by: key))
    // What names a key by itself is passed over.
    let more = #"{"alg":"EdDSA","kid":"k1","jwk":{"kty":"OKP","crv":"Ed25519","x":"AA"},"x5u":"https://a"}"#
    #expect(JWS(compact: Array(Signer().jws("{}", header: more).utf8))?.isSigned(by: key) == true)
    let headers = [
      #"{"alg":"none","kid":"k1"}"#, #"{"alg":"HS256","kid":"k1"}"#, #"{"alg":"eddsa","kid":"k1"}"#,
      #"{"alg":["EdDSA"],"kid":"k1"}"#, #"{"alg":"EdDSA"}"#, #"{"alg":"EdDSA","kid":7}"#, #"{"kid":"k1"}"#,
      #"{"alg":"EdDSA","kid":"k1","crit":["exp"]}"#, #"{"alg":"EdDSA","kid":"k1","crit":[]}"#,
      #"{"alg":"EdDSA","kid":"k1","crit":null}"#, #"{"alg":"EdDSA","kid":"k1","b64":false}"#, "", "[]", "null", "{",
      String(repeating: "[", count: 40_000),
    ]
    for header in headers { #expect(JWS(compact: Array(Signer().jws("{}", header: header).utf8)) == nil, "\(header)") }
    let parts = good.split(separator: ".").map(String.init)
    let texts = [
      "", ".", "..", "...", good + ".", "." + good, good + "=", good + "\n", " " + good, parts[0] + "." + parts[1],
      parts[0] + ".." + parts[2], parts[0] + "." + parts[1] + ".", good.replacing("_", with: "/") + "+",
      parts.joined(separator: ".\u{0}"), #"{"payload":"e30","signatures":[]}"#,
    ]
    for text in texts {
      let jws = JWS(compact: Array(text.utf8))
      #expect(jws?.isSigned(by: key) != true, "\(text)")
    }
  }

  @Test func octetsHaveOneText() {
    #expect(Base64URL.octets("".utf8) == [])
    #expect(Base64URL.octets("AA".utf8) == [0])
    #expect(Base64URL.octets("-_8".utf8) == [0xFB, 0xFF])
    for text in ["A", "AB", "AAB", "AA==", "AA=", "A A", "+/8", "AAAAA", "é", "AA\n"] {
      #expect(Base64URL.octets(text.utf8) == nil, "\(text)")
    }
    for count in 0...20 {
      let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ 200) }
      #expect(Base64URL.octets(Signer.text(octets).utf8) == octets)
    }
  }

  /// Under these anybody can make signatures; the first is what a placeholder of As decodes to.
  @Test func keysOfSmallOrderAreNone() {
    let points = [
      String(repeating: "00", count: 32), "01" + String(repeating: "00", count: 31),
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "ec" + String(repeating: "ff", count: 30) + "7f", "ed" + String(repeating: "ff", count: 30) + "7f",
      "ee" + String(repeating: "ff", count: 30) + "7f",
    ]
    for point in points {
      var bytes = hex(point)
      #expect(Ed25519Key(bytes: bytes) == nil, "\(point)")
      bytes[31] |= 0x80
      #expect(Ed25519Key(bytes: bytes) == nil, "\(point), negative")
    }
    #expect(Ed25519Key(bytes: [1, 2]) == nil && Ed25519Key(bytes: []) == nil)
  }

  @Test func keysInFiles() throws {
    // The key of RFC 8037 as openssl writes it; RSA and nonsense beside it.
    let pem = """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
      -----END PUBLIC KEY-----
      """
    #expect(Ed25519Key(pem: pem) == (try key()))
    let x25519 = pem.replacing("MCowBQYDK2Vw", with: "MCowBQYDK2Vu")
    for text in ["", "-----BEGIN PUBLIC KEY-----", x25519, pem.replacing("11qY", with: "")] {
      #expect(Ed25519Key(pem: text) == nil)
    }
  }
}
