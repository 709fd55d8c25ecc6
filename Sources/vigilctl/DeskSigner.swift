// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
import ClinicDesk
import FoundationEssentials
import Gateway
import Glibc
import Texts

/// Gives commands in the name of the person at the desk.
struct DeskSigner: Sendable {
  private let signature: DeskConfiguration.Signature
  private let key: Ed25519PrivateKey

  var by: String { signature.by }

  init(_ signature: DeskConfiguration.Signature, key: Ed25519PrivateKey) {
    self.signature = signature
    self.key = key
  }

  /// - Throws: ``Failure`` for a file that others may read or that has no such key. What stands in it is repeated nowhere.
  init(reading signature: DeskConfiguration.Signature) throws {
    var info = stat()
    guard stat(signature.file, &info) == 0 else {
      throw Failure(FileTexts.failure(path: signature.file, reason: String(cString: strerror(errno))))
    }
    guard info.st_mode & 0o077 == 0 else { throw Failure(DeskCommandTexts.keyIsOpen(path: signature.file)) }
    guard let key = Ed25519PrivateKey(pem: try TextFile.read(signature.file)) else {
      throw Failure(DeskCommandTexts.noKey(path: signature.file))
    }
    self.init(signature, key: key)
  }

  /// - Parameter version: of the alert, as the person saw it.
  /// - Returns: nil while this machine does not know the time: a gateway would take the command for expired.
  func acknowledge(_ alert: DeskAlert, version: Int64, at now: DeskMoment) -> PendingCommands.Order? {
    guard let wall = now.wallMs else { return nil }
    let draft = CommandDraft(
      .acknowledge, request: UUID().uuidString.lowercased(), to: alert.gateway, by: signature.by,
      role: signature.role, issuedAt: SiteTime.text(wall),
      expiresAt: SiteTime.text(wall + PendingCommands.validityMs), expectedVersion: version,
      body: AcknowledgeBody(alert: alert.facts.alert))
    guard let payload = draft.signed(by: key, id: signature.keyID) else { return nil }
    return PendingCommands.Order(
      command: SentCommand(request: draft.request, of: alert, version: version), payload: payload)
  }
}
