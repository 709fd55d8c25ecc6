// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
import ClinicDesk
import Gateway
import Glibc
import Testing
import Texts

@testable import vigilctl

@Suite struct DeskSignerTests {
  private static let pem = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
    -----END PRIVATE KEY-----

    """

  init() { SiteTime.use(zone: "Asia/Shanghai") }

  /// Runs with a key's file of that content and mode.
  private func with<T>(_ content: String, mode: mode_t, _ body: (DeskConfiguration.Signature) throws -> T) throws -> T {
    var path = Array("/tmp/vigil-desk-key-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(name) }
    _ = write(descriptor, content, content.utf8.count)
    fchmod(descriptor, mode)
    close(descriptor)
    return try body(DeskConfiguration.Signature(keyID: "desk-1", role: .nurse, file: name, by: "u-12"))
  }

  @Test func theGatewayTakesIt() throws {
    let signer = try with(Self.pem, mode: 0o600) { try DeskSigner(reading: $0) }
    let alert = try #require(DeskStandingTests.desk().openAlerts.first)
    let order = try #require(signer.acknowledge(alert, version: 1, at: DeskScreenTests.at(30)))
    let key = try #require(Ed25519PrivateKey(pem: Self.pem)).publicKey
    let gate = CommandGate(gateway: "gw-1", policy: .signed([CommandKey(id: "desk-1", role: .nurse, key: key)]))
    let proven = try gate.prove(CommandGate.Arrival(name: "acknowledge", payload: order.payload, isRetained: false))
    #expect(proven.command.request == order.command.request && proven.command.by.id == "u-12")
    #expect(proven.command.expectedVersion == 1 && proven.command.body(AcknowledgeBody.self)?.alert == "a1")
    #expect(proven.command.issuedMs == DeskScreenTests.at(30).wallMs)
    #expect(proven.command.expiresMs - proven.command.issuedMs == PendingCommands.validityMs)
    // Each order is another request; without the time there is none.
    #expect(
      signer.acknowledge(alert, version: 1, at: DeskScreenTests.at(30))?.command.request != order.command.request)
    #expect(signer.acknowledge(alert, version: 1, at: DeskMoment(monotonicMs: 1, wallMs: nil)) == nil)
  }

  @Test(arguments: [mode_t(0o644), 0o640, 0o604, 0o601])
  func aKeyThatOthersMayReadIsNotUsed(mode: mode_t) throws {
    try with(Self.pem, mode: mode) { signature in
      #expect(failure(signature) == DeskCommandTexts.keyIsOpen(path: signature.file))
    }
  }

  @Test func whatIsInTheFileIsRepeatedNowhere() throws {
    for content in ["", "secret", Self.pem.replacing("MC4C", with: "MC4D")] {
      try with(content, mode: 0o600) { signature in
        #expect(failure(signature) == DeskCommandTexts.noKey(path: signature.file))
      }
    }
    let signature = DeskConfiguration.Signature(keyID: "k", role: .nurse, file: "/no/such/file", by: "u-1")
    #expect(failure(signature)?.en.contains("/no/such/file") == true)
  }

  private func failure(_ signature: DeskConfiguration.Signature) -> Text? {
    do {
      _ = try DeskSigner(reading: signature)
      return nil
    } catch { return Failure(error).text }
  }
}
