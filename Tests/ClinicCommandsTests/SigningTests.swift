// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import ClinicCommands

/// What the clinic's side signs is what the gateway's side takes.
@Suite struct SigningTests {
  private static let pem = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
    -----END PRIVATE KEY-----
    """

  private func key() throws -> Ed25519PrivateKey { try #require(Ed25519PrivateKey(seed: Signer.seed)) }

  /// RFC 8037, appendix A.4; a signature of Ed25519 has one form only.
  @Test func theExampleOfTheStandard() throws {
    let key = try key()
    #expect(Base64URL.text(key.publicKey.bytes) == Signer.publicKey)
    let signature = try #require(key.sign(Array("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".utf8)))
    #expect(
      Base64URL.text(signature)
        == "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
  }

  @Test func whatIsSignedIsVerified() throws {
    let key = try key()
    let text = try #require(JWS.sign(Array(#"{"a":"血氧"}"#.utf8), by: key, id: "desk-1"))
    #expect(String(decoding: text, as: UTF8.self).hasPrefix("eyJhbGciOiJFZERTQSIsImtpZCI6ImRlc2stMSJ9."))
    let jws = try #require(JWS(compact: text))
    #expect(jws.keyID == "desk-1" && jws.payload == Array(#"{"a":"血氧"}"#.utf8))
    #expect(jws.isSigned(by: key.publicKey))
    let other = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 7, count: 32)))
    #expect(!jws.isSigned(by: other.publicKey))
    // A payload of any length is put into letters and read back.
    for count in 0..<40 {
      let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 130) }
      #expect(JWS.sign(payload, by: key, id: "k").flatMap { JWS(compact: $0) }?.payload == payload)
    }
  }

  @Test func keysInFiles() throws {
    let key = try #require(Ed25519PrivateKey(pem: Self.pem))
    let same = try self.key()
    #expect(key.publicKey == same.publicKey && key.sign([1]) == same.sign([1]))
    let publicPEM = """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
      -----END PUBLIC KEY-----
      """
    let x25519 = Self.pem.replacing("MC4CAQAwBQYDK2Vw", with: "MC4CAQAwBQYDK2Vu")
    let encrypted = """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAh1
      -----END ENCRYPTED PRIVATE KEY-----
      """
    for text in [
      "", "x", "-----BEGIN PRIVATE KEY-----", publicPEM, x25519, encrypted, Self.pem.replacing("MC4C", with: ""),
    ] {
      #expect(Ed25519PrivateKey(pem: text) == nil, "\(text)")
    }
    #expect(Ed25519PrivateKey(seed: []) == nil && Ed25519PrivateKey(seed: [1, 2]) == nil)
  }

  @Test func itShowsItselfNowhere() throws {
    let key = try key()
    var dumped = ""
    dump(key, to: &dumped)
    dump([key as Any?], to: &dumped)
    for text in ["\(key)", String(reflecting: key), dumped] {
      #expect(text.contains(Signer.publicKey) && !text.contains("157") && !text.contains("seed"), "\(text)")
    }
  }

  @Test func aDraftIsACommandThatTheGateTakes() throws {
    let key = try key()
    let draft = CommandDraft(
      .acknowledge, request: "0b0c8a4e-1111-4222-8333-444455556666", to: "gw-1", by: "u-12", role: .nurse,
      issuedAt: "2026-03-14T08:00:00.000+08:00",
      expiresAt: "2026-03-14T08:10:00.000+08:00", expectedVersion: 3, body: AcknowledgeBody(alert: "6f0d"))
    let payload = try #require(draft.signed(by: key, id: "desk-1"))
    let gate = CommandGate(
      gateway: "gw-1", policy: .signed([CommandKey(id: "desk-1", role: .nurse, key: key.publicKey)]))
    let proven = try gate.prove(CommandGate.Arrival(name: "acknowledge", payload: payload, isRetained: false))
    #expect(
      proven.command.request == draft.request && proven.role == .nurse
        && proven.command.by == .init(id: "u-12", role: .nurse))
    #expect(proven.command.expectedVersion == 3 && proven.command.body(AcknowledgeBody.self)?.alert == "6f0d")
    #expect(proven.command.expiresMs - proven.command.issuedMs == 600_000)
  }
}
