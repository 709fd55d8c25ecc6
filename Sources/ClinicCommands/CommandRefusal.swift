// SPDX-License-Identifier: GPL-3.0-or-later
import Texts

/// Why a command is not done: the code on the wire, and a sentence for whoever sent it.
package enum CommandRefusal: String, Error, Sendable, CaseIterable {
  // Before anything is known of who sent it.
  case tooLarge = "too-large"
  case retained
  case malformed
  case unsigned
  case noKeys = "no-keys"
  case unknownKey = "unknown-key"
  case badSignature = "bad-signature"
  case wrongGateway = "wrong-gateway"
  case wrongTopic = "wrong-topic"
  // Of a command that somebody known has sent.
  case unknownCommand = "unknown-command"
  case requestReused = "request-reused"
  case unsynchronized
  case expired
  case expiryTooFar = "expiry-too-far"
  case wrongRole = "wrong-role"
  case needsSignature = "needs-signature"
  case notBuilt = "not-built"
  case badBody = "bad-body"
  case unknownEpoch = "unknown-epoch"
  case emptyRange = "empty-range"
  case tooMany = "too-many"
  case busy
  case storage
  case alreadyAcknowledged = "already-acknowledged"
  case notOpen = "not-open"
  case staleVersion = "stale-version"
  case notPaused = "not-paused"
  case unpausable
  case tooLoose = "too-loose"

  /// Nothing was decided: the same request may come again and be done then.
  package var isForNow: Bool { [.unsynchronized, .busy, .storage].contains(self) }

  package var text: Text {
    switch self {
    case .tooLarge: CommandTexts.tooLarge
    case .retained: CommandTexts.retained
    case .malformed: CommandTexts.malformed
    case .unsigned: CommandTexts.unsigned
    case .noKeys: CommandTexts.noKeys
    case .unknownKey: CommandTexts.unknownKey
    case .badSignature: CommandTexts.badSignature
    case .wrongGateway: CommandTexts.wrongGateway
    case .wrongTopic: CommandTexts.wrongTopic
    case .unknownCommand: CommandTexts.unknownCommand
    case .requestReused: CommandTexts.requestReused
    case .unsynchronized: CommandTexts.unsynchronized
    case .expired: CommandTexts.expired
    case .expiryTooFar: CommandTexts.expiryTooFar
    case .wrongRole: CommandTexts.wrongRole
    case .needsSignature: CommandTexts.needsSignature
    case .notBuilt: CommandTexts.notBuilt
    case .badBody: CommandTexts.badBody
    case .unknownEpoch: CommandTexts.unknownEpoch
    case .emptyRange: CommandTexts.emptyRange
    case .tooMany: CommandTexts.tooMany
    case .busy: CommandTexts.busy
    case .storage: CommandTexts.storage
    case .alreadyAcknowledged: CommandTexts.alreadyAcknowledged
    case .notOpen: CommandTexts.notOpen
    case .staleVersion: CommandTexts.staleVersion
    case .notPaused: CommandTexts.notPaused
    case .unpausable: CommandTexts.unpausable
    case .tooLoose: CommandTexts.tooLoose
    }
  }
}
