// SPDX-License-Identifier: GPL-3.0-or-later

/// Whose word a gateway takes.
package enum CommandPolicy: Sendable, Equatable {
  /// Of who holds one of these keys.
  case signed([CommandKey])
  /// Of whoever the broker lets write to the topic.
  case broker
}

/// A key and whose it is.
package struct CommandKey: Sendable, Equatable {
  /// `kid` of the signature's header.
  package let id: String
  package let role: Role
  package let key: Ed25519Key

  package init(id: String, role: Role, key: Ed25519Key) {
    self.id = id
    self.role = role
    self.key = key
  }
}
